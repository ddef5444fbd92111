"""Small spline problems with planted kernels."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from napari_connectome.core.laplacian import lattice_laplacian
from napari_connectome.core.spline.problem import SplineProblem


def line_problem(n=40, lam=1.0, centres=(0.1, 0.3, 0.5, 0.7, 0.9), width=0.12, noise=0.02, seed=0):
    """The one-dimensional brain of Harris et al. 2016, section 4, and its planted kernel."""
    rng = np.random.default_rng(seed)
    x = (np.arange(n) + 0.5) / n
    apart, bump = x[:, None] - x[None], (x[:, None] - 0.1) ** 2 + (x[None] - 0.8) ** 2
    truth = np.exp(-((apart / 0.4) ** 2)) + 0.9 * np.exp(-bump / 0.2**2)
    injections = (np.abs(x - np.array(centres)[:, None]) < width / 2).astype(float)
    hidden = injections > 0
    projections = injections @ truth + noise * rng.standard_normal((len(centres), n))
    projections[hidden] = 0.0
    laplacian = lattice_laplacian(np.arange(n)[:, None])
    injected = csr_array(injections)
    return SplineProblem(injected, projections, hidden, laplacian, laplacian, lam), truth


def sheet_problem(sources=(4, 3), targets=(3, 5), m=4, lam=3.0, seed=0):
    """Source and target lattices that differ, random data, some of them hidden."""
    rng = np.random.default_rng(seed)
    n_source, n_target = int(np.prod(sources)), int(np.prod(targets))
    injections = rng.random((m, n_source)) * (rng.random((m, n_source)) < 0.5)
    injections[:, 0] += 0.1
    return SplineProblem(
        injections=csr_array(injections),
        projections=rng.random((m, n_target)),
        hidden=rng.random((m, n_target)) < 0.2,
        source_laplacian=lattice_laplacian(np.argwhere(np.ones(sources, dtype=bool))),
        target_laplacian=lattice_laplacian(np.argwhere(np.ones(targets, dtype=bool))),
        lam=lam,
    )


def free_solution(problem):
    """The minimum of a problem without W >= 0, by one large linear system."""
    n_source, n_target = problem.injections.shape[1], problem.projections.shape[1]
    smooth = np.kron(problem.source_laplacian.toarray(), np.eye(n_target))
    smooth += np.kron(np.eye(n_source), problem.target_laplacian.toarray())
    x = problem.injections.toarray()
    normal = problem.penalty * smooth.T @ smooth
    blocks = normal.reshape(n_source, n_target, n_source, n_target)
    seen = ~np.asarray(problem.hidden)
    for j in range(n_target):
        blocks[:, j, :, j] += x[seen[:, j]].T @ x[seen[:, j]]
    right = x.T @ (problem.projections * seen)
    return np.linalg.solve(normal, right.reshape(-1)).reshape(n_source, n_target)


def nonnegative_solution(problem, start, steps=20000):
    """The minimum over W >= 0, by accelerated projected gradient until it stands still."""
    norm = np.linalg.norm
    bound = 2 * problem.penalty * (4 * abs(problem.source_laplacian).max()) ** 2
    bound += 2 * norm(problem.injections.toarray(), 2) ** 2
    weights = ahead = np.maximum(start, 0)
    momentum = 1.0
    for _ in range(steps):
        moved = np.maximum(ahead - problem.gradient(ahead) / bound, 0)
        if norm(moved - ahead) < 1e-12 * norm(moved):
            return moved
        if np.vdot(ahead - moved, moved - weights) > 0:
            momentum = 1.0
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = moved + (momentum - 1) / following * (moved - weights)
        weights, momentum = moved, following
    return weights
