"""Errors of predictions where the projection is known: every norm is taken after P_Ω."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import ModelError
from napari_connectome.core.spline.problem import SplineProblem

Matrix = npt.NDArray[np.float64]


def observed_sums(problem: SplineProblem, predicted: Matrix) -> Matrix:
    """Compare predictions with what a problem's experiments measured.

    Parameters
    ----------
    problem : SplineProblem
        Its projections are compared with, but for those that are hidden.
    predicted : ndarray of float64, shape (m, n_target)
        X W for the problem's injections.

    Returns
    -------
    ndarray of float64, shape (m, 3)
        ‖P‖², P · Y and ‖Y‖² of each experiment; their sums give MSE_rel, all experiments
        pooled into one ratio (Harris et al. 2016, Eq. 4).

    Raises
    ------
    ModelError
        When shapes disagree or a prediction is not finite.
    """
    expected = problem.projections.shape
    if predicted.shape != expected:
        raise ModelError(f"Predictions of shape {expected} were expected; {predicted.shape} came.")
    p, y = np.array(predicted, dtype=np.float64), problem.projections.copy()
    for values in (p, y):
        values[problem.hidden.nonzero()] = 0.0
    if not np.all(np.isfinite(p)):
        raise ModelError("A score needs finite predictions; NaN or infinity came.")
    pairs = ((p, p), (p, y), (y, y))
    return np.stack([np.einsum("ij,ij->i", a, b) for a, b in pairs], axis=1)
