"""The one object that every view observes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from psygnal import EventedModel
from pydantic import ConfigDict, PrivateAttr

from napari_connectome.core.analysis.data_summary import DivisionSummary
from napari_connectome.core.analysis.weight_statistics import WeightStatistics
from napari_connectome.core.completion.curve import Curve
from napari_connectome.core.evidence import SupportMaps
from napari_connectome.core.models.catalog import CATALOG
from napari_connectome.core.models.fitted import Direction, FittedModel, Prediction
from napari_connectome.core.path_answers import PathAnswers
from napari_connectome.core.regional_matrix import RegionalMatrix
from napari_connectome.core.spline.model_factors import FactorPair
from napari_connectome.data.source_files import NamedSource
from napari_connectome.state.completion_values import Completed
from napari_connectome.state.evidence_values import (
    AnswerEvidence,
    CellEvidence,
    Compared,
    ComparedSide,
    Kept,
    ShownExperiment,
    SupportKind,
)
from napari_connectome.state.params import (
    CompletionParams,
    DatasetParams,
    DrawingParams,
    FitParams,
    MapParams,
    MatrixParams,
    Selection,
    StatisticsParams,
    ValidationParams,
)
from napari_connectome.state.recording.steps import Step
from napari_connectome.state.site_values import HypotheticalSupport, RankedSites
from napari_connectome.state.validation_values import Validated
from napari_connectome.state.values import BrainMap, Dataset, JobStatus, ShownMatrix


class ExplorerState(EventedModel):
    """What was asked, and what came of it.

    Views write intent; only the controller writes results. Results are frozen
    and compared by identity. Everything is changed on the main thread, since
    the signals run in the thread that makes the change.

    Attributes
    ----------
    fit_params : FitParams
        Intent: what the model form shows.
    source : Source or None
        Intent: the place that is asked about.
    direction : {"anterograde", "retrograde"}
        Intent: whether it is asked where that place projects to, or what projects onto it.
    dragging : bool
        Intent: whether the source is being dragged (contrast limits stay put meanwhile).
    drawing : bool
        Intent: whether the source changes with a stroke of a pen.
    selection : Selection
        Intent: structures, and perhaps one connection, selected in any view.
    only_selected : bool
        Intent: whether only selected structures are shown and can be picked.
    picking : bool
        Intent: whether clicks in the canvas move the source.
    log_scale, lock_limits : bool
        Intent: how the projection is shown.
    map_params, matrix_params : MapParams, MatrixParams
        Intent: how the map of the cortex and the regional matrix are shown.
    drawing_params : DrawingParams
        Intent: how drawings become sources.
    bregma_um : tuple of float or None
        Intent: where bregma is taken to be, CCF AP, DV, ML in µm; None: nobody has said.
    named_sources : tuple of NamedSource
        Intent: sources that were kept, in the order of the list.
    done : tuple of Step
        Result: what a person has done, without what later steps have superseded.
    steps : tuple of int
        Result: how many questions lie behind the present one, and ahead after going back.
    support_shown : {"off", "distance", "effective"}
        Intent: which support is shown in the volume.
    experiment : int or None
        Intent: the experiment that is selected in any view.
    compared_side : {"b", "a", "difference"}
        Intent: which of two compared answers is shown.
    frame : int or None
        Intent: the frame of the movie that is looked at; None while it is the present answer.
    follow : bool
        Intent: whether the slices go with the source of the movie.
    site : tuple of (float, float, float) or None
        Intent: the ranked place in µm that is looked at.
    hypothetical : tuple of (float, float, float)
        Intent: injections in µm that nobody has made yet, as if they were among the experiments.
    statistics_params : StatisticsParams
        Intent: which connections the statistics of weights are about.
    validation_params : ValidationParams
        Intent: what to cross-validate.
    completion_params : CompletionParams
        Intent: which matrix to complete, what of it is observed, and how.
    factor_pair : FactorPair or None
        Intent: the pair of factors whose patterns are shown in the volume.
    limits : tuple of float
        Contrast limits of the projection, in its unit.
    dataset, model, prediction, job : optional
        Results.
    maps : tuple of BrainMap
        Result: maps of the cortex of the present brain; made when a view asks for them.
    matrix : RegionalMatrix or None
        Result: of the present model, or of a file; made when a view asks for it.
    shown_matrix : ShownMatrix or None
        Result: `matrix` as `matrix_params` ask for it.
    contributions, cell : AnswerEvidence or None, CellEvidence or None
        Results: the experiments behind the answer, and behind the selected connection.
    support : SupportMaps or None
        Result: the evidence behind every voxel of the model.
    measured : tuple of ShownExperiment
        Result: the experiments whose volumes are shown.
    kept, compared : Kept or None, Compared or None
        Results: what answers are compared with, and how the present one compares.
    movie : PathAnswers or None
        Result: the answers along a path.
    sites : RankedSites or None
        Result: where further injections would help most.
    hypothetical_support : HypotheticalSupport or None
        Result: what the hypothetical injections change.
    compared_matrix : RegionalMatrix or None
        Result: what is shown in place of `matrix` while two models are compared.
    difference_limits : tuple of float
        Result: contrast limits of a difference, symmetric about 0.
    statistics : WeightStatistics or None
        Result: of the connections that `statistics_params` ask for.
    data_summary : tuple of DivisionSummary
        Result: how well the experiments cover each division.
    completion, completion_curve : Completed or None, Curve or None
        Results: a completed matrix, and its error by observed fraction.
    completion_series : tuple of Completed
        Result: the matrix completed with more and more of it removed.
    validation : Validated or None
        Result: of the last cross-validation of the present data, whole or partial.
    no_statistics, no_data_summary : str or None
        Result: why there are none, in words.
    no_maps, no_matrix, no_support : str or None
        Result: why there are none, in words.
    dataset_params, model_params : optional
        The requests that `dataset` and `model` answer.
    model_file : Path or None
        Result: the file that `model` was read from or saved to.
    error, notice : str or None
        Results: what to tell the person, None when there is nothing to say.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True, validate_assignment=True, extra="forbid"
    )

    fit_params: FitParams = FitParams()
    direction: Direction = "anterograde"
    source: Any = None
    dragging: bool = False
    drawing: bool = False
    selection: Selection = Selection()
    only_selected: bool = False
    picking: bool = True
    log_scale: bool = False
    lock_limits: bool = False
    limits: tuple[float, float] = (0.0, 1.0)
    map_params: MapParams = MapParams()
    matrix_params: MatrixParams = MatrixParams()
    drawing_params: DrawingParams = DrawingParams()
    bregma_um: tuple[float, float, float] | None = None
    named_sources: tuple[NamedSource, ...] = ()
    support_shown: SupportKind = "off"
    experiment: int | None = None
    compared_side: ComparedSide = "b"
    site: tuple[float, float, float] | None = None
    hypothetical: tuple[tuple[float, float, float], ...] = ()
    statistics_params: StatisticsParams = StatisticsParams()
    validation_params: ValidationParams = ValidationParams()
    completion_params: CompletionParams = CompletionParams()

    # Ahead of the data, like layers of a movie.
    factor_pair: FactorPair | None = None
    # Ahead of the data: layers of a movie have an axis more, and go before others come.
    movie: PathAnswers | None = None
    frame: int | None = None
    follow: bool = True
    dataset_params: DatasetParams | None = None
    dataset: Dataset | None = None
    model_params: FitParams | None = None
    model_file: Path | None = None
    model: FittedModel | None = None
    prediction: Prediction | None = None
    done: tuple[Step, ...] = ()
    steps: tuple[int, int] = (0, 0)
    no_maps: str | None = None
    maps: tuple[BrainMap, ...] = ()
    no_matrix: str | None = None
    matrix: RegionalMatrix | None = None
    shown_matrix: ShownMatrix | None = None
    contributions: AnswerEvidence | None = None
    cell: CellEvidence | None = None
    no_support: str | None = None
    support: SupportMaps | None = None
    measured: tuple[ShownExperiment, ...] = ()
    kept: Kept | None = None
    compared_matrix: RegionalMatrix | None = None
    difference_limits: tuple[float, float] = (-1.0, 1.0)
    compared: Compared | None = None
    sites: RankedSites | None = None
    hypothetical_support: HypotheticalSupport | None = None
    no_statistics: str | None = None
    statistics: WeightStatistics | None = None
    no_data_summary: str | None = None
    data_summary: tuple[DivisionSummary, ...] = ()
    validation: Validated | None = None
    completion: Completed | None = None
    completion_series: tuple[Completed, ...] = ()
    completion_curve: Curve | None = None
    job: JobStatus | None = None
    error: str | None = None
    notice: str | None = None

    _waiting: int = PrivateAttr(default=0)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make several changes that views hear of afterwards, once per field.

        They are told in the order in which the fields stand above, and find every
        field at its new value.
        """
        signals = [self.events[name] for name in type(self).model_fields]
        if not self._waiting:
            for signal in signals:
                signal.pause()
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1
            if not self._waiting:
                for signal in signals:
                    signal.resume(_latest)

    @property
    def is_stale(self) -> bool:
        """Whether the fitted model is not the one that the form asks for.

        A completed matrix never is: no form asks for it.
        """
        fitted = self.model_params
        return (
            self.model is not None
            and fitted != self.fit_params
            and (fitted is None or fitted.model in CATALOG)
        )


def _latest(before: tuple[Any, ...], after: tuple[Any, ...]) -> tuple[Any, ...]:
    """What is left of two changes of one field."""
    del before
    return after
