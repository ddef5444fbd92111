"""What the spline models of the catalog share: their data, λ, and what is told of a fit."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.both_sides_connectivity import BothSidesConnectivity
from napari_connectome.core.connectivity import Connectivity
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.progress import Job, Progress, stretch, told_as
from napari_connectome.core.sides import Side
from napari_connectome.core.spline.checkpoint import Checkpointing, Ledger, digest_of
from napari_connectome.core.spline.experiments import (
    SplineData,
    Targets,
    hidden_voxels,
    spline_data,
)
from napari_connectome.core.spline.full_rank import lambda_search_job
from napari_connectome.core.spline.lambda_search import LambdaSearch, Sums
from napari_connectome.core.spline.problem import SplineProblem
from napari_connectome.core.spline.proximity import Proximity
from napari_connectome.core.spline.selection import Selection, choose, parse_regions

DATA_PARAMETERS = ("regions", "min_contained", "max_injection_volume_mm3", "hidden_above")
"""Parameters that choose regions and experiments."""
SEARCH_STEPS, FIT_STEPS = 3, 2
"""How the time is shared between the search of λ and the fit."""


@dataclass(frozen=True, eq=False)
class SideFit:
    """One side, fitted.

    Parameters
    ----------
    connectivity : Connectivity
        From the source voxels to those of the side.
    figures : mapping of str to float or str
        What is told of the fit: plain JSON values.
    """

    connectivity: Connectivity
    figures: Mapping[str, Any]


Solve = Callable[[SplineProblem, SplineData, Targets, Proximity, Ledger], Job[SideFit]]
"""Fits one side under the λ of its problem."""


def fit_sides(
    model: str,
    experiments: ExperimentSet,
    atlas: Atlas,
    parameters: Mapping[str, Any],
    solve: Solve,
    checkpoint: Checkpointing | None,
    check: Callable[[SplineData], object] = lambda _data: None,
) -> Job[FittedModel]:
    """Choose data and λ, fit both sides, and put them together.

    Parameters
    ----------
    model : str
        Name in the catalog.
    experiments, atlas
        What to fit to.
    parameters : mapping
        Those of the catalog; ``lam`` None is chosen by folds.
    solve : callable
        Fits one side.
    checkpoint : Checkpointing or None
        Where the fit keeps what it has reached.
    check : callable
        Raises what refuses the size of the data, before anything is computed.
    """
    began = time.monotonic()
    data = spline_data(experiments, atlas, selection_of(parameters))
    check(data)
    lam, boundaries = parameters["lam"], bool(parameters["boundaries"])
    problems: dict[str, SplineProblem] = {
        targets.side: data.problem(targets.side, 1.0 if lam is None else lam, boundaries=boundaries)
        for targets in data.targets
    }
    ledger = Ledger(checkpoint, digest_of(problems, {"model": model, **parameters}))
    with ledger.kept():
        search = None
        start, steps = 0, FIT_STEPS
        if lam is None:
            start, steps = SEARCH_STEPS, SEARCH_STEPS + FIT_STEPS
            search = yield from stretch(_search(problems, ledger), 0, SEARCH_STEPS, steps)
        used = float(lam if search is None else search.best)
        proximity = Proximity(data.experiment_ids, data.centroids, atlas.resolution_um)
        width = FIT_STEPS / len(data.targets)
        fits: dict[Side, SideFit] = {}
        for number, targets in enumerate(data.targets):
            problem = problems[targets.side].with_lam(used)
            solved = solve(problem, data, targets, proximity, ledger)
            job = told_as(solved, partial(_of_part, number))
            name = {"ipsi": "Ipsilateral", "contra": "Contralateral"}[targets.side]
            fits[targets.side] = yield from stretch(job, start + number * width, width, steps, name)
    told: dict[str, Any] = {"lam": used, "seconds": time.monotonic() - began}
    told |= {side: {"lam": used, **one.figures} for side, one in fits.items()}
    return FittedModel(
        model,
        dict(parameters),
        _together(list(fits.values())),
        atlas,
        data.experiment_ids,
        division_choices(experiments, atlas, data, told, search),
    )


def _of_part(number: int, moment: Progress) -> Progress:
    """A moment whose figures say which of several fits they are of: plots begin anew."""
    figures = {**moment.figures, "part": number} if moment.figures else moment.figures
    return replace(moment, figures=figures)


def selection_of(parameters: Mapping[str, Any]) -> Selection:
    """Regions and filters of a model's parameters."""
    chosen = {name: parameters[name] for name in DATA_PARAMETERS}
    return Selection(**{**chosen, "regions": parse_regions(chosen["regions"])})


def refused_experiments(
    experiments: ExperimentSet, atlas: Atlas, parameters: Mapping[str, Any]
) -> Mapping[int, str]:
    """Rows of experiments that are no part of a spline model's problem, and why.

    Raises
    ------
    ModelError
        When none is.
    """
    return choose(experiments, atlas, selection_of(parameters)).reasons


def unobserved_voxels(
    model: FittedModel, experiments: ExperimentSet, row: int
) -> npt.NDArray[np.int64]:
    """Rows of a spline model's target mask where an experiment's injection hides its projection."""
    mask = model.connectivity.target_mask
    return hidden_voxels(experiments, row, model.parameters["hidden_above"], mask)


def parameters_again(model: FittedModel) -> dict[str, Any]:
    """A spline model's parameters with the λ that was chosen for it."""
    chosen = next(iter(model.choices.values()))
    return {**model.parameters, "lam": chosen["lam"]}


def _search(problems: Mapping[str, SplineProblem], ledger: Ledger) -> Job[LambdaSearch]:
    """λ for both sides together, on the same folds."""
    found: LambdaSearch | None = None
    for number, (side, problem) in enumerate(problems.items()):

        def known(fold: int, side: str = side) -> Sums | None:
            before = ledger.get(f"{side}/fold {fold}")
            return None if before is None else before["sums"]

        def keep(fold: int, sums: Sums, side: str = side) -> None:
            ledger.put(f"{side}/fold {fold}", {"sums": sums})

        job = lambda_search_job(problem, known=known, keep=keep)
        one = yield from stretch(job, number, 1, len(problems))
        found = one if found is None else found.together(one)
    if found is None:
        raise ValueError("There is no side to search λ for.")
    return found


def _together(fits: list[SideFit]) -> Connectivity:
    if len(fits) == 1:
        return fits[0].connectivity
    return BothSidesConnectivity(fits[0].connectivity, fits[1].connectivity)


def division_choices(
    experiments: ExperimentSet,
    atlas: Atlas,
    data: SplineData,
    told: Mapping[str, Any] | None = None,
    search: LambdaSearch | None = None,
) -> dict[str, dict[str, Any]]:
    """What is told of a fit, for each division that has source voxels.

    Parameters
    ----------
    experiments, atlas, data
        What was fitted to.
    told : mapping, optional
        Figures of the fit.
    search : LambdaSearch, optional
        How λ was chosen.
    """
    member = data.source_mask.to_vector(atlas.divisions)
    of_experiment = experiments.division_ids
    how = f"{len(data.rows)} of {len(experiments)} experiments pass"
    if search is not None:
        errors = ", ".join(
            f"10^{np.log10(lam):.0f}: {error:.3f}"
            for lam, error in zip(search.lambdas, search.errors, strict=True)
        )
        how += f"; λ by {len(search.sums)} folds, MSE_rel {errors}"
    found: dict[str, dict[str, Any]] = {}
    for division_id in (i for i in atlas.tree.division_ids() if np.any(member == i)):
        ours = of_experiment == division_id
        used = int(np.count_nonzero(ours[data.rows]))
        found[atlas.tree[division_id].acronym] = {
            "experiments": used,
            "experiments_left_out": int(np.count_nonzero(ours)) - used,
            "source_voxels": int(np.count_nonzero(member == division_id)),
            **(told or {}),
            "how": how,
        }
    return found
