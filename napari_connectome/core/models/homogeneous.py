"""The homogeneous regional model of Oh et al. 2014 and Knox et al. 2018 as an estimator."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from napari_connectome.core.models.homogeneous_weights import (
    KAPPA,
    HomogeneousOptions,
    regional_weights,
)
from napari_connectome.core.progress import run_to_end


class HomogeneousModel(MultiOutputMixin, RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Regional projections as nonnegative sums of regional injections.

    Parameters
    ----------
    kappa : float, default=1000.0
        Regions are left out until the condition number of the injections is at most this;
        infinite keeps all.
    threshold : bool, default=False
        Whether injections below the 5th percentile of those above zero are set to zero.
    ridge : float, default=0.0
        Nonnegative ridge regression, in units of the mean of the diagonal of Xᵀ X.

    Attributes
    ----------
    coef_ : ndarray of float64, shape (r,) or (t, r)
        Normalised connection strength from each source region (columns) to each target: what
        one unit of tracer in the region yields there. 0 for regions that were left out.
    columns_ : ndarray of int64
        Source regions that have weights.
    left_out_ : ndarray of int64
        Source regions that were left out for the condition number, in the order in which
        they left. Never injected ones are in neither list.
    condition_ : float
        Condition number of the injections into `columns_`.
    n_features_in_ : int
        r.

    References
    ----------
    Knox et al. 2018, section 4.3.1.

    Examples
    --------
    >>> import numpy as np
    >>> injected = np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.0, 1.0, 0.0]])
    >>> received = injected @ np.array([[2.0, 0.0], [0.0, 3.0], [9.0, 9.0]])
    >>> model = HomogeneousModel().fit(injected, received)
    >>> model.coef_.T.round(6), model.columns_
    (array([[2., 0.],
           [0., 3.],
           [0., 0.]]), array([0, 1]))
    """

    def __init__(
        self, kappa: float = KAPPA, *, threshold: bool = False, ridge: float = 0.0
    ) -> None:
        self.kappa = kappa
        self.threshold = threshold
        self.ridge = ridge

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike) -> HomogeneousModel:
        """Find the weights.

        Parameters
        ----------
        X : array_like of shape (m, r)
            Tracer of each experiment in each source region.
        y : array_like of shape (m,) or (m, t)
            Projection of each experiment in each target region.

        Raises
        ------
        ValueError
            When shapes disagree or values are not finite.
        ModelError
            When a parameter is out of bounds or no region was injected.
        """
        options = HomogeneousOptions(self.kappa, self.threshold, ridge=self.ridge)
        known, targets = validate_data(self, X, y, multi_output=True, y_numeric=True)
        x, wanted = np.asarray(known, dtype=np.float64), np.asarray(targets, dtype=np.float64)
        found = run_to_end(regional_weights(x, wanted.reshape(len(x), -1), options))
        self.columns_ = found.kept
        self.left_out_ = found.ill_conditioned
        self.condition_ = found.condition
        coefficients = np.zeros((found.weights.shape[1], x.shape[1]))
        coefficients[:, found.kept] = found.weights.T
        self.coef_ = coefficients[0] if wanted.ndim == 1 else coefficients
        return self

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """Projections of regional injections, shape (k,) or (k, t)."""
        check_is_fitted(self)
        known = validate_data(self, X, reset=False)
        return np.asarray(known @ self.coef_.T)

    def __sklearn_tags__(self) -> Any:
        """Without intercept and negative coefficients, random data are not explained."""
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True
        return tags
