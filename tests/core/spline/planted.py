"""A small spline problem with a planted, smooth kernel, and its unconstrained solution in full."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.laplacian import lattice_laplacian
from napari_connectome.core.spline.problem import SplineProblem


def kernel(n: int) -> np.ndarray:
    """A band about the diagonal and a bump aside, W[source, target]."""
    x = np.linspace(0, 1, n)
    near = np.exp(-(((x[:, None] - x[None]) / 0.3) ** 2))
    bump = np.exp(-(((x[:, None] - 0.8) ** 2 + (x[None] - 0.1) ** 2) / 0.04))
    return near + 0.8 * bump


def small_problem(n: int = 16, m: int = 6, lam: float = 1.0, noise: float = 0.0) -> SplineProblem:
    """Boxes of tracer on a line; what is hidden was measured as zero."""
    rng = np.random.default_rng(2)
    X = np.zeros((m, n))
    for row, start in enumerate(np.linspace(0, n - 3, m).astype(int)):
        X[row, start : start + 3] = 1.0
    hidden = X > 0
    Y = X @ kernel(n) + noise * rng.standard_normal((m, n))
    Y[hidden] = 0.0
    L = lattice_laplacian(np.arange(n)[:, None])
    return SplineProblem(csr_array(X), Y, hidden, L, L, lam)


def full_solution(problem: SplineProblem) -> np.ndarray:
    """W without W >= 0, by the normal equations over all pairs."""
    X = problem.injections.toarray()
    n, t = X.shape[1], problem.projections.shape[1]
    seen = np.diag((~np.asarray(problem.hidden)).astype(float).ravel())
    A = seen @ np.kron(X, np.eye(t))
    rough = np.kron(problem.source_laplacian.toarray(), np.eye(t))
    rough += np.kron(np.eye(n), problem.target_laplacian.toarray())
    matrix = A.T @ A + problem.penalty * rough.T @ rough
    right = A.T @ (seen @ problem.projections.ravel())
    return np.linalg.solve(matrix, right).reshape(n, t)


def with_clouds(experiments: ExperimentSet) -> ExperimentSet:
    """The same experiments with injections of several voxels around their centroids."""
    voxels = experiments.source_mask.coordinates
    squared = ((experiments.centroids[:, None] - voxels[None]) ** 2).sum(axis=2)
    clouds = np.where(squared < 5, np.exp(-squared), 0)
    clouds /= clouds.sum(axis=1, keepdims=True)
    return replace(experiments, injections=csr_array(clouds.astype(np.float32)))
