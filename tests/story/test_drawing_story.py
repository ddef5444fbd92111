"""Sources drawn by hand: real strokes on the canvas and on the map, back and forth, a list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from napari.layers import Labels
from qtpy.QtCore import QPoint, Qt
from qtpy.QtWidgets import QComboBox, QLabel, QListWidget, QPushButton, QToolButton, QWidget

from napari_connectome.core.sources import CombinedSource, VolumeSource, VoxelSource
from napari_connectome.data.nrrd import write_volume
from napari_connectome.state.params import DrawingParams
from napari_connectome.widgets.explorer import ExplorerWidget
from tests.story.gestures import canvas_of, cortex_in_view, map_pixel, pixel_of

pytestmark = pytest.mark.filterwarnings(
    "default::DeprecationWarning:napari.*", "ignore:Contours are not displayed:UserWarning"
)
LEFT = Qt.MouseButton.LeftButton


def press(explorer: ExplorerWidget, qtbot: Any, name: str) -> None:
    qtbot.mouseClick(explorer.findChild(QPushButton, name), LEFT)


def start(explorer: ExplorerWidget, qtbot: Any, tool: str) -> None:
    """Choose drawings and a tool, as a person does."""
    press(explorer, qtbot, "source_drawing")
    press(explorer, qtbot, f"draw_{tool}")


def stroke(explorer: ExplorerWidget, qtbot: Any, pixels: list[QPoint]) -> None:
    canvas = canvas_of(explorer)
    qtbot.mouseMove(canvas, pixels[0])
    qtbot.mousePress(canvas, LEFT, pos=pixels[0])
    for pixel in pixels[1:]:
        qtbot.mouseMove(canvas, pixel)
        qtbot.wait(20)
    qtbot.mouseRelease(canvas, LEFT, pos=pixels[-1])
    settle(explorer, qtbot)


def settle(explorer: ExplorerWidget, qtbot: Any) -> None:
    """Wait for the answer to what is asked now."""
    state = explorer.state
    qtbot.waitUntil(lambda: not state.drawing, timeout=5000)
    qtbot.waitUntil(
        lambda: state.prediction is None or state.prediction.source == state.source, timeout=5000
    )


def note(explorer: ExplorerWidget) -> str:
    return explorer.panels.job_bar.findChild(QWidget, "job_note").text()


def test_a_stroke_of_the_brush_is_answered_where_it_was_painted(
    explorer: ExplorerWidget, qtbot: Any
) -> None:
    state = explorer.state
    atlas = state.dataset.atlas
    place = cortex_in_view(explorer, "left")
    start(explorer, qtbot, "paint")
    layer = explorer.viewer.layers["Painted source"]
    assert layer.mode == "paint"
    qtbot.wait(100)
    first = pixel_of(explorer, place)
    answers = []
    state.events.prediction.connect(answers.append)
    stroke(explorer, qtbot, [first + QPoint(0, step) for step in range(0, 24, 3)])
    assert isinstance(state.source, VolumeSource)
    assert state.steps == (0, 0)
    assert state.prediction.source is state.source
    painted = np.argwhere(layer.data)
    assert tuple(atlas.index_of_um(place)) in set(map(tuple, painted.tolist()))
    assert (painted[:, 2] < atlas.midline).all()
    assert state.prediction.mirrored
    assert state.limits[1] < 1
    assert len(answers) >= 2, "nothing was answered while the stroke went on"

    shown = explorer.viewer.layers["Source voxels"].data > 0
    inside = explorer.state.model.connectivity.source_mask.row_volume[:, :, ::-1] >= 0
    np.testing.assert_array_equal(shown, (layer.data > 0) & inside)
    words = explorer.panels.source.findChild(QLabel, "drawing_status").text()
    assert words.startswith(f"{shown.sum()} source voxels")


def test_undo_and_redo_take_strokes_back_and_forth(explorer: ExplorerWidget, qtbot: Any) -> None:
    state = explorer.state
    start(explorer, qtbot, "paint")
    layer = explorer.viewer.layers["Painted source"]
    qtbot.wait(100)
    first = pixel_of(explorer, cortex_in_view(explorer))
    contents = []
    for number in range(3):
        stroke(explorer, qtbot, [first + QPoint(4 * number, 12 * number + i) for i in range(4)])
        contents.append(layer.data.copy())
    assert state.steps == (2, 0)
    sources = [state.source]
    for before in (contents[1], contents[0]):
        press(explorer, qtbot, "source_undo")
        np.testing.assert_array_equal(layer.data, before)
        sources.append(state.source)
    settle(explorer, qtbot)
    assert state.steps == (0, 2)
    press(explorer, qtbot, "source_redo")
    press(explorer, qtbot, "source_redo")
    settle(explorer, qtbot)
    np.testing.assert_array_equal(layer.data, contents[2])
    assert state.source is sources[0]


def test_the_brush_and_the_picker_leave_each_other_alone(
    explorer: ExplorerWidget, qtbot: Any
) -> None:
    state = explorer.state
    assert state.picking
    start(explorer, qtbot, "paint")
    layer = explorer.viewer.layers["Painted source"]
    qtbot.wait(100)
    pixel = pixel_of(explorer, cortex_in_view(explorer))
    stroke(explorer, qtbot, [pixel])
    assert isinstance(state.source, VolumeSource)
    layer.mode = "pan_zoom"
    qtbot.mouseClick(canvas_of(explorer), LEFT, pos=pixel)
    assert isinstance(state.source, VoxelSource)
    press(explorer, qtbot, "source_drawing")
    qtbot.waitUntil(lambda: isinstance(state.source, VolumeSource), timeout=5000)


def test_polygons_and_points_on_the_canvas(explorer: ExplorerWidget, qtbot: Any) -> None:
    state, canvas = explorer.state, canvas_of(explorer)
    place = cortex_in_view(explorer)
    start(explorer, qtbot, "polygon")
    qtbot.wait(100)
    first = pixel_of(explorer, place) - QPoint(8, 8)
    for step in ((0, 0), (30, 0), (30, 30), (0, 30)):
        qtbot.mouseMove(canvas, first + QPoint(*step))
        qtbot.mouseClick(canvas, LEFT, pos=first + QPoint(*step))
        qtbot.wait(50)
        assert state.source is None
    qtbot.mouseDClick(canvas, LEFT, pos=first + QPoint(0, 30))
    qtbot.waitUntil(lambda: state.prediction is not None, timeout=5000)
    settle(explorer, qtbot)
    assert isinstance(state.source, VolumeSource)
    assert state.steps == (0, 0)
    slices = np.unique(
        np.unravel_index(state.source.drawing.indices, state.source.drawing.shape)[0]
    )
    here = state.dataset.atlas.index_of_um(place)[0]
    assert slices.tolist() == [here - 1, here, here + 1]  # 500 µm of voxels of 200

    start(explorer, qtbot, "points")
    qtbot.wait(100)
    stroke(explorer, qtbot, [pixel_of(explorer, place)])
    source = state.source
    assert isinstance(source, CombinedSource)
    ((sphere, strength),) = source.parts
    assert (sphere.radius_um, strength) == (300.0, 1.0)
    assert np.abs(np.array(sphere.center_um) - place).max() < 100


def test_answers_of_two_sides_add_up_through_the_window(
    explorer: ExplorerWidget, qtbot: Any
) -> None:
    state = explorer.state
    state.drawing_params = DrawingParams(scale="as drawn")
    answers = {}
    for side in ("drawn", "mirrored", "both"):
        if side == "drawn":
            start(explorer, qtbot, "paint")
            qtbot.wait(100)
            stroke(explorer, qtbot, [pixel_of(explorer, cortex_in_view(explorer))])
        else:
            before = state.source
            press(explorer, qtbot, f"drawing_side_{side}")
            qtbot.waitUntil(lambda before=before: state.source is not before, timeout=5000)
            settle(explorer, qtbot)
        answers[side] = state.prediction.volume().astype(np.float64)
    np.testing.assert_array_equal(answers["mirrored"], answers["drawn"][:, :, ::-1])
    together = answers["drawn"] + answers["mirrored"]
    inside = answers["both"] > 0  # what has no mirror image in the brain is left out
    error = np.abs(answers["both"] - together)[inside].max()
    assert error <= 1e-6 * together.max()


def test_any_open_layer_is_a_source_wherever_it_lies(explorer: ExplorerWidget, qtbot: Any) -> None:
    """A phantom of 100 µm voxels, on a brain of 200: different on every side."""
    state = explorer.state
    atlas, mask = state.dataset.atlas, state.model.connectivity.source_mask
    voxel = np.array(atlas.index_of_um(cortex_in_view(explorer)))
    data = np.zeros((5, 7, 9), dtype=np.uint8)
    data[0:2, 2:4, 4:6] = 1
    low = voxel * atlas.resolution_um - np.array([0, 2, 4]) * 100
    mine = Labels(
        data, name="Mine", scale=(0.1,) * 3, translate=(low + 50) / 1000, units=("mm",) * 3
    )
    explorer.viewer.add_layer(mine)
    press(explorer, qtbot, "source_drawing")
    layers = explorer.panels.source.findChild(QComboBox, "drawing_layer")
    names = [layers.itemText(i) for i in range(layers.count())]
    assert names == ["No layer yet", "Mine"]
    layers.setFocus()
    qtbot.keyClick(layers, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: state.prediction is not None, timeout=5000)
    indices = np.argwhere(state.source.values)
    assert indices.tolist() == [voxel.tolist()]
    assert mask.row_of(voxel) >= 0
    drawn = state.prediction.volume()
    state.source = VoxelSource(atlas.um_of_index(voxel))
    settle(explorer, qtbot)
    np.testing.assert_allclose(drawn, state.prediction.volume(), rtol=1e-6)


def test_a_mask_file_becomes_a_layer_and_the_source(
    explorer: ExplorerWidget, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = explorer.state
    atlas = state.dataset.atlas
    voxel = atlas.index_of_um(cortex_in_view(explorer, "left"))
    volume = np.zeros(atlas.shape, dtype=np.float32)
    volume[voxel] = 2
    path = tmp_path / "mask.nrrd"
    write_volume(path, volume, atlas.resolution_um)
    monkeypatch.setattr(explorer.sources.drawing, "ask_open_path", lambda *_: str(path))
    start(explorer, qtbot, "mask")
    qtbot.waitUntil(lambda: state.prediction is not None, timeout=5000)
    assert np.argwhere(state.source.values).tolist() == [list(voxel)]
    assert "mask.nrrd" in explorer.viewer.layers
    assert state.prediction.mirrored

    bad = tmp_path / "bad.npy"
    np.save(bad, np.ones((3, 3, 3)))
    monkeypatch.setattr(explorer.sources.drawing, "ask_open_path", lambda *_: str(bad))
    before = state.prediction
    press(explorer, qtbot, "draw_mask")
    qtbot.waitUntil(lambda: state.error is not None, timeout=5000)
    assert "bad.npy" in note(explorer)
    assert state.prediction is before


def test_drawing_beside_the_brain_is_told_and_the_answer_stays(
    explorer: ExplorerWidget, qtbot: Any
) -> None:
    state = explorer.state
    state.source = VoxelSource(cortex_in_view(explorer))
    qtbot.waitUntil(lambda: state.prediction is not None, timeout=5000)
    before = state.prediction
    start(explorer, qtbot, "paint")
    qtbot.wait(100)
    corner = (explorer.viewer.dims.point[0], 300.0, 300.0)
    stroke(explorer, qtbot, [pixel_of(explorer, corner)])
    assert "touches no source voxel" in note(explorer)
    assert state.prediction is before
    explorer.viewer.layers.remove("Painted source")
    assert "Painted source is gone" in state.notice
    assert state.prediction is before


def test_an_area_of_the_map_is_the_cortex_under_it(explorer: ExplorerWidget, qtbot: Any) -> None:
    state = explorer.state
    state.source = VoxelSource(cortex_in_view(explorer))
    view = explorer.views.docks.widget("flatmap")
    explorer.views.docks.set_open("flatmap", True)
    qtbot.waitUntil(lambda: bool(state.maps), timeout=30_000)
    qtbot.waitUntil(lambda: view.canvas.content is not None, timeout=5000)
    qtbot.wait(200)
    shown = next(m.view for m in state.maps if m.view.name == state.map_params.view)
    rows, columns = np.nonzero((shown.lookup >= 0) & ~shown.left_image())
    row, column = int(rows.mean()), int(columns.mean())
    corners = [(row - 3, column - 4), (row - 3, column + 4), (row + 3, column + 4)]
    corners.append((row + 3, column - 4))
    places = [map_pixel(view, *corner) for corner in corners]
    shift = Qt.KeyboardModifier.ShiftModifier
    qtbot.mousePress(view.canvas, LEFT, shift, pos=places[0])
    for at in places[1:]:
        qtbot.mouseMove(view.canvas, at)
        qtbot.wait(20)
    qtbot.mouseRelease(view.canvas, LEFT, shift, pos=places[-1])
    qtbot.waitUntil(lambda: isinstance(state.source, VolumeSource), timeout=5000)
    settle(explorer, qtbot)
    found = set(state.source.drawing.indices.tolist())
    middle = shown.paths[shown.lookup[row, column]]
    assert set(middle[middle >= 0].tolist()) <= found
    outside = shown.paths[shown.lookup[rows[0], columns[0]]]
    assert not found & set(outside[outside >= 0].tolist())
    assert not state.prediction.mirrored


def test_sources_are_kept_saved_and_opened(
    explorer: ExplorerWidget, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, path = explorer.state, tmp_path / "sources.json"
    files = explorer.sources.sources
    monkeypatch.setattr(files, "ask_save_path", lambda *_: str(path))
    monkeypatch.setattr(files, "ask_open_path", lambda *_: str(path))
    explorer.findChild(QToolButton, "section_named_sources").click()
    place = VoxelSource(cortex_in_view(explorer))
    state.source = place
    press(explorer, qtbot, "sources_keep")
    start(explorer, qtbot, "paint")
    qtbot.wait(100)
    stroke(explorer, qtbot, [pixel_of(explorer, place.point_um)])
    drawn = state.source
    press(explorer, qtbot, "sources_keep")
    press(explorer, qtbot, "sources_keep")
    names = [n.name for n in state.named_sources]
    assert names[1].startswith("Painted source: ")
    assert names[2] == f"{names[1]} (2)"

    items = explorer.findChild(QListWidget, "named_sources")
    box = items.visualItemRect(items.item(0))
    qtbot.mouseClick(items.viewport(), LEFT, pos=box.center())
    assert state.source == place
    press(explorer, qtbot, "sources_save")
    qtbot.waitUntil(lambda: state.notice is not None, timeout=5000)
    while state.named_sources:
        items.setCurrentRow(0)
        press(explorer, qtbot, "sources_delete")
    assert items.count() == 0
    press(explorer, qtbot, "sources_open")
    qtbot.waitUntil(lambda: len(state.named_sources) == 3, timeout=5000)
    assert [n.name for n in state.named_sources] == names
    np.testing.assert_array_equal(state.named_sources[1].source.values, drawn.values)

    path.write_text("{}", encoding="utf-8")
    press(explorer, qtbot, "sources_open")
    qtbot.waitUntil(lambda: state.error is not None, timeout=5000)
    assert "no file of sources" in note(explorer)
    assert len(state.named_sources) == 3
