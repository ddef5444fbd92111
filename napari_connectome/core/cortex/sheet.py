"""The isocortex of one hemisphere between its two surfaces."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt
from scipy.ndimage import label

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import AtlasError
from napari_connectome.core.structures import ISOCORTEX_ID

DEEP_IDS = (1009, 73, 477, 803, 703)
"""What lies under the cortex: fibre tracts, ventricles, striatum, pallidum, cortical subplate."""
BESIDE_IDS = (698, 1089)
"""Where the cortical sheet goes on without being isocortex: olfactory and hippocampal areas."""
FIELD_UM = 100.0
"""Finest grid that the sheet is solved on: 62,000 voxels a hemisphere. A finer atlas is thinned."""


class Tissue(IntEnum):
    """What a voxel is, seen from the cortical sheet."""

    BEYOND = 0
    """Outside the pia: no brain, or a part of it across a fissure."""
    SHEET = 1
    DEEP = 2
    BESIDE = 3


@dataclass(frozen=True, eq=False)
class Sheet:
    """One hemisphere, as a right one: the left is mirrored.

    Parameters
    ----------
    tissue : ndarray of uint8, shape (n_ap + 2, n_dv + 2, n_ml + 2)
        A :class:`Tissue` of each voxel of the half box, in a rim of one voxel beyond the
        pia. Along the last axis the midline comes first.
    """

    tissue: npt.NDArray[np.uint8]

    @property
    def inside(self) -> npt.NDArray[np.bool_]:
        """Voxels of the sheet."""
        return np.asarray(self.tissue == Tissue.SHEET)

    def neighbours(self) -> list[npt.NDArray[np.uint8]]:
        """Tissue of the six neighbours of each sheet voxel: -AP, +AP, -DV, +DV, -ML, +ML."""
        where = np.flatnonzero(self.inside)
        flat = self.tissue.reshape(-1)
        return [flat[where + step] for step in self.steps()]

    def steps(self) -> list[int]:
        """Flat steps to the six neighbours."""
        _n_ap, n_dv, n_ml = self.tissue.shape
        return [sign * size for size in (n_dv * n_ml, n_ml, 1) for sign in (-1, 1)]


def thinning(atlas: Atlas) -> int:
    """Every how many voxels of an atlas one is taken, along each axis."""
    return max(round(FIELD_UM / atlas.resolution_um), 1)


def sheets_of(atlas: Atlas) -> tuple[Sheet, Sheet]:
    """The right and the left sheet of an atlas, on a grid of no less than 100 µm.

    Pieces of isocortex that do not reach from the pia to what lies below it are left out.

    Raises
    ------
    AtlasError
        When the atlas has no isocortex, or nothing below it.
    """
    if not has_isocortex(atlas):
        raise AtlasError(
            f"{atlas.name} has no isocortex (structure {ISOCORTEX_ID}): there is no cortical map. "
            "Choose an atlas with cortex."
        )
    middle = atlas.midline
    right, left = (
        Sheet(_through_pieces(np.pad(_tissue(half), 1)))
        for half in (_part(atlas, np.s_[middle:]), _part(atlas, np.s_[middle - 1 :: -1]))
    )
    for sheet, side in ((right, "right"), (left, "left")):
        if not sheet.inside.any():
            raise AtlasError(
                f"No isocortex of {atlas.name} reaches from the {side} hemisphere's surface to "
                "white matter, striatum or cortical subplate. Cortical depth is not defined."
            )
    return right, left


def has_isocortex(atlas: Atlas) -> bool:
    """Whether any voxel lies in the isocortex."""
    there = set(atlas.structure_ids)
    return ISOCORTEX_ID in atlas.tree and not there.isdisjoint(
        atlas.tree.descendant_ids(ISOCORTEX_ID)
    )


def _part(atlas: Atlas, columns: slice) -> Atlas:
    """Some columns of an atlas, thinned."""
    every = slice(None, None, thinning(atlas))
    thin = atlas.annotation[:, :, columns][every, every, every]
    return Atlas(atlas.tree, np.ascontiguousarray(thin), FIELD_UM, name=atlas.name)


def _tissue(half: Atlas) -> npt.NDArray[np.uint8]:
    kinds = {
        Tissue.DEEP: DEEP_IDS,
        Tissue.BESIDE: BESIDE_IDS,
        Tissue.SHEET: (ISOCORTEX_ID,),
    }
    owners = {i: kind for kind, ids in kinds.items() for i in ids if i in half.tree}
    found = half.relabel(owners)
    tissue = np.full(half.shape, Tissue.BEYOND, dtype=np.uint8)
    for structure_id, kind in owners.items():
        tissue[found == structure_id] = kind
    # Holes in the annotation, and tissue that belongs to no structure, are no surface.
    empty, _count = label(np.pad(half.annotation == 0, 1, constant_values=True))
    roots = [s.id for s in half.tree if len(s.path) == 1]
    unnamed = np.isin(half.annotation, roots)
    tissue[(empty[1:-1, 1:-1, 1:-1] > 1) | unnamed] = Tissue.BESIDE
    return tissue


def _through_pieces(tissue: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Turn pieces of sheet that touch only one of its surfaces into tissue beside it."""
    sheet = Sheet(tissue)
    pieces, count = label(sheet.inside)
    own = pieces[sheet.inside]
    through = np.ones(count + 1, dtype=bool)
    for kind in (Tissue.BEYOND, Tissue.DEEP):
        touches = np.any([side == kind for side in sheet.neighbours()], axis=0)
        through &= np.bincount(own[touches], minlength=count + 1) > 0
    tissue[sheet.inside & ~through[pieces]] = Tissue.BESIDE
    return tissue
