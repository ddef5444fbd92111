"""A dual matrix of spectral norm 1 near a given one: what proves a lower bound.

Dividing by the spectral norm costs the whole bound as much as the one singular value that is
too large. Here each of them is cut on its own, as far as the entries that a dual may have allow.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.linalg import eigh

from napari_connectome.core.completion.data_terms import DataTerm
from napari_connectome.core.completion.shrinkage import eigen

Array = npt.NDArray[np.floating]
ROUNDS = 2


def feasible_dual(term: DataTerm, dual: Array) -> tuple[Array, float]:
    """The best of a few duals near by, and the bound that it proves up to rounding.

    Parameters
    ----------
    term : DataTerm
        Says which entries a dual may have, and what it proves.
    dual : ndarray, shape (r, c)
        With r ≤ c or not; what is not allowed is cut off.

    Returns
    -------
    dual : ndarray, shape (r, c)
        Spectral norm at most 1, up to rounding.
    bound : float
        No matrix has a smaller objective.
    """
    over = 1.0 / max(float(term.observed.mean()), 1e-3)
    current, best, bound = term.allowed(dual), term.allowed(0 * dual), 0.0
    for turn in range(ROUNDS + 1):
        excess, largest = _excess(current) if turn < ROUNDS else (None, spectral_norm(current))
        scaled = current / current.dtype.type(max(1.0, largest))
        found = term.bound(scaled)
        if found > bound:
            best, bound = scaled, found
        if excess is None:
            break
        current = term.allowed(current - current.dtype.type(over) * excess)
    return best, bound


def spectral_norm(matrix: Array) -> float:
    """Largest singular value, through the smaller Gram matrix."""
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    top = float(eigh(wide @ wide.T, eigvals_only=True, check_finite=False)[-1])
    # Rounding in the square must not make a dual seem allowed.
    return float(np.sqrt(max(top, 0.0))) * (1.0 + 1e-12)


def _excess(matrix: Array) -> tuple[Array | None, float]:
    """What singular values above 1 have too much, and the largest; None where there are none."""
    if matrix.shape[0] > matrix.shape[1]:
        turned, largest = _excess(matrix.T)
        return None if turned is None else turned.T, largest
    squares, vectors = eigen(matrix @ matrix.T)
    large = squares > 1.0
    if not large.any():
        return None, float(np.sqrt(max(float(squares[-1]), 0.0)))
    values, left = np.sqrt(squares[large]), vectors[:, large]
    return (left * (1.0 - 1.0 / values)) @ (left.T @ matrix), float(values[-1])
