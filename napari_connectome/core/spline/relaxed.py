"""(P1) without W >= 0, exactly, in the eigenbases of both Laplacians: up to a few thousand voxels.

With A = -L = Q diag(a) Qᵀ on either side and c = λ m / n_source the minimum is

    W = (A_x . + . A_y)^-2 [Xᵀ Λ] + constants,   P_Ω(X W - Y) = -c Λ,

Λ (m × n_target) zero where hidden. Constants on pairs of connected pieces cost no
roughness. For one pattern of targets of eigenvalue b, Λ follows from the data by an m × m
matrix, so that only the hidden projections have to be found by iteration.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import eigh
from scipy.sparse import csr_array

from napari_connectome.core.errors import ModelError
from napari_connectome.core.laplacian import components
from napari_connectome.core.parallel import single_threaded_blas
from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.spline.problem import SplineProblem

Matrix = npt.NDArray[np.float64]
MOST_VOXELS = 2500
"""Voxels of a side up to which its eigenbasis is a matter of seconds."""
TOLERANCE = 1e-10
"""Part of its first residual to which the hidden projections are found."""
MOST_ROUNDS = 10
"""Rounds of conjugate gradients through all hidden projections before rounding is blamed."""
PATTERNS_AT_ONCE = 64


@dataclass(frozen=True, eq=False)
class _Basis:
    """Eigenvalues of -L, smallest first, and eigenvectors; the first `flat` ones are constants."""

    values: Matrix
    vectors: Matrix
    flat: int

    @classmethod
    def of(cls, laplacian: csr_array) -> _Basis:
        values, vectors = eigh(-laplacian.toarray())
        flat = int(components(laplacian).max()) + 1
        # Rounding apart these are zero.
        values[:flat] = 0.0
        return cls(values, vectors, flat)


def relaxed_weights_job(problem: SplineProblem) -> Job[Matrix]:
    """The W that minimises the objective when it may have negative entries, as a job.

    Its objective is a lower bound for every W >= 0.

    Parameters
    ----------
    problem : SplineProblem
        Of at most :data:`MOST_VOXELS` voxels on either side.

    Returns
    -------
    job of ndarray of float64, shape (n_source, n_target)
        Of all minima the one without constants about which no experiment tells.

    Raises
    ------
    ModelError
        When there are too many voxels.
    """
    largest = max(problem.injections.shape[1], problem.projections.shape[1])
    if largest > MOST_VOXELS:
        raise ModelError(
            f"{largest} voxels are too many for eigenbases (up to {MOST_VOXELS}). "
            "Choose fewer regions or a coarser grid."
        )
    yield Progress(0, 4, "Eigenvectors of the sources")
    with single_threaded_blas():
        sources = _Basis.of(problem.source_laplacian)
    yield Progress(1, 4, "Eigenvectors of the targets")
    with single_threaded_blas():
        same = _alike(problem.source_laplacian, problem.target_laplacian)
        targets = sources if same else _Basis.of(problem.target_laplacian)
    system = _System(problem, sources, targets)
    yield from system.prepare_job()
    yield Progress(3, 4, "Filling in the projections that injections hide")
    with single_threaded_blas():
        filled = system.filled()
    yield Progress(3, 4, "Putting the connectivity together")
    with single_threaded_blas():
        return system.weights(filled)


def _alike(first: csr_array, second: csr_array) -> bool:
    return first.shape == second.shape and abs(first - second).max() == 0


class _System:
    """From projections without gaps to Λ, pattern by pattern of the targets."""

    def __init__(self, problem: SplineProblem, sources: _Basis, targets: _Basis) -> None:
        self._problem, self._sources, self._targets = problem, sources, targets
        self._injected = np.asarray(problem.injections @ sources.vectors)
        m, n_target = problem.projections.shape
        self._inverses = np.empty((n_target, m, m))
        self._constants = np.zeros((targets.flat, sources.flat, m))

    def prepare_job(self) -> Job[None]:
        """Invert the m × m matrix of every pattern."""
        count = len(self._inverses)
        for start in range(0, count, PATTERNS_AT_ONCE):
            yield Progress(2, 4, f"Patterns of the targets: {start} of {count}")
            with single_threaded_blas():
                for pattern in range(start, min(start + PATTERNS_AT_ONCE, count)):
                    self._invert(pattern)

    def _invert(self, pattern: int) -> None:
        m, flat = len(self._injected), self._sources.flat
        rough = self._roughness(pattern)
        seen = self._injected[:, rough > 0] / rough[rough > 0]
        inverse = np.linalg.inv(seen @ seen.T + self._problem.penalty * np.eye(m))
        if pattern < self._targets.flat:
            # Constants are free: Λ is orthogonal to what they can explain.
            free = inverse @ self._injected[:, :flat]
            explain = np.linalg.pinv(self._injected[:, :flat].T @ free, hermitian=True) @ free.T
            self._constants[pattern] = explain
            inverse = inverse - free @ explain
        self._inverses[pattern] = inverse

    def _roughness(self, pattern: int) -> Matrix:
        """Eigenvalue of the penalty's root for each source pattern, shape (n_source,)."""
        return np.asarray(self._sources.values + self._targets.values[pattern])

    def misfit(self, projections: Matrix) -> Matrix:
        """Λ of projections that are known everywhere, shape (m, n_target)."""
        return self._patterns_of_misfit(projections).T @ self._targets.vectors.T

    def _patterns_of_misfit(self, projections: Matrix) -> Matrix:
        patterns = (projections @ self._targets.vectors).T
        return np.asarray(np.einsum("jef,jf->je", self._inverses, patterns))

    def filled(self) -> Matrix:
        """Projections with the hidden ones as the solution has them: Λ vanishes there."""
        hidden = self._problem.hidden.nonzero()
        full = self._problem.projections.copy()
        full[hidden] = 0.0
        right = -self.misfit(full)[hidden]
        found, direction = np.zeros_like(right), right.copy()
        residual, size = right, float(right @ right)
        first = size
        steps = 0
        while size > TOLERANCE**2 * first:
            steps += 1
            # In exact arithmetic there are as many steps as unknowns at most.
            if steps > MOST_ROUNDS * len(right):
                raise ModelError(
                    f"λ = {self._problem.lam:g} is too small for these data: rounding leaves "
                    f"{np.sqrt(size / first):.0e} of the error. Choose a larger λ."
                )
            image = np.zeros_like(full)
            image[hidden] = direction
            curved = self.misfit(image)[hidden]
            step = size / float(direction @ curved)
            found += step * direction
            residual = residual - step * curved
            before, size = size, float(residual @ residual)
            direction = residual + size / before * direction
        full[hidden] = found
        return full

    def weights(self, filled: Matrix) -> Matrix:
        """W from projections without gaps."""
        patterns = self._patterns_of_misfit(filled)
        found = self._injected.T @ patterns.T
        rough = np.add.outer(self._sources.values, self._targets.values)
        found = np.divide(found, rough**2, out=np.zeros_like(found), where=rough > 0)
        known = filled @ self._targets.vectors[:, : self._targets.flat]
        for pattern, explain in enumerate(self._constants):
            found[: self._sources.flat, pattern] = explain @ known[:, pattern]
        return np.asarray(self._sources.vectors @ found @ self._targets.vectors.T)
