"""Scores of predictions."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import ModelError


def mse_rel(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> float:
    """Mean squared error relative to the mean squared norm of prediction and data.

    ``2 ‖P - Y‖² / (‖P‖² + ‖Y‖²)`` with Frobenius norms over all entries
    (Harris et al. 2016; Knox et al. 2018, equation 4).

    Parameters
    ----------
    y_true, y_pred : array_like of the same shape
        Measured and predicted values.

    Returns
    -------
    float
        0 for a perfect prediction, 2 when exactly one side is zero, 0 when both are.

    Raises
    ------
    ModelError
        When the shapes differ.

    Examples
    --------
    >>> round(mse_rel([0.25], [1.0]), 4)
    1.0588
    """
    truth = np.asarray(y_true, dtype=np.float64)
    predicted = np.asarray(y_pred, dtype=np.float64)
    if truth.shape != predicted.shape:
        raise ModelError(
            f"Measured and predicted values must have one shape; {truth.shape} and "
            f"{predicted.shape} came."
        )
    scale = float(np.sum(truth**2) + np.sum(predicted**2))
    return 2.0 * float(np.sum((predicted - truth) ** 2)) / scale if scale > 0 else 0.0
