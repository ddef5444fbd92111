"""From results to what views show: pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from napari.utils.colormaps import ensure_colormap

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.masks import VoxelMask
from napari_connectome.layers import styles
from napari_connectome.state.values import Dataset
from napari_connectome.widgets.dataset_panel import DatasetSummary
from napari_connectome.widgets.experiment_rows import ExperimentRow

Rgb = tuple[int, int, int]
Point = tuple[float, float, float]


def colormap_colors(count: int = 64) -> Sequence[tuple[float, float, float, float]]:
    """Colours of the overlay, dark to bright."""
    colors = ensure_colormap(styles.PROJECTION["colormap"]).map(np.linspace(0, 1, count))
    return [(float(r), float(g), float(b), float(a)) for r, g, b, a in colors]


def summary_of(dataset: Dataset) -> DatasetSummary:
    """What the data panel says."""
    atlas = dataset.atlas
    summary = atlas.tree.assign(atlas.tree.summary_ids())
    regions = {summary[i] for i in atlas.structure_ids if i in summary}
    return DatasetSummary(
        title=dataset.title,
        folder=None if dataset.is_demo else dataset.folder,
        resolution_um=atlas.resolution_um,
        shape=atlas.shape,
        n_regions=len(regions) or len(atlas.structure_ids),
        n_experiments=len(dataset.records),
        n_with_volumes=len(dataset.with_volumes),
        notes=short_notes(dataset.notes),
        needs=dataset.needs,
        of_model=dataset.of_model,
    )


def experiment_rows(dataset: Dataset) -> list[ExperimentRow]:
    """The experiment table of a dataset."""
    atlas = dataset.atlas
    used = set() if dataset.experiments is None else set(dataset.experiments.ids.tolist())
    return [
        ExperimentRow(
            id=record.id,
            structure_acronym=record.structure_acronym,
            structure_name=record.structure_name,
            division=_division(atlas, record.structure_id),
            line=record.transgenic_line,
            strain=record.strain,
            injection_volume_mm3=record.injection_volume_mm3,
            hemisphere=_side(atlas, record.injection_point_um),
            has_volumes=record.id in dataset.with_volumes,
            used=record.id in used,
        )
        for record in dataset.records
    ]


def _division(atlas: Atlas, structure_id: int) -> str:
    division = atlas.tree.division_of(structure_id)
    return "" if division is None else atlas.tree[division].acronym


def _side(atlas: Atlas, point_um: Point | None) -> Literal["left", "right", ""]:
    if point_um is None:
        return ""
    return "left" if atlas.is_left(atlas.index_of_um(point_um)) else "right"


def short_notes(notes: Sequence[str], most: int = 3) -> tuple[str, ...]:
    """The first notes, and how many more there are."""
    more = len(notes) - most
    return (*notes[:most], f"… and {more} more") if more > 0 else tuple(notes)


def region_volumes_mm3(atlas: Atlas) -> dict[int, float]:
    """Right-hemisphere volume of every structure in the annotation and of its ancestors."""
    volumes: dict[int, float] = {}
    for structure_id, count in atlas.voxel_counts("right").items():
        if structure_id and count:
            for above in atlas.tree[structure_id].path:
                volumes[above] = volumes.get(above, 0.0) + count * atlas.voxel_volume_mm3
    return volumes


def middle_of(atlas: Atlas, mask: VoxelMask, acronym: str) -> Point | None:
    """Source voxel nearest to the middle of a region; of all source voxels when it has none."""
    found = [s for s in atlas.tree if s.acronym == acronym]
    inside = mask.to_vector(atlas.structure_mask([found[0].id])) if found else np.zeros(len(mask))
    rows = np.flatnonzero(inside)
    places = mask.coordinates[rows] if len(rows) else mask.coordinates
    offset = places - places.mean(axis=0)
    nearest = places[int(np.argmin(np.einsum("ij,ij->i", offset, offset)))]
    return atlas.um_of_index(nearest.tolist())
