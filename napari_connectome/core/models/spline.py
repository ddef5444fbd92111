"""Nonnegative spline regression (P1) of Harris et al. 2016 as an estimator."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted, check_non_negative, validate_data

from napari_connectome.core.errors import ModelError
from napari_connectome.core.models.spline_arguments import Lattice, problem_of
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.spline.convergence import Trace, relative_gap
from napari_connectome.core.spline.dense_weights import dense_weights_job
from napari_connectome.core.spline.full_operator import ImplicitSolution, implicit_solution_job
from napari_connectome.core.spline.nonneg.solve import NonnegativeLimits
from napari_connectome.core.spline.nonneg.whole import (
    is_large,
    solve_nonnegative_job,
    unsigned_solution_job,
)
from napari_connectome.core.spline.problem import SplineProblem

Solver = Literal["auto", "dense", "operator"]
SOLVERS = ("auto", "dense", "operator")


class SplineModel(MultiOutputMixin, RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Smooth weights W >= 0 between two lattices, Y ≈ X W where Y is known.

    Minimises ‖P_Ω(X W - Y)‖² + λ (m / n_source) ‖L_x W + W L_yᵀ‖².

    Parameters
    ----------
    lam : float, default=100.0
        λ, weight of the smoothness.
    nonnegative : bool, default=True
        Whether W >= 0. Otherwise, and by the operator solver, W may have negative entries;
        predictions are cut at zero then.
    solver : {"auto", "dense", "operator"}, default="auto"
        "dense" holds all of W, "operator" only products with it, and leaves W >= 0 out; "auto"
        takes it above some thousand voxels.
    gap : float, default=1e-6
        Certified gap at which the dense solver stops, relative to the bound.
    max_seconds : float or None, default=None
        Longest time of the dense solver.

    Attributes
    ----------
    weights_ : ndarray or LinearOperator of shape (n_source, n_target)
        W: sources are rows.
    objective_, lower_bound_ : float
        Objective at W, and what no W >= 0 goes below.
    gap_ : float
        (objective_ - lower_bound_) / lower_bound_.
    negative_mass_ : float
        Part of the predictions of X that is negative, sums of magnitudes; 0 for W >= 0.
    converged_ : bool
        Whether the gap met its limit.
    trace_ : Trace or None
        Objective, bound and projected gradient on the way; None where it was a single solve.
    n_features_in_ : int
        n_source.

    References
    ----------
    Harris, Mihalas and Shea-Brown 2016, section 3.

    Examples
    --------
    Three injections on a line; each hides what it projects to its own site.

    >>> import numpy as np
    >>> x = np.linspace(0, 1, 40)
    >>> W = np.exp(-(((x[:, None] - x) / 0.3) ** 2))
    >>> X = (np.abs(x - np.array([[0.15], [0.5], [0.85]])) < 0.06).astype(float)
    >>> model = SplineModel(lam=0.1).fit(X, X @ W, hidden=X > 0)
    >>> error = np.linalg.norm(model.weights_ - W) / np.linalg.norm(W)
    >>> bool(model.weights_.min() >= 0), bool(error < 0.2), model.converged_
    (True, True, True)
    """

    def __init__(
        self,
        lam: float = 100.0,
        *,
        nonnegative: bool = True,
        solver: Solver = "auto",
        gap: float = 1e-6,
        max_seconds: float | None = None,
    ) -> None:
        self.lam = lam
        self.nonnegative = nonnegative
        self.solver = solver
        self.gap = gap
        self.max_seconds = max_seconds

    def fit(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        hidden: npt.ArrayLike | csr_array | None = None,
        source: Lattice | None = None,
        target: Lattice | None = None,
    ) -> SplineModel:
        """Find the weights.

        Parameters
        ----------
        X : array_like of shape (m, n_source)
            Tracer of each experiment in each source voxel; not negative.
        y : array_like of shape (m,) or (m, n_target)
            Projection of each experiment in each target voxel.
        hidden : array_like of bool, shape (m, n_target), optional
            Where the projection is unknown: the complement of Ω.
        source : array_like of int, shape (n_source, d), or csr_array, optional
            Lattice of the sources, in any number of dimensions; a line where it is not given.
            A csr_array is a Laplacian; one with Neumann borders between regions is made by
            :func:`~napari_connectome.core.laplacian.lattice_laplacian`.
        target : the same for the targets, optional
            That of the sources where they are as many, else a line.

        Raises
        ------
        ValueError
            When X or y is not finite, or their shapes disagree.
        ModelError
            When another argument or a parameter is wrong, or a solver does not converge.
        """
        if self.solver not in SOLVERS:
            raise ModelError(f"solver must be one of {', '.join(SOLVERS)}; {self.solver} came.")
        limits = NonnegativeLimits(self.gap, self.max_seconds)
        known, wanted = validate_data(self, X, y, multi_output=True, y_numeric=True)
        check_non_negative(known, type(self).__name__)
        self._flat = np.ndim(wanted) == 1
        projections = np.asarray(wanted).reshape(len(known), -1)
        problem = problem_of(
            known, projections, hidden=hidden, source=source, target=target, lam=self.lam
        )
        large = self.solver == "auto" and is_large(known.shape[1], projections.shape[1])
        if self.solver == "operator" or large:
            self._take_operator(problem)
        elif self.nonnegative:
            self._take_nonnegative(problem, limits)
        else:
            self._take_unsigned(problem)
        self.gap_ = relative_gap(self.objective_, self.lower_bound_)
        predicted = self._unclipped(problem.injections)
        whole = float(np.abs(predicted).sum())
        below = float(-np.minimum(predicted, 0).sum())
        self.negative_mass_ = below / whole if whole > 0 else 0.0
        return self

    def _take_nonnegative(self, problem: SplineProblem, limits: NonnegativeLimits) -> None:
        found = run_to_end(solve_nonnegative_job(problem, limits))
        self.weights_: Any = found.weights
        self.trace_: Trace | None = found.trace
        self.objective_ = found.trace.last.objective
        self.lower_bound_ = found.trace.last.lower_bound
        self.converged_ = found.converged

    def _take_unsigned(self, problem: SplineProblem) -> None:
        found = run_to_end(unsigned_solution_job(problem))
        self.weights_ = run_to_end(dense_weights_job(found.weights))
        self._take_bounds(ImplicitSolution(found))

    def _take_operator(self, problem: SplineProblem) -> None:
        found = run_to_end(implicit_solution_job(problem))
        self.weights_ = found.matrix
        self._take_bounds(found)

    def _take_bounds(self, found: ImplicitSolution) -> None:
        self.objective_, self.lower_bound_ = found.solution.objective, found.solution.lower_bound
        self.trace_ = None
        self.converged_ = True

    def _unclipped(self, injections: csr_array) -> npt.NDArray[np.float64]:
        if isinstance(self.weights_, np.ndarray):
            return np.asarray(injections @ self.weights_)
        return np.asarray((self.weights_.T @ injections.T.toarray()).T)

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Projections of injections, shape (k,) or (k, n_target), not negative."""
        check_is_fitted(self)
        known = csr_array(np.asarray(validate_data(self, X, reset=False), dtype=np.float64))
        found = np.maximum(self._unclipped(known), 0.0)
        return found[:, 0] if self._flat else found

    def __sklearn_tags__(self) -> Any:
        """Injections are not negative; smooth and nonnegative, W does not explain random data."""
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = True
        tags.regressor_tags.poor_score = True
        return tags
