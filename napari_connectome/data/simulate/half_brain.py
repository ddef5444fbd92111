"""The half of an atlas that a planted connectome is laid out on.

Wiring is planned on the grey matter of the right hemisphere and mirrored, so that
it is symmetric even where the two halves of an annotation differ a little.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.ndimage import distance_transform_edt, uniform_filter1d
from scipy.spatial import cKDTree

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import AtlasError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.structures import DIVISION_ACRONYMS, ISOCORTEX_ID

Floats = npt.NDArray[np.float64]
_SHEET_RADIUS_MM = 3.0
"""Turns an angle around the hemisphere into a length along the cortical sheet."""
_MIDDLE_DEPTHS = (0.4, 0.6)


@dataclass(frozen=True, eq=False)
class HalfBrain:
    """Right-hemisphere grey matter of the major divisions and its areas.

    An *area* is a summary structure; grey matter outside all of them forms one
    area per division, so that every source voxel lies in exactly one area.

    Parameters
    ----------
    atlas : Atlas
        Any atlas with at least one major division.
    mask : VoxelMask
        The voxels, right hemisphere. With an odd number of voxels along ML the
        midline plane belongs to both halves.
    area_ids : ndarray of int64, shape (n_areas,)
        Structure id of each area.
    areas : ndarray of int64, shape (n,)
        Position in `area_ids` of each voxel's area.
    """

    atlas: Atlas
    mask: VoxelMask
    area_ids: npt.NDArray[np.int64]
    areas: npt.NDArray[np.int64]

    @classmethod
    def of(cls, atlas: Atlas) -> HalfBrain:
        """Lay out the right half of an atlas.

        Raises
        ------
        AtlasError
            When no major division has a voxel in the right hemisphere.
        """
        grey = atlas.structure_mask(atlas.tree.division_ids(), "right")
        if not grey.any():
            raise AtlasError(
                f"{atlas.name} has no grey matter of the 12 major divisions in its right "
                "hemisphere; simulating needs an annotation of a whole brain or half of one."
            )
        mask = VoxelMask.from_volume(grey)
        regions, divisions = mask.to_vector(atlas.regions), mask.to_vector(atlas.divisions)
        area_ids, areas = np.unique(np.where(regions > 0, regions, divisions), return_inverse=True)
        return cls(atlas, mask, area_ids.astype(np.int64), areas.astype(np.int64))

    @cached_property
    def points_mm(self) -> Floats:
        """Voxel centres (AP, DV, ML) in millimetres, shape (n, 3)."""
        centers = self.mask.coordinates.astype(np.float64) + 0.5
        return np.asarray(centers * (self.atlas.resolution_um / 1000.0))

    @cached_property
    def division_of_area(self) -> npt.NDArray[np.int64]:
        """Major division of each area, shape (n_areas,)."""
        above = (self.atlas.tree.division_of(int(i)) for i in self.area_ids)
        return np.array([division or 0 for division in above], dtype=np.int64)

    @cached_property
    def in_cortex(self) -> npt.NDArray[np.bool_]:
        """Voxels of the isocortex, shape (n,)."""
        found: npt.NDArray[np.bool_] = (self.division_of_area == ISOCORTEX_ID)[self.areas]
        return found

    @cached_property
    def depth(self) -> Floats:
        """Cortical depth from pia (0) to white matter (1); 0.5 outside the isocortex."""
        depth = np.full(len(self.mask), 0.5)
        if self.in_cortex.any():
            depth[self.in_cortex] = self._cortical_depth()[self.in_cortex]
        return depth

    @cached_property
    def column_mm(self) -> Floats:
        """Where each voxel belongs: cortical columns collapse to the middle of the sheet.

        Voxels of the isocortex get the mean position of the nearest voxels of
        middle depth, all others their own, shape (n, 3).
        """
        column = self.points_mm.copy()
        low, high = _MIDDLE_DEPTHS
        middle = self.points_mm[self.in_cortex & (self.depth > low) & (self.depth < high)]
        if len(middle):
            k = min(8, len(middle))
            _, near = cKDTree(middle).query(self.points_mm[self.in_cortex], k=k)
            column[self.in_cortex] = middle[near.reshape(-1, k)].mean(axis=1)
        return column

    @cached_property
    def frame_mm(self) -> Floats:
        """Coordinates in which topographic maps are drawn, shape (n, 3).

        Axis 0 is AP. In the isocortex axis 1 runs along the sheet from medial to
        lateral and axis 2 is 0. Elsewhere axis 1 is the direction from dorsomedial
        to ventrolateral, (DV + ML) / √2, and axis 2 the one across it, (DV - ML) / √2.
        """
        ap, dv, ml = self.column_mm.T
        frame = np.stack([ap, (dv + ml) / np.sqrt(2), (dv - ml) / np.sqrt(2)], axis=1)
        if self.in_cortex.any():
            frame[self.in_cortex, 1] = self._sheet_arc_mm()
            frame[self.in_cortex, 2] = 0.0
        return frame

    @cached_property
    def area_volumes_mm3(self) -> Floats:
        """Volume of each area in the right hemisphere, shape (n_areas,)."""
        return np.asarray(np.bincount(self.areas) * self.atlas.voxel_volume_mm3)

    @cached_property
    def area_centers_mm(self) -> Floats:
        """Mean position (AP, DV, ML) of each area, shape (n_areas, 3)."""
        sums = [np.bincount(self.areas, weights=c) for c in self.points_mm.T]
        return np.asarray(np.stack(sums, axis=1) / np.bincount(self.areas)[:, None])

    def areas_of(self, acronym: str) -> npt.NDArray[np.int64]:
        """Areas at or below a structure; none when the atlas does not have it."""
        return np.array(self._areas_below.get(acronym, ()), dtype=np.int64)

    @cached_property
    def _areas_below(self) -> dict[str, list[int]]:
        """Areas below each acronym that has any."""
        tree = self.atlas.tree
        found: dict[str, list[int]] = {}
        for area, structure_id in enumerate(self.area_ids):
            for above in tree[int(structure_id)].path:
                found.setdefault(tree[above].acronym, []).append(area)
        return found

    def _cortical_depth(self) -> Floats:
        """Relative distance between the outside (or the midline) and what lies below."""
        atlas = self.atlas
        right = atlas.annotation[:, :, atlas.midline :]
        divisions = atlas.divisions[:, :, atlas.midline :]
        padded = np.pad(right > 0, 1, constant_values=False)
        to_pia = distance_transform_edt(padded)[1:-1, 1:-1, 1:-1]
        below = (right > 0) & ~np.isin(divisions, _SURFACE_DIVISIONS)
        to_white = distance_transform_edt(~below) if below.any() else to_pia
        volume = np.full(atlas.shape, 0.5)
        volume[:, :, atlas.midline :] = to_pia / np.maximum(to_pia + to_white, 1e-9)
        depth: Floats = self.mask.to_vector(volume)
        return depth

    def _sheet_arc_mm(self) -> Floats:
        """Position along the cortical sheet in each coronal plane, medial to lateral."""
        _, dv, ml = self.column_mm[self.in_cortex].T
        plane = self.mask.coordinates[self.in_cortex, 0]
        n = self.atlas.shape[0]
        midline_mm = self.atlas.shape[2] * self.atlas.resolution_um / 2000.0
        center_ml = _per_plane(plane, ml - midline_mm, n, 0.5) + midline_mm
        center_dv = _per_plane(plane, dv, n, 0.55)
        smooth = max(1, round(1000.0 / self.atlas.resolution_um))
        center_ml, center_dv = (
            uniform_filter1d(c, smooth, mode="nearest") for c in (center_ml, center_dv)
        )
        lateral, up = ml - center_ml[plane], center_dv[plane] - dv
        angle = np.arctan2(lateral, up)
        cut = -0.85 * np.pi  # straight down, a little medial: nothing but a gap lies there
        return np.asarray(_SHEET_RADIUS_MM * np.where(angle < cut, angle + 2 * np.pi, angle))


_SURFACE_DIVISIONS = tuple(
    i for i, acronym in DIVISION_ACRONYMS.items() if acronym in ("Isocortex", "OLF")
)
"""Divisions that lie side by side in the sheet: neither is below the other."""


def _per_plane(plane: npt.NDArray[np.int32], value: Floats, n: int, fraction: float) -> Floats:
    """Point between the lowest and the highest value of each plane; empty planes interpolate."""
    low, high = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(low, plane, value)
    np.maximum.at(high, plane, value)
    there = np.flatnonzero(np.isfinite(low))
    middle = low[there] + fraction * (high[there] - low[there])
    return np.asarray(np.interp(np.arange(n), there, middle))
