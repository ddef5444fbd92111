"""Small problems for the solver without a matrix."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.laplacian import lattice_laplacian
from napari_connectome.core.spline.problem import SplineProblem

Points = npt.NDArray[np.int64]
BOX = np.argwhere(np.ones((4, 3, 3), dtype=bool))
OTHER = np.argwhere(np.ones((2, 4, 3), dtype=bool))
PIECES = np.vstack([OTHER, OTHER[:11] + np.array([10, 0, 0]), [[30, 0, 0]]])


def problem(
    sources: Points, targets: Points, m: int, lam: float, *, hidden: bool = True, seed: int = 0
) -> SplineProblem:
    rng = np.random.default_rng(seed)
    near = np.abs(sources[rng.integers(len(sources), size=m)][:, None] - sources).sum(axis=2) <= 1
    injections = near * rng.random(near.shape)
    unseen = near if hidden else np.zeros((m, len(targets)), dtype=bool)
    return SplineProblem(
        csr_array(injections),
        np.abs(rng.standard_normal((m, len(targets)))),
        csr_array(unseen),
        lattice_laplacian(sources),
        lattice_laplacian(targets),
        lam,
    )


def brute_force(of: SplineProblem) -> npt.NDArray[np.float64]:
    """The smallest W that minimises the objective."""
    n_source, n_target = of.injections.shape[1], of.projections.shape[1]
    rough = np.kron(of.source_laplacian.toarray(), np.eye(n_target))
    rough += np.kron(np.eye(n_source), of.target_laplacian.toarray())
    seen = ~of.hidden.toarray().ravel()
    rows = np.kron(of.injections.toarray(), np.eye(n_target))[seen]
    system = np.vstack([rows, np.sqrt(of.penalty) * rough])
    wanted = np.concatenate([of.projections.ravel()[seen], np.zeros(len(rough))])
    return np.linalg.lstsq(system, wanted, rcond=1e-12)[0].reshape(n_source, n_target)
