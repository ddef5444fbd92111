"""A completed matrix, and how far it can be trusted."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from napari_connectome.core.completion.certificate import Certificate
from napari_connectome.core.completion.nuclear_norm import Iterate
from napari_connectome.core.completion.problem import CompletionProblem, Mask, Matrix

LEVERAGE = 10.0
"""An entry whose error may be so many times that of the observed ones is not determined."""
MOST_COMPONENTS = 20
ENERGY = 0.999
RECOVERED = 1e-6


@dataclass(frozen=True, eq=False)
class Completion:
    """The answer of a method.

    Parameters
    ----------
    problem : CompletionProblem
        What was known.
    method : str
        What completed it.
    matrix : ndarray of float64, shape (r, c)
        Every entry a number.
    singular_values : ndarray of float64
        Of the matrix, largest first.
    rank : int
        Singular values above 1e-6 of the largest.
    certificate : Certificate or None
        Bounds on the optimum, of methods that minimise a convex function, in the unit of the
        matrix; where values were scaled, of the problem with scaled values.
    delta : float or None
        How far observed entries may be missed, in the unit of the matrix.
    iterations : int
        Steps that it took.
    notes : tuple of str
        What the person should know.
    iterate : Iterate or None
        For a warm start.
    """

    problem: CompletionProblem
    method: str
    matrix: Matrix
    singular_values: npt.NDArray[np.float64]
    rank: int
    certificate: Certificate | None = None
    delta: float | None = None
    iterations: int = 0
    notes: tuple[str, ...] = ()
    iterate: Iterate | None = field(default=None, repr=False)

    @property
    def misfit(self) -> float:
        """‖P_Ω(X − M)‖_F."""
        return float(
            np.linalg.norm(np.where(self.problem.observed, self.matrix, 0) - self.problem.known)
        )

    def mse(self, truth: Matrix) -> float:
        """Mean squared error over all entries of the truth that are numbers."""
        known = np.isfinite(truth)
        return float(np.mean((self.matrix[known] - truth[known]) ** 2))

    def relative_error(self, truth: Matrix) -> float:
        """‖X − M‖_F / ‖M‖_F over all entries of the truth that are numbers."""
        known = np.isfinite(truth)
        size = float(np.linalg.norm(truth[known]))
        error = float(np.linalg.norm(self.matrix[known] - truth[known]))
        return error / size if size else float(error > 0)

    def is_recovered(self, truth: Matrix) -> bool:
        """Whether the relative error is below 1e-6."""
        return self.relative_error(truth) < RECOVERED

    @cached_property
    def determined(self) -> Mask:
        """Which entries other entries of their row and column have a say in, shape (r, c).

        Observed entries are. For another one, its column seen as a mixture of the found
        components: from the observed entries of its row their weights follow by least squares,
        and the leverage says how many times their error that of the entry is; likewise by its
        column. Where either is larger than 10, or nothing was observed, nothing determines it.
        What no component shows, such as a single giant entry that is hidden, cannot be seen here.
        """
        left, values, right = np.linalg.svd(self.matrix, full_matrices=False)
        energy = np.cumsum(values**2) / max(float((values**2).sum()), 1e-300)
        count = min(int(np.searchsorted(energy, ENERGY)) + 1, MOST_COMPONENTS)
        by_row = _leverage(right[:count].T, self.problem.observed)
        by_column = _leverage(left[:, :count], self.problem.observed.T).T
        found = np.maximum(by_row, by_column) <= LEVERAGE
        return np.asarray(found | self.problem.observed)


def _leverage(vectors: Matrix, observed: Mask) -> Matrix:
    """√(v_jᵀ (V_Ωᵀ V_Ω)⁻¹ v_j) for every row's observed set Ω and every j, shape of `observed`."""
    found = np.full(observed.shape, np.inf)
    for row, seen in enumerate(observed):
        part = vectors[seen]
        values, axes = np.linalg.eigh(part.T @ part)
        if values[-1] <= 0:
            continue
        small = 1e-12 * values[-1]
        inside = (vectors @ axes) ** 2 / np.maximum(values, small)
        found[row] = np.sqrt(inside.sum(axis=1))
    return found


def completed(
    problem: CompletionProblem,
    method: str,
    matrix: Matrix,
    *,
    certificate: Certificate | None = None,
    delta: float | None = None,
    iterations: int = 0,
    notes: tuple[str, ...] = (),
    iterate: Iterate | None = None,
) -> Completion:
    """A completion with its singular values, and a note where nothing is known of a row."""
    values = np.linalg.svd(matrix, compute_uv=False).astype(np.float64, copy=False)
    rank = int(np.count_nonzero(values > 1e-6 * values[0])) if values[0] > 0 else 0
    told = (*notes, *_blind(problem))
    return Completion(
        problem, method, matrix, values, rank, certificate, delta, iterations, told, iterate
    )


def _blind(problem: CompletionProblem) -> list[str]:
    found = []
    for name, places in (("row", problem.blind_rows), ("column", problem.blind_columns)):
        if len(places):
            plural = "" if len(places) == 1 else "s"
            found.append(
                f"Of {len(places)} {name}{plural} nothing is observed: what stands there is no "
                "measurement's consequence."
            )
    return found
