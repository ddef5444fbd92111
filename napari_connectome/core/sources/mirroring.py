"""The same source in the other hemisphere, and in both."""

from __future__ import annotations

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import SourceError
from napari_connectome.core.sources.combined import CombinedSource
from napari_connectome.core.sources.points import GaussianSource, SphereSource, VoxelSource
from napari_connectome.core.sources.region import RegionSource, Side
from napari_connectome.core.sources.volume import VolumeSource
from napari_connectome.core.sources.weights import Scale, Source

_OTHER: dict[Side, Side] = {"right": "left", "left": "right"}
_NUDGE_UM = 1e-6
"""Keeps the mirror image of a point on the midline in the other hemisphere."""


def mirrored(source: Source, atlas: Atlas) -> Source:
    """The same source in the other hemisphere.

    Parameters
    ----------
    source : Source
        Of any kind.
    atlas : Atlas
        Says where the midline is.

    Returns
    -------
    Source
        Of the same kind. With an odd number of voxels along ML, the middle ones are their
        own mirror image.

    Raises
    ------
    SourceError
        When the source is of a kind that is not known here.
    """
    match source:
        case VoxelSource(point_um):
            return VoxelSource(_mirrored_voxel(atlas, point_um))
        case SphereSource(center_um, radius_um):
            return SphereSource(_mirrored_point(atlas, center_um), radius_um)
        case GaussianSource(center_um, sigma_um):
            return GaussianSource(_mirrored_point(atlas, center_um), sigma_um)
        case RegionSource():
            return RegionSource(source.structure_ids, _OTHER[source.hemisphere])
        case VolumeSource():
            return VolumeSource(source.drawing.mirrored(), source.label, source.scale)
        case CombinedSource(parts, label, scale):
            twins = tuple((mirrored(part, atlas), strength) for part, strength in parts)
            return CombinedSource(twins, label, scale)
    raise SourceError(f"A {type(source).__name__} has no mirror image.")


def both_sides(source: Source, atlas: Atlas) -> CombinedSource:
    """A source together with its mirror image; each side has half of the weight.

    A source that is taken as drawn keeps its strengths on both sides.
    """
    as_drawn = isinstance(source, VolumeSource | CombinedSource) and source.scale == "as drawn"
    scale: Scale = "as drawn" if as_drawn else "unit-sum"
    twins = ((source, 1.0), (mirrored(source, atlas), 1.0))
    return CombinedSource(twins, f"{source.label}, both sides", scale)


def _mirrored_voxel(
    atlas: Atlas, point_um: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Mirror image of a point, in the mirror image of its voxel."""
    ap, dv, ml = _mirrored_point(atlas, point_um)
    voxel = atlas.mirror_index(atlas.index_of_um(point_um))
    if atlas.index_of_um((ap, dv, ml)) != voxel:
        # A point between two voxels belongs to the upper one on either side.
        ml = atlas.um_of_index(voxel)[2]
    return ap, dv, ml


def _mirrored_point(
    atlas: Atlas, point_um: tuple[float, float, float]
) -> tuple[float, float, float]:
    ap, dv, ml = point_um
    width_um = atlas.shape[2] * atlas.resolution_um
    on_the_midline = ml == width_um / 2 and atlas.shape[2] % 2 == 0
    return ap, dv, width_um - ml - (_NUDGE_UM if on_the_midline else 0.0)
