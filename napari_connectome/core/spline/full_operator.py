"""The spline solution of full rank without its matrix, as a start and a bound for other solvers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse.linalg import LinearOperator

from napari_connectome.core.progress import Job, stretch
from napari_connectome.core.spline.operator.preparation import prepare_job
from napari_connectome.core.spline.operator.solution import OperatorSolution
from napari_connectome.core.spline.operator.solve import solve_job
from napari_connectome.core.spline.operator.spectra import geometry_job
from napari_connectome.core.spline.problem import SplineProblem

Matrix = npt.NDArray[np.float64]


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
        return self.solution.weights.matrix


def implicit_solution_job(problem: SplineProblem) -> Job[ImplicitSolution]:
    """Solve without W >= 0, as a job; the smooth patterns of its lattices are kept for the next.

    Raises
    ------
    ModelError
        When a solver does not converge.
    """
    geometry = yield from stretch(geometry_job(problem), 0, 1, 2)
    prepared = yield from stretch(prepare_job(problem, geometry), 1, 0.3, 2)
    solution = yield from stretch(solve_job(prepared, problem.lam), 1.3, 0.7, 2)
    return ImplicitSolution(solution)
