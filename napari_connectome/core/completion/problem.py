"""A matrix of which only some entries are known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import ModelError

Matrix = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class CompletionProblem:
    """What is known of a matrix.

    Parameters
    ----------
    matrix : ndarray of float64, shape (r, c)
        Values; what stands where nothing was observed does not matter and may be NaN.
    observed : ndarray of bool, shape (r, c)
        Which entries are known.

    Raises
    ------
    ModelError
        When shapes disagree, or an observed entry is no finite number.
    """

    matrix: Matrix
    observed: Mask

    def __post_init__(self) -> None:
        if self.matrix.ndim != 2 or not self.matrix.size:
            raise ModelError(
                f"A matrix with rows and columns was expected; an array of shape "
                f"{self.matrix.shape} came."
            )
        if self.observed.shape != self.matrix.shape or self.observed.dtype != np.bool_:
            raise ModelError(
                f"A mask of the matrix's shape {self.matrix.shape} with true and false was "
                f"expected; one of shape {self.observed.shape} and type {self.observed.dtype} came."
            )
        bad = self.observed & ~np.isfinite(self.matrix)
        if bad.any():
            row, column = np.argwhere(bad)[0].tolist()
            raise ModelError(
                f"{int(bad.sum())} observed entries are no finite numbers, the first in row "
                f"{row + 1}, column {column + 1}. Leave them out of the mask."
            )

    @classmethod
    def of(cls, matrix: npt.ArrayLike, observed: npt.ArrayLike | None = None) -> CompletionProblem:
        """Make a problem of anything like an array; without a mask all finite entries are known."""
        values = np.array(matrix, dtype=np.float64)
        mask = np.isfinite(values) if observed is None else np.array(observed)
        if mask.dtype != np.bool_ and np.isin(mask, (0, 1)).all():
            mask = mask.astype(bool)
        return cls(values, mask)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.matrix.shape
        return rows, columns

    @cached_property
    def known(self) -> Matrix:
        """The observed entries, 0 elsewhere."""
        return np.where(self.observed, self.matrix, 0.0)

    @cached_property
    def norm(self) -> float:
        """Frobenius norm of the observed entries."""
        return float(np.linalg.norm(self.known))

    @property
    def fraction(self) -> float:
        """Part of the entries that is observed."""
        return float(self.observed.mean())

    @property
    def blind_rows(self) -> npt.NDArray[np.int64]:
        """Rows of which nothing is known: no method can tell anything about them."""
        return np.flatnonzero(~self.observed.any(axis=1))

    @property
    def blind_columns(self) -> npt.NDArray[np.int64]:
        """Columns of which nothing is known."""
        return np.flatnonzero(~self.observed.any(axis=0))

    def scaled(self, factor: float) -> CompletionProblem:
        """The same with all values multiplied."""
        return CompletionProblem(self.known * factor, self.observed)
