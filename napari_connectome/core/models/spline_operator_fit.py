"""One side of a spline model of more voxels than its matrix has room for."""

from __future__ import annotations

from napari_connectome.core.models.spline_data import SideFit
from napari_connectome.core.operator_connectivity import OperatorConnectivity
from napari_connectome.core.progress import Job, stretch
from napari_connectome.core.spline.checkpoint import Ledger
from napari_connectome.core.spline.experiments import SplineData, Targets
from napari_connectome.core.spline.operator.clipping import clipping_job
from napari_connectome.core.spline.operator.preparation import prepare_job
from napari_connectome.core.spline.operator.solve import State, solve_job
from napari_connectome.core.spline.operator.spectra import geometry_job
from napari_connectome.core.spline.problem import SplineProblem
from napari_connectome.core.spline.proximity import Proximity


def fit_operator_side_job(
    problem: SplineProblem,
    data: SplineData,
    targets: Targets,
    proximity: Proximity,
    ledger: Ledger,
) -> Job[SideFit]:
    """Fit one side without W >= 0, and cut its answers off at zero.

    Raises
    ------
    ModelError
        When the solver does not converge.
    """
    step = f"{targets.side}/missing"
    geometry = yield from stretch(geometry_job(problem), 0, 0.4, 1)
    prepared = yield from stretch(prepare_job(problem, geometry), 0.4, 0.05, 1)

    def keep(reached: State) -> None:
        ledger.put(step, reached)

    job = solve_job(prepared, problem.lam, resume=ledger.get(step), keep=keep)
    found = yield from stretch(job, 0.45, 0.4, 1)
    misfit = yield from stretch(found.misfit_check_job(), 0.85, 0.05, 1)
    cut = yield from stretch(clipping_job(found), 0.9, 0.1, 1)
    # An estimate may fall below what is known to be the least.
    objective = max(cut.objective, found.lower_bound)
    figures = {
        "objective": objective,
        "objective_error": cut.objective_error,
        "lower_bound": found.lower_bound,
        "gap": (objective - found.lower_bound) / (objective or 1.0),
        "negative_mass": cut.negative_mass,
        "residual": found.residual,
        "misfit_check": misfit,
        "steps": found.steps,
    }
    connectivity = OperatorConnectivity(data.source_mask, targets.mask, found.weights, proximity)
    return SideFit(connectivity, figures)
