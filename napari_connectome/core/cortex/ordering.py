"""Paths whose voxels are listed by index, put in order from pia to white matter."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas, Index
from napari_connectome.core.cortex.potential import solve_potential
from napari_connectome.core.cortex.sheet import Sheet, sheets_of, thinning
from napari_connectome.core.progress import Job

Table = npt.NDArray[np.int32]
Points = npt.NDArray[np.float64]


def sorted_by_index(paths: Table) -> bool:
    """Whether every path lists its voxels by rising index, as Allen's files do."""
    return bool(np.all((np.diff(paths, axis=1) > 0) | (paths[:, 1:] < 0)))


def ordered(paths: Table, atlas: Atlas) -> Job[Table]:
    """Put the voxels of each path in order from pia to white matter.

    The order is that along the path's longest extent; the end where the cortical depth
    (:func:`solve_potential`) of its voxels is less comes first. Voxels outside the
    isocortex, which have no depth, keep their place in the row.

    Parameters
    ----------
    paths : ndarray of int32, shape (n, longest)
        Flat voxel indices, padded with -1 at the end.
    atlas : Atlas
        What they refer to.

    Returns
    -------
    ndarray of int32, shape (n, longest)

    Raises
    ------
    AtlasError
        When the atlas has no isocortex, or nothing below it.
    """
    depth = yield from _depth(paths, atlas)
    there = paths >= 0
    along = _along_axis(paths, there, atlas.shape)
    along *= np.where(_rises(along, depth), 1.0, -1.0)[:, None]
    order = np.argsort(np.where(there, along, np.inf), axis=1, kind="stable")
    return np.take_along_axis(paths, order, axis=1)


def _along_axis(paths: Table, there: npt.NDArray[np.bool_], box: Index) -> Points:
    """Place of each voxel along the longest extent of its path, 0 in the middle."""
    places = np.stack(np.unravel_index(np.maximum(paths, 0), box), axis=-1).astype(np.float64)
    weight = there[..., None] / np.maximum(there.sum(axis=1), 1)[:, None, None]
    offset = np.where(there[..., None], places - (places * weight).sum(axis=1)[:, None], 0.0)
    spread = np.einsum("nki,nkj->nij", offset, offset)
    _values, axes = np.linalg.eigh(spread)
    return np.asarray(np.einsum("nki,ni->nk", offset, axes[:, :, 2]))


def _rises(along: Points, depth: Points) -> npt.NDArray[np.bool_]:
    """Whether depth rises with the place along the path."""
    known = np.isfinite(depth)
    count = np.maximum(known.sum(axis=1), 1)[:, None]
    filled = np.where(known, depth, 0.0)
    off = np.where(known, depth - filled.sum(axis=1)[:, None] / count, 0.0)
    return np.asarray((off * along).sum(axis=1) >= 0)


def _depth(paths: Table, atlas: Atlas) -> Job[Points]:
    """Cortical depth of each path voxel, NaN outside the sheet; shape of the paths."""
    every, middle = thinning(atlas), atlas.midline
    ap, dv, ml = np.unravel_index(np.maximum(paths, 0), atlas.shape)
    found = np.full(paths.shape, np.nan)
    right, left = sheets_of(atlas)
    for sheet, side, column in (
        (right, ml >= middle, ml - middle),
        (left, ml < middle, middle - 1 - ml),
    ):
        volume = yield from _volume(sheet)
        here = side & (paths >= 0)
        # The sheet's volume has a rim of one voxel.
        cells = tuple(axis[here] // every + 1 for axis in (ap, dv, column))
        found[here] = volume[cells]
    return found


def _volume(sheet: Sheet) -> Job[Points]:
    potential = yield from solve_potential(sheet)
    volume = np.full(sheet.tissue.shape, np.nan)
    volume[sheet.inside] = potential
    return volume
