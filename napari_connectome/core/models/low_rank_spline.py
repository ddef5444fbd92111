"""Nonnegative spline regression of low rank (P2) of Harris et al. 2016 as an estimator."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted, check_non_negative, validate_data

from napari_connectome.core.models.spline_arguments import Lattice, problem_of
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.spline.full_rank import full_solution_job
from napari_connectome.core.spline.low_rank import TOLERANCE, LowRankLimits, fit_low_rank_job
from napari_connectome.core.spline.low_rank_start import check_rank, starting_factors_job


class LowRankSplineModel(MultiOutputMixin, RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Smooth weights W = U Vᵀ, U >= 0 and V >= 0 of few columns; W itself is never formed.

    Minimises what :class:`~napari_connectome.core.models.spline.SplineModel` does, from the
    factors of the solution of full rank. The problem is not convex: what is found is a
    stationary point, and its distance from the best W of any rank is known.

    Parameters
    ----------
    lam : float, default=100.0
        λ, weight of the smoothness.
    rank : int, default=20
        Number of columns.
    tol : float, default=5e-4
        Largest relative projected gradient of a converged fit.
    max_seconds : float or None, default=None
        Longest time.

    Attributes
    ----------
    source_factors_, target_factors_ : ndarray of shapes (n_source, rank) and (n_target, rank)
        V and U, pairs sorted by energy.
    objective_, lower_bound_ : float
        Objective at W, and what no W of any rank goes below.
    gap_ : float or None
        (objective_ - lower_bound_) / lower_bound_; None where the bound is zero.
    residual_ : float
        Relative projected gradient.
    converged_ : bool
        Whether it met `tol`; otherwise time ran out.
    n_iter_ : int
        Steps taken.
    n_features_in_ : int
        n_source.

    References
    ----------
    Harris, Mihalas and Shea-Brown 2016, section 3.1.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(0, 1, 40)
    >>> W = np.exp(-(((x[:, None] - x) / 0.3) ** 2))
    >>> X = (np.abs(x - np.array([[0.15], [0.5], [0.85]])) < 0.06).astype(float)
    >>> model = LowRankSplineModel(lam=0.1, rank=6).fit(X, X @ W, hidden=X > 0)
    >>> found = model.source_factors_ @ model.target_factors_.T
    >>> bool(np.linalg.norm(found - W) < 0.2 * np.linalg.norm(W))
    True
    """

    def __init__(
        self,
        lam: float = 100.0,
        *,
        rank: int = 20,
        tol: float = TOLERANCE,
        max_seconds: float | None = None,
    ) -> None:
        self.lam = lam
        self.rank = rank
        self.tol = tol
        self.max_seconds = max_seconds

    def fit(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        hidden: npt.ArrayLike | csr_array | None = None,
        source: Lattice | None = None,
        target: Lattice | None = None,
    ) -> LowRankSplineModel:
        """Find the factors; arguments and errors are those of ``SplineModel.fit``.

        Raises
        ------
        ModelError
            Also when the rank is above the number of voxels, or all projections are zero.
        """
        known, wanted = validate_data(self, X, y, multi_output=True, y_numeric=True)
        check_non_negative(known, type(self).__name__)
        self._flat = np.ndim(wanted) == 1
        projections = np.asarray(wanted).reshape(len(known), -1)
        check_rank(self.rank, known.shape[1], projections.shape[1])
        problem = problem_of(
            known, projections, hidden=hidden, source=source, target=target, lam=self.lam
        )
        full = run_to_end(full_solution_job(problem))
        start = run_to_end(starting_factors_job(full.matrix, self.rank))
        bound = full.objective if full.objective > 0 else None
        limits = LowRankLimits(tol=self.tol, max_seconds=self.max_seconds, lower_bound=bound)
        found = run_to_end(fit_low_rank_job(problem, start, limits))
        self.source_factors_ = found.factors.sources
        self.target_factors_ = found.factors.targets
        self.objective_, self.lower_bound_, self.gap_ = found.objective, full.objective, found.gap
        self.residual_, self.converged_ = found.residual, found.converged
        self.n_iter_ = found.steps
        return self

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Projections of injections, shape (k,) or (k, n_target), not negative."""
        check_is_fitted(self)
        known = np.asarray(validate_data(self, X, reset=False), dtype=np.float64)
        found = known @ self.source_factors_ @ self.target_factors_.T
        return np.asarray(found[:, 0] if self._flat else found)

    def __sklearn_tags__(self) -> Any:
        """Injections are not negative; smooth and nonnegative, W does not explain random data."""
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = True
        tags.regressor_tags.poor_score = True
        return tags
