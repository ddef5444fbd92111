"""A spline problem of the size in Harris et al. 2016: a curved slab of cortex."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.laplacian import lattice_laplacian
from napari_connectome.core.spline.problem import SplineProblem

Float = npt.NDArray[np.float64]
VOXELS, EXPERIMENTS, LAMBDA = 7497, 28, 1e5
"""Section 5 of the paper: the ten visual areas at 100 µm."""
REACH = 4.0
"""Voxels from the centre of an injection to where there is no tracer."""


def slab(voxels: int = VOXELS) -> npt.NDArray[np.int64]:
    """Voxels nearest to a curved sheet, about eight of them thick."""
    points = np.indices((40, 34, 40)).reshape(3, -1).T
    squared = (points - [5, 40, 2]) ** 2 @ [0.6, 1.0, 0.7]
    nearest = np.argsort(np.abs(np.sqrt(squared) - 31), kind="stable")[:voxels]
    return np.asarray(points[np.sort(nearest)], dtype=np.int64)


def slab_problem(
    voxels: int = VOXELS, experiments: int = EXPERIMENTS, lam: float = LAMBDA, seed: int = 0
) -> SplineProblem:
    """Projections by a local kernel and a topographic map, with noise of 5 %."""
    rng = np.random.default_rng(seed)
    points = slab(voxels).astype(np.float64)
    centres = points[rng.choice(len(points), experiments, replace=False)]
    squared = _squared(centres, points)
    injections = np.where(squared < REACH**2, np.exp(-squared / 8), 0.0)
    projections = np.array([row[row > 0] @ _kernel(points[row > 0], points) for row in injections])
    noise = rng.standard_normal(projections.shape)
    projections = np.clip(projections + 0.05 * projections.std() * noise, 0, None)
    hidden = injections > 0
    projections[hidden] = 0.0
    laplacian = lattice_laplacian(slab(voxels))
    return SplineProblem(
        csr_array(injections), projections, csr_array(hidden), laplacian, laplacian, lam
    )


def _kernel(sources: Float, targets: Float) -> Float:
    mapped = sources * [0.5, 1.0, -0.7] + [15, 0, 35]
    near = np.exp(-_squared(sources, targets) / 18)
    return np.asarray(0.05 * near + 0.03 * np.exp(-_squared(mapped, targets) / 12.5))


def _squared(first: Float, second: Float) -> Float:
    return np.asarray(((first[:, None] - second[None]) ** 2).sum(axis=2))
