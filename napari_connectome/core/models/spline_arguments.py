"""From the arguments of the spline estimators to the problem that they solve."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.errors import ModelError
from napari_connectome.core.laplacian import lattice_laplacian
from napari_connectome.core.spline.problem import SplineProblem

Lattice = npt.ArrayLike | csr_array


def problem_of(
    injections: npt.NDArray[np.floating],
    projections: npt.NDArray[np.floating],
    *,
    hidden: npt.ArrayLike | csr_array | None,
    source: Lattice | None,
    target: Lattice | None,
    lam: float,
) -> SplineProblem:
    """The problem of an estimator's arguments.

    Parameters
    ----------
    injections, projections : ndarray, shapes (m, n_source) and (m, n_target)
        X and Y.
    hidden : array_like of bool or sparse array, shape (m, n_target), or None
        Where the projection is unknown; None: nowhere.
    source : array_like of int, shape (n_source, d), Laplacian as csr_array, or None
        Lattice of the sources; None: a line.
    target : array_like of int, shape (n_target, d), Laplacian as csr_array, or None
        Lattice of the targets; None: that of the sources where they are as many, else a line.
    lam : float
        λ.

    Raises
    ------
    ModelError
        When shapes disagree or λ is not above zero.
    """
    m, n_source = injections.shape
    n_target = projections.shape[1]
    if target is None and n_target == n_source:
        target = source
    shape = m, n_target
    unseen: csr_array | npt.NDArray[np.bool_]
    if isinstance(hidden, csr_array):
        unseen = hidden
    else:
        unseen = np.zeros(shape, bool) if hidden is None else np.asarray(hidden, dtype=bool)
    return SplineProblem(
        injections=csr_array(injections.astype(np.float64)),
        projections=projections.astype(np.float64),
        hidden=unseen,
        source_laplacian=_laplacian(source, n_source, "source"),
        target_laplacian=_laplacian(target, n_target, "target"),
        lam=lam,
    )


def _laplacian(lattice: Lattice | None, count: int, name: str) -> csr_array:
    if lattice is None:
        return lattice_laplacian(np.arange(count)[:, None])
    if isinstance(lattice, csr_array):
        return lattice
    points = np.asarray(lattice)
    if len(points) != count:
        raise ModelError(
            f"The {name} lattice must have one point for each of {count} voxels; {len(points)} "
            "came."
        )
    return lattice_laplacian(points)
