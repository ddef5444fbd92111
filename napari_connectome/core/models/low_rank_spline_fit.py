"""The low-rank spline model of Harris et al. 2016 fitted to a data set."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.low_rank_connectivity import LowRankConnectivity
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.models.spline_data import SideFit, fit_sides
from napari_connectome.core.models.spline_outlook import Size, check_low_rank
from napari_connectome.core.progress import Job, Progress, stretch, told_as
from napari_connectome.core.spline.checkpoint import Checkpointing, Ledger
from napari_connectome.core.spline.experiments import SplineData, Targets
from napari_connectome.core.spline.factors import Factors
from napari_connectome.core.spline.full_rank import full_solution_job
from napari_connectome.core.spline.low_rank import LowRankLimits, fit_low_rank_job
from napari_connectome.core.spline.low_rank_start import starting_factors_job
from napari_connectome.core.spline.low_rank_walk import State
from napari_connectome.core.spline.problem import SplineProblem
from napari_connectome.core.spline.proximity import Proximity
from napari_connectome.core.spline.selection import VISUAL_AREAS


def fit_low_rank_spline(
    experiments: ExperimentSet,
    atlas: Atlas,
    *,
    regions: str = ",".join(VISUAL_AREAS),
    min_contained: float = 0.95,
    max_injection_volume_mm3: float = 0.7,
    hidden_above: float = 0.0,
    lam: float | None = 1e5,
    boundaries: bool = False,
    rank: int = 20,
    tol: float = 1e-3,
    checkpoint: Checkpointing | None = None,
) -> Job[FittedModel]:
    """Fit nonnegative factors, W = U Vᵀ, to the experiments in some regions.

    Parameters
    ----------
    experiments : ExperimentSet
        Those that lie in the regions are fitted to.
    atlas : Atlas
        Where the regions are.
    regions : str
        Acronyms separated by commas.
    min_contained, max_injection_volume_mm3, hidden_above
        See :class:`~napari_connectome.core.spline.selection.Selection`.
    lam : float, optional
        λ; None chooses one of 10³ … 10¹² by five folds, with fits of full rank.
    boundaries : bool
        Whether nothing is smoothed across the borders of regions.
    rank : int
        Number of pairs on each side.
    tol : float
        Largest relative projected gradient of a converged fit.
    checkpoint : Checkpointing, optional
        Where the fit keeps what it has reached.

    Returns
    -------
    job of FittedModel

    Raises
    ------
    AtlasError
        When a region is unknown or has no source voxel.
    ModelError
        When no experiment passes, a parameter is out of bounds, or the problem is too large.
    DataError
        When the checkpoint cannot be gone on with.

    References
    ----------
    Harris et al. 2016, section 3.1.
    """
    parameters = {
        "regions": regions,
        "min_contained": min_contained,
        "max_injection_volume_mm3": max_injection_volume_mm3,
        "hidden_above": hidden_above,
        "lam": lam,
        "boundaries": boundaries,
        "rank": rank,
        "tol": tol,
    }
    solve = partial(_solve, rank=rank, limits=LowRankLimits(tol=tol))

    def check(data: SplineData) -> float:
        return check_low_rank(Size.of_data(data), rank)

    return fit_sides("low-rank-spline", experiments, atlas, parameters, solve, checkpoint, check)


def _solve(
    problem: SplineProblem,
    data: SplineData,
    targets: Targets,
    proximity: Proximity,
    ledger: Ledger,
    *,
    rank: int,
    limits: LowRankLimits,
) -> Job[SideFit]:
    step = f"{targets.side}/factors"
    state = ledger.get(step)
    start: Factors | State
    if state is None:
        full = yield from stretch(told_as(full_solution_job(problem), _unplotted), 0, 1, 4)
        start = yield from stretch(starting_factors_job(full.matrix, rank), 1, 1, 4)
        bound = full.objective
    else:
        bound = float(state["lower_bound"])
        start = {name: array for name, array in state.items() if name != "lower_bound"}

    def keep(reached: State) -> None:
        ledger.put(step, {**reached, "lower_bound": np.array(bound)})

    bounded = LowRankLimits(tol=limits.tol, lower_bound=bound if bound > 0 else None)
    job = fit_low_rank_job(problem, start, bounded, keep)
    found = yield from stretch(job, 2, 2, 4)
    figures = {
        "objective": found.objective,
        "lower_bound": bound,
        "gap": found.gap,
        "residual": found.residual,
        "rank": rank,
        "steps": found.steps,
    }
    return SideFit(
        LowRankConnectivity(data.source_mask, targets.mask, found.factors, proximity), figures
    )


def _unplotted(moment: Progress) -> Progress:
    """A moment without its figures: those of a problem without W >= 0 are no part of the plot."""
    return replace(moment, figures={})
