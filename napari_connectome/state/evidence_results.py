"""The evidence behind answers, made when a view asks for it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from napari_connectome.core.answers import Measured, measured
from napari_connectome.core.contributions import contributions, why_connection
from napari_connectome.core.errors import ConnectomeError, ModelError
from napari_connectome.core.evidence import SupportMaps, support_maps_job
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.models.fitted import FittedModel, Prediction
from napari_connectome.core.regional_matrix import RegionalCell, RegionalMatrix
from napari_connectome.state.background import Background
from napari_connectome.state.evidence_values import AnswerEvidence, CellEvidence, ShownExperiment
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.newest import Newest
from napari_connectome.state.params import Connection
from napari_connectome.state.runner import Runner

log = logging.getLogger(__name__)
SAME_VALUE = 1e-4
"""Relative difference up to which a cell's value is the one that the model gives."""


class EvidenceResults:
    """Writes contributions, cells taken apart, support maps and measured volumes.

    Parameters
    ----------
    state : ExplorerState
        What is changed, on the thread that calls this object.
    runner : Runner
        Where questions are answered.
    """

    def __init__(self, state: ExplorerState, runner: Runner) -> None:
        self._state = state
        self._runner = runner
        self._contributions = Newest(runner, self._on_contributions, self._on_error)
        self._cell = Newest(runner, self._on_cell, self._on_error)
        self._support = Background(runner)
        state.events.support_shown.connect(self.need_support)
        state.events.model.connect(self.need_support)
        state.events.prediction.connect(self._turn_measured)

    @property
    def are_busy(self) -> bool:
        """Whether anything is in the making."""
        asked = self._contributions.is_busy or self._cell.is_busy
        return asked or self._support.is_running

    def close(self) -> None:
        """Stop everything."""
        events = self._state.events
        events.support_shown.disconnect(self.need_support)
        events.model.disconnect(self.need_support)
        events.prediction.disconnect(self._turn_measured)
        self._contributions.forget()
        self._cell.forget()
        self._support.stop()

    def forget_model(self) -> None:
        """Drop what the model's evidence is: it is another model."""
        for question in (self._contributions, self._cell):
            question.forget()
        self._support.stop()
        self._state.contributions = None
        self._state.cell = None
        self._state.no_support = None
        self._state.support = None

    def forget_data(self) -> None:
        """Drop everything: the brain is another one."""
        self.forget_model()
        self._state.experiment = None
        self._state.measured = ()

    def need_contributions(self) -> None:
        """Find the experiments behind the present answer, unless they are known."""
        state, prediction = self._state, self._state.prediction
        known = state.contributions
        if prediction is None or prediction.support is None:
            self._contributions.forget()
            state.contributions = None
        elif known is None or known.prediction is not prediction:
            experiments = self._experiments(prediction.model)
            self._contributions.ask(lambda: _contributions(prediction, experiments))

    def need_cell(self) -> None:
        """Take the selected cell of the matrix apart, unless that was done."""
        state = self._state
        connection, model, matrix = state.selection.connection, state.model, state.matrix
        if connection is None or model is None or matrix is None:
            self._cell.forget()
            state.cell = None
        elif not _is_of(state.cell, connection):
            self._cell.ask(lambda: _cell(model, matrix, connection))

    def need_support(self) -> None:
        """Make the support maps when they are asked for and not there."""
        state, model = self._state, self._state.model
        wanted = state.support_shown != "off" and model is not None
        if not wanted or state.support is not None or self._support.is_running:
            return

        def told(text: str) -> None:
            state.no_support = text

        def made(maps: SupportMaps) -> None:
            with state.together():
                state.no_support = None
                state.support = maps

        if model is not None:
            self._support.start(support_maps_job(model), "Support of the model", told, made)

    def replace_support(self, maps: SupportMaps | None) -> None:
        """Show other support maps than the model's; None goes back to the model's own."""
        self._support.stop()
        with self._state.together():
            self._state.no_support = None
            self._state.support = maps
        self.need_support()

    def toggle_measured(self, experiment_id: int) -> None:
        """Select an experiment and show what was measured in it; take it away when it is shown."""
        state, model = self._state, self._state.model
        with state.together():
            state.experiment = experiment_id
            kept = tuple(m for m in state.measured if m.experiment_id != experiment_id)
            if len(kept) < len(state.measured):
                state.measured = kept
                return
        if model is None:
            state.error = "Fit a model first: measured volumes are shown beside its answers."
            return
        question = measured_of(state, model, experiment_id)

        def found(one: Measured) -> None:
            if state.model is model and all(
                m.experiment_id != experiment_id for m in state.measured
            ):
                shown = ShownExperiment(one, _free_number(state.measured))
                state.measured = (*state.measured, shown)

        self._runner.call(question, on_result=found, on_error=self._on_error)

    def _experiments(self, model: FittedModel) -> ExperimentSet | None:
        """The experiments that a model was fitted to, when they are open."""
        dataset = self._state.dataset
        found = None if dataset is None else dataset.experiments
        fits = found is not None and np.isin(model.experiment_ids, found.ids).all()
        return found if fits else None

    def _turn_measured(self, prediction: Prediction | None) -> None:
        """Measured volumes lie on the side of the answer that they are looked at with."""
        shown = self._state.measured
        if prediction is None or all(m.measured.mirrored == prediction.mirrored for m in shown):
            return
        self._state.measured = tuple(
            replace(m, measured=replace(m.measured, mirrored=prediction.mirrored)) for m in shown
        )

    def _on_contributions(self, found: AnswerEvidence) -> None:
        self._state.contributions = found

    def _on_cell(self, found: CellEvidence) -> None:
        self._state.cell = found

    def _on_error(self, error: Exception) -> None:
        if isinstance(error, ConnectomeError):
            self._state.error = str(error)
        else:
            log.error("Evidence failed", exc_info=error)
            self._state.error = f"The evidence could not be found: {type(error).__name__}: {error}"


def measured_of(
    state: ExplorerState, model: FittedModel, experiment_id: int
) -> Callable[[], Measured]:
    """A question for what was measured in an experiment, on the side of the present answer.

    The open data are asked where they hold it: not every model keeps projections.
    """
    mirrored = state.prediction is not None and state.prediction.mirrored
    experiments = experiments_with(state, experiment_id)
    return lambda: measured(model, experiment_id, experiments=experiments, mirrored=mirrored)


def experiments_with(state: ExplorerState, experiment_id: int) -> ExperimentSet | None:
    """The open experiments, when one of them is asked about."""
    open_data = None if state.dataset is None else state.dataset.experiments
    return open_data if open_data is not None and experiment_id in open_data.ids else None


def _contributions(prediction: Prediction, experiments: ExperimentSet | None) -> AnswerEvidence:
    found = contributions(prediction.model, prediction.source, experiments)
    return AnswerEvidence(prediction, found)


def _free_number(shown: tuple[ShownExperiment, ...]) -> int:
    """The first colour that no volume has."""
    taken = {one.color_number for one in shown}
    return next(number for number in range(len(taken) + 1) if number not in taken)


def _is_of(known: CellEvidence | None, connection: Connection) -> bool:
    if known is None:
        return False
    cell = known.cell
    shown = (cell.source_id, cell.target_id, cell.side)
    return shown == (connection.source_id, connection.target_id, connection.side)


def _cell(model: FittedModel, matrix: RegionalMatrix, connection: Connection) -> CellEvidence:
    """A cell with its experiments; words alone where the model has none for it."""
    cell = matrix.cell(connection.source_id, connection.target_id, connection.side)
    try:
        found = why_connection(model, cell.source_id, cell.target_id, cell.side)
    except ModelError as error:
        return CellEvidence(cell, None, str(error))
    words = found.explanation
    if not _is_the_models(cell, found.value):
        words = (
            f"The cell is from {matrix.origin}, not from the model, which gives "
            f"{found.value:.3g} as normalised connection density. The experiments are the model's."
        )
    return CellEvidence(cell, found, words)


def _is_the_models(cell: RegionalCell, value: float) -> bool:
    shown = cell.values.get("normalized_connection_density", np.nan)
    return bool(abs(shown - value) <= SAME_VALUE * abs(value))
