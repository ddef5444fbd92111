"""Sources with a place: a voxel, a sphere, a Gaussian."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas, Index
from napari_connectome.core.errors import OutsideError, SourceError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.sources.weights import Source, SourceWeights

GAUSSIAN_CUT = 3.0
"""Standard deviations at which a Gaussian source ends."""


@dataclass(frozen=True)
class VoxelSource:
    """A single voxel.

    Parameters
    ----------
    point_um : tuple of float
        CCF coordinates (AP, DV, ML) of any point in the voxel.
    """

    point_um: tuple[float, float, float]

    @property
    def label(self) -> str:
        """Short text for lists and titles."""
        return f"voxel at {format_um(self.point_um)}"

    def weights(self, atlas: Atlas, mask: VoxelMask) -> SourceWeights:
        """All weight on one row."""
        index, mirrored = _source_index(atlas, self.point_um)
        row = mask.row_of(index)
        if row < 0:
            raise OutsideError(_no_voxel_message(atlas, self.point_um))
        return SourceWeights(np.array([row]), np.ones(1), mirrored)


@dataclass(frozen=True)
class SphereSource:
    """Equal weight on every source voxel whose centre lies within a radius.

    Parameters
    ----------
    center_um : tuple of float
        CCF coordinates (AP, DV, ML).
    radius_um : float
        Larger than 0.
    """

    center_um: tuple[float, float, float]
    radius_um: float

    @property
    def label(self) -> str:
        """Short text for lists and titles."""
        return f"sphere of {self.radius_um:g} µm at {format_um(self.center_um)}"

    def weights(self, atlas: Atlas, mask: VoxelMask) -> SourceWeights:
        """Equal weights; the voxel that holds the centre always takes part."""
        return _radial_weights(
            atlas, mask, self.center_um, self.radius_um, 1.0, lambda d: np.ones_like(d)
        )


@dataclass(frozen=True)
class GaussianSource:
    """Weights that fall off as a Gaussian, cut at three standard deviations.

    Parameters
    ----------
    center_um : tuple of float
        CCF coordinates (AP, DV, ML).
    sigma_um : float
        Standard deviation, larger than 0.
    """

    center_um: tuple[float, float, float]
    sigma_um: float

    @property
    def label(self) -> str:
        """Short text for lists and titles."""
        return f"Gaussian of {self.sigma_um:g} µm at {format_um(self.center_um)}"

    def weights(self, atlas: Atlas, mask: VoxelMask) -> SourceWeights:
        """Weights exp(-d² / 2σ²), normalised."""
        return _radial_weights(
            atlas,
            mask,
            self.center_um,
            self.sigma_um,
            GAUSSIAN_CUT,
            lambda d: np.exp(-0.5 * (d / self.sigma_um) ** 2),
        )


def moved_to(source: Source | None, point_um: tuple[float, float, float]) -> Source:
    """The same kind of source at another place; a voxel where there was none with a place."""
    if isinstance(source, SphereSource):
        return SphereSource(point_um, source.radius_um)
    if isinstance(source, GaussianSource):
        return GaussianSource(point_um, source.sigma_um)
    return VoxelSource(point_um)


def format_um(point_um: Iterable[float]) -> str:
    """CCF coordinates as people write them: 'AP 9250, DV 3050, ML 8950 µm'."""
    labels = ("AP", "DV", "ML")
    parts = (f"{name} {value:.0f}" for name, value in zip(labels, point_um, strict=True))
    return ", ".join(parts) + " µm"


def _source_index(atlas: Atlas, point_um: tuple[float, float, float]) -> tuple[Index, bool]:
    """Right-hemisphere voxel of a point, and whether the point was on the left."""
    if not np.all(np.isfinite(point_um)):
        raise SourceError(f"Three finite coordinates were expected; {point_um} came.")
    index = atlas.index_of_um(point_um)
    if not atlas.contains(index):
        extent = ", ".join(f"{n * atlas.resolution_um:.0f}" for n in atlas.shape)
        raise OutsideError(
            f"{format_um(point_um)} lies outside the atlas box, which ends at ({extent}) µm. "
            "Give AP, DV, ML in CCF micrometres."
        )
    if atlas.is_left(index):
        return atlas.mirror_index(index), True
    return index, False


def _no_voxel_message(atlas: Atlas, point_um: tuple[float, float, float]) -> str:
    structure_id = int(atlas.annotation[atlas.index_of_um(point_um)])
    where = atlas.tree[structure_id].name if structure_id else "outside the brain"
    return (
        f"{format_um(point_um)} is {where}: no source voxel there. "
        "Choose a place in the grey matter of a major division that has experiments."
    )


def _radial_weights(
    atlas: Atlas,
    mask: VoxelMask,
    center_um: tuple[float, float, float],
    radius_um: float,
    cut: float,
    profile: RadialProfile,
) -> SourceWeights:
    """Weights that depend on the distance to a centre, up to `cut` radii from it.

    A centre in the left hemisphere is mirrored first. A source too small to hold the
    centre of a voxel is the voxel that holds its own centre.
    """
    if not (np.isfinite(radius_um) and radius_um > 0):
        raise SourceError(f"A radius larger than 0 µm was expected; {radius_um} came.")
    _index, mirrored = _source_index(atlas, center_um)
    center = np.asarray(center_um, dtype=np.float64)
    if mirrored:
        center[2] = atlas.shape[2] * atlas.resolution_um - center[2]
    reach_um = cut * radius_um
    rows = _rows_near(mask, center / atlas.resolution_um - 0.5, reach_um / atlas.resolution_um)
    offset = (mask.coordinates[rows] + 0.5) * atlas.resolution_um - center
    distance = np.sqrt(np.einsum("ij,ij->i", offset, offset))
    inside = distance <= reach_um
    if not inside.any():
        return VoxelSource(center_um).weights(atlas, mask)
    values = profile(distance[inside])
    return SourceWeights(rows[inside], values / values.sum(), mirrored)


class RadialProfile(Protocol):
    """Weight as a function of distance in micrometres."""

    def __call__(self, distance_um: npt.NDArray[np.float64], /) -> npt.NDArray[np.float64]:
        """Weights, not normalised."""


def _rows_near(
    mask: VoxelMask, center: npt.NDArray[np.float64], reach: float
) -> npt.NDArray[np.int64]:
    """Rows of the mask inside the cube of half-edge `reach` voxels about a centre."""
    low = np.maximum(np.floor(center - reach).astype(int), 0)
    high = np.maximum(np.ceil(center + reach).astype(int) + 1, 0)
    cube = mask.row_volume[low[0] : high[0], low[1] : high[1], low[2] : high[2]]
    return np.sort(cube[cube >= 0]).astype(np.int64)
