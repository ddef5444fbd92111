"""Completions and their curve, made when a person asks for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from napari_connectome.core.completion.curve import Curve
from napari_connectome.core.errors import ModelError
from napari_connectome.core.measures import Measure
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.progress import Job
from napari_connectome.core.regional import regional_matrix_job
from napari_connectome.core.regional_matrix import RegionalMatrix
from napari_connectome.state.comparison_results import Start
from napari_connectome.state.completion_jobs import (
    completed_job,
    model_job,
    series_job,
    table_curve_job,
)
from napari_connectome.state.completion_tables import (
    experiments_table_job,
    file_table_job,
    matrix_table_job,
    model_table_job,
)
from napari_connectome.state.completion_values import Completable, Completed
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import CompletionParams
from napari_connectome.state.recording.completing import (
    Complete,
    CompleteSeries,
    CompleteTable,
    DrawCurve,
    ShowCompleted,
    UseCompleted,
)
from napari_connectome.state.recording.record import record
from napari_connectome.state.recording.regional import MakeMatrix

NO_MATRIX = (
    "There is no regional matrix to complete: fit a model, or open a matrix; or complete the "
    "experiments or a table."
)
COMPLETING = "Completing"
NO_BRAIN = "A model lives in a brain: open one, then use the matrix as a model."
Result = TypeVar("Result")


class CompletionResults:
    """Completes matrices.

    Parameters
    ----------
    state : ExplorerState
        What is changed, on the thread that calls this object.
    start : callable
        Starts what a person asks for.
    show_matrix : callable
        Shows a regional matrix in place of the present one.
    install : callable
        Makes a model the present one.
    """

    def __init__(
        self,
        state: ExplorerState,
        start: Start,
        show_matrix: Callable[[RegionalMatrix], None],
        install: Callable[[FittedModel], None],
    ) -> None:
        self._state, self._start = state, start
        self._show_matrix, self._install = show_matrix, install
        self._latest: list[Curve] = []
        self._shown: tuple[RegionalMatrix, RegionalMatrix | None] | None = None
        state.events.job.connect(self._show_latest)

    def close(self) -> None:
        """Stop observing."""
        self._state.events.job.disconnect(self._show_latest)

    def forget(self) -> None:
        """Drop results: the data are others."""
        self._shown = None
        self._state.completion = None
        self._state.completion_series = ()
        self._state.completion_curve = None

    def run(self) -> None:
        """Complete what the parameters ask for."""
        state, params = self._state, self._state.completion_params
        step = CompleteTable(
            params, self._measure(), self._is_known, named=state.dataset is not None
        )

        def done(found: Completed) -> None:
            state.completion = found

        self._begin(
            step, "complete", "Completing", lambda table: completed_job(table, params), done
        )

    def run_series(self) -> None:
        """Complete the matrix with more and more of it removed at random."""
        state, params = self._state, self._state.completion_params
        step = CompleteSeries(params, self._measure(), self._is_known)

        def done(found: tuple[Completed, ...]) -> None:
            state.completion_series = found

        self._begin(step, "complete", COMPLETING, lambda table: series_job(table, params), done)

    def run_curve(self, *, whole: bool = False) -> None:
        """Draw the curve of the matrix, coarsely or whole; one that was stopped is gone on with."""
        state, params = self._state, self._state.completion_params
        self._latest.clear()
        begun = state.completion_curve
        step = DrawCurve(params, self._measure(), self._is_known, whole=whole)

        def done(found: Curve) -> None:
            state.completion_curve = found

        self._begin(
            step,
            "curve",
            "Completing over and over",
            lambda table: table_curve_job(table, self._latest, begun, whole=whole),
            done,
            self._show_latest,
        )

    def go_on_with_completed(self) -> None:
        """Show the completed matrix; the next completion begins with what it was made of."""
        found = self._state.completion
        if found is not None and found.regional is not None:
            record(self._state, ShowCompleted())
            self._shown = (found.regional, found.made_of)
            self._show_matrix(found.regional)

    def use_as_model(self) -> None:
        """Make the completed matrix the present model: overlay, map and matrix show it."""
        state, found, dataset = self._state, self._state.completion, self._state.dataset
        if found is None or found.regional is None or dataset is None:
            state.error = NO_BRAIN if found is None or not found.why_not else found.why_not
            return

        def done(model: FittedModel) -> None:
            record(state, UseCompleted())
            self._install(model)

        self._start(
            "model",
            "Making a model of the completed matrix",
            lambda: model_job(found, dataset),
            done,
        )

    def _begin(
        self,
        step: Complete,
        kind: str,
        title: str,
        make_job: Callable[[Job[Completable]], Job[Result]],
        done: Callable[[Result], None],
        stopped: Callable[[], None] = lambda: None,
    ) -> None:
        """Start a job on the table that the parameters ask for; its result is one of the steps."""
        try:
            table = self._table(self._state.completion_params)
        except ModelError as error:
            self._state.error = str(error)
            return

        def noted(found: Result) -> None:
            self._note(step)
            done(found)

        self._start(kind, title, lambda: make_job(table), noted, stopped)

    def _table(self, params: CompletionParams) -> Job[Completable]:
        state = self._state
        if params.matrix == "file":
            return file_table_job(params.path, state.dataset)
        if params.matrix == "experiments":
            return experiments_table_job(state.dataset)
        measure, matrix = state.matrix_params.measure, self._original()
        if matrix is not None:
            return matrix_table_job(matrix, measure)
        if state.model is None:
            raise ModelError(NO_MATRIX)
        return model_table_job(regional_matrix_job(state.model), measure)

    def _measure(self) -> Measure:
        asked, matrix = self._state.matrix_params.measure, self._original()
        return asked if matrix is None else matrix.measure_or_first(asked)

    def _note(self, step: Complete) -> None:
        """A matrix that was made for this alone is one of the steps."""
        if step.params.matrix == "model" and self._state.matrix is None:
            record(self._state, MakeMatrix())
        record(self._state, step)

    @property
    def _is_known(self) -> bool:
        """Whether the matrix that is shown is a completed one of which the original is kept."""
        shown = self._shown
        return shown is not None and self._state.matrix is shown[0] and shown[1] is not None

    def _original(self) -> RegionalMatrix | None:
        """The matrix that is there, or what the completed one that is shown was made of."""
        return self._shown[1] if self._shown is not None and self._is_known else self._state.matrix

    def _show_latest(self) -> None:
        """Curves are drawn while they grow; jobs touch no state."""
        if self._latest and self._latest[-1] is not self._state.completion_curve:
            self._state.completion_curve = self._latest[-1]
