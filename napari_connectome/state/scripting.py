"""What the window does, as functions for scripts: the same jobs, run to their end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from napari_connectome.core.analysis.data_summary import DivisionSummary, summary_of_experiments
from napari_connectome.core.analysis.weight_statistics import WeightStatistics
from napari_connectome.core.atlas import Atlas
from napari_connectome.core.cortex.view import CorticalView
from napari_connectome.core.errors import AtlasError, ModelError
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.flatmap import Aggregate, FlatmapProjector
from napari_connectome.core.measures import Measure
from napari_connectome.core.models.fitted import Direction, FittedModel
from napari_connectome.core.path_answers import PathAnswers, answers_along
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.regional_matrix import RegionalMatrix
from napari_connectome.core.sides import Side
from napari_connectome.core.source_path import SourcePath
from napari_connectome.core.sources import Source
from napari_connectome.core.validation import ValidationResult
from napari_connectome.state import jobs
from napari_connectome.state.evidence_values import ShownAnswer
from napari_connectome.state.params import (
    DatasetParams,
    FitParams,
    Params,
    StatisticsParams,
    ValidationParams,
)
from napari_connectome.state.statistics_results import statistics_job
from napari_connectome.state.validation_results import validation_of
from napari_connectome.state.values import Dataset

AnyParams = TypeVar("AnyParams", bound=Params)


def open_brain(
    folder: str | Path | None = None,
    *,
    resolution_um: int | None = None,
    data_mask_tolerance: float = 0.5,
    min_contained: float = 0.0,
) -> Dataset:
    """Open an Allen cache folder: the atlas, and every experiment that has volumes.

    Parameters
    ----------
    folder : str or Path, optional
        Cache folder; by default the demo brain that comes with the program.
    resolution_um : int, optional
        By default the one that the folder has.
    data_mask_tolerance : float
        Part of an experiment's voxels that may be invalid, 0 to 1.
    min_contained : float
        Part of an injection that must lie in its major division, 0 to 1.

    Returns
    -------
    Dataset
        ``atlas``, ``experiments`` (None without volumes), ``records``, ``notes``.

    Raises
    ------
    DataError
        When the folder is no Allen cache, or a file in it is unusable.

    Examples
    --------
    ::

        brain = open_brain()
        model = fit_model(brain, "voxel")
        answer = model.predict(SphereSource((9250.0, 1150.0, 8650.0), radius_um=300.0))
    """
    params = checked(
        DatasetParams,
        path=None if folder is None else Path(folder).expanduser(),
        resolution_um=resolution_um,
        data_mask_tolerance=data_mask_tolerance,
        min_contained=min_contained,
    )
    return run_to_end(jobs.load(params))


def open_model(path: str | Path) -> tuple[Dataset, FittedModel]:
    """Open a saved model together with the brain inside it, which has no experiments.

    Raises
    ------
    DataError
        When the file is not a model, is damaged, or is of a newer version.
    """
    return run_to_end(jobs.open_model(Path(path).expanduser()))


def fit_model(brain: Dataset, model: str = "voxel", **parameters: Any) -> FittedModel:
    """Fit a model of the catalog to the experiments of a brain.

    Parameters
    ----------
    brain : Dataset
        From :func:`open_brain`.
    model : str
        Name in the catalog, such as "voxel" or "homogeneous".
    **parameters
        As the form and ``fit --set`` take them; the others are at their defaults.

    Raises
    ------
    ModelError
        When there are no experiments, a parameter is refused, or the data do not allow the model.
    """
    _experiments(brain)
    return run_to_end(jobs.fit(brain, FitParams(model=model, values=parameters)))


def cortical_map(brain: Dataset, name: str = "dorsal") -> CorticalView:
    """A map of the cortex of a brain: read where there are path files, else computed and kept.

    Parameters
    ----------
    brain : Dataset
        From :func:`open_brain` or :func:`open_model`.
    name : str
        "top" or "dorsal".

    Raises
    ------
    DataError
        When a path file is damaged, or belongs to another atlas.
    AtlasError
        When there is no cortex, or no map of that name.
    """
    views = {one.view.name: one.view for one in run_to_end(jobs.brain_maps(brain))}
    if name not in views:
        raise AtlasError(f"A map of the cortex was expected ({', '.join(views)}); {name!r} came.")
    return views[name]


def map_image(
    answer: ShownAnswer,
    view: CorticalView,
    *,
    aggregate: Aggregate = "mean",
    depth: tuple[float, float] = (0.0, 1.0),
) -> npt.NDArray[np.float32]:
    """An answer on a map of the cortex.

    Parameters
    ----------
    answer : Prediction or VoxelValues
        What is shown.
    view : CorticalView
        From :func:`cortical_map`.
    aggregate : {"mean", "max", "sum"}
        What becomes of the values along a path from pia to white matter.
    depth : tuple of float
        Part of each path, 0 pia to 1 white matter.

    Returns
    -------
    ndarray of float32, shape (rows, columns)
        NaN where there is no path.
    """
    projector = FlatmapProjector(view, answer.mask, depth=depth, aggregate=aggregate)
    return projector.image(answer.vector, mirrored=answer.mirrored)


def experiment_summary(brain: Dataset) -> tuple[DivisionSummary, ...]:
    """How well the experiments of a brain cover each major division.

    Raises
    ------
    ModelError
        When the brain has no experiments.
    """
    return run_to_end(summary_of_experiments(_experiments(brain), brain.atlas))


def weight_statistics(
    matrix: RegionalMatrix,
    *,
    atlas: Atlas | None = None,
    within: Sequence[int] = (),
    side: Side = "ipsi",
    measure: Measure = "normalized_connection_density",
) -> WeightStatistics:
    """Distribution of the weights of some connections; with an atlas also by distance.

    Parameters
    ----------
    matrix : RegionalMatrix
        Any.
    atlas : Atlas, optional
        Tells how far apart regions are.
    within : sequence of int
        Structures that source and target both lie in; by default the whole brain.
    side : {"ipsi", "contra"}
        Side of the targets.
    measure : Measure
        What a weight is.

    Raises
    ------
    ModelError
        When there are too few connections, or all are alike.
    """
    params = checked(StatisticsParams, within=tuple(within), side=side, measure=measure)
    return run_to_end(statistics_job(matrix, params, atlas))


def cross_validate(
    brain: Dataset, models: Sequence[str] = ("voxel", "homogeneous"), **options: Any
) -> ValidationResult:
    """Score models on experiments that they were not fitted to.

    Parameters
    ----------
    brain : Dataset
        From :func:`open_brain`.
    models : sequence of str
        Names in the catalog.
    **options
        ``values`` (texts ``MODEL.NAME=VALUE,...``: of several values every fold chooses one),
        ``folds`` ("loo" or K), ``seed``, ``power_to_predict``, ``n_jobs``; see
        :class:`~napari_connectome.core.validation.CrossValidation`.

    Raises
    ------
    ModelError
        When there is nothing to hold out, or a model, parameter or option is refused.
    """
    params = checked(ValidationParams, models=tuple(models), **options)
    return run_to_end(validation_of(brain, params).job())


def answers_at(
    model: FittedModel,
    path: SourcePath,
    *,
    direction: Direction = "anterograde",
    like: Source | None = None,
) -> PathAnswers:
    """Ask a model about every place of a path.

    Parameters
    ----------
    model : FittedModel
        What is asked.
    path : SourcePath
        The places, in either hemisphere.
    direction : {"anterograde", "retrograde"}
        Where they project to, or what projects onto them.
    like : Source, optional
        A sphere or Gaussian whose size the source has; by default it is a voxel.

    Raises
    ------
    SourceError
        When a place has no voxel that the model can answer for.
    """
    return run_to_end(answers_along(model, path, direction=direction, like=like))


def _experiments(brain: Dataset) -> ExperimentSet:
    if brain.experiments is None:
        raise ModelError(
            f"{brain.title} has no experiments. Open a cache folder that holds experiment "
            "volumes, or the demo brain."
        )
    return brain.experiments


def checked(params: type[AnyParams], **values: Any) -> AnyParams:
    """Parameters of a request, or what is wrong with the first one that is refused.

    Raises
    ------
    ModelError
        Naming it.
    """
    try:
        return params(**values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        raise ModelError(f"{name}: {first['msg']}; {first['input']!r} came.") from None
