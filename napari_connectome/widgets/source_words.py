"""What a source is called, and where views mark it: pure functions."""

from __future__ import annotations

import numpy as np

from napari_connectome.core.atlas import Atlas, Index
from napari_connectome.core.cortex.area import area_pixels
from napari_connectome.core.errors import SourceError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.fitted import Prediction
from napari_connectome.core.source_voxels import source_regions, source_voxels
from napari_connectome.core.sources import CombinedSource, RegionSource, Source, VolumeSource
from napari_connectome.state.values import BrainMap
from napari_connectome.widgets.appearance import Rgb
from napari_connectome.widgets.flatmap.content import Pixel
from napari_connectome.widgets.places import place_of

NAMED_REGIONS = 4
"""Regions that a text lists."""


def source_texts(
    atlas: Atlas, source: Source | None, mask: VoxelMask | None
) -> tuple[str, Rgb | None, Index | None]:
    """Region text, colour and voxel index of a source.

    Parameters
    ----------
    atlas : Atlas
        The brain.
    source : Source or None
        What is asked.
    mask : VoxelMask or None
        Source voxels of the model, when there is one.
    """
    if source is None:
        return "No source yet: click the brain.", None, None
    if isinstance(source, RegionSource):
        structures = [atlas.tree[i] for i in source.structure_ids]
        names = ", ".join(f"{s.acronym} {s.name}" for s in structures)
        return f"Whole region: {names}", structures[0].rgb, None
    if isinstance(source, VolumeSource | CombinedSource):
        return _drawing_texts(atlas, source, mask)
    place = place_of(source)
    if place is None or not atlas.contains(atlas.index_of_um(place)):
        return "Outside the atlas.", None, None
    index = atlas.index_of_um(place)
    structure_id = atlas.region_at(index)
    if not structure_id:
        return "Outside the brain.", None, index
    structure = atlas.tree[structure_id]
    side = "left: answered by its mirror image" if atlas.is_left(index) else "right"
    return f"{structure.acronym}  {structure.name} ({side})", structure.rgb, index


def source_name(atlas: Atlas, source: Source, mask: VoxelMask | None) -> str:
    """A short name that tells a source from others."""
    if isinstance(source, RegionSource):
        side = " (left)" if source.hemisphere == "left" else ""
        return ", ".join(atlas.tree[i].acronym for i in source.structure_ids) + side
    if isinstance(source, VolumeSource | CombinedSource):
        return _drawing_texts(atlas, source, mask)[0]
    ids = () if mask is None else _regions(atlas, source, mask)
    return ", ".join([*_listed(atlas, ids), source.label])


def marked_regions(prediction: Prediction) -> tuple[int, ...]:
    """Regions of the matrix that a source lies in."""
    atlas, source = prediction.model.atlas, prediction.source
    if isinstance(source, RegionSource):
        return atlas.tree.regions_of(source.structure_ids)
    if isinstance(source, VolumeSource | CombinedSource):
        return _regions(atlas, source, prediction.model.connectivity.source_mask)
    place = place_of(source)
    index = None if place is None else atlas.index_of_um(place)
    if index is None or not atlas.contains(index):
        return ()
    region = int(atlas.regions[index])
    return (region,) if region else ()


def marked_pixels(shown: BrainMap, prediction: Prediction) -> tuple[Pixel, ...]:
    """Where a source is on a map: a pixel of a place, all of a region or a drawing."""
    atlas, source = prediction.model.atlas, prediction.source
    if isinstance(source, RegionSource):
        wanted = atlas.tree.regions_of(source.structure_ids)
        inside = np.isin(shown.region_ids, wanted) & ~shown.view.left_image()
        return _pixels(inside)
    if isinstance(source, VolumeSource | CombinedSource):
        try:
            mask = prediction.model.connectivity.source_mask
            voxels, _weights = source_voxels(source, atlas, mask)
        except SourceError:
            return ()
        return _pixels(area_pixels(shown.view, voxels))
    place = place_of(source)
    index = None if place is None else atlas.index_of_um(place)
    if index is None or not atlas.contains(index):
        return ()
    pixel = shown.view.pixel_of(index)
    return () if pixel is None else (pixel,)


def question(prediction: Prediction) -> str:
    """What a prediction answers, as a title."""
    tree, source = prediction.model.atlas.tree, prediction.source
    if isinstance(source, RegionSource):
        place = ", ".join(tree[i].acronym for i in source.structure_ids)
    else:
        regions = _listed(prediction.model.atlas, marked_regions(prediction))
        place = ", ".join([*regions, source.label])
    return f"{'Targets of' if prediction.direction == 'anterograde' else 'Sources of'} {place}"


def _drawing_texts(
    atlas: Atlas, source: Source, mask: VoxelMask | None
) -> tuple[str, Rgb | None, Index | None]:
    ids = () if mask is None else _regions(atlas, source, mask)
    label = source.label[:1].upper() + source.label[1:]
    if not ids:
        return label, None, None
    text = f"{label}: {', '.join(_listed(atlas, ids))}"
    return text, atlas.tree[ids[0]].rgb, None


def _regions(atlas: Atlas, source: Source, mask: VoxelMask) -> tuple[int, ...]:
    try:
        return source_regions(source, atlas, mask)
    except SourceError:
        # What no source voxel is touched by may still be a target.
        return ()


def _listed(atlas: Atlas, ids: tuple[int, ...]) -> list[str]:
    """Acronyms of the first regions, and how many more there are."""
    more = len(ids) - NAMED_REGIONS
    acronyms = [atlas.tree[i].acronym for i in ids[:NAMED_REGIONS]]
    return [*acronyms, f"{more} more"] if more > 0 else acronyms


def _pixels(inside: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> tuple[Pixel, ...]:
    return tuple((row, column) for row, column in np.argwhere(inside).tolist())
