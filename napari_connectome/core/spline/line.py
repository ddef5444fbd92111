"""The test problem of Harris et al. 2016: tracing experiments in a brain of one dimension."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.laplacian import lattice_laplacian
from napari_connectome.core.spline.problem import SplineProblem

Float = npt.NDArray[np.float64]
POINTS, NOISE, LAMBDA = 200, 0.1, 100.0
EVEN = (0.1, 0.3, 0.5, 0.7, 0.9)
"""Centres of injections that reach every part of the line."""


def line_weights(points: int = POINTS) -> Float:
    """A band about the diagonal and a bump aside, W[source, target], shape (points, points)."""
    x = np.linspace(0, 1, points)
    source, target = x[:, None], x[None]
    band = np.exp(-(((source - target) / 0.4) ** 2))
    bump = np.exp(-((source - 0.8) ** 2 + (target - 0.1) ** 2) / 0.2**2)
    return np.asarray(band + 0.9 * bump)


def line_problem(
    centres: tuple[float, ...] = EVEN,
    *,
    lam: float = LAMBDA,
    hide: bool = True,
    points: int = POINTS,
    seed: int = 0,
) -> SplineProblem:
    """Experiments on the line, whose own injection sites read 0.

    Injections of width 0.12 + 0.1 u, u between 0 and 1, are 1 inside; the projections that
    :func:`line_weights` makes of them have noise of standard deviation 0.1.

    Parameters
    ----------
    centres : tuple of float
        Middle of each injection, 0 to 1.
    lam : float
        λ.
    hide : bool
        Whether injection sites are taken as unknown (Ω), or for what they read.
    points : int
        Points of the line.
    seed : int
        Of widths and noise.

    References
    ----------
    Harris, Mihalas and Shea-Brown 2016, section 4.
    """
    rng = np.random.default_rng(seed)
    x, middles = np.linspace(0, 1, points), np.array(centres)[:, None]
    widths = 0.12 + 0.1 * rng.random(middles.shape)
    inside = np.abs(x - middles) <= widths / 2
    injections = inside.astype(np.float64)
    projections = injections @ line_weights(points)
    projections += NOISE * rng.standard_normal(projections.shape)
    projections[inside] = 0.0
    laplacian = lattice_laplacian(np.arange(points)[:, None])
    hidden = inside if hide else np.zeros_like(inside)
    return SplineProblem(csr_array(injections), projections, hidden, laplacian, laplacian, lam)


def unsmoothed_weights(problem: SplineProblem) -> Float:
    """What is left of a problem at λ = 0: least squares for each target by itself, W >= 0.

    Of all solutions the smallest, cut at zero: where nothing was injected it is 0.
    """
    injections = problem.injections.toarray()
    seen = np.ones(problem.projections.shape, dtype=bool)
    seen[problem.hidden.nonzero()] = False
    columns = [
        np.linalg.lstsq(injections[known], measured[known], rcond=1e-10)[0]
        for known, measured in zip(seen.T, problem.projections.T, strict=True)
    ]
    return np.maximum(np.array(columns, dtype=np.float64).T, 0.0)
