"""Chebyshev expansions of smooth functions of one number, with values of any shape."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.fft import dct

from napari_connectome.core.errors import ModelError

Float = npt.NDArray[np.float64]
FIRST_NODES = 48
MOST_NODES = 768
SETTLED = 0.8
"""Part of the nodes beyond which coefficients must be negligible: else more nodes are taken."""


def expansion(
    function: Callable[[Float], Float], low: float, high: float, tolerance: float
) -> Float:
    """Coefficients of a smooth function on low ... high, as many as `tolerance` asks for.

    Parameters
    ----------
    function : callable
        Takes points, shape (k,); gives values, shape (k, ...).
    low, high : float
        Ends of the interval; where they agree, one coefficient is exact.
    tolerance : float
        Of what is cut off, as part of the largest coefficient (Frobenius norms).

    Returns
    -------
    ndarray of float64, shape (degree + 1, ...)

    Raises
    ------
    ModelError
        When the function is not smooth enough.

    Examples
    --------
    >>> expansion(lambda a: a**2, -1.0, 1.0, 1e-12).round(12)
    array([ 0.5, -0. ,  0.5])
    """
    if low == high:
        return np.asarray(function(np.array([low])))
    count = FIRST_NODES
    while count <= MOST_NODES:
        found = _cut(coefficients(function(nodes(low, high, count))), tolerance)
        if len(found) <= SETTLED * count:
            return found
        count *= 2
    raise ModelError(
        f"A response needs a polynomial of degree above {MOST_NODES}. Raise λ, or compute more "
        "smooth patterns of the lattice."
    )


def evaluate(found: Float, low: float, high: float, points: Float) -> Float:
    """A function of known coefficients at points, which may lie outside of low ... high."""
    if low == high:
        return np.repeat(found[:1], len(points), axis=0)
    mapped = (2 * points - high - low) / (high - low)
    values = np.polynomial.chebyshev.chebval(mapped, found.reshape(len(found), -1))
    return np.asarray(values.T.reshape(len(points), *found.shape[1:]))


def nodes(low: float, high: float, count: int) -> Float:
    """Chebyshev's points of low ... high, shape (count,), highest first."""
    angles = np.pi * (np.arange(count) + 0.5) / count
    return np.asarray((high + low) / 2 + (high - low) / 2 * np.cos(angles))


def coefficients(values: Float) -> Float:
    """Of the polynomial through values at :func:`nodes`, lowest degree first; shapes alike."""
    found = np.asarray(dct(values, type=2, axis=0)) / len(values)
    found[0] /= 2
    return found


def _cut(found: Float, tolerance: float) -> Float:
    """Without the tail that is below `tolerance` times the largest."""
    sizes = np.sqrt((found.reshape(len(found), -1) ** 2).sum(axis=1))
    large = np.flatnonzero(sizes > tolerance * sizes.max(initial=0.0))
    return found[: large[-1] + 1] if len(large) else found[:1]
