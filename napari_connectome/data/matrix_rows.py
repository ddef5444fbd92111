"""Large plain matrices in files, one row at a time: CSV, packed or not, and NumPy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
import numpy.typing as npt
from zlib_ng import gzip_ng, zlib_ng

from napari_connectome.core.errors import DataError

_DAMAGE = (cast(type[Exception], zlib_ng.error), EOFError, OSError, ValueError)
"""What a truncated or damaged file raises."""


@dataclass(frozen=True, eq=False)
class MatrixRows:
    """Rows of a matrix in a file.

    Parameters
    ----------
    path : Path
        The file.
    mapped : ndarray or None
        The whole matrix, read from the disk as it is touched, where the format allows it.
    """

    path: Path
    mapped: npt.NDArray[Any] | None = None

    def __iter__(self) -> Iterator[npt.NDArray[Any]]:
        """Row after row as float32, shape (n,).

        Raises
        ------
        DataError
            When the file is missing, damaged, or holds other things than numbers.
        """
        try:
            if self.mapped is None:
                yield from self._lines()
            else:
                for row in self.mapped:
                    yield np.asarray(row, dtype=np.float32)
        except _DAMAGE as error:
            raise DataError(
                f"{self.path} cannot be read as rows of numbers ({error}). Download it again."
            ) from error

    def _lines(self) -> Iterator[npt.NDArray[np.float32]]:
        with _opened(self.path) as file:
            for line in file:
                text = line.strip()
                if text:
                    yield np.fromstring(text, sep=",").astype(np.float32)


def open_matrix_file(path: Path) -> MatrixRows:
    """Open a matrix; a NumPy file is mapped, others are read as their rows are asked for.

    Raises
    ------
    DataError
        When a NumPy file is missing, damaged, or no matrix of numbers.
    """
    if path.suffix != ".npy":
        return MatrixRows(path)
    try:
        mapped = np.load(path, mmap_mode="r", allow_pickle=False)
    except _DAMAGE as error:
        raise DataError(
            f"{path} is no readable NumPy file ({error}). Download it again."
        ) from error
    if mapped.ndim != 2 or mapped.dtype.kind not in "fiu":
        raise DataError(
            f"{path}: a matrix of numbers was expected; {mapped.ndim} dimensions of "
            f"{mapped.dtype} came."
        )
    return MatrixRows(path, mapped)


def _opened(path: Path) -> BinaryIO:
    if path.suffix == ".gz":
        return cast(BinaryIO, gzip_ng.open(path, "rb"))  # type: ignore[no-untyped-call]
    return path.open("rb")
