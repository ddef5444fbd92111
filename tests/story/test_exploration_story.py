"""An exploration is saved from the window, its data are moved, and it opens again."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QDialog, QLineEdit, QMenu, QPushButton

from napari_connectome.core.sources import SphereSource
from napari_connectome.state.params import Selection
from napari_connectome.widgets.appearance import StillLine
from napari_connectome.widgets.explorer import ExplorerWidget
from tests.story.gestures import canvas_of, cortex_in_view, is_open, pixel_of


@pytest.fixture
def new_window(make_napari_viewer: Callable[..., Any]) -> Iterator[Callable[[], ExplorerWidget]]:
    """Opens a window with nothing in it."""
    opened = []

    def new() -> ExplorerWidget:
        viewer = make_napari_viewer(show=True)
        widget = ExplorerWidget(viewer)
        opened.append(widget)
        viewer.window.add_dock_widget(widget, name="Connectome Explorer", area="right")
        viewer.window.resize(1400, 900)
        return widget

    yield new
    for widget in opened:
        widget.shut_down()


def choose(explorer: ExplorerWidget, qtbot: Any, name: str) -> None:
    """Choose an entry of the menu under *More* with the mouse."""
    menu = explorer.panels.dataset.findChild(QMenu, "recent_menu")
    menu.popup(explorer.panels.dataset.mapToGlobal(explorer.panels.dataset.rect().center()))
    qtbot.waitExposed(menu)
    action = next(a for a in menu.actions() if a.objectName() == name)
    place = menu.actionGeometry(action).center()
    qtbot.mouseMove(menu, place)
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=place)


def say_bregma(explorer: ExplorerWidget, qtbot: Any, bregma_um: tuple[float, ...]) -> None:
    """Open the dialog, type three coordinates and press Enter."""
    panel = explorer.panels.source
    qtbot.mouseClick(panel.findChild(QPushButton, "bregma"), Qt.MouseButton.LeftButton)
    dialog = panel.findChild(QDialog, "bregma_dialog")
    qtbot.waitExposed(dialog)
    for axis, value in zip(("ap", "dv", "ml"), bregma_um, strict=True):
        field = dialog.findChild(QLineEdit, f"bregma_{axis}")
        qtbot.keyClicks(field, f"{value:g}")
    qtbot.keyClick(field, Qt.Key.Key_Return)


def from_bregma(explorer: ExplorerWidget) -> str:
    """What the source panel says about the place in mm."""
    line = explorer.panels.source.findChild(StillLine, "source_bregma")
    assert line.isVisibleTo(explorer.panels.source)
    return line.text()


def test_saved_moved_and_opened_again(
    explorer: ExplorerWidget,
    new_window: Callable[[], ExplorerWidget],
    small_brain: Path,
    qtbot: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    state, canvas, brain = explorer.state, canvas_of(explorer), tmp_path / "brain"
    shutil.copytree(small_brain, brain)
    with qtbot.waitSignal(explorer.ready, timeout=60_000):
        explorer.open(brain)
    state.source = SphereSource(cortex_in_view(explorer), 400.0)
    qtbot.mouseClick(
        canvas, Qt.MouseButton.LeftButton, pos=pixel_of(explorer, cortex_in_view(explorer))
    )
    state.selection = Selection(ids=(385,))
    explorer.views.docks.set_open("targets", True)
    explorer.viewer.dims.order = (1, 0, 2)
    explorer.viewer.scene.camera.zoom = 0.07
    qtbot.waitUntil(lambda: state.prediction is not None and state.job is None, timeout=10_000)
    say_bregma(explorer, qtbot, (5400.0, 300.0, 5700.0))
    assert state.bregma_um == (5400.0, 300.0, 5700.0)
    ap, dv, ml = state.source.center_um
    mm = f"AP {(5400 - ap) / 1000:.2f}, DV {(dv - 300) / 1000:.2f}, ML {(ml - 5700) / 1000:.2f} mm"
    assert from_bregma(explorer) == f"bregma: {mm}".replace("-", "\N{MINUS SIGN}")

    file = tmp_path / "a look.json"
    monkeypatch.setattr(explorer.explorations, "ask_save_path", lambda *_: str(file))
    choose(explorer, qtbot, "save_exploration")
    qtbot.waitUntil(lambda: state.notice is not None, timeout=10_000)
    assert state.notice == f"Saved to {file}."

    moved = tmp_path / "elsewhere"
    shutil.move(brain, moved)
    again = new_window()
    monkeypatch.setattr(again.explorations, "ask_open_path", lambda: str(file))
    monkeypatch.setattr(again.explorations, "ask_folder", lambda: str(moved))
    choose(again, qtbot, "open_exploration")
    qtbot.waitUntil(lambda: again.explorations.dialog is not None, timeout=10_000)
    dialog = again.explorations.dialog
    qtbot.waitExposed(dialog)
    assert str(brain) in dialog.informativeText()
    locate = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Locate…")
    qtbot.mouseClick(locate, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: again.state.prediction is not None, timeout=60_000)

    assert again.state.dataset.folder == moved
    assert again.state.source == state.source
    assert again.state.selection == state.selection
    np.testing.assert_array_equal(again.state.prediction.vector, state.prediction.vector)
    assert from_bregma(again) == from_bregma(explorer)
    assert is_open(again, "targets")
    assert not is_open(again, "matrix")
    dims, camera = again.viewer.dims, again.viewer.scene.camera
    assert dims.order == (1, 0, 2)
    np.testing.assert_allclose(dims.point, explorer.viewer.dims.point)
    assert camera.zoom == pytest.approx(0.07)
    np.testing.assert_allclose(camera.center, explorer.viewer.scene.camera.center)
    assert again.is_complete
