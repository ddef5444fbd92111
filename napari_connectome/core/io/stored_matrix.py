"""A matrix on the disk that is indexed like an array: only what is asked for is read.

Where projections are too large for memory, this stands in their place. Rows that were used
last stay in memory up to a limit; blocks of columns are read chunk by chunk and not kept.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.io.rows import CACHE_BYTES, Matrix, RecentRows, RowReader


class StoredMatrix:
    """Some rows of a matrix of float32 in a file. Safe to use from several threads.

    Parameters
    ----------
    rows : RecentRows
        The file.
    name : str
        Dataset in it.
    chosen : ndarray of int64, shape (m,)
        Rows of the file that this matrix is made of.

    Notes
    -----
    ``matrix[3]`` reads a row; ``matrix[2:5]`` and ``matrix[[0, 4]]`` are matrices of their own
    that have read nothing yet; ``matrix[:, 10:20]`` and ``matrix[np.ix_(rows, columns)]`` read
    arrays.
    """

    ndim = 2
    dtype = np.dtype(np.float32)

    def __init__(self, rows: RecentRows, name: str, chosen: npt.NDArray[np.int64]) -> None:
        self._rows, self._name, self._chosen = rows, name, chosen
        self.shape: tuple[int, int] = (len(chosen), rows.shape[1])

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def nbytes(self) -> int:
        """Bytes that it would take in memory."""
        return self.shape[0] * self.shape[1] * self.dtype.itemsize

    def __getitem__(self, key: Any, /) -> Any:
        """A row (read), some rows (not yet read), or rows and columns (read); see Notes."""
        if isinstance(key, tuple):
            rows, columns = key
            picked = self._chosen[rows if isinstance(rows, slice) else np.ravel(rows)]
            return self._block(picked.tolist(), columns)
        if isinstance(key, int | np.integer):
            return self._rows[int(self._chosen[key])]
        return StoredMatrix(self._rows, self._name, self._chosen[key])

    def entries(self, row: int, columns: npt.NDArray[np.int64], /) -> Matrix:
        """Values of a row in some columns, shape (k,)."""
        return self._rows.entries(int(self._chosen[row]), columns)

    def _block(self, numbers: list[int], columns: Any) -> Matrix:
        """Some rows of the file, and columns, as an array."""
        if isinstance(columns, slice):
            first, last, step = columns.indices(self.shape[1])
            if step != 1:
                raise IndexError("A stored matrix is read in blocks of neighbouring columns.")
            parts = [self._rows.part(number, first, max(first, last)) for number in numbers]
            width = max(last - first, 0)
        else:
            wanted = np.ravel(columns).astype(np.int64)
            parts = [self._rows.entries(number, wanted) for number in numbers]
            width = len(wanted)
        return np.array(parts, dtype=np.float32).reshape(len(numbers), width)

    def __reduce__(self) -> tuple[Any, ...]:
        """Another process opens the file again."""
        return open_matrix, (self._rows.path, self._name, self._chosen)


def open_matrix(
    path: str | Path,
    name: str,
    chosen: npt.NDArray[np.int64] | None = None,
    cache_bytes: int = CACHE_BYTES,
) -> StoredMatrix:
    """Open a matrix that :class:`~napari_connectome.core.io.rows.RowWriter` wrote.

    Parameters
    ----------
    path : str or Path
        HDF5 file; it stays open as long as the matrix lives.
    name : str
        Dataset in it.
    chosen : ndarray of int64, optional
        Rows to take, in that order; all when left out.
    cache_bytes : int
        Memory for rows that were used last.

    Raises
    ------
    DataError
        When the dataset is of another kind.
    """
    import h5py  # takes a while to load

    rows = RecentRows(RowReader(h5py.File(path, "r", locking=False), name), cache_bytes)
    return StoredMatrix(rows, name, np.arange(rows.shape[0]) if chosen is None else chosen)
