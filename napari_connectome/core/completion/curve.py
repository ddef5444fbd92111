"""How the error falls with the observed fraction: how many measurements are enough."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.completion.problem import Mask, Matrix
from napari_connectome.core.errors import ModelError

STEP, REPEATS = 0.025, 50
RECOVERED = 1e-6
TRUNCATED = 2
"""Rank of the second curve: a matrix that can be recovered in the best case."""


@dataclass(frozen=True, eq=False)
class CurveRequest:
    """What is drawn again and again, and solved.

    Parameters
    ----------
    matrix : ndarray of float64, shape (r, c)
        The truth; NaN where it is not known.
    fractions : tuple of float
        Observed parts of what is known, in ascending order.
    repeats : int
        Random choices of each; those of one repeat are nested.
    delta : float
        As a part of the norm of what is observed.
    truncated : bool
        Whether the rank-2 approximation is completed, too.
    seed : int
        Of the choices.
    refined : bool
        Whether what is nearly found is solved again until it is found exactly, or is not. Without,
        the errors are those of the first, coarser solutions, and nothing counts as recovered.

    Raises
    ------
    ModelError
        When there is nothing to observe or a number is out of bounds.
    """

    matrix: Matrix
    fractions: tuple[float, ...] = tuple(np.round(np.arange(0.0, 1.0 + STEP / 2, STEP), 6).tolist())
    repeats: int = REPEATS
    delta: float = 0.0
    truncated: bool = True
    seed: int = 0
    refined: bool = True

    def __post_init__(self) -> None:
        if self.matrix.ndim != 2 or not np.isfinite(self.matrix).any():
            raise ModelError("A matrix with at least one known entry was expected.")
        if not self.fractions or min(self.fractions) < 0 or max(self.fractions) > 1:
            raise ModelError("Observed fractions between 0 and 1 were expected.")
        if list(self.fractions) != sorted(set(self.fractions)):
            raise ModelError("Observed fractions in ascending order were expected.")
        if self.repeats < 1 or not self.delta >= 0:
            raise ModelError("At least one repeat, and a δ of at least 0, were expected.")

    @property
    def there(self) -> Mask:
        """Entries of which the truth is known."""
        return np.isfinite(self.matrix)

    @property
    def curves(self) -> int:
        """The matrix, and its rank-2 approximation where that is wanted."""
        return 2 if self.truncated else 1

    @property
    def digest(self) -> str:
        """Tells requests apart: what was begun for one is no part of another."""
        content = hashlib.sha256(np.ascontiguousarray(self.matrix).tobytes())
        rest: tuple[object, ...] = (
            self.matrix.shape,
            self.fractions,
            self.delta,
            self.truncated,
            self.seed,
        )
        if not self.refined:
            rest = (*rest, "not refined")
        content.update(repr(rest).encode())
        return content.hexdigest()

    def truth(self, curve: int) -> Matrix:
        """What is to be found: the matrix (0), or its rank-2 approximation (1).

        The approximation is that of the matrix with zeros for what is not known.
        """
        if curve == 0:
            return self.matrix
        filled = np.where(self.there, self.matrix, 0.0)
        left, values, right = np.linalg.svd(filled, full_matrices=False)
        return np.asarray((left[:, :TRUNCATED] * values[:TRUNCATED]) @ right[:TRUNCATED])


@dataclass(frozen=True, eq=False)
class Curve:
    """Errors by observed fraction.

    Parameters
    ----------
    request : CurveRequest
        What was asked.
    mse : ndarray of float64, shape (curves, fractions, repeats)
        Mean squared error over all known entries; NaN where it was not reached yet.
    relative : ndarray of float64, the same shape
        ‖X − M‖_F / ‖M‖_F.
    """

    request: CurveRequest
    mse: npt.NDArray[np.float64]
    relative: npt.NDArray[np.float64]

    @property
    def is_partial(self) -> bool:
        """Whether something was not reached."""
        return bool(np.isnan(self.mse).any())

    def mean(self, curve: int = 0) -> npt.NDArray[np.float64]:
        """Mean of the repeats that there are, shape (fractions,)."""
        return _over_repeats(self.mse[curve], np.mean)

    def sd(self, curve: int = 0) -> npt.NDArray[np.float64]:
        """Their standard deviation (with n − 1), shape (fractions,); 0 of a single one."""
        return _over_repeats(self.mse[curve], _sd)

    def recovered(self, curve: int = 0) -> npt.NDArray[np.float64]:
        """Part of the repeats with a relative error below 1e-6, shape (fractions,)."""
        return _over_repeats(self.relative[curve], lambda row: np.mean(row < RECOVERED))

    def enough_for(self, relative_error: float, curve: int = 0) -> float | None:
        """Smallest observed fraction from which on the mean relative error stays below a level.

        Fractions that were not reached yet do not count; None where the error of the largest
        one is above the level.
        """
        means = _over_repeats(self.relative[curve], np.mean)
        return self._first_of_all(means <= relative_error, np.isfinite(means))

    def recovered_from(self, curve: int = 0) -> float | None:
        """Smallest observed fraction from which on every repeat was recovered; None for none."""
        parts = self.recovered(curve)
        return self._first_of_all(parts == 1.0, np.isfinite(parts))

    def _first_of_all(self, good: Mask, reached: Mask) -> float | None:
        """First of the fractions reached that is good like all after it."""
        places = np.flatnonzero(reached)
        bad = np.flatnonzero(~good[places])
        after = int(bad[-1]) + 1 if len(bad) else 0
        return float(self.request.fractions[places[after]]) if after < len(places) else None


def _over_repeats(
    values: Matrix, measure: Callable[[npt.NDArray[np.float64]], Any]
) -> npt.NDArray[np.float64]:
    rows = (row[np.isfinite(row)] for row in values)
    return np.array([measure(row) if len(row) else np.nan for row in rows], dtype=np.float64)


def _sd(values: npt.NDArray[np.float64]) -> float:
    return float(values.std(ddof=1)) if len(values) > 1 else 0.0
