"""From opening a brain to a saved volume, in a real window with real mouse events."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qtpy.QtCore import QPoint, Qt
from qtpy.QtWidgets import QPushButton, QWidget

from napari_connectome.core.sources import SphereSource, VoxelSource
from napari_connectome.data.nrrd import read_volume
from napari_connectome.widgets.appearance import NumberBox
from napari_connectome.widgets.explorer import ExplorerWidget
from tests.story.gestures import canvas_of, cortex_in_view, pixel_of

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning:napari.*")


def test_open_click_drag_and_save(
    explorer: ExplorerWidget, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, canvas = explorer.state, canvas_of(explorer)
    atlas = state.dataset.atlas

    place = cortex_in_view(explorer)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=pixel_of(explorer, place))
    qtbot.waitUntil(lambda: state.prediction is not None, timeout=5000)
    assert isinstance(state.source, VoxelSource)
    assert atlas.index_of_um(state.source.point_um) == atlas.index_of_um(place)
    assert explorer.panels.targets.shown_rows()
    assert explorer.panels.save_volume.isEnabled()
    clicked = state.prediction

    # Drag the marker: the newest place wins and the limits stay put.
    limits = state.limits
    start = pixel_of(explorer, place)
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 6):
        qtbot.mouseMove(canvas, start + QPoint(-3 * step, 0))
        qtbot.wait(30)
    assert state.dragging
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=start + QPoint(-15, 0))
    qtbot.waitUntil(lambda: state.prediction.source == state.source, timeout=5000)
    assert not state.dragging
    assert state.source.point_um != place
    assert state.limits == limits
    assert state.prediction is not clicked
    for name, shown in zip(("ap", "dv", "ml"), state.source.point_um, strict=True):
        box = explorer.panels.source.findChild(NumberBox, f"source_{name}")
        assert box.value() == pytest.approx(shown)

    file = tmp_path / "projection.nrrd"
    monkeypatch.setattr(explorer, "ask_save_path", lambda *_: str(file))
    qtbot.mouseClick(explorer.findChild(QPushButton, "save_volume"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: state.notice is not None, timeout=5000)
    np.testing.assert_array_equal(read_volume(file, shape=atlas.shape), state.prediction.volume())


def test_left_clicks_are_mirrored_and_shapes_are_kept(explorer: ExplorerWidget, qtbot: Any) -> None:
    state, canvas = explorer.state, canvas_of(explorer)
    place = cortex_in_view(explorer, "left")
    state.source = SphereSource(cortex_in_view(explorer), 400.0)
    qtbot.waitUntil(lambda: state.prediction is not None, timeout=5000)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=pixel_of(explorer, place))
    qtbot.waitUntil(lambda: state.prediction.mirrored, timeout=5000)
    assert isinstance(state.source, SphereSource)
    assert state.source.radius_um == 400
    left = explorer.viewer.layers["Projection"].data[:, :, : state.dataset.atlas.midline]
    assert left.sum() > 0.5 * explorer.viewer.layers["Projection"].data.sum()


def test_a_click_beside_the_brain_keeps_the_prediction(
    explorer: ExplorerWidget, qtbot: Any
) -> None:
    state, canvas = explorer.state, canvas_of(explorer)
    state.source = VoxelSource(cortex_in_view(explorer))
    qtbot.waitUntil(lambda: state.prediction is not None, timeout=5000)
    before = state.prediction
    corner = (explorer.viewer.dims.point[0], 300.0, 300.0)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=pixel_of(explorer, corner))
    qtbot.waitUntil(lambda: state.error is not None, timeout=5000)
    assert state.prediction is before
    assert "outside the brain" in explorer.panels.job_bar.findChild(QWidget, "job_note").text()


def test_picking_can_be_switched_off(explorer: ExplorerWidget, qtbot: Any) -> None:
    state, canvas = explorer.state, canvas_of(explorer)
    state.picking = False
    pixel = pixel_of(explorer, cortex_in_view(explorer))
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=pixel)
    qtbot.wait(100)
    assert state.source is None


def test_a_click_in_3d_takes_the_first_source_voxel(explorer: ExplorerWidget, qtbot: Any) -> None:
    state, canvas = explorer.state, canvas_of(explorer)
    explorer.viewer.dims.ndisplay = 3
    qtbot.wait(200)
    middle = QPoint(canvas.width() // 2, canvas.height() // 2)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.waitUntil(lambda: state.prediction is not None, timeout=10_000)
    assert isinstance(state.source, VoxelSource)


def test_closing_during_a_fit_stops_it(explorer: ExplorerWidget, qtbot: Any) -> None:
    before = explorer.state.model
    reports: list[Any] = []

    def close_while_it_runs(job: Any) -> None:
        # The first word of a job comes before it starts; reports are delivered before its result.
        reports.append(job)
        if len(reports) == 2:
            explorer.shut_down()

    explorer.state.events.job.connect(close_while_it_runs)
    explorer.controller.fit()
    qtbot.waitUntil(lambda: len(reports) >= 2, timeout=20_000)
    qtbot.wait(300)
    assert [job.kind for job in reports] == ["fit", "fit"]
    assert explorer.state.model is before
