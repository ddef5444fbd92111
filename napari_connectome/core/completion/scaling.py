"""Values made comparable before they are completed, and brought back afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from napari_connectome.core.completion.problem import CompletionProblem, Matrix
from napari_connectome.core.completion.result import Completion, completed
from napari_connectome.core.errors import ModelError

Scaling = Literal["plain", "rows", "columns", "both", "log"]
TITLES: Mapping[Scaling, str] = {
    "plain": "None",
    "rows": "Rows to unit size",
    "columns": "Columns to unit size",
    "both": "Rows, then columns",
    "log": "Logarithm",
}
LOG_FLOOR_PERCENT = 5.0


@dataclass(frozen=True, eq=False)
class Scaled:
    """A problem in other units.

    Parameters
    ----------
    problem : CompletionProblem
        What is completed.
    rows, columns : ndarray of float64
        What rows and columns were divided by.
    offset : float or None
        ``log(value + offset)`` was taken; None: it was not.
    """

    problem: CompletionProblem
    rows: Matrix
    columns: Matrix
    offset: float | None

    def back(self, completion: Completion, original: CompletionProblem) -> Completion:
        """The completion in the units of the original; its certificate stays that of the scaled."""
        matrix = completion.matrix * self.rows * self.columns
        if self.offset is not None:
            matrix = np.exp(matrix) - self.offset
        if completion.delta == 0:
            matrix = np.where(original.observed, original.known, matrix)
        told = completed(original, completion.method, matrix)
        return replace(
            completion,
            problem=original,
            matrix=matrix,
            singular_values=told.singular_values,
            rank=told.rank,
            delta=None if completion.delta else completion.delta,
        )


def scaled(problem: CompletionProblem, scaling: Scaling) -> Scaled:
    """Change the units of a problem.

    Parameters
    ----------
    problem : CompletionProblem
        Any.
    scaling : {"plain", "rows", "columns", "both", "log"}
        `rows` and `columns` divide by the root mean square of what is observed: right where
        experiments or targets differ in size by a factor that says nothing about what they connect.
        `log` is right for values that span decades and scatter by factors; values must be 0
        or larger, and half of their 5th percentile above zero is added first.

    Raises
    ------
    ModelError
        When the scaling is unknown, or logarithms of negative values are asked for.
    """
    rows, columns = np.ones((problem.shape[0], 1)), np.ones((1, problem.shape[1]))
    if scaling == "log":
        return _logarithmic(problem, rows, columns)
    if scaling not in TITLES:
        raise ModelError(f"The scaling is one of {', '.join(TITLES)}; {scaling!r} came.")
    known = problem.known
    if scaling in ("rows", "both"):
        rows = _sizes(known, problem.observed, axis=1)
        known = known / rows
    if scaling in ("columns", "both"):
        columns = _sizes(known, problem.observed, axis=0)
        known = known / columns
    return Scaled(CompletionProblem(known, problem.observed), rows, columns, None)


def _logarithmic(problem: CompletionProblem, rows: Matrix, columns: Matrix) -> Scaled:
    values = problem.known[problem.observed]
    if (values < 0).any():
        raise ModelError(
            f"{int((values < 0).sum())} observed entries are negative and have no logarithm. "
            "Choose another scaling."
        )
    above = values[values > 0]
    offset = float(np.percentile(above, LOG_FLOOR_PERCENT)) / 2 if len(above) else 1.0
    known = np.log(problem.known + offset)
    return Scaled(CompletionProblem(known, problem.observed), rows, columns, offset)


def _sizes(known: Matrix, observed: np.ndarray, *, axis: int) -> Matrix:
    counts = np.maximum(observed.sum(axis=axis, keepdims=True), 1)
    sizes = np.sqrt((known**2).sum(axis=axis, keepdims=True) / counts)
    return np.asarray(np.where(sizes > 0, sizes, 1.0))
