"""Sums over regions of many voxel vectors: one sparse product each, in double precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.nodes import RowStore
from napari_connectome.core.parallel import THREADS, threads
from napari_connectome.core.progress import Job, Progress

ROWS_AT_ONCE = 8 * THREADS
"""Most rows that are held in memory, and summed between two moments of progress."""
BYTES_AT_ONCE = 1 << 28
"""Memory for them, as far as there is one row for each thread."""


def region_indicator(keys: npt.NDArray[np.int64], regions: int | None = None) -> csr_array:
    """Π of the regionalised model: one where a voxel lies in a region.

    Parameters
    ----------
    keys : ndarray of int64, shape (n,)
        Region number of each voxel, -1 for none.
    regions : int, optional
        How many there are; by default up to the largest key.

    Returns
    -------
    csr_array of float64, shape (regions, n)
    """
    count = int(keys.max(initial=-1)) + 1 if regions is None else regions
    inside = np.flatnonzero(keys >= 0).astype(np.int32)
    ones = np.ones(len(inside))
    return csr_array((ones, (keys[inside].astype(np.int32), inside)), shape=(count, len(keys)))


def summed_rows(
    nodes: RowStore, keys: npt.NDArray[np.int64], used: npt.NDArray[np.bool_]
) -> Job[npt.NDArray[np.float64]]:
    """Ỹ Π_targetᵀ: the projection of each experiment summed over each region, as a job.

    Parameters
    ----------
    nodes : RowStore, shape (m, n)
        Projections; each row is read once.
    keys : ndarray of int64, shape (n,)
        Region number of each target voxel, -1 for none.
    used : ndarray of bool, shape (m,)
        Rows that matter; the others are not read, and their sums are zero.

    Returns
    -------
    ndarray of float64, shape (m, regions)
    """
    indicator = region_indicator(keys)
    sums = np.zeros((nodes.shape[0], indicator.shape[0]))
    # Memory that is used again: fresh pages would take longer than the sums.
    doubles = [np.empty(nodes.shape[1]) for _ in range(THREADS)]

    def add(share: list[tuple[int, npt.NDArray[Any]]], double: npt.NDArray[np.float64]) -> None:
        for row, vector in share:
            np.copyto(double, vector)
            sums[row] = indicator @ double

    rows = np.flatnonzero(used).tolist()
    at_once = int(np.clip(BYTES_AT_ONCE // (4 * nodes.shape[1]), THREADS, ROWS_AT_ONCE))
    for start in range(0, len(rows), at_once):
        yield Progress(start, len(rows), "Summing projections over regions")
        # Only this thread reads: a row store need not be safe to use from several.
        block = [(row, np.asarray(nodes[row])) for row in rows[start : start + at_once]]
        pending = [
            threads().submit(add, block[number::THREADS], double)
            for number, double in enumerate(doubles)
        ]
        for one in pending:
            one.result()
    return sums
