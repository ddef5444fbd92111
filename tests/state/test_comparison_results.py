"""Comparisons: A stays, B comes and goes, and the numbers are the core's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from napari_connectome.core.hold_out import hold_out
from napari_connectome.core.io import save_model
from napari_connectome.core.scoring import mse_rel
from napari_connectome.core.sources import VoxelSource
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import DatasetParams, FitParams
from napari_connectome.state.runner import ImmediateRunner

PLACE = VoxelSource((8750.0, 1250.0, 8350.0))
OTHER = VoxelSource((8150.0, 1050.0, 8150.0))
LEFT = VoxelSource((8750.0, 1250.0, 3050.0))


@pytest.fixture
def asked(small_brain: Path) -> tuple[ExplorerState, Controller]:
    state = ExplorerState()
    controller = Controller(state, ImmediateRunner())
    controller.load(DatasetParams(path=small_brain), then_fit=True)
    state.source = PLACE
    return state, controller


def test_answers_are_compared_as_they_come(asked: tuple[ExplorerState, Controller]) -> None:
    state, controller = asked
    first = state.prediction
    controller.comparison.keep()
    assert state.compared.comparison.voxelwise.mse_rel == 0
    state.source = OTHER
    found = state.compared.comparison
    assert (state.compared.a, state.compared.b) == (first, state.prediction)
    np.testing.assert_array_equal(found.difference.vector, first.vector - state.prediction.vector)
    assert found.voxelwise.mse_rel == pytest.approx(mse_rel(first.vector, state.prediction.vector))
    assert state.limits == found.limits
    low, high = state.difference_limits
    assert low == -high < 0


def test_left_and_right_lie_side_by_side(asked: tuple[ExplorerState, Controller]) -> None:
    state, controller = asked
    right = state.prediction.volume()
    controller.comparison.keep()
    state.source = LEFT
    difference = state.compared.comparison.difference.volume()
    np.testing.assert_allclose(difference, right - state.prediction.volume(), atol=1e-7)


def test_limits_stay_while_dragging_and_when_locked(
    asked: tuple[ExplorerState, Controller],
) -> None:
    state, controller = asked
    controller.comparison.keep()
    limits, difference = state.limits, state.difference_limits
    state.dragging = True
    state.source = OTHER
    assert (state.limits, state.difference_limits) == (limits, difference)
    state.dragging = False
    state.lock_limits = True
    state.limits = (0.0, 5.0)
    state.source = LEFT
    assert state.limits == (0.0, 5.0)


def test_a_saved_model_answers_the_same_sources(
    asked: tuple[ExplorerState, Controller], tmp_path: Path
) -> None:
    state, controller = asked
    state.fit_params = FitParams(values={"bandwidth_um": 900.0})
    before = state.prediction
    save_model(state.model, tmp_path / "narrow.h5")
    controller.fit()
    controller.comparison.open_model(tmp_path / "narrow.h5")
    assert state.error is None
    assert state.kept.title == "narrow.h5"
    np.testing.assert_allclose(state.compared.a.vector, before.vector, rtol=1e-6)
    state.source = OTHER
    assert state.compared.a.source == OTHER
    assert state.compared.comparison.voxelwise.mse_rel > 0


def test_a_kept_model_outlives_the_next_fit(asked: tuple[ExplorerState, Controller]) -> None:
    state, controller = asked
    before = state.prediction
    controller.comparison.keep_model()
    state.fit_params = FitParams(values={"bandwidth_um": 900.0})
    controller.fit()
    np.testing.assert_array_equal(state.compared.a.vector, before.vector)
    assert state.compared.comparison.voxelwise.mse_rel > 0


def test_the_matrices_of_two_models_are_compared(
    asked: tuple[ExplorerState, Controller],
) -> None:
    state, controller = asked
    controller.views.need_matrix()
    first = state.matrix
    controller.comparison.keep_model()
    state.fit_params = FitParams(values={"bandwidth_um": 900.0})
    controller.fit()
    controller.views.need_matrix()
    second = state.matrix
    assert state.shown_matrix.matrix.strength is not first.strength
    measure = state.shown_matrix.measure

    state.compared_side = "a"
    np.testing.assert_array_equal(state.shown_matrix.matrix.values(measure), first.values(measure))
    state.compared_side = "difference"
    np.testing.assert_allclose(
        state.shown_matrix.matrix.values(measure),
        first.values(measure) - second.values(measure),
        atol=1e-12,
    )
    assert np.nanmin(state.shown_matrix.matrix.strength) < 0

    # Another order moves the same cells, those of A, B and the difference alike.
    state.matrix_params = state.matrix_params.model_copy(update={"order": "clustered"})
    ordered = state.shown_matrix.matrix
    state.compared_side = "b"
    np.testing.assert_array_equal(state.shown_matrix.matrix.source_ids, ordered.source_ids)
    assert state.compared_matrix is None


def test_answers_of_one_model_leave_its_matrix(asked: tuple[ExplorerState, Controller]) -> None:
    state, controller = asked
    controller.views.need_matrix()
    shown = state.shown_matrix
    controller.comparison.keep()
    state.compared_side = "difference"
    assert state.shown_matrix is shown


def test_a_file_that_is_no_model_leaves_the_comparison(
    asked: tuple[ExplorerState, Controller], tmp_path: Path
) -> None:
    state, controller = asked
    controller.comparison.keep()
    shown = state.compared
    bad = tmp_path / "bad.h5"
    bad.write_bytes(b"not a model")
    controller.comparison.open_model(bad)
    assert "bad.h5" in state.error
    assert state.compared is shown


def test_a_held_out_experiment_is_the_cores(asked: tuple[ExplorerState, Controller]) -> None:
    state, controller = asked
    chosen = int(state.model.experiment_ids[5])
    controller.comparison.hold_out(chosen)
    expected = hold_out(state.model, state.dataset.experiments, chosen)
    shown = state.compared.held_out
    assert shown.voxel_mse_rel == pytest.approx(expected.voxel_mse_rel, rel=1e-6)
    assert shown.regional_mse_rel == pytest.approx(expected.regional_mse_rel, rel=1e-6)
    np.testing.assert_allclose(shown.residual.vector, expected.residual.vector, atol=1e-9)
    assert state.experiment == chosen

    # What was predicted without it can be kept; the next answer ends the show.
    controller.comparison.keep()
    assert state.kept.answer is shown.predicted
    assert state.compared.b is state.prediction
    controller.comparison.hold_out(chosen)
    state.source = OTHER
    assert state.compared is None


def test_measured_against_the_model(asked: tuple[ExplorerState, Controller]) -> None:
    state, controller = asked
    chosen = int(state.prediction.support.experiment_ids[0])
    controller.comparison.keep_measured(chosen)
    assert state.kept.answer.experiment_id == chosen
    assert state.compared.comparison.voxelwise.correlation > 0


def test_holding_out_without_data_says_what_to_do(
    asked: tuple[ExplorerState, Controller], tmp_path: Path
) -> None:
    state, controller = asked
    save_model(state.model, tmp_path / "model.h5")
    controller.open_model(tmp_path / "model.h5")
    controller.comparison.hold_out(1)
    assert "open the demo brain or a cache folder" in state.error
    assert state.compared is None


def test_ending_a_comparison(asked: tuple[ExplorerState, Controller]) -> None:
    state, controller = asked
    controller.comparison.keep()
    state.compared_side = "difference"
    controller.comparison.drop()
    assert (state.kept, state.compared, state.compared_side) == (None, None, "b")
    assert state.prediction is not None
