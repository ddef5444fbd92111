"""One side of a spline model of more voxels than its matrix has room for."""

from __future__ import annotations

from napari_connectome.core.memory import check_memory
from napari_connectome.core.models.spline_data import SideFit
from napari_connectome.core.operator_connectivity import OperatorConnectivity
from napari_connectome.core.progress import Job, stretch
from napari_connectome.core.spline.checkpoint import Ledger
from napari_connectome.core.spline.experiments import SplineData, Targets
from napari_connectome.core.spline.operator.clipping import clipping_job
from napari_connectome.core.spline.operator.preparation import prepare_job
from napari_connectome.core.spline.operator.solve import State, solve_job
from napari_connectome.core.spline.operator.spectra import geometry_job, patterns_for
from napari_connectome.core.spline.problem import SplineProblem
from napari_connectome.core.spline.proximity import Proximity

COPIES = 14
"""Arrays of experiments by voxels, in float32, that are there at once."""
FACTOR_BYTES, FACTOR_VOXELS = 0.7e9, 61_878
"""Memory of the factors that smooth patterns are computed with: of the right isocortex."""
FEWER = "Choose fewer regions, a coarser grid, or the low-rank model."


def check_operator(source_voxels: int, target_voxels: int, experiments: int) -> float:
    """Refuse a size for which memory will not do; the bytes that a fit of it takes otherwise.

    Raises
    ------
    ModelError
        When memory will not do.
    """
    voxels = source_voxels + target_voxels
    largest = max(source_voxels, target_voxels)
    columns = COPIES * experiments + patterns_for(largest)
    # The factors of a lattice in three dimensions grow faster than it does.
    need: float = 4.0 * voxels * columns + FACTOR_BYTES * (largest / FACTOR_VOXELS) ** (4 / 3)
    check_memory(need, f"A spline model of {source_voxels:,} source voxels", FEWER)
    return need


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
        When memory will not do, or the solver does not converge.
    """
    m, n_source = problem.injections.shape
    check_operator(n_source, problem.projections.shape[1], m)
    step = f"{targets.side}/missing"
    geometry = yield from stretch(geometry_job(problem), 0, 0.4, 1)
    prepared = yield from stretch(prepare_job(problem, geometry), 0.4, 0.05, 1)

    def keep(reached: State) -> None:
        ledger.put(step, reached)

    job = solve_job(prepared, problem.lam, resume=ledger.get(step), keep=keep)
    found = yield from stretch(job, 0.45, 0.4, 1)
    misfit = yield from stretch(found.misfit_check_job(), 0.85, 0.05, 1)
    cut = yield from stretch(clipping_job(found), 0.9, 0.1, 1)
    above = cut.objective - found.lower_bound
    figures = {
        "objective": cut.objective,
        "objective_error": cut.objective_error,
        "lower_bound": found.lower_bound,
        "gap": above / abs(cut.objective or 1.0),
        "negative_mass": cut.negative_mass,
        "residual": found.residual,
        "misfit_check": misfit,
        "steps": found.steps,
    }
    connectivity = OperatorConnectivity(data.source_mask, targets.mask, found.weights, proximity)
    return SideFit(connectivity, figures)
