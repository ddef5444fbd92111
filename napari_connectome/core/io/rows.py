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
from collections.abc import Iterable, Iterator
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

Matrix = npt.NDArray[np.float32]


class Rows(Protocol):
    """A matrix that is read row by row."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns."""

    def __getitem__(self, row: int, /) -> Any:
        """One row."""


class RowWriter:
    """Writes the rows of a matrix of float32, in any order. Safe to use from several threads.

    Parameters
    ----------
    group : h5py.Group
        Where.
    name : str
        Name of the dataset.
    shape : tuple of int
        Rows and columns.
    chunk_bytes : int
        Aimed size of a chunk, before it is packed.
    """

    def __init__(
        self, group: Any, name: str, shape: tuple[int, ...], chunk_bytes: int = CHUNK_BYTES
    ) -> None:
        m, n = shape
        self._pieces = max(-(-n * 4 // chunk_bytes), 1)
        self._width = max(-(-n // self._pieces), 1)
        self._dataset = group.create_dataset(
            name,
            shape=(m, n),
            dtype="<f4",
            chunks=(1, self._width),
            compression="gzip",
            compression_opts=LEVEL,
        )

    def write(self, row: int, values: npt.NDArray[Any]) -> None:
        """Pack a row, shape (n,), and write it."""
        padded = np.zeros(self._pieces * self._width, dtype="<f4")
        padded[: len(values)] = values
        packed = _threads().map(_pack, padded.reshape(self._pieces, self._width))
        for piece, data in enumerate(packed):
            self._dataset.id.write_direct_chunk((row, piece * self._width), data)


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
    writer = RowWriter(group, name, tuple(rows.shape))
    for row in range(rows.shape[0]):
        writer.write(row, np.asarray(rows[row]))
        yield row + 1


class RowReader:
    """Reads rows of a matrix that :func:`write_rows` wrote.

    Parameters
    ----------
    file : h5py.File
        Open for reading; it is closed by :meth:`close`, or when nothing refers to it any more.
    name : str
        Dataset in it.

    Raises
    ------
    DataError
        When the dataset is of another kind.
    """

    def __init__(self, file: Any, name: str) -> None:
        dataset = file[name]
        self.path = str(file.filename)
        if dataset.ndim != 2 or dataset.compression != "gzip" or dataset.chunks[0] != 1:
            raise DataError(f"{self.path}: {name} is not a matrix of deflated rows.")
        self.shape: tuple[int, int] = (int(dataset.shape[0]), int(dataset.shape[1]))
        self._file, self._dataset = file, dataset
        self._width = int(dataset.chunks[1])

    def read(self, row: int, out: Matrix) -> None:
        """Fill `out`, shape (n,), with a row.

        Raises
        ------
        DataError
            When the file is damaged, or was closed.
        """
        self.read_part(row, 0, out)

    def read_part(self, row: int, first: int, out: Matrix) -> None:
        """Fill `out` with the columns of a row from `first` on; only their chunks are read.

        Raises
        ------
        DataError
            As :meth:`read`.
        """
        if not self._dataset:
            raise DataError(f"{self.path} was closed; open the model again.")
        last = first + len(out)
        starts = range(first - first % self._width, last, self._width)
        cuts = [(max(start, first), min(start + self._width, last)) for start in starts]
        pieces = [out[low - first : high - first] for low, high in cuts]
        skipped = [low - start for (low, _), start in zip(cuts, starts, strict=True)]
        try:
            packed = [self._dataset.id.read_direct_chunk((row, start))[1] for start in starts]
            list(_threads().map(_unpack, packed, pieces, skipped))
        except (OSError, RuntimeError, ValueError, zlib.error) as error:
            raise DataError(
                f"{self.path} is damaged: row {row} cannot be read ({error}). Save the model "
                "again, or take another copy."
            ) from error

    def read_columns(self, row: int, columns: npt.NDArray[np.int64]) -> Matrix:
        """Values of a row in some columns, shape (k,); only their chunks are read.

        Raises
        ------
        DataError
            As :meth:`read`.
        """
        found = np.empty(len(columns), dtype=np.float32)
        chunk_of = columns // self._width
        for chunk in np.unique(chunk_of).tolist():
            first = chunk * self._width
            values = np.empty(min(self._width, self.shape[1] - first), dtype=np.float32)
            self.read_part(row, first, values)
            inside = chunk_of == chunk
            found[inside] = values[columns[inside] - first]
        return found

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class RowTable:
    """A saved matrix that fills up in memory, row by row. Safe to use from several threads.

    Parameters
    ----------
    reader : RowReader
        Where rows come from.
    """

    def __init__(self, reader: RowReader) -> None:
        self._reader = reader
        self.shape = reader.shape
        # The system gives memory to zeros only when they are written to.
        self._values = np.zeros(reader.shape, dtype=np.float32)
        self._there = np.zeros(reader.shape[0], dtype=bool)
        self._lock = Lock()

    def __getitem__(self, row: int, /) -> Matrix:
        """One row, shape (n,), read-only."""
        values: Matrix = self.table([row])[row]
        return values

    def table(self, rows: Iterable[int]) -> Matrix:
        """The whole matrix, read-only: the given rows are filled, others may still be zero.

        Raises
        ------
        DataError
            When the file is damaged, or was closed.
        """
        with self._lock:
            for row in rows:
                if not self._there[row]:
                    self._reader.read(int(row), self._values[row])
                    self._there[row] = True
        view = self._values.view()
        view.setflags(write=False)
        return view

    def close(self) -> None:
        """Close the file; rows that were read stay."""
        with self._lock:
            self._reader.close()


class RecentRows:
    """A saved matrix too large for memory: the rows used last are kept. Safe to use from threads.

    Parameters
    ----------
    reader : RowReader
        Where rows come from.
    cache_bytes : int
        Memory for rows; one row is kept in any case.
    """

    def __init__(self, reader: RowReader, cache_bytes: int) -> None:
        self._reader = reader
        self.path = reader.path
        self.shape = reader.shape
        self._room = max(cache_bytes // max(reader.shape[1] * 4, 1), 1)
        self._recent: OrderedDict[int, Matrix] = OrderedDict()
        self._lock = Lock()

    def __getitem__(self, row: int, /) -> Matrix:
        """One row, shape (n,), read-only.

        Raises
        ------
        DataError
            When the file is damaged, or was closed.
        """
        with self._lock:
            if row not in self._recent:
                values = np.empty(self.shape[1], dtype=np.float32)
                self._reader.read(row, values)
                values.setflags(write=False)
                self._recent[row] = values
            self._recent.move_to_end(row)
            if len(self._recent) > self._room:
                self._recent.popitem(last=False)
            return self._recent[row]

    def part(self, row: int, first: int, last: int) -> Matrix:
        """Columns of a row from `first` to before `last`; a row that is not kept stays so.

        Raises
        ------
        DataError
            As for whole rows.
        """
        with self._lock:
            kept = self._recent.get(row)
        if kept is not None:
            return kept[first:last]
        values = np.empty(last - first, dtype=np.float32)
        self._reader.read_part(row, first, values)
        return values

    def entries(self, row: int, columns: npt.NDArray[np.int64]) -> Matrix:
        """Values of a row in some columns, shape (k,); see :meth:`part`.

        Raises
        ------
        DataError
            As for whole rows.
        """
        with self._lock:
            kept = self._recent.get(row)
        return self._reader.read_columns(row, columns) if kept is None else kept[columns]

    def close(self) -> None:
        """Close the file; rows that are still kept stay."""
        with self._lock:
            self._reader.close()


def open_rows(file: Any, name: str, cache_bytes: int = CACHE_BYTES) -> RowTable | RecentRows:
    """Rows of a saved matrix, read when they are first asked for.

    Parameters
    ----------
    file : h5py.File
        See :class:`RowReader`.
    name : str
        Dataset in it.
    cache_bytes : int
        Most memory that rows may take. Where the whole matrix fits, rows stay once they
        are read; else those go that were not used for longest.
    """
    reader = RowReader(file, name)
    fits = reader.shape[0] * reader.shape[1] * 4 <= cache_bytes
    return RowTable(reader) if fits else RecentRows(reader, cache_bytes)


def _pack(piece: npt.NDArray[Any]) -> bytes:
    return zlib.compress(piece.tobytes(), LEVEL)


def _unpack(packed: bytes, out: Matrix, skipped: int) -> None:
    out[:] = np.frombuffer(zlib.decompress(packed), dtype="<f4")[skipped : skipped + len(out)]


@cache
def _threads() -> ThreadPoolExecutor:
    """Threads for zlib, which lets go of the interpreter lock; started on first use."""
    return ThreadPoolExecutor(THREADS, thread_name_prefix="rows")
