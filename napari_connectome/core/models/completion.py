"""Completion of a matrix by nuclear-norm minimisation as an estimator."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from napari_connectome.core.completion.complete import TOL, complete_job
from napari_connectome.core.completion.noise import estimate_delta_job
from napari_connectome.core.completion.problem import CompletionProblem
from napari_connectome.core.completion.scaling import Scaling, scaled
from napari_connectome.core.progress import run_to_end


class NuclearNormCompletion(BaseEstimator):  # type: ignore[misc]
    """The matrix of smallest nuclear norm that agrees with the observed entries.

    Parameters
    ----------
    delta : float or None, default=0.0
        ‖P_Ω(X − M)‖_F is at most this, in the unit of the (scaled) matrix; 0 keeps observed entries
        exactly, None estimates it from held-out entries.
    nonnegative : bool, default=False
        Whether no entry may be below 0.
    scaling : {"plain", "rows", "columns", "both", "log"}, default="plain"
        See :func:`~napari_connectome.core.completion.scaling.scaled`.
    tol : float, default=1e-4
        Certified relative gap at which the solver stops.

    Attributes
    ----------
    matrix_ : ndarray of float64, shape (r, c)
        The completed matrix.
    completion_ : Completion
        With certificate, rank, singular values and notes.
    certificate_ : Certificate or None
        Bounds on the optimum; None where nothing had to be solved.
    delta_ : float
        What was used.

    References
    ----------
    Candès and Plan 2010, Matrix completion with noise.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> M = rng.normal(size=(30, 2)) @ rng.normal(size=(2, 40))
    >>> seen = rng.random(M.shape) < 0.5
    >>> found = NuclearNormCompletion(tol=1e-8).fit(M, observed=seen)
    >>> bool(np.allclose(found.matrix_, M, atol=1e-4))
    True
    """

    def __init__(
        self,
        delta: float | None = 0.0,
        *,
        nonnegative: bool = False,
        scaling: Scaling = "plain",
        tol: float = TOL,
    ) -> None:
        self.delta = delta
        self.nonnegative = nonnegative
        self.scaling = scaling
        self.tol = tol

    def fit(
        self,
        M: npt.ArrayLike,
        y: None = None,
        *,
        observed: npt.ArrayLike | None = None,
    ) -> NuclearNormCompletion:
        """Complete a matrix.

        Parameters
        ----------
        M : array_like of shape (r, c)
            Values; NaN where nothing was observed, unless `observed` says what was.
        y : None
            Not used.
        observed : array_like of bool, shape (r, c), optional
            Which entries are known.

        Raises
        ------
        ModelError
            When shapes disagree, observed entries are not finite, or a parameter is out of bounds.
        """
        del y
        problem = CompletionProblem.of(M, observed)
        changed = scaled(problem, self.scaling)
        delta = self.delta
        if delta is None:
            delta = run_to_end(estimate_delta_job(changed.problem))
        job = complete_job(changed.problem, delta=delta, tol=self.tol, nonnegative=self.nonnegative)
        self.completion_ = changed.back(run_to_end(job), problem)
        self.matrix_ = self.completion_.matrix
        self.certificate_ = self.completion_.certificate
        self.delta_ = float(delta)
        self.n_features_in_ = problem.shape[1]
        return self

    def transform(self, M: npt.ArrayLike | None = None) -> npt.NDArray[np.float64]:
        """The completed matrix; there is one, whatever is given."""
        del M
        check_is_fitted(self)
        return self.matrix_
