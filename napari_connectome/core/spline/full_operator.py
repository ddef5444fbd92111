"""The spline solution of full rank without its matrix, as a start and a bound for other solvers."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.linalg import LinearOperator

from napari_connectome.core.progress import Job, stretch
from napari_connectome.core.spline.lambda_search import Tell
from napari_connectome.core.spline.operator.preparation import Geometry, prepare_job
from napari_connectome.core.spline.operator.solution import OperatorSolution
from napari_connectome.core.spline.operator.solve import solve_job
from napari_connectome.core.spline.operator.spectrum import Spectrum, spectrum_job
from napari_connectome.core.spline.problem import SplineProblem

Matrix = npt.NDArray[np.float64]
PATTERNS = 50
"""Smooth patterns of a lattice: a matter of a second. More would make few products cheaper."""
SPECTRA_KEPT = 2
"""Lattices whose smooth patterns are kept: sources and targets of what is fitted now."""
kept_spectra: OrderedDict[bytes, Spectrum] = OrderedDict()
"""Smooth patterns by digest of their lattice, those used last at the end."""
_lock = Lock()


@dataclass(frozen=True, eq=False)
class ImplicitSolution:
    """A solution of which only products with W are formed.

    Parameters
    ----------
    solution : OperatorSolution
        What stands for W.
    """

    solution: OperatorSolution

    @property
    def objective(self) -> float:
        """A bound of the objective of every W >= 0: nothing is lower, this solution included."""
        return self.solution.lower_bound

    @property
    def matrix(self) -> LinearOperator:
        """W, to multiply with."""
        geometry = self.solution.prepared.geometry
        onto, back = _of_columns(self.solution.onto_target), _of_columns(self.solution.predict)
        return LinearOperator(
            (len(geometry.source.spectrum), len(geometry.target.spectrum)),
            matvec=onto,
            matmat=onto,
            rmatvec=back,
            rmatmat=back,
            dtype=np.float64,
        )

    def predict(self, injections: csr_array) -> Matrix:
        """max(X W, 0)."""
        return np.maximum(self.solution.predict(injections.toarray()), 0.0)


def _of_columns(multiply: Callable[[Matrix], Matrix]) -> Callable[[Matrix], Matrix]:
    """A product with rows as one with columns, of which there may be one, shape (n,)."""

    def multiplied(columns: Matrix) -> Matrix:
        return multiply(columns.reshape(len(columns), -1).T).T.reshape(-1, *columns.shape[1:])

    return multiplied


def implicit_solution_job(problem: SplineProblem) -> Job[ImplicitSolution]:
    """Solve without W >= 0, as a job; the smooth patterns of its lattices are kept for the next.

    Raises
    ------
    ModelError
        When a solver does not converge.
    """
    geometry = yield from stretch(_geometry_job(problem), 0, 1, 2)
    prepared = yield from stretch(prepare_job(problem, geometry), 1, 0.3, 2)
    solution = yield from stretch(solve_job(prepared, problem.lam), 1.3, 0.7, 2)
    return ImplicitSolution(solution)


def implicit_path_job(problem: SplineProblem, lambdas: Sequence[float], tell: Tell) -> Job[None]:
    """Solve under several λ, each from the one before, and tell of each what it predicts.

    Raises
    ------
    ModelError
        As :func:`implicit_solution_job`.
    """
    steps = len(lambdas) + 1
    geometry = yield from stretch(_geometry_job(problem), 0, 0.7, steps)
    prepared = yield from stretch(prepare_job(problem, geometry), 0.7, 0.3, steps)
    missing: Matrix | None = None
    for number, lam in enumerate(lambdas):
        job = solve_job(prepared, lam, missing)
        found = yield from stretch(job, number + 1, 1, steps, f"λ = {lam:.0e}")
        missing = found.missing
        tell(lam, ImplicitSolution(found).predict)


def _geometry_job(problem: SplineProblem) -> Job[Geometry]:
    source = yield from stretch(_spectrum_job(problem.source_laplacian), 0, 1, 2)
    target = yield from stretch(_spectrum_job(problem.target_laplacian), 1, 1, 2)
    return Geometry.of(source, None if target is source else target)


def _spectrum_job(laplacian: csr_array) -> Job[Spectrum]:
    """Smooth patterns of a lattice, computed once while others do not push them out."""
    digest = hashlib.sha256()
    for array in (laplacian.indptr, laplacian.indices.astype(np.int64), laplacian.data):
        digest.update(np.ascontiguousarray(array).tobytes())
    key = digest.digest()
    with _lock:
        found = kept_spectra.get(key)
    if found is None:
        found = yield from spectrum_job(laplacian, PATTERNS)
    with _lock:
        kept_spectra[key] = found
        kept_spectra.move_to_end(key)
        while len(kept_spectra) > SPECTRA_KEPT:
            kept_spectra.popitem(last=False)
    return found
