"""Rows of projections, in memory or on disk, and weighted sums of them."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.connectivity import Float
from napari_connectome.core.parallel import single_threaded_blas

SLICE_ABOVE = 0.6
"""Part of a range of rows above which reading all of it beats picking rows out of it."""
BLOCK_ENTRIES = 1 << 18
BLOCK_COLUMNS = (1 << 12, 1 << 15)


class RowStore(Protocol):
    """Projections of experiments, one row each: an array, or a file that reads rows on demand."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Experiments and target voxels."""

    def __getitem__(self, row: int, /) -> Any:
        """Projection of one experiment, shape (n_target,)."""


@runtime_checkable
class FillingTable(Protocol):
    """A row store whose rows, once read, lie in one array: it is summed like an array."""

    def table(self, rows: Iterable[int], /) -> npt.NDArray[Any]:
        """The whole matrix with the given rows filled; others may be zero."""


@runtime_checkable
class PickingStore(Protocol):
    """A row store that reads some columns of a row without the others."""

    def entries(self, row: int, columns: npt.NDArray[np.int64], /) -> npt.NDArray[Any]:
        """Values of a row in some columns, shape (k,)."""


def entries(nodes: RowStore, row: int, columns: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """Values of a row in some columns, shape (k,), read with as little else as the store can."""
    if isinstance(nodes, PickingStore):
        return nodes.entries(row, columns)
    found: npt.NDArray[Any] = np.asarray(nodes[row])[columns]
    return found


class ProjectedRows:
    """Rows that a linear operator is applied to when they are first needed, once each.

    Safe to use from several threads.

    Parameters
    ----------
    rows : RowStore, shape (m, n)
        Read one at a time.
    operator : csr_array of float32, shape (k, n)
        What each row goes through.
    """

    def __init__(self, rows: RowStore, operator: csr_array) -> None:
        self._rows, self._operator = rows, operator
        self.shape = (int(rows.shape[0]), int(operator.shape[0]))
        # The system gives memory to zeros only when they are written to.
        self._values = np.zeros(self.shape, dtype=np.float32)
        self._there = np.zeros(self.shape[0], dtype=bool)
        self._lock = Lock()

    def __getitem__(self, row: int, /) -> Float:
        """One row, shape (k,)."""
        values: Float = self.table([row])[row]
        return values

    def table(self, rows: Iterable[int], /) -> Float:
        """All rows, shape (m, k): the given ones are filled, others may still be zero."""
        wanted = np.fromiter(rows, dtype=np.int64)
        with self._lock:
            for row in wanted[~self._there[wanted]].tolist():
                self._values[row] = self._operator @ np.asarray(self._rows[row])
                self._there[row] = True
        return self._values


def weighted_rows(nodes: RowStore, coefficients: npt.NDArray[np.float64]) -> Float:
    """Σ_e coefficients[e] · nodes[e], reading each row that has a coefficient once.

    Parameters
    ----------
    nodes : RowStore, shape (m, n_target)
        Projections.
    coefficients : ndarray of float64, shape (m,)
        One per row; rows of zero are not read.

    Returns
    -------
    ndarray of float32, shape (n_target,)
    """
    rows = np.flatnonzero(coefficients)
    out = np.zeros(nodes.shape[1], dtype=np.float32)
    table = nodes.table(rows) if isinstance(nodes, FillingTable) else nodes
    if not isinstance(table, np.ndarray):
        for row in rows.tolist():
            out += np.float32(coefficients[row]) * np.asarray(table[row], dtype=np.float32)
    elif len(rows):
        _sum_in_memory(table, rows, coefficients, out)
    return out


def _sum_in_memory(
    nodes: npt.NDArray[Any],
    rows: npt.NDArray[np.int64],
    coefficients: npt.NDArray[np.float64],
    out: Float,
) -> None:
    """Sum block by block of columns, so that what is picked out stays in the cache."""
    first, last = int(rows[0]), int(rows[-1]) + 1
    picked: Any = slice(first, last) if len(rows) >= SLICE_ABOVE * (last - first) else rows
    factors = coefficients[picked].astype(np.float32)
    step = int(np.clip(BLOCK_ENTRIES // len(rows), *BLOCK_COLUMNS))
    with single_threaded_blas():
        for start in range(0, len(out), step):
            block = slice(start, start + step)
            np.matmul(factors, nodes[picked, block], out=out[block])
