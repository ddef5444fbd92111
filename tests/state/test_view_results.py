"""Maps and matrix: made when asked for, dropped with what they were made of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from napari_connectome.core.sources import RegionSource, VoxelSource
from napari_connectome.core.targets import rank_targets
from napari_connectome.data.regional_files import write_matrix
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import DatasetParams, FitParams, MatrixParams, Selection
from napari_connectome.state.runner import ImmediateRunner

VISP = 385
PLACE = VoxelSource((8750.0, 1250.0, 8350.0))


@pytest.fixture
def fitted(small_brain: Path) -> tuple[ExplorerState, Controller]:
    state = ExplorerState()
    controller = Controller(state, ImmediateRunner())
    controller.load(DatasetParams(path=small_brain), then_fit=True)
    return state, controller


def test_nothing_is_made_before_it_is_needed(fitted: tuple[ExplorerState, Controller]) -> None:
    state, _ = fitted
    assert state.maps == ()
    assert state.matrix is None


def test_maps_are_made_once(fitted: tuple[ExplorerState, Controller]) -> None:
    state, controller = fitted
    controller.views.need_maps()
    maps = state.maps
    assert [m.view.name for m in maps] == ["top", "dorsal"]
    assert state.no_maps is None
    for shown in maps:
        assert VISP in shown.region_ids
    controller.views.need_maps()
    assert state.maps is maps


def test_another_brain_drops_maps_and_matrix(
    fitted: tuple[ExplorerState, Controller], small_brain: Path
) -> None:
    state, controller = fitted
    controller.views.need_maps()
    controller.views.need_matrix()
    state.selection = Selection(ids=(VISP,))
    controller.load(DatasetParams(path=small_brain))
    assert state.maps == ()
    assert (state.matrix, state.shown_matrix) == (None, None)
    assert state.selection == Selection()


def test_a_new_fit_drops_the_matrix(fitted: tuple[ExplorerState, Controller]) -> None:
    state, controller = fitted
    controller.views.need_matrix()
    first = state.shown_matrix
    assert first is not None
    state.fit_params = FitParams(values={"bandwidth_um": 900.0})
    controller.fit()
    assert state.matrix is None
    controller.views.need_matrix()
    assert state.shown_matrix is not None
    assert not np.array_equal(
        state.shown_matrix.matrix.strength, first.matrix.strength, equal_nan=True
    )


def test_the_matrix_is_shown_as_it_is_asked_for(
    fitted: tuple[ExplorerState, Controller],
) -> None:
    state, controller = fitted
    controller.views.need_matrix()
    shown = []
    state.events.shown_matrix.connect(shown.append)
    state.matrix_params = MatrixParams(log=False)
    assert not shown, "colours alone need no other matrix"
    state.matrix_params = MatrixParams(order="clustered", measure="connection_strength")
    assert len(shown) == 1
    assert shown[0].measure == "connection_strength"
    ours, theirs = shown[0].matrix, state.matrix
    assert sorted(ours.source_ids.tolist()) == sorted(theirs.source_ids.tolist())
    assert ours.source_ids.tolist() != theirs.source_ids.tolist()
    for row, column in [(0, 0), (3, 200), (17, 40)]:
        source, target = int(ours.source_ids[row]), int(ours.target_ids[column])
        side = "contra" if ours.contra[column] else "ipsi"
        there = theirs.row_of(source), theirs.column_of(target, side)
        assert ours.strength[row, column] == pytest.approx(theirs.strength[there], nan_ok=True)


def test_a_column_is_what_a_region_receives(fitted: tuple[ExplorerState, Controller]) -> None:
    """The retrograde answer for a whole region holds the numbers of its two columns."""
    state, controller = fitted
    controller.views.need_matrix()
    controller.ask(RegionSource((VISP,)), "retrograde")
    assert state.prediction is not None
    assert state.prediction.direction == "retrograde"
    matrix, values = state.matrix, state.matrix.values("normalized_connection_density")
    ranked = rank_targets(state.prediction)
    assert {r.hemisphere for r in ranked} == {"ipsi", "contra"}
    voxel_mm3 = state.dataset.atlas.voxel_volume_mm3
    compared = {"ipsi": 0, "contra": 0}
    for sender in ranked:
        voxels = matrix.source_counts[matrix.row_of(sender.structure_id)]
        if round(sender.volume_mm3 / voxel_mm3) != voxels:
            continue  # the middle plane of this brain belongs to the right half alone
        compared[sender.hemisphere] += 1
        # What a region on the other side sends here, its twin sends to the other side.
        column = matrix.column_of(VISP, sender.hemisphere)
        expected = values[matrix.row_of(sender.structure_id), column]
        assert sender.mean_density == pytest.approx(expected, rel=1e-5)
    assert compared["ipsi"] > 50
    assert compared["contra"] > 30


def test_a_question_is_asked_once(fitted: tuple[ExplorerState, Controller]) -> None:
    state, controller = fitted
    answers = []
    state.events.prediction.connect(answers.append)
    controller.ask(PLACE, "retrograde")
    assert [a.direction for a in answers] == ["retrograde"]
    state.direction = "anterograde"
    assert [a.direction for a in answers] == ["retrograde", "anterograde"]
    assert [a.source for a in answers] == [PLACE, PLACE]


def test_a_matrix_from_a_file_takes_the_place_of_the_models(
    fitted: tuple[ExplorerState, Controller], tmp_path: Path
) -> None:
    state, controller = fitted
    controller.views.need_matrix()
    file = tmp_path / "matrix.csv"
    write_matrix(file, state.matrix, "connection_density")
    controller.open_matrix(file)
    assert state.error is None
    assert state.matrix_params.measure == "connection_density"
    assert state.shown_matrix.matrix.measures == ("connection_density",)


def test_a_bad_matrix_file_leaves_what_is_shown(
    fitted: tuple[ExplorerState, Controller], tmp_path: Path
) -> None:
    state, controller = fitted
    controller.views.need_matrix()
    shown = state.shown_matrix
    file = tmp_path / "bad.csv"
    file.write_text("a,b\n1\n")
    controller.open_matrix(file)
    assert state.error is not None
    assert "bad.csv" in state.error
    assert state.shown_matrix is shown


def test_a_brain_without_cortex_says_so(
    fitted: tuple[ExplorerState, Controller], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from napari_connectome.core.atlas import Atlas

    state, controller = fitted
    whole = state.dataset.atlas
    annotation = whole.annotation.copy()
    annotation[whole.divisions == 315] = 0
    atlas = Atlas(whole.tree, annotation, whole.resolution_um)
    state.dataset = replace(state.dataset, atlas=atlas, cortical_paths=None)
    controller.views.need_maps()
    assert state.maps == ()
    assert "cortex" in state.no_maps


def test_selection_of_a_connection_and_of_regions() -> None:
    selection = Selection.of_connection(10, 20, "contra")
    assert selection.ids == (10, 20)
    assert selection.toggled(10) == Selection(ids=(20,))
    assert selection.toggled(30).ids == (10, 20, 30)
    assert Selection.of_connection(10, 10, "ipsi").ids == (10,)
