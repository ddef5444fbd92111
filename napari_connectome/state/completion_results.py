"""Completions and their curve, made when a person asks for them."""

from __future__ import annotations

from collections.abc import Callable

from napari_connectome.core.completion.curve import Curve
from napari_connectome.core.errors import ModelError
from napari_connectome.core.measures import Measure
from napari_connectome.core.progress import Job
from napari_connectome.core.regional import regional_matrix_job
from napari_connectome.core.regional_matrix import RegionalMatrix
from napari_connectome.data.completion_files import LabelledMatrix
from napari_connectome.state.comparison_results import Start
from napari_connectome.state.completion_jobs import (
    completed_job,
    completed_matrix,
    preview_job,
    series_job,
    table_of_experiments,
    table_of_file,
    table_of_matrix,
    table_of_model,
)
from napari_connectome.state.completion_values import Completed
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import CompletionParams
from napari_connectome.state.recording.completing import (
    Complete,
    CompleteSeries,
    CompleteTable,
    DrawCurve,
)
from napari_connectome.state.recording.record import record
from napari_connectome.state.recording.regional import MakeMatrix, ShowCompleted

NO_MATRIX = (
    "There is no regional matrix to complete: fit a model, or open a matrix; or complete the "
    "experiments or a table."
)


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
    """

    def __init__(
        self,
        state: ExplorerState,
        start: Start,
        show_matrix: Callable[[RegionalMatrix], None],
    ) -> None:
        self._state, self._start, self._show_matrix = state, start, show_matrix
        self._latest: list[Curve] = []
        state.events.job.connect(self._show_latest)

    def close(self) -> None:
        """Stop observing."""
        self._state.events.job.disconnect(self._show_latest)

    def forget(self) -> None:
        """Drop results: the data are others."""
        self._state.completion = None
        self._state.completion_series = ()
        self._state.completion_curve = None

    def run(self) -> None:
        """Complete what the parameters ask for."""
        state, params = self._state, self._state.completion_params
        try:
            table = self._table(params)
        except ModelError as error:
            state.error = str(error)
            return

        step = CompleteTable(params, self._measure())

        def done(found: Completed) -> None:
            self._note(step)
            state.completion = found

        self._start("complete", "Completing", lambda: completed_job(table, params), done)

    def run_series(self) -> None:
        """Complete the matrix with more and more of it removed at random."""
        state, params = self._state, self._state.completion_params
        try:
            table = self._table(params)
        except ModelError as error:
            state.error = str(error)
            return

        step = CompleteSeries(params, self._measure())

        def done(found: tuple[Completed, ...]) -> None:
            self._note(step)
            state.completion_series = found

        self._start("complete", "Completing", lambda: series_job(table, params), done)

    def run_curve(self) -> None:
        """Draw the curve of the matrix, coarsely; one that was stopped is gone on with."""
        state, params = self._state, self._state.completion_params
        try:
            table = self._table(params)
        except ModelError as error:
            state.error = str(error)
            return
        self._latest.clear()
        begun, step = state.completion_curve, DrawCurve(params, self._measure())

        def done(found: Curve) -> None:
            self._note(step)
            state.completion_curve = found

        self._start(
            "curve",
            "Completing over and over",
            lambda: preview_job(table, self._latest, begun),
            done,
            self._show_latest,
        )

    def show_in_matrix(self) -> RegionalMatrix | None:
        """The completed model matrix in place of the one it was made of; None for another table."""
        state, found = self._state, self._state.completion
        present = state.matrix
        if found is None or present is None or found.completion.matrix.shape != present.shape:
            return None
        return completed_matrix(present, found, self._measure())

    def go_on_with_completed(self) -> None:
        """Show the completed matrix in place of the one it was made of."""
        matrix = self.show_in_matrix()
        if matrix is not None:
            record(self._state, ShowCompleted(self._measure()))
            self._show_matrix(matrix)

    def _measure(self) -> Measure:
        state = self._state
        asked = state.matrix_params.measure
        return asked if state.matrix is None else state.matrix.measure_or_first(asked)

    def _note(self, step: Complete) -> None:
        """A matrix that was made for this alone is one of the steps."""
        if step.params.matrix == "model" and self._state.matrix is None:
            record(self._state, MakeMatrix())
        record(self._state, step)

    def _table(self, params: CompletionParams) -> Job[LabelledMatrix]:
        state = self._state
        if params.matrix == "file":
            return table_of_file(params)
        if params.matrix == "experiments":
            return table_of_experiments(state.dataset)
        if state.matrix is not None:
            return table_of_matrix(state.matrix, self._measure())
        model = state.model
        if model is None:
            raise ModelError(NO_MATRIX)
        return table_of_model(regional_matrix_job(model), state.matrix_params.measure)

    def _show_latest(self) -> None:
        """Curves are drawn while they grow; jobs touch no state."""
        if self._latest and self._latest[-1] is not self._state.completion_curve:
            self._state.completion_curve = self._latest[-1]
