"""Rows of projections, in memory or on disk, and weighted sums of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from napari_connectome.core.connectivity import Float

COLUMN_BLOCK = 1 << 14
"""Target voxels at a time: the sum stays in a core's cache while rows stream past."""
THREADS = 2


@runtime_checkable
class RowStore(Protocol):
    """Projections of experiments, one row each: an array, or a file that reads rows on demand."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Experiments and target voxels."""

    def __getitem__(self, row: int, /) -> Any:
        """Projection of one experiment, shape (n_target,)."""


def weighted_rows(nodes: RowStore, coefficients: npt.NDArray[np.float64]) -> Float:
    """Σ_e coefficients[e] · nodes[e], reading only rows whose coefficient is not zero.

    Parameters
    ----------
    nodes : RowStore, shape (m, n_target)
        Projections.
    coefficients : ndarray of float64, shape (m,)
        One per row.

    Returns
    -------
    ndarray of float32, shape (n_target,)
    """
    rows = np.flatnonzero(coefficients)
    out = np.zeros(nodes.shape[1], dtype=np.float32)
    if isinstance(nodes, np.ndarray):
        _sum_in_memory(nodes, rows, coefficients[rows].astype(np.float32), out)
    else:
        for row in rows.tolist():
            out += np.float32(coefficients[row]) * np.asarray(nodes[row], dtype=np.float32)
    return out


def _sum_in_memory(
    nodes: npt.NDArray[Any], rows: npt.NDArray[np.int64], coefficients: Float, out: Float
) -> None:
    """Sum rows of an array, half of the columns in each of two threads."""

    def strip(start: int, stop: int) -> None:
        scaled = np.empty(COLUMN_BLOCK, dtype=np.float32)
        for low in range(start, stop, COLUMN_BLOCK):
            high = min(low + COLUMN_BLOCK, stop)
            total, term = out[low:high], scaled[: high - low]
            for row, coefficient in zip(rows.tolist(), coefficients, strict=True):
                np.multiply(nodes[row, low:high], coefficient, out=term)
                np.add(total, term, out=total)

    n = len(out)
    step = -(-n // (THREADS * COLUMN_BLOCK)) * COLUMN_BLOCK
    list(threads().map(lambda start: strip(start, min(start + step, n)), range(0, n, step)))


@cache
def threads() -> ThreadPoolExecutor:
    """Threads for array work that releases the interpreter lock; started on first use."""
    return ThreadPoolExecutor(THREADS, thread_name_prefix="connectome")
