"""Flatmap, matrix, chart, tree and volume share one selection and one source: real mouse events."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qtpy.QtCore import QPoint, Qt
from qtpy.QtWidgets import QApplication, QPushButton

from napari_connectome.core.sources import RegionSource, VoxelSource, from_record
from napari_connectome.data.regional_files import read_matrix
from napari_connectome.state.params import Selection
from napari_connectome.widgets.explorer import ExplorerWidget
from tests.story.gestures import canvas_of, cell_pixel, cortex_in_view, map_pixel, pixel_of

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning:napari.*")

VISP, LGD = 385, 170
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def views(explorer: ExplorerWidget, qtbot: Any) -> dict[str, Any]:
    """All views, open and filled."""
    explorer.views.open_first()
    explorer.state.source = VoxelSource(cortex_in_view(explorer))
    qtbot.waitUntil(lambda: explorer.is_complete, timeout=60_000)
    found = {name: explorer.views.docks.widget(name) for name in ("flatmap", "matrix", "targets")}
    qtbot.waitUntil(lambda: found["matrix"].isVisible(), timeout=5000)
    settle(qtbot, found)
    return found


def said(explorer: ExplorerWidget) -> str | None:
    """What the window tells the person."""
    return explorer.state.error or explorer.state.notice


def settle(qtbot: Any, views: dict[str, Any]) -> None:
    """Wait until nothing is drawn any more."""
    before = None
    while before != (now := [view.redraws for view in views.values()]):
        before = now
        qtbot.wait(150)


def row_and_column(views: dict[str, Any], source: int, target: int, side: str) -> tuple[int, int]:
    place = views["matrix"].content.place_of((source, target, side))
    assert place is not None
    return place


def test_a_cell_selects_its_regions_everywhere_once(
    explorer: ExplorerWidget, views: dict[str, Any], qtbot: Any
) -> None:
    state, matrix, flatmap = explorer.state, views["matrix"], views["flatmap"]
    told: list[Selection] = []
    state.events.selection.connect(told.append)
    before = {name: view.redraws for name, view in views.items()}
    pixel = cell_pixel(matrix, *row_and_column(views, VISP, LGD, "ipsi"))
    qtbot.mouseMove(matrix.picture.cells, pixel)
    qtbot.mouseClick(matrix.picture.cells, LEFT, pos=pixel)
    settle(qtbot, views)

    (selection,) = told
    connection = selection.connection
    assert connection is not None
    assert connection.side == "ipsi"
    source, target = connection.source_id, connection.target_id
    assert abs(row_and_column(views, source, target, "ipsi")[0] - pixel.y()) >= 0
    assert set(explorer.panels.region_tree.selected_ids()) == {source, target}
    shown = explorer.viewer.layers["Selected regions"].data
    atlas = state.dataset.atlas
    np.testing.assert_array_equal(shown > 0, atlas.structure_mask([source, target]))
    assert flatmap.redraws - before["flatmap"] == 1
    assert matrix.redraws - before["matrix"] <= 1
    # The chart stands behind the matrix: it draws when it is looked at.
    assert views["targets"].redraws == before["targets"]


def test_the_tree_selects_in_every_view(
    explorer: ExplorerWidget, views: dict[str, Any], qtbot: Any
) -> None:
    before = {name: view.redraws for name, view in views.items()}
    explorer.panels.region_tree.select((VISP,))
    explorer.panels.region_tree.selection_changed.emit((VISP,))
    settle(qtbot, views)
    assert explorer.state.selection == Selection(ids=(VISP,))
    assert views["flatmap"].redraws - before["flatmap"] == 1
    assert views["matrix"].redraws - before["matrix"] <= 1
    # The same again is no change, and nobody draws.
    before = {name: view.redraws for name, view in views.items()}
    explorer.panels.region_tree.selection_changed.emit((VISP,))
    settle(qtbot, views)
    assert {name: view.redraws for name, view in views.items()} == before


def test_ctrl_click_in_volume_and_on_map_adds_and_takes_out(
    explorer: ExplorerWidget, views: dict[str, Any], qtbot: Any
) -> None:
    state, flatmap = explorer.state, views["flatmap"]
    place = cortex_in_view(explorer)
    region = int(state.dataset.atlas.regions[state.dataset.atlas.index_of_um(place)])
    source = state.source
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.mouseClick(canvas_of(explorer), LEFT, control, pixel_of(explorer, place))
    qtbot.waitUntil(lambda: state.selection.ids == (region,), timeout=5000)
    assert state.source is source, "selecting is not picking"

    shown = next(m for m in state.maps if m.view.name == state.map_params.view)
    pixels = np.argwhere((shown.region_ids == region) & ~shown.view.left_image())
    row, column = pixels[len(pixels) // 2].tolist()
    qtbot.mouseClick(flatmap.canvas, LEFT, control, map_pixel(flatmap, row, column))
    qtbot.waitUntil(lambda: state.selection.ids == (), timeout=5000)


def test_labels_of_the_matrix_ask_forwards_and_backwards(
    explorer: ExplorerWidget, views: dict[str, Any], qtbot: Any
) -> None:
    state, matrix = explorer.state, views["matrix"]
    row, column = row_and_column(views, VISP, LGD, "ipsi")
    labels = matrix.picture.row_labels
    pixel = cell_pixel(matrix, row, column)
    qtbot.mouseClick(labels, LEFT, pos=QPoint(labels.width() - 20, pixel.y()))
    qtbot.waitUntil(lambda: isinstance(state.source, RegionSource), timeout=5000)
    qtbot.waitUntil(lambda: state.prediction.source == state.source, timeout=5000)
    assert state.prediction.direction == "anterograde"

    labels = matrix.picture.column_labels
    qtbot.mouseClick(labels, LEFT, pos=QPoint(pixel.x(), labels.height() - 20))
    qtbot.waitUntil(lambda: state.prediction.direction == "retrograde", timeout=5000)
    assert isinstance(state.prediction.source, RegionSource)
    button = explorer.panels.source.findChild(QPushButton, "source_retrograde")
    assert button.isChecked()
    assert explorer.viewer.layers["Projection"].data.any()


def test_a_click_on_the_map_moves_the_source_to_its_depth(
    explorer: ExplorerWidget, views: dict[str, Any], qtbot: Any
) -> None:
    state, flatmap = explorer.state, views["flatmap"]
    shown = next(m for m in state.maps if m.view.name == state.map_params.view)
    pixels = np.argwhere((shown.region_ids == VISP) & ~shown.view.left_image())
    row, column = pixels[len(pixels) // 2].tolist()
    for depth in (0.5, 0.0):
        state.map_params = state.map_params.model_copy(update={"pick_depth": depth})
        qtbot.mouseClick(flatmap.canvas, LEFT, pos=map_pixel(flatmap, row, column))
        expected = shown.view.voxel_at(row, column, depth)
        qtbot.waitUntil(
            lambda expected=expected: (
                state.dataset.atlas.index_of_um(state.source.point_um) == expected
            ),
            timeout=5000,
        )
        qtbot.waitUntil(lambda: state.prediction.source == state.source, timeout=5000)


def test_dragging_on_the_map_is_followed(
    explorer: ExplorerWidget, views: dict[str, Any], qtbot: Any
) -> None:
    state, flatmap = explorer.state, views["flatmap"]
    shown = next(m for m in state.maps if m.view.name == state.map_params.view)
    pixels = np.argwhere((shown.region_ids == VISP) & ~shown.view.left_image())
    row, column = pixels[len(pixels) // 2].tolist()
    start = map_pixel(flatmap, row, column)
    qtbot.mousePress(flatmap.canvas, LEFT, pos=start)
    for step in range(1, 6):
        qtbot.mouseMove(flatmap.canvas, start + QPoint(2 * step, 0))
        qtbot.wait(20)
    assert state.dragging
    qtbot.mouseRelease(flatmap.canvas, LEFT, pos=start + QPoint(10, 0))
    qtbot.waitUntil(lambda: state.prediction.source == state.source, timeout=5000)
    assert not state.dragging


def test_closing_and_reopening_loses_nothing(
    explorer: ExplorerWidget, views: dict[str, Any], qtbot: Any
) -> None:
    button = explorer.panels.view_buttons["matrix"]
    explorer.state.selection = Selection.of_connection(VISP, LGD, "contra")
    content = views["matrix"].content
    qtbot.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: not views["matrix"].isVisible(), timeout=5000)
    assert not button.isChecked()
    explorer.state.selection = Selection(ids=(VISP,))
    before = views["matrix"].redraws
    qtbot.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: views["matrix"].isVisible(), timeout=5000)
    assert views["matrix"].content is content
    qtbot.waitUntil(lambda: views["matrix"].redraws > before, timeout=5000)
    pixels = views["matrix"].picture.cells.canvas.render(alpha=False)
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 20, "the cells are drawn again"


def test_views_are_saved(
    explorer: ExplorerWidget,
    views: dict[str, Any],
    qtbot: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = explorer.state
    for view, what, name in (
        ("matrix", "csv", "matrix.csv"),
        ("matrix", "figure", "matrix.svg"),
        ("flatmap", "figure", "map.pdf"),
        ("flatmap", "array", "map.npy"),
        ("targets", "csv", "targets.csv"),
        ("targets", "figure", "targets.png"),
    ):
        path = tmp_path / name
        monkeypatch.setattr(explorer.views, "ask_save_path", lambda *_, path=path: str(path))
        explorer.views.docks.bring_forward(view)
        qtbot.waitUntil(lambda view=view: views[view].redraws > 0, timeout=5000)
        views[view].export_requested.emit(what)
        qtbot.waitUntil(lambda: state.job is None and said(explorer) is not None, timeout=20_000)
        assert said(explorer) == f"Saved to {path}."
        assert path.stat().st_size > 500
    back = read_matrix(tmp_path / "matrix.csv", state.dataset.atlas.tree)
    shown = state.shown_matrix
    np.testing.assert_array_equal(back.values(shown.measure), shown.matrix.values(shown.measure))
    told, header, *rows = (tmp_path / "targets.csv").read_text().splitlines()
    told = json.loads(told.removeprefix("# provenance: "))
    assert from_record(told["source"]) == state.source
    assert told["data"]["sha256"] == state.dataset.provenance["sha256"]
    assert "time" not in told["data"]
    assert header.startswith("rank,structure_id,acronym")
    assert [row.split(",")[0] for row in rows] == [str(i + 1) for i in range(len(rows))]
    image = np.load(tmp_path / "map.npy")
    assert np.nanmax(image) > 0


def test_a_matrix_file_opens_and_a_bad_one_disturbs_nothing(
    explorer: ExplorerWidget,
    views: dict[str, Any],
    qtbot: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state, matrix = explorer.state, views["matrix"]
    file = tmp_path / "small.csv"
    file.write_text(",ipsi,contra\n,VISp,VISp\nVISp,1.5,0.5\nLGd,0.25,\n")
    monkeypatch.setattr(explorer.views, "ask_open_path", lambda *_: str(file))
    matrix.open_requested.emit()
    qtbot.waitUntil(lambda: matrix.content.values.shape == (2, 2), timeout=5000)
    assert state.error is None
    shown = matrix.content
    file.write_text("not a matrix")
    matrix.open_requested.emit()
    qtbot.waitUntil(lambda: state.error is not None, timeout=5000)
    assert matrix.content is shown
    assert "small.csv" in state.error
    QApplication.processEvents()
