"""Scores: how far a prediction is from what was measured."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import ModelError

BLOCK = 1 << 16


def mse_rel(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> float:
    """Mean squared error relative to the average squared norm of prediction and data.

    MSE_rel = 2 ‖P - Y‖² / (‖P‖² + ‖Y‖²), all experiments pooled into one ratio
    (Knox et al. 2018, Eq. 4; Harris et al. 2016). It lies between 0 and 2 for
    non-negative data and is 2 when exactly one side is zero. Sums are in float64.

    Parameters
    ----------
    y_true, y_pred : array of one shape
        Measured and predicted projections.

    Returns
    -------
    float
        0 when both sides are zero.

    Raises
    ------
    ModelError
        When the shapes differ or a value is not finite.

    Examples
    --------
    >>> round(mse_rel([1.0], [0.25]), 4)
    1.0588
    """
    truth, prediction = np.asarray(y_true), np.asarray(y_pred)
    if truth.shape != prediction.shape:
        raise ModelError(
            "Measured and predicted values must have one shape; "
            f"{truth.shape} and {prediction.shape} came."
        )
    truth, prediction = truth.reshape(-1), prediction.reshape(-1)
    error = size = 0.0
    # Block by block: converting whole projections to float64 would double their memory.
    for start in range(0, truth.size, BLOCK):
        y = truth[start : start + BLOCK].astype(np.float64)
        p = prediction[start : start + BLOCK].astype(np.float64)
        size += float(y @ y + p @ p)
        y -= p
        error += float(y @ y)
    if not np.isfinite(error + size):
        raise ModelError(
            "A score needs finite values; NaN or infinity came. Check the projections."
        )
    return relative_error(error, size)


def relative_error(squared_error: float, squared_norms: float) -> float:
    """MSE_rel from ‖P - Y‖² and ‖P‖² + ‖Y‖²; 0 when both sides are zero."""
    return 0.0 if squared_norms == 0 else 2.0 * squared_error / squared_norms


def relative_errors(sums: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """MSE_rel from sums over voxels or regions.

    Parameters
    ----------
    sums : ndarray of float64, shape (..., 3)
        ‖P‖², P · Y and ‖Y‖². Sums of several experiments pool them into one ratio.

    Returns
    -------
    ndarray of float64, shape (...)
        0 where both sides are zero.
    """
    predicted, product, measured = np.moveaxis(np.asarray(sums, dtype=np.float64), -1, 0)
    # Rounding: a perfect prediction leaves a difference of large numbers.
    error = np.maximum(predicted - 2 * product + measured, 0.0)
    size = predicted + measured
    return np.asarray(2 * error / np.where(size == 0, 1.0, size))


def row_correlations(
    first: npt.NDArray[np.float64], second: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Pearson's r of each pair of rows, shape (m,); NaN where a row is constant.

    Parameters
    ----------
    first, second : ndarray of float64, shape (m, t)
        Values.
    """
    if not first.shape[1]:
        return np.full(len(first), np.nan)
    constant = (np.ptp(first, axis=1) == 0) | (np.ptp(second, axis=1) == 0)
    a = first - first.mean(axis=1, keepdims=True)
    b = second - second.mean(axis=1, keepdims=True)
    product, a2, b2 = (np.einsum("ij,ij->i", x, y) for x, y in ((a, b), (a, a), (b, b)))
    length = np.where(constant, 1.0, np.sqrt(a2 * b2))
    return np.where(constant, np.nan, np.clip(product / length, -1.0, 1.0))
