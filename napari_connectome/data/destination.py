"""Where projections go while they are read: rows of an array, or of a file."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import DataError
from napari_connectome.core.io.rows import RowWriter

Row = npt.NDArray[np.float32]


class Destination(Protocol):
    """Takes the rows of a matrix, from several threads and in any order."""

    def fill(self, row: int, read: Callable[[Row], float]) -> float:
        """Let `read` fill a row, and give back what it says."""


class ArrayRows:
    """Rows of one array.

    Parameters
    ----------
    n_experiments, n_target : int
        Its shape.

    Raises
    ------
    DataError
        When there is no memory for it.
    """

    def __init__(self, n_experiments: int, n_target: int) -> None:
        try:
            self._matrix = np.empty((n_experiments, n_target), dtype=np.float32)
        except MemoryError:
            raise DataError(
                f"{n_experiments} experiments on {n_target} voxels take "
                f"{n_experiments * n_target * 4 / 2**30:.1f} GiB of memory, more than there is. "
                "Choose a coarser resolution or fewer experiments."
            ) from None

    def fill(self, row: int, read: Callable[[Row], float]) -> float:
        """Read into the row itself: the matrix is never held twice."""
        return read(self._matrix[row])

    def closed_up(self, rows: Sequence[int]) -> npt.NDArray[np.float32]:
        """Rows that are used, moved up in place: a second matrix might not fit."""
        for new, old in enumerate(rows):
            if new != old:
                self._matrix[new] = self._matrix[old]
        return self._matrix[: len(rows)]


class FileRows(threading.local):
    """Rows of a file; each thread has memory for one.

    Parameters
    ----------
    writer : RowWriter
        Packs and writes them.
    n_target : int
        Length of a row.
    """

    def __init__(self, writer: RowWriter, n_target: int) -> None:
        self._writer = writer
        self._row = np.empty(n_target, dtype=np.float32)

    def fill(self, row: int, read: Callable[[Row], float]) -> float:
        """Read into the thread's memory and write from there."""
        answer = read(self._row)
        self._writer.write(row, self._row)
        return answer
