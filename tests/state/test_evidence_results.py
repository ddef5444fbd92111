"""Evidence: made when asked for, equal to the core's numbers, dropped with what it was made of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from napari_connectome.core.answers import measured
from napari_connectome.core.sources import RegionSource, VoxelSource
from napari_connectome.data.regional_files import write_matrix
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import DatasetParams, FitParams, Selection
from napari_connectome.state.runner import ImmediateRunner

VISP, LGD = 385, 170
PLACE = VoxelSource((8750.0, 1250.0, 8350.0))
LEFT = VoxelSource((8750.0, 1250.0, 3050.0))


@pytest.fixture
def fitted(small_brain: Path) -> tuple[ExplorerState, Controller]:
    state = ExplorerState()
    controller = Controller(state, ImmediateRunner())
    controller.load(DatasetParams(path=small_brain), then_fit=True)
    return state, controller


def test_shares_sum_to_one_and_distances_are_those_of_the_centroids(
    fitted: tuple[ExplorerState, Controller],
) -> None:
    state, controller = fitted
    state.source = PLACE
    assert state.contributions is None, "nobody asked yet"
    controller.evidence.need_contributions()
    found = state.contributions
    assert found.prediction is state.prediction
    assert found.contributions.shares.sum() == pytest.approx(1.0)
    experiments, atlas = state.dataset.experiments, state.dataset.atlas
    voxel = np.array(atlas.index_of_um(PLACE.point_um))
    for experiment_id, distance in zip(
        found.contributions.experiment_ids.tolist(), found.contributions.distances_um, strict=True
    ):
        centroid = experiments.centroids[experiments.row_of(experiment_id)]
        expected = np.linalg.norm(centroid - voxel) * atlas.resolution_um
        assert distance == pytest.approx(expected, rel=1e-5)


def test_a_retrograde_answer_has_no_contributions(
    fitted: tuple[ExplorerState, Controller],
) -> None:
    state, controller = fitted
    state.source = PLACE
    controller.evidence.need_contributions()
    controller.ask(PLACE, "retrograde")
    controller.evidence.need_contributions()
    assert state.contributions is None


def test_a_cell_is_the_sum_of_its_experiments(fitted: tuple[ExplorerState, Controller]) -> None:
    state, controller = fitted
    controller.views.need_matrix()
    state.selection = Selection.of_connection(VISP, LGD, "ipsi")
    controller.evidence.need_cell()
    cell, found = state.cell.cell, state.cell.evidence
    value = cell.values["normalized_connection_density"]
    assert value > 0
    assert np.sum(found.weights * found.received) == pytest.approx(value, rel=1e-5)
    assert found.shares.sum() == pytest.approx(1.0)
    state.selection = Selection()
    controller.evidence.need_cell()
    assert state.cell is None


def test_a_cell_of_another_matrix_says_so(
    fitted: tuple[ExplorerState, Controller], tmp_path: Path
) -> None:
    state, controller = fitted
    file = tmp_path / "other.csv"
    file.write_text(",ipsi,contra\n,VISp,VISp\nVISp,1.5,0.5\n")
    controller.open_matrix(file)
    state.selection = Selection.of_connection(VISP, VISP, "ipsi")
    controller.evidence.need_cell()
    assert "other.csv" in state.cell.words


def test_support_maps_are_made_when_they_are_shown(
    fitted: tuple[ExplorerState, Controller],
) -> None:
    state, controller = fitted
    assert state.support is None
    state.support_shown = "distance"
    first = state.support
    assert first is not None
    state.support_shown = "effective"
    assert state.support is first
    state.fit_params = FitParams(values={"bandwidth_um": 900.0})
    controller.fit()
    assert state.support is not None
    assert state.support is not first


def test_measured_volumes_come_and_go_and_turn_with_the_answer(
    fitted: tuple[ExplorerState, Controller],
) -> None:
    state, controller = fitted
    state.source = PLACE
    chosen = int(state.prediction.support.experiment_ids[0])
    controller.evidence.toggle_measured(chosen)
    (shown,) = state.measured
    assert state.experiment == chosen
    np.testing.assert_array_equal(shown.measured.vector, measured(state.model, chosen).vector)
    assert not shown.measured.mirrored
    state.source = LEFT
    assert state.measured[0].measured.mirrored
    controller.evidence.toggle_measured(chosen)
    assert state.measured == ()


def test_a_model_of_regions_has_evidence_too(fitted: tuple[ExplorerState, Controller]) -> None:
    """It keeps no projections: what was measured comes from the open data."""
    state, controller = fitted
    state.fit_params = FitParams(model="homogeneous")
    controller.fit()
    assert state.error is None
    state.source = RegionSource((VISP,))
    controller.evidence.need_contributions()
    found = state.contributions.contributions
    assert found.shares.sum() == pytest.approx(1.0)
    assert np.isfinite(found.distances_um).all()
    chosen = int(found.experiment_ids[0])
    controller.evidence.toggle_measured(chosen)
    row = state.dataset.experiments.row_of(chosen)
    expected = state.dataset.experiments.projections[row]
    np.testing.assert_array_equal(state.measured[0].measured.vector, expected)
    controller.views.need_matrix()
    state.selection = Selection.of_connection(VISP, LGD, "ipsi")
    controller.evidence.need_cell()
    assert state.cell.evidence is None
    assert "no sum over experiments" in state.cell.words


def test_an_unknown_experiment_is_named(fitted: tuple[ExplorerState, Controller]) -> None:
    state, controller = fitted
    controller.evidence.toggle_measured(7)
    assert state.measured == ()
    assert "7" in state.error


def test_another_brain_drops_all_evidence(
    fitted: tuple[ExplorerState, Controller], small_brain: Path, tmp_path: Path
) -> None:
    state, controller = fitted
    controller.ask(RegionSource((VISP,)), "anterograde")
    controller.evidence.need_contributions()
    controller.views.need_matrix()
    write_matrix(tmp_path / "m.csv", state.matrix, "connection_density")
    state.selection = Selection.of_connection(VISP, LGD, "ipsi")
    controller.evidence.need_cell()
    controller.evidence.toggle_measured(int(state.model.experiment_ids[0]))
    controller.load(DatasetParams(path=small_brain))
    assert (state.contributions, state.cell, state.measured) == (None, None, ())
    assert state.experiment is None
