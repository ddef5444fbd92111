"""A matrix on the disk, one row at a time.

Rows are packed and unpacked here rather than inside the HDF5 library, which works for
one thread at a time. What lies in the file is HDF5's own deflate filter, which every
HDF5 reader knows, and every packed chunk ends in a checksum of its content.

Deflate at level 1 without byte shuffling suits projections, four fifths of which are
exact zeros: real ones pack to 23 % of their size and unpack at 440 MB/s and core (with
shuffling 26 % and 270 MB/s, LZF 25 % and 350 MB/s).
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import Lock
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import DataError
from napari_connectome.core.io.arrays import LEVEL

CHUNK_BYTES = 1 << 19
"""Aimed size of a chunk: small enough to share one row among cores."""
CACHE_BYTES = 1 << 30
"""Rows kept in memory: all of them for 428 experiments at 100 µm."""
THREADS = 2

Row = npt.NDArray[np.float32]


class Rows(Protocol):
    """A matrix that is read row by row."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns."""

    def __getitem__(self, row: int, /) -> Any:
        """One row."""


def write_rows(group: Any, name: str, rows: Rows) -> Iterator[int]:
    """Write a matrix of float32 row by row.

    Parameters
    ----------
    group : h5py.Group
        Where.
    name : str
        Name of the dataset.
    rows : Rows, shape (m, n)
        The matrix: an array, or rows of another file.

    Yields
    ------
    int
        Rows written so far.
    """
    m, n = rows.shape
    pieces = max(-(-n * 4 // CHUNK_BYTES), 1)
    width = max(-(-n // pieces), 1)
    dataset = group.create_dataset(
        name,
        shape=(m, n),
        dtype="<f4",
        chunks=(1, width),
        compression="gzip",
        compression_opts=LEVEL,
    )
    for row in range(m):
        padded = np.zeros(pieces * width, dtype="<f4")
        padded[:n] = rows[row]
        packed = _threads().map(_pack, padded.reshape(pieces, width))
        for piece, data in enumerate(packed):
            dataset.id.write_direct_chunk((row, piece * width), data)
        yield row + 1


class FileRows:
    """Rows of a saved matrix, read when they are asked for. Safe to use from several threads.

    Parameters
    ----------
    file : h5py.File
        Open for reading; it is closed by :meth:`close`, or when nothing refers to it any more.
    name : str
        Dataset in it.
    cache_bytes : int
        Rows that were used last are kept in memory up to this size (one at least).

    Raises
    ------
    DataError
        When the dataset was not written by :func:`write_rows`.
    """

    def __init__(self, file: Any, name: str, cache_bytes: int = CACHE_BYTES) -> None:
        dataset = file[name]
        if dataset.ndim != 2 or dataset.chunks is None or dataset.compression != "gzip":
            raise DataError(f"{file.filename}: {name} is not a matrix of deflated rows.")
        m, n = dataset.shape
        self.shape: tuple[int, int] = (int(m), int(n))
        self.dtype = np.dtype(np.float32)
        self.path = str(file.filename)
        self._file, self._dataset = file, dataset
        self._width = int(dataset.chunks[1])
        self._cache: OrderedDict[int, Row] = OrderedDict()
        self._room = max(cache_bytes // max(n * 4, 1), 1)
        self._lock = Lock()

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, row: int, /) -> Row:
        """One row, shape (n,), read-only.

        Raises
        ------
        DataError
            When the file is damaged, or was closed.
        IndexError
            When there is no such row.
        """
        if not 0 <= row < len(self):
            raise IndexError(f"row {row} of {len(self)}")
        with self._lock:
            if row in self._cache:
                self._cache.move_to_end(row)
                return self._cache[row]
            packed = self._packed(row)
        values = self._unpacked(row, packed)
        with self._lock:
            self._cache[row] = values
            while len(self._cache) > self._room:
                self._cache.popitem(last=False)
        return values

    def close(self) -> None:
        """Close the file and forget the rows; asking for one is an error from now on."""
        with self._lock:
            self._cache.clear()
            self._file.close()

    def _packed(self, row: int) -> list[bytes]:
        if not self._dataset:
            raise DataError(f"{self.path} was closed; open the model again.")
        starts = range(0, self.shape[1], self._width)
        try:
            return [self._dataset.id.read_direct_chunk((row, start))[1] for start in starts]
        except (OSError, RuntimeError, ValueError) as error:
            raise self._damaged(row, error) from error

    def _unpacked(self, row: int, packed: list[bytes]) -> Row:
        values = np.zeros(len(packed) * self._width, dtype="<f4")
        try:
            for piece, data in zip(
                values.reshape(len(packed), -1), _threads().map(_unpack, packed), strict=True
            ):
                piece[:] = np.frombuffer(data, dtype="<f4")
        except (zlib.error, ValueError) as error:
            raise self._damaged(row, error) from error
        found = values[: self.shape[1]].astype(np.float32, copy=False)
        found.setflags(write=False)
        return found

    def _damaged(self, row: int, error: Exception) -> DataError:
        return DataError(
            f"{self.path} is damaged: row {row} cannot be read ({error}). Save the model again, "
            "or take another copy."
        )


def _pack(piece: npt.NDArray[Any]) -> bytes:
    return zlib.compress(piece.tobytes(), LEVEL)


def _unpack(data: bytes) -> bytes:
    return zlib.decompress(data)


@cache
def _threads() -> ThreadPoolExecutor:
    """Threads for zlib, which lets go of the interpreter lock; started on first use."""
    return ThreadPoolExecutor(THREADS, thread_name_prefix="rows")
