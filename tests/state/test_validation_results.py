"""Cross-validations in the state: run, stopped, failed, refused, forgotten."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import DatasetParams, ValidationParams
from napari_connectome.state.runner import ImmediateRunner
from napari_connectome.widgets.validation import contents

QUICK = ValidationParams(folds=3, power_to_predict=False)


class StoppingRunner(ImmediateRunner):
    """Ends a cross-validation when it reaches the homogeneous model."""

    def __init__(self, error: Exception | None) -> None:
        self._error = error

    def start(self, job: Any, **callbacks: Any) -> Any:
        if callbacks["title"] == "Cross-validating":
            next(moment for moment in job if "Homogeneous" in moment.text)
            job.close()
            if self._error is None:
                callbacks["on_cancelled"]()
            else:
                callbacks["on_error"](self._error)
            return None
        return super().start(job, **callbacks)


def loaded(folder: Path, runner: ImmediateRunner) -> tuple[ExplorerState, Controller]:
    state = ExplorerState()
    controller = Controller(state, runner)
    controller.load(DatasetParams(path=folder))
    state.validation_params = QUICK
    return state, controller


def test_a_result_comes_with_its_tables(small_brain: Path) -> None:
    state, controller = loaded(small_brain, ImmediateRunner())
    controller.validation.run()
    found = state.validation
    assert state.error is None
    assert not found.result.partial
    assert [model.name for model in found.result.models] == ["voxel", "homogeneous"]
    count = len(state.dataset.experiments)
    assert len(found.experiments) == 2 * count
    assert set(found.folds["fold"]) == {0, 1, 2}
    assert contents.words(found).startswith(f"3 folds, {count} experiments. Voxel error: ")
    assert not controller.validation.is_busy


@pytest.mark.parametrize("error", [None, MemoryError("no room")])
def test_what_there_is_when_it_ends_early_is_kept(
    small_brain: Path, error: Exception | None
) -> None:
    state, controller = loaded(small_brain, StoppingRunner(error))
    controller.validation.run()
    found = state.validation
    assert found.result.partial
    count = len(state.dataset.experiments)
    assert f"voxel has predicted {count}, homogeneous has predicted 0." in contents.words(found)
    homogeneous = found.scores[found.scores["model"] == "homogeneous"]
    assert homogeneous["note"].str.contains("not reached").all()
    assert homogeneous["test"].isna().all()
    assert (state.error is None) == (error is None)


def test_requests_that_are_refused_leave_the_result_alone(small_brain: Path) -> None:
    state, controller = loaded(small_brain, ImmediateRunner())
    controller.validation.run()
    before = state.validation
    for params, message in (
        ({"values": ("homogeneous.ridge=-1",)}, "ridge must be a number"),
        ({"values": ("voxel.nonsense=1",)}, "has no parameter 'nonsense'"),
        ({"models": ()}, "At least one model"),
        ({"folds": 1}, "at least 2"),
    ):
        state.validation_params = QUICK.model_copy(update=params)
        controller.validation.run()
        assert message in state.error
        assert state.validation is before


def test_other_data_have_no_result_yet(small_brain: Path) -> None:
    state, controller = loaded(small_brain, ImmediateRunner())
    controller.validation.run()
    controller.load(DatasetParams(path=small_brain))
    assert state.validation is None


def test_without_data_it_says_what_to_do() -> None:
    state = ExplorerState()
    Controller(state, ImmediateRunner()).validation.run()
    assert "open the demo brain" in state.error
