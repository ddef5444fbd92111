"""Two answers beside each other: a kept one and the present one, or measured and held out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from napari_connectome.core.comparison import compare
from napari_connectome.core.errors import ConnectomeError, ModelError
from napari_connectome.core.hold_out import HeldOut, hold_out_job
from napari_connectome.core.models.fitted import FittedModel, Prediction
from napari_connectome.core.progress import Job
from napari_connectome.state import jobs
from napari_connectome.state.evidence_results import experiments_with, measured_of
from napari_connectome.state.evidence_values import Compared, Kept, ShownAnswer
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.newest import Newest
from napari_connectome.state.recording.comparing import (
    Compare,
    HoldOut,
    KeepAnswer,
    KeepMeasured,
    KeepModel,
)
from napari_connectome.state.recording.record import record
from napari_connectome.state.recording.steps import Forget, Step
from napari_connectome.state.runner import Runner

log = logging.getLogger(__name__)


class Start(Protocol):
    """How what a person asks for is started: one at a time, with progress and cancel."""

    def __call__(
        self,
        kind: str,
        title: str,
        make_job: Callable[[], Job[Any]],
        done: Callable[[Any], None],
        stopped: Callable[[], None] = ...,
        /,
    ) -> None:
        """Start a job and take its result; `stopped` is called when it ends without one."""


class ComparisonResults:
    """Keeps an answer or a model as A, compares the answers that come with it, holds out.

    Parameters
    ----------
    state : ExplorerState
        What is changed, on the thread that calls this object.
    runner : Runner
        Where answers are compared.
    start : callable
        Starts what takes longer.
    """

    def __init__(self, state: ExplorerState, runner: Runner, start: Start) -> None:
        self._state = state
        self._runner = runner
        self._start = start
        self._newest = Newest(runner, self._show, self._on_error)
        state.events.model.connect(self._on_model)
        state.events.prediction.connect(self._compare)

    @property
    def is_busy(self) -> bool:
        """Whether a comparison is in the making."""
        return self._newest.is_busy

    def close(self) -> None:
        """Stop everything."""
        self._state.events.model.disconnect(self._on_model)
        self._state.events.prediction.disconnect(self._compare)
        self._newest.forget()

    def forget(self) -> None:
        """Drop A and the comparison."""
        self._newest.forget()
        self._state.kept = None
        self._state.compared = None

    def drop(self) -> None:
        """End the comparison; the present answer is shown again, with limits of its own."""
        state = self._state
        record(state, Forget(frozenset({"kept", "kept_model", "held_out", "comparison"})))
        with state.together():
            self.forget()
            state.compared_side = "b"
            if state.prediction is not None and not state.lock_limits:
                state.limits = state.prediction.limits

    def keep(self) -> None:
        """Keep what is shown as A: the present answer, or the held-out prediction."""
        state = self._state
        shown: ShownAnswer | None = state.prediction
        held_out = None if state.compared is None else state.compared.held_out
        if held_out is not None:
            shown = held_out.predicted
        if shown is None:
            state.error = "There is no answer to keep yet: click a source first."
        else:
            self._keep(Kept("", answer=shown), KeepAnswer(held_out=held_out is not None))

    def keep_measured(self, experiment_id: int) -> None:
        """Keep what was measured in an experiment as A."""
        model = self._state.model
        if model is None:
            self._state.error = "Fit a model first: then its answers can be compared."
            return
        self._state.experiment = experiment_id
        held = experiments_with(self._state, experiment_id)
        self._runner.call(
            measured_of(self._state, model, experiment_id),
            on_result=lambda one: self._keep(
                Kept("", answer=one),
                KeepMeasured(experiment_id, from_data=held is not None, mirrored=one.mirrored),
            ),
            on_error=self._on_error,
        )

    def keep_model(self) -> None:
        """Keep the present model as A: another fit is then compared with it, source by source."""
        model = self._state.model
        if model is None:
            self._state.error = "There is no model to keep yet: fit one first."
        else:
            self._keep(Kept("the model that was fitted before", model=model), KeepModel())

    def open_model(self, path: Path) -> None:
        """Keep a saved model as A; it is asked about every source that the present one is."""

        def done(opened: tuple[Any, FittedModel]) -> None:
            other = opened[1]
            if self._is_of_this_brain(other):
                self._keep(Kept(path.name, model=other), KeepModel(path))
            else:
                self._state.error = (
                    f"{path.name} is a model of another brain ({other.atlas.name}, "
                    f"{other.atlas.resolution_um:g} µm). Choose one of the atlas that is open."
                )

        self._start("load", f"Opening {path.name}", lambda: jobs.open_model(path), done)

    def hold_out(self, experiment_id: int) -> None:
        """Predict an experiment from all the others, and compare with what was measured."""
        state, model, dataset = self._state, self._state.model, self._state.dataset
        experiments = None if dataset is None else dataset.experiments
        if model is None or experiments is None:
            state.error = (
                "Holding out needs a model and the experiments that it was fitted to: open the "
                "demo brain or a cache folder, and fit."
            )
            return
        state.experiment = experiment_id
        self._start(
            "hold_out",
            f"Predicting experiment {experiment_id} without it",
            lambda: hold_out_job(model, experiments, experiment_id),
            lambda found: self._show_held_out(found, HoldOut(experiment_id)),
        )

    def _show_held_out(self, found: HeldOut, step: HoldOut) -> None:
        record(self._state, step)
        self._newest.forget()
        with self._state.together():
            self._state.kept = None
            self._show(
                Compared(found.measured, found.predicted, found.comparison, held_out=found),
            )

    def _keep(self, kept: Kept, step: Step) -> None:
        record(self._state, step)
        with self._state.together():
            self._state.kept = kept
            self._state.compared = None
        self._compare()

    def _on_model(self) -> None:
        """What the model before has answered is no longer shown; A stays."""
        self._newest.forget()
        self._state.compared = None

    def _compare(self) -> None:
        """Compare A with the present answer; a new answer ends the show of a held-out one."""
        state, kept, prediction = self._state, self._state.kept, self._state.prediction
        if kept is None or prediction is None:
            self._newest.forget()
            state.compared = None
        else:
            self._newest.ask(lambda: _compared(kept, prediction))

    def _show(self, compared: Compared) -> None:
        state = self._state
        if compared.kept is not None:
            record(state, Compare(models=compared.kept.model is not None))
        with state.together():
            if not (state.dragging or state.lock_limits):
                state.limits = compared.comparison.limits
            if not state.dragging:
                state.difference_limits = compared.comparison.difference_limits
            state.compared = compared

    def _is_of_this_brain(self, model: FittedModel) -> bool:
        dataset = self._state.dataset
        if dataset is None:
            return False
        ours, theirs = dataset.atlas, model.atlas
        same_box = (ours.shape, ours.resolution_um) == (theirs.shape, theirs.resolution_um)
        return same_box and np.array_equal(ours.annotation, theirs.annotation)

    def _on_error(self, error: Exception) -> None:
        self._state.compared = None
        if isinstance(error, ConnectomeError):
            self._state.error = str(error)
        else:
            log.error("A comparison failed", exc_info=error)
            self._state.error = f"The comparison failed: {type(error).__name__}: {error}"


def _compared(kept: Kept, prediction: Prediction) -> Compared:
    answer = kept.answer
    if kept.model is not None:
        try:
            answer = kept.model.answer(prediction.source, prediction.direction)
        except ConnectomeError as error:
            raise ModelError(f"A, {kept.title}, cannot answer: {error}") from error
    if answer is None:
        raise ModelError("There is nothing to compare with. Keep an answer or a model as A.")
    return Compared(answer, prediction, compare(answer, prediction), kept=kept)
