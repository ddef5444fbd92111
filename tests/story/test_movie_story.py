"""A line drawn on the map becomes a movie that plays and is saved: real mouse events."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from napari.layers import Points
from PIL import Image
from qtpy.QtCore import QPoint, Qt
from qtpy.QtWidgets import QLabel, QMenu, QPushButton, QSpinBox, QTextEdit, QWidget

from napari_connectome.core.flatmap import FlatmapProjector
from napari_connectome.core.path_answers import memory_bytes
from napari_connectome.core.sources import SphereSource, VoxelSource
from napari_connectome.widgets.explorer import ExplorerWidget
from tests.story.gestures import cortex_in_view, map_pixel

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning:napari.*")

LEFT = Qt.MouseButton.LeftButton
VISP, MOP = 385, 985


@pytest.fixture
def movie_view(explorer: ExplorerWidget, qtbot: Any) -> QWidget:
    """The movie dock beside the map, with a source asked about."""
    explorer.state.source = VoxelSource(cortex_in_view(explorer))
    explorer.views.docks.bring_forward("flatmap")
    explorer.views.docks.bring_forward("movie")
    qtbot.waitUntil(lambda: bool(explorer.state.maps), timeout=60_000)
    qtbot.waitUntil(lambda: explorer.state.prediction is not None, timeout=10_000)
    qtbot.wait(300)
    return explorer.views.docks.widget("movie")


def middle_of(explorer: ExplorerWidget, region: int) -> tuple[int, int]:
    """A pixel in the midst of a region's right half on the map."""
    state = explorer.state
    shown = next(m for m in state.maps if m.view.name == state.map_params.view)
    pixels = np.argwhere((shown.region_ids == region) & ~shown.view.left_image())
    row, column = pixels[np.argmin(np.abs(pixels - pixels.mean(axis=0)).sum(axis=1))].tolist()
    return row, column


def press(qtbot: Any, view: QWidget, name: str) -> None:
    qtbot.mouseClick(view.findChild(QPushButton, name), LEFT)


def draw(explorer: ExplorerWidget, qtbot: Any, start: QPoint, end: QPoint) -> None:
    canvas = explorer.views.docks.widget("flatmap").canvas
    qtbot.mousePress(canvas, LEFT, pos=start)
    for part in np.linspace(0, 1, 12):
        qtbot.mouseMove(canvas, start + (end - start) * float(part))
        qtbot.wait(10)
    qtbot.mouseRelease(canvas, LEFT, pos=end)


def outlook(view: QWidget) -> str:
    return view.findChild(QLabel, "movie_outlook").text()


def type_points(view: QWidget, *points: tuple[float, ...]) -> None:
    text = "\n".join(", ".join(f"{x:g}" for x in point) for point in points)
    view.findChild(QTextEdit, "movie_points").setPlainText(text)


def film(explorer: ExplorerWidget, qtbot: Any, view: QWidget) -> None:
    press(qtbot, view, "movie_make")
    qtbot.waitUntil(lambda: explorer.state.movie is not None, timeout=20_000)
    qtbot.wait(100)


def two_places(explorer: ExplorerWidget) -> list[tuple[float, float, float]]:
    """Two source voxels side by side."""
    model = explorer.state.model
    inside = model.connectivity.source_mask.row_volume >= 0
    pairs = np.argwhere(inside[:-1] & inside[1:])
    ap, dv, ml = pairs[len(pairs) // 2].tolist()
    return [model.atlas.um_of_index((ap + k, dv, ml)) for k in (0, 1)]


def test_a_line_on_the_map_becomes_a_movie(
    explorer: ExplorerWidget,
    movie_view: QWidget,
    qtbot: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state, viewer = explorer.state, explorer.viewer
    flatmap = explorer.views.docks.widget("flatmap")
    source, asked = state.source, state.prediction
    start, end = (middle_of(explorer, region) for region in (VISP, MOP))
    press(qtbot, movie_view, "movie_draw")
    draw(explorer, qtbot, map_pixel(flatmap, *start), map_pixel(flatmap, *end))
    assert state.source is source, "drawing a line is not picking"
    assert not movie_view.findChild(QPushButton, "movie_draw").isChecked()
    movie_view.findChild(QSpinBox, "movie_frames").setValue(6)
    assert outlook(movie_view).startswith("6 frames along")
    megabytes = memory_bytes(state.model, 6) / 1e6
    assert f"takes {megabytes:.0f} MB" in outlook(movie_view)

    film(explorer, qtbot, movie_view)
    movie = state.movie
    atlas, view = state.dataset.atlas, state.maps[1].view
    for frame, pixel in ((0, start), (5, end)):
        index = atlas.index_of_um(movie.path.points_um[frame])
        assert index == view.voxel_at(*pixel, 0.5)
    assert viewer.dims.ndim == 4
    assert state.frame == 0

    # napari's slider plays it: the map and the slices follow, each frame in one redraw.
    before = flatmap.redraws
    viewer.dims.set_current_step(0, 5)
    qtbot.waitUntil(lambda: flatmap.redraws > before, timeout=5000)
    assert state.frame == 5
    assert viewer.dims.point[1] == pytest.approx(movie.path.points_um[5][0], abs=101)
    qtbot.wait(200)
    assert flatmap.redraws - before <= 2
    map_file = tmp_path / "map.npy"
    monkeypatch.setattr(explorer.views, "ask_save_path", lambda *_: str(map_file))
    flatmap.export_requested.emit("array")
    qtbot.waitUntil(map_file.exists, timeout=10_000)
    answer = state.model.predict(movie.sources[5])
    expected = FlatmapProjector(view, answer.mask).image(answer.vector)
    np.testing.assert_allclose(np.load(map_file), expected, rtol=1e-3, atol=1e-9)
    qtbot.waitUntil(lambda: state.job is None, timeout=5000)
    state.notice = None

    file = tmp_path / "path.gif"
    monkeypatch.setattr(explorer.views, "ask_save_path", lambda *_: str(file))
    press(qtbot, movie_view, "movie_save")
    qtbot.waitUntil(lambda: (state.notice or state.error) is not None, timeout=30_000)
    assert state.error is None
    assert "Saved to" in state.notice
    with Image.open(file) as saved:
        assert saved.n_frames == 6

    # A click on the map is a question again; the movie stays for its slider.
    qtbot.mouseClick(flatmap.canvas, LEFT, pos=map_pixel(flatmap, *start))
    qtbot.waitUntil(lambda: state.prediction is not asked, timeout=5000)
    assert state.frame is None
    assert viewer.layers["Projection"].visible
    assert not viewer.layers["Movie"].visible

    press(qtbot, movie_view, "movie_remove")
    assert state.movie is None
    assert viewer.dims.ndim == 3


def test_a_line_goes_with_its_brain(
    explorer: ExplorerWidget, movie_view: QWidget, qtbot: Any, small_brain: Path
) -> None:
    flatmap = explorer.views.docks.widget("flatmap")
    start, end = (map_pixel(flatmap, *middle_of(explorer, region)) for region in (VISP, MOP))
    press(qtbot, movie_view, "movie_draw")
    draw(explorer, qtbot, start, end)
    assert movie_view.findChild(QLabel, "movie_line").isVisible()
    explorer.views.docks.set_open("movie", False)
    with qtbot.waitSignal(explorer.ready, timeout=60_000):
        explorer.open(small_brain)
    explorer.views.docks.bring_forward("movie")
    qtbot.wait(200)
    assert movie_view.findChild(QTextEdit, "movie_points").isVisible()
    assert not movie_view.findChild(QPushButton, "movie_make").isEnabled()
    assert explorer.state.error is None


def test_typed_points_and_those_of_a_layer(
    explorer: ExplorerWidget, movie_view: QWidget, qtbot: Any
) -> None:
    state = explorer.state
    places = two_places(explorer)
    state.source = SphereSource(places[0], 300.0)
    type_points(movie_view, *places)
    assert outlook(movie_view).startswith("2 frames along 0.2 mm")

    # A layer in other units of length and with another origin is read where it lies.
    layer = Points((np.array(places) - 500.0) / 25.0, scale=(25,) * 3, translate=(500,) * 3)
    layer.name = "My track"
    explorer.viewer.add_layer(layer)
    movie_view.findChild(QTextEdit, "movie_points").clear()
    menu = movie_view.findChild(QMenu, "movie_layers")
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["My track"]
    menu.actions()[0].trigger()
    assert outlook(movie_view).startswith("2 frames along 0.2 mm")
    film(explorer, qtbot, movie_view)
    np.testing.assert_allclose(state.movie.path.points_um, places, atol=0.5)
    assert all(isinstance(s, SphereSource) and s.radius_um == 300 for s in state.movie.sources)


def test_bad_paths_are_said_before_anything_starts(
    explorer: ExplorerWidget, movie_view: QWidget, qtbot: Any
) -> None:
    state, make = explorer.state, movie_view.findChild(QPushButton, "movie_make")
    places = two_places(explorer)
    before = state.prediction
    cases: dict[str, Callable[[], None]] = {
        "one point came": lambda: type_points(movie_view, places[0]),
        "outside the atlas": lambda: type_points(movie_view, places[0], (-1.0, 0.0, 0.0)),
        "Point 1 of the path: three numbers": lambda: type_points(movie_view, (1.0, 2.0)),
    }
    for words, act in cases.items():
        act()
        assert words in outlook(movie_view)
        assert not make.isEnabled()
    type_points(movie_view, *places)
    assert make.isEnabled()
    type_points(movie_view)
    assert not make.isEnabled()

    # A line that leaves the map; one that is a mere click.
    flatmap = explorer.views.docks.widget("flatmap")
    inside = map_pixel(flatmap, *middle_of(explorer, VISP))
    press(qtbot, movie_view, "movie_draw")
    draw(explorer, qtbot, inside, QPoint(3, 3))
    assert "leaves the map" in outlook(movie_view)
    press(qtbot, movie_view, "movie_draw")
    draw(explorer, qtbot, inside, inside)
    assert "one point came" in outlook(movie_view)
    assert not make.isEnabled()
    press(qtbot, movie_view, "movie_draw")
    qtbot.keyClick(flatmap.canvas, Qt.Key.Key_Escape)
    assert not movie_view.findChild(QPushButton, "movie_draw").isChecked()
    press(qtbot, movie_view, "movie_clear")
    assert movie_view.findChild(QTextEdit, "movie_points").isVisible()
    assert state.prediction is before
    assert state.movie is None
    assert state.error is None
