"""The spline model of full rank of Harris et al. 2016 fitted to a data set."""

from __future__ import annotations

from functools import partial

import numpy as np

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.dense_connectivity import DenseConnectivity
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.models.spline_data import SideFit, fit_sides
from napari_connectome.core.models.spline_operator_fit import fit_operator_side_job
from napari_connectome.core.models.spline_outlook import Size, check_spline, is_beyond_dense
from napari_connectome.core.progress import Job
from napari_connectome.core.spline.checkpoint import Checkpointing, Ledger
from napari_connectome.core.spline.experiments import SplineData, Targets
from napari_connectome.core.spline.nonneg.solve import NonnegativeLimits, State
from napari_connectome.core.spline.nonneg.whole import solve_nonnegative_job
from napari_connectome.core.spline.problem import SplineProblem
from napari_connectome.core.spline.proximity import Proximity
from napari_connectome.core.spline.selection import VISUAL_AREAS


def fit_spline(
    experiments: ExperimentSet,
    atlas: Atlas,
    *,
    regions: str = ",".join(VISUAL_AREAS),
    min_contained: float = 0.95,
    max_injection_volume_mm3: float = 0.7,
    hidden_above: float = 0.0,
    lam: float | None = 1e5,
    boundaries: bool = False,
    gap: float = 1e-2,
    checkpoint: Checkpointing | None = None,
) -> Job[FittedModel]:
    """Fit W >= 0 in full to the experiments in some regions.

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
        λ; None chooses one of 10³ … 10¹² by five folds, with fits without W >= 0.
    boundaries : bool
        Whether nothing is smoothed across the borders of regions.
    gap : float
        Certified gap of a converged fit: how far its objective may lie above the minimum, as a
        part of it.
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
        When no experiment passes, a parameter is out of bounds, or W is too large.
    DataError
        When the checkpoint cannot be gone on with.

    References
    ----------
    Harris et al. 2016, section 3.
    """
    parameters = {
        "regions": regions,
        "min_contained": min_contained,
        "max_injection_volume_mm3": max_injection_volume_mm3,
        "hidden_above": hidden_above,
        "lam": lam,
        "boundaries": boundaries,
        "gap": gap,
    }
    solve = partial(_solve, limits=NonnegativeLimits(gap=gap))

    def check(data: SplineData) -> float:
        return check_spline(Size.of_data(data))

    return fit_sides("spline", experiments, atlas, parameters, solve, checkpoint, check)


def _solve(
    problem: SplineProblem,
    data: SplineData,
    targets: Targets,
    proximity: Proximity,
    ledger: Ledger,
    *,
    limits: NonnegativeLimits,
) -> Job[SideFit]:
    if is_beyond_dense(Size.of_data(data)):
        return (yield from fit_operator_side_job(problem, data, targets, proximity, ledger))
    step = f"{targets.side}/weights"

    def keep(reached: State) -> None:
        ledger.put(step, {name: np.array(array) for name, array in reached.items()})

    found = yield from solve_nonnegative_job(problem, limits, state=ledger.get(step), keep=keep)
    figures = {**found.trace.last.figures, "converged": found.converged}
    weights = found.weights.astype(np.float32, copy=False)
    return SideFit(DenseConnectivity(data.source_mask, targets.mask, weights, proximity), figures)
