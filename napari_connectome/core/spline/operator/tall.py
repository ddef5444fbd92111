"""Products of matrices with many rows and few columns, on threads of our own.

BLAS's own threads wait for each other where a computer is busy; see :mod:`~.core.parallel`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.parallel import single_threaded_blas, threads

Array = npt.NDArray[Any]
BLOCK = 2048
"""Rows that are worked on at once: they stay in a core's cache."""


def blocks(count: int) -> tuple[slice, ...]:
    """Rows 0 ... count in pieces of :data:`BLOCK`."""
    return tuple(slice(at, min(at + BLOCK, count)) for at in range(0, count, BLOCK))


def in_blocks(work: Callable[[slice], Any], count: int) -> None:
    """Do something with all rows, a block at a time, several at once."""
    with single_threaded_blas():
        for _ in threads().map(work, blocks(count)):
            pass


def inner(first: Array, second: Array) -> npt.NDArray[np.float64]:
    """firstᵀ second, summed over blocks in float64, shape (k, l)."""
    with single_threaded_blas():
        parts = threads().map(lambda rows: first[rows].T @ second[rows], blocks(len(first)))
        total = np.zeros((first.shape[1], second.shape[1]))
        for part in parts:
            total += part
    return total


def outer(first: Array, small: npt.NDArray[np.float64]) -> Array:
    """A tall matrix times a small one, in the precision of the tall one."""
    out = np.empty((len(first), small.shape[1]), dtype=first.dtype)
    narrow = small.astype(first.dtype)

    def work(rows: slice) -> None:
        np.matmul(first[rows], narrow, out=out[rows])

    in_blocks(work, len(first))
    return out


def subtract_outer(from_what: Array, first: Array, small: npt.NDArray[np.float64]) -> None:
    """Take ``first @ small`` off, in place."""
    narrow = small.astype(first.dtype)

    def work(rows: slice) -> None:
        from_what[rows] -= first[rows] @ narrow

    in_blocks(work, len(first))
