"""Paths from pia to white matter: steepest descent, and the voxels that it passes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from napari_connectome.core.cortex.potential import Descent
from napari_connectome.core.cortex.sheet import Sheet
from napari_connectome.core.progress import Job, Progress

STEP = 0.25
"""Length of a step in voxels of the output."""
LEAD = 1.0
"""How far outside its start a path begins, in sheet voxels: the start may lie a little inside."""
ENTRY = 3.0
"""How far a path goes, in sheet voxels, before it must have met the sheet."""
LONGEST = 60.0
"""Where a path ends at the latest, in sheet voxels."""
BLOCK = 2048
"""Paths that are followed at once: a second or less between two moments to cancel."""
Points = npt.NDArray[np.float64]


def trace(
    sheet: Sheet, descent: Descent, starts: Points, every: int, shape: tuple[int, ...]
) -> Job[npt.NDArray[np.int32]]:
    """Follow the descent from pial points and collect the voxels that are met.

    Steps of a quarter of a voxel of the output. A path begins where it enters the
    sheet and ends where it leaves it.

    Parameters
    ----------
    sheet, descent : Sheet, Descent
        One hemisphere.
    starts : ndarray, shape (n, 3)
        Points in voxels of the half box: voxel i covers [i, i + 1).
    every : int
        Voxels of the output per voxel of the sheet, along an axis.
    shape : tuple of int
        Half box of the output.

    Returns
    -------
    ndarray of int32, shape (n, longest)
        Flat voxel indices in the half box of the output, each once, padded with -1.
        A path that never meets the sheet is all padding.
    """
    tables = []
    for first in range(0, len(starts), BLOCK):
        yield Progress(first, len(starts), "Cortical paths")
        met = _walk(sheet, descent, starts[first : first + BLOCK], every, shape)
        tables.append(_packed(met))
    longest = max((table.shape[1] for table in tables), default=0)
    pad = [np.pad(t, ((0, 0), (0, longest - t.shape[1])), constant_values=-1) for t in tables]
    return np.concatenate(pad) if pad else np.zeros((0, 0), dtype=np.int32)


def _walk(
    sheet: Sheet, descent: Descent, starts: Points, every: int, shape: tuple[int, ...]
) -> npt.NDArray[np.int32]:
    """Voxel of the output after each step, -1 outside the sheet, shape (n, steps)."""
    inside, step = sheet.inside, STEP / every
    place = starts - LEAD * _direction(descent, starts)
    entered = np.zeros(len(starts), dtype=bool)
    going = np.ones(len(starts), dtype=bool)
    met = []
    for count in range(int(LONGEST / step)):
        here = inside[_cells(place, sheet)]
        going &= np.where(entered, here, count * step < ENTRY + LEAD)
        if not going.any():
            break
        entered |= here & going
        met.append(np.where(here & going, _flat(place, every, shape), -1))
        place[going] += step * _direction(descent, place[going])
    return np.stack(met, axis=1).astype(np.int32)


def _cells(place: Points, sheet: Sheet) -> tuple[npt.NDArray[np.int64], ...]:
    """Voxels of the padded half box that points lie in."""
    last = np.array(sheet.tissue.shape) - 1
    return tuple(np.clip(np.floor(place).astype(np.int64) + 1, 0, last).T)


def _flat(place: Points, every: int, shape: tuple[int, ...]) -> npt.NDArray[np.int64]:
    last = np.array(shape) - 1
    cells = np.clip(np.floor(place * every).astype(np.int64), 0, last)
    return np.asarray(np.ravel_multi_index(tuple(cells.T), shape))


def _direction(descent: Descent, place: Points) -> Points:
    """Unit vectors at points, interpolated between voxel centres."""
    shape = np.array(descent.directions.shape[:3])
    # The padding adds one voxel, the centre of a voxel lies half a voxel from its corner.
    at = np.clip(place + 0.5, 0, shape - 1.001)
    low = at.astype(np.int64)
    part = at - low
    flat = descent.directions.reshape(-1, 3)
    total = np.zeros((len(place), 3))
    for corner in np.ndindex(2, 2, 2):
        weight = np.prod(np.where(corner, part, 1.0 - part), axis=1)
        cells = np.ravel_multi_index(tuple((low + corner).T), tuple(shape))
        total += weight[:, None] * flat[cells]
    size = np.linalg.norm(total, axis=1, keepdims=True)
    return np.asarray(total / np.maximum(size, 1e-9))


def _packed(met: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Move the voxels of each path to the front, each where it is first met."""
    order = np.argsort(met, axis=1, kind="stable")
    ordered = np.take_along_axis(met, order, axis=1)
    repeated = np.zeros(met.shape, dtype=bool)
    np.put_along_axis(repeated, order[:, 1:], ordered[:, 1:] == ordered[:, :-1], axis=1)
    kept = (met >= 0) & ~repeated
    number, position = np.nonzero(kept)
    counts = kept.sum(axis=1)
    packed = np.full((len(met), int(counts.max(initial=0))), -1, dtype=np.int32)
    starts = np.cumsum(counts) - counts
    packed[number, np.arange(len(number)) - np.repeat(starts, counts)] = met[number, position]
    return packed
