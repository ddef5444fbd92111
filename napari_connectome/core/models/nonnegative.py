"""Nonnegative least squares and ridge regression as an estimator, for many targets at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from napari_connectome.core.errors import ModelError
from napari_connectome.core.models.block_pivoting import nonnegative_solutions
from napari_connectome.core.progress import run_to_end


class NonnegativeRegression(MultiOutputMixin, RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Linear regression with coefficients of at least zero and no intercept.

    All targets share one Gram matrix, so that hundreds of them cost little more than a few.

    Parameters
    ----------
    alpha : float, default=0.0
        Nonnegative ridge regression: alpha ‖coef‖² is added to the squared error.

    Attributes
    ----------
    coef_ : ndarray of float64, shape (r,) or (t, r)
        Coefficients, one row per target.
    n_features_in_ : int
        r.

    Notes
    -----
    Minimises ‖X coefᵀ - y‖² + alpha ‖coef‖² exactly, by block principal pivoting on Xᵀ X
    (Kim and Park 2011). Where columns of X depend on one another and alpha is 0 there may be
    several solutions; one of them is given.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    >>> NonnegativeRegression().fit(X, [1.0, 0.0, -1.0]).coef_
    array([0.5, 0. ])
    """

    def __init__(self, alpha: float = 0.0) -> None:
        self.alpha = alpha

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike) -> NonnegativeRegression:
        """Find the coefficients.

        Parameters
        ----------
        X : array_like of shape (m, r)
            Regressors.
        y : array_like of shape (m,) or (m, t)
            Targets.

        Raises
        ------
        ValueError
            When shapes disagree or values are not finite.
        ModelError
            When alpha is negative.
        """
        if not (np.isfinite(self.alpha) and self.alpha >= 0):
            raise ModelError(f"alpha must be a number of at least 0; {self.alpha} came.")
        known, targets = validate_data(self, X, y, multi_output=True, y_numeric=True)
        x, wanted = np.asarray(known, dtype=np.float64), np.asarray(targets, dtype=np.float64)
        gram = x.T @ x
        gram[np.diag_indices(len(gram))] += self.alpha
        products = x.T @ wanted.reshape(len(x), -1)
        found = run_to_end(nonnegative_solutions(gram, products))
        self.coef_ = found[:, 0] if wanted.ndim == 1 else found.T
        return self

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """X coefᵀ, shape (k,) or (k, t)."""
        check_is_fitted(self)
        known = validate_data(self, X, reset=False)
        return np.asarray(known @ self.coef_.T)

    def __sklearn_tags__(self) -> Any:
        """Without intercept and negative coefficients, random data are not explained."""
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True
        return tags
