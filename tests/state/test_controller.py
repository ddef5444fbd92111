"""The controller: what clears what, the newest request wins, one job at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from napari_connectome.core.sources import VoxelSource
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import DatasetParams, FitParams
from napari_connectome.state.runner import ImmediateRunner

VISP = VoxelSource((8750.0, 1250.0, 8350.0))


class HeldRunner(ImmediateRunner):
    """Keeps every request until the test lets it go, like a busy thread."""

    def __init__(self) -> None:
        self.held: list[Callable[[], None]] = []
        self.cancelled: list[Callable[[], None]] = []

    def start(self, job: Any, **callbacks: Any) -> Any:
        self.held.append(lambda: super(HeldRunner, self).start(job, **callbacks))
        self.cancelled.append(callbacks["on_cancelled"])
        return self

    def cancel(self) -> None:
        self.held.pop()
        self.cancelled.pop()()

    def call(self, function: Any, **callbacks: Any) -> None:
        self.held.append(lambda: super(HeldRunner, self).call(function, **callbacks))

    def release(self) -> None:
        self.held.pop(0)()


@pytest.fixture
def fitted(small_brain: Path) -> tuple[ExplorerState, Controller]:
    state = ExplorerState()
    controller = Controller(state, ImmediateRunner())
    controller.load(DatasetParams(path=small_brain), then_fit=True)
    assert state.error is None
    return state, controller


def test_load_fit_and_predict(fitted: tuple[ExplorerState, Controller]) -> None:
    state, _ = fitted
    state.source = VISP
    assert state.prediction is not None
    assert state.prediction.source == VISP
    assert state.prediction.vector.sum() > 0
    assert state.job is None


def test_a_new_dataset_clears_model_and_prediction(
    fitted: tuple[ExplorerState, Controller], small_brain: Path
) -> None:
    state, controller = fitted
    state.source = VISP
    controller.load(DatasetParams(path=small_brain))
    assert state.model is None
    assert state.prediction is None
    assert state.source is None


def test_a_failed_load_keeps_everything(
    fitted: tuple[ExplorerState, Controller], tmp_path: Path
) -> None:
    state, controller = fitted
    state.source = VISP
    before = (state.dataset, state.model, state.prediction)
    controller.load(DatasetParams(path=tmp_path))
    assert state.error is not None
    assert "manifest" in state.error
    assert (state.dataset, state.model, state.prediction) == before


def test_a_source_outside_the_brain_keeps_the_prediction(
    fitted: tuple[ExplorerState, Controller],
) -> None:
    state, _ = fitted
    state.source = VISP
    before = state.prediction
    state.source = VoxelSource((50.0, 50.0, 50.0))
    assert state.prediction is before
    assert state.error is not None
    assert "outside the brain" in state.error


def test_refitting_asks_again_for_the_source(fitted: tuple[ExplorerState, Controller]) -> None:
    state, controller = fitted
    state.source = VISP
    before = state.prediction
    state.fit_params = FitParams(model="voxel", values={"bandwidth_um": 2000.0})
    assert state.is_stale
    controller.fit()
    assert not state.is_stale
    assert state.prediction is not before
    assert before is not None
    assert state.prediction is not None
    assert not np.array_equal(state.prediction.vector, before.vector)


def test_refused_parameters_are_explained(fitted: tuple[ExplorerState, Controller]) -> None:
    state, controller = fitted
    model = state.model
    state.fit_params = FitParams(model="voxel", values={"bandwidth_um": -3})
    controller.fit()
    assert state.model is model
    assert state.error is not None
    assert "bandwidth_um must be" in state.error


def test_only_the_newest_waiting_source_is_computed(
    fitted: tuple[ExplorerState, Controller],
) -> None:
    state, _ = fitted
    runner = HeldRunner()
    other = ExplorerState()
    controller = Controller(other, runner)
    other.model = state.model
    shown = []
    other.events.prediction.connect(lambda p: shown.append(p.source))
    places = [VoxelSource((8750.0, 1250.0, ml)) for ml in (8000.0, 8200.0, 8400.0, 8600.0)]
    for place in places:
        other.source = place
    while runner.held:
        runner.release()
    assert shown == [places[0], places[-1]]
    controller.close()


def test_one_job_at_a_time_and_cancel_changes_nothing(small_brain: Path) -> None:
    runner = HeldRunner()
    state = ExplorerState()
    controller = Controller(state, runner)
    controller.load(DatasetParams(path=small_brain))
    assert state.job is not None
    controller.fit()
    controller.load(DatasetParams(path=small_brain))
    assert state.notice is not None
    assert "still running" in state.notice
    assert len(runner.held) == 1
    controller.cancel()
    assert state.job is None
    assert state.dataset is None
    assert state.notice.endswith("cancelled.")


def test_fit_without_data_says_what_to_do() -> None:
    state = ExplorerState()
    Controller(state, ImmediateRunner()).fit()
    assert state.error is not None
    assert "open the demo brain" in state.error


def test_save_and_open_predict_the_same(
    fitted: tuple[ExplorerState, Controller], tmp_path: Path
) -> None:
    state, controller = fitted
    state.source = VISP
    before = state.prediction
    file = tmp_path / "model.h5"
    controller.save_model(file)
    assert not state.dataset.of_model
    controller.open_model(file)
    assert state.error is None
    assert state.dataset.of_model
    state.source = VISP
    assert before is not None
    assert state.prediction is not None
    np.testing.assert_array_equal(state.prediction.vector, before.vector)


def test_changes_made_together_are_told_once_and_whole() -> None:
    state = ExplorerState()
    seen: list[tuple[str, object, object]] = []
    state.events.notice.connect(lambda _: seen.append(("notice", state.notice, state.log_scale)))
    state.events.log_scale.connect(lambda _: seen.append(("log", state.notice, state.log_scale)))
    with state.together():
        state.notice = "first"
        with state.together():
            state.log_scale = True
        state.notice = "last"
        assert not seen
    assert seen == [("log", "last", True), ("notice", "last", True)]
    state.notice = "alone"
    assert seen[-1] == ("notice", "alone", True)


def test_fields_are_told_in_the_order_in_which_they_stand() -> None:
    state = ExplorerState()
    told: list[str] = []
    names = ("notice", "model", "movie", "dataset", "log_scale")
    for name in names:
        state.events[name].connect(lambda _, name=name: told.append(name))
    with state.together():
        for name in names:
            state.events[name].emit(None)
    assert told == ["log_scale", "movie", "dataset", "model", "notice"]
