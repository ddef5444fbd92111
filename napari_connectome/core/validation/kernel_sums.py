"""Nested leave-one-out of a kernel average in closed form: every pair left out, nothing fitted.

Leaving experiment e out, the inner loop predicts each other experiment i from all but i and e.
With S the leave-one-out weights (rows sum to one), P = S G and q_i = P_i · S_i, its prediction
p without e has

    p · y_i = (P_ii - S_ie G_ei) / (1 - S_ie)
    ‖p‖²   = (q_i - 2 S_ie P_ie + S_ie² G_ee) / (1 - S_ie)²

so that all outer folds together cost m² more per kernel. Where e is what i leans on most,
1 - S_ie may vanish: that one pair of each row is weighted anew. All others have S_ie ≤ 1/2.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from napari_connectome.core.models.kernels import Array, Kernel
from napari_connectome.core.models.leave_one_out import leave_one_out_weights
from napari_connectome.core.models.weights import normalised_weights
from napari_connectome.core.parallel import single_threaded_blas

Matrix = npt.NDArray[np.float64]


def sums_of(weights: Array, gram: Matrix) -> Matrix:
    """‖P‖², P · Y and ‖Y‖² of predictions that are weighted sums of projections.

    Parameters
    ----------
    weights : ndarray of float64, shape (..., m, m)
        Weights of every experiment on all; those that it is predicted without are zero.
    gram : ndarray of float64, shape (m, m)
        Products of the projections.

    Returns
    -------
    ndarray of float64, shape (..., m, 3)
    """
    products = _products(weights, gram)
    predicted = np.einsum("...ij,...ij->...i", products, weights)
    crossed = np.einsum("...ij,ij->...i", weights, gram)
    measured = np.broadcast_to(np.diag(gram), crossed.shape)
    return np.stack([predicted, crossed, measured], axis=-1)


def sums_without_each(weights: Array, gram: Matrix) -> Matrix:
    """The same sums of every experiment i once each experiment e has left the average.

    Parameters
    ----------
    weights : ndarray of float64, shape (..., m, m)
        Rows sum to one. Weights of 1 give no number.
    gram : ndarray of float64, shape (m, m)
        Products of the projections.

    Returns
    -------
    ndarray of float64, shape (..., m, m, 3)
        Axes i, e.
    """
    products = _products(weights, gram)
    predicted = np.einsum("...ij,...ij->...i", products, weights)[..., None]
    crossed = np.einsum("...ij,ij->...i", weights, gram)[..., None]
    own = np.diag(gram)
    with np.errstate(divide="ignore", invalid="ignore"):
        rest = 1.0 / (1.0 - weights)
        squares = (predicted - 2 * weights * products + weights**2 * own) * rest**2
        crosses = (crossed - weights * gram) * rest
    measured = np.broadcast_to(own[:, None], squares.shape)
    return np.stack([squares, crosses, measured], axis=-1)


def nested_sums(squared: Matrix, gram: Matrix, kernels: Sequence[Kernel]) -> tuple[Matrix, Array]:
    """Inner leave-one-out of every kernel for every outer experiment.

    Parameters
    ----------
    squared : ndarray of float64, shape (m, m)
        Squared distances among at least three centroids.
    gram : ndarray of float64, shape (m, m)
        Products of the projections.
    kernels : sequence of Kernel
        Candidates.

    Returns
    -------
    sums : ndarray of float64, shape (kernels, m, 3)
        ‖P‖², P · Y and ‖Y‖² of the inner loop, summed over all experiments but the outer one.
    weights : ndarray of float64, shape (kernels, m, m)
        Leave-one-out weights.
    """
    m = len(squared)
    rows = np.arange(m)
    others = squared.copy()
    np.fill_diagonal(others, np.inf)
    # Kernels never rise with distance: the nearest is what every one of them leans on most.
    nearest = others.argmin(axis=1)
    others[rows, nearest] = np.inf
    weights = np.stack([leave_one_out_weights(squared, kernel) for kernel in kernels])
    anew = np.stack([normalised_weights(others.copy(), kernel) for kernel in kernels])
    pairs = sums_without_each(weights, gram)
    pairs[:, rows, nearest] = sums_of(anew, gram)
    pairs[:, rows, rows] = 0.0
    return pairs.sum(axis=1), weights


def _products(weights: Array, gram: Matrix) -> Matrix:
    """One tall product weights @ gram: many small ones cost more in starting up."""
    m = gram.shape[0]
    with single_threaded_blas():
        return np.asarray((weights.reshape(-1, m) @ gram).reshape(weights.shape))
