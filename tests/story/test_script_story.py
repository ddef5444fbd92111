"""What a person clicks, fits and saves in a real window, done again by the script that it shows."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.image import imread
from qtpy.QtCore import QPoint, Qt
from qtpy.QtGui import QAction, QGuiApplication
from qtpy.QtWidgets import QPlainTextEdit, QPushButton, QWidget

from napari_connectome.core.sources import VoxelSource
from napari_connectome.state.params import FitParams
from napari_connectome.widgets.explorer import ExplorerWidget
from tests.story.gestures import canvas_of, cortex_in_view, pixel_of

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning:napari.*")

Save = Callable[[str, QWidget, str], Path]


@pytest.fixture
def save(
    explorer: ExplorerWidget, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Save:
    """Choose a file in the dialog of a view: by a button, or by an entry of its menu."""
    folder = tmp_path / "window"
    folder.mkdir()

    def saved(name: str, view: QWidget, control: str) -> Path:
        path = folder / name
        for dialogs in (explorer, explorer.views):
            monkeypatch.setattr(dialogs, "ask_save_path", lambda *_: str(path))
        action = view.findChild(QAction, control)
        if action is not None:
            action.trigger()
        else:
            button = view.findChild(QPushButton, control)
            assert button is not None
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: explorer.state.notice == f"Saved to {path}.", timeout=20_000)
        return path

    return saved


def test_the_script_writes_the_same_tables(
    explorer: ExplorerWidget, save: Save, qtbot: Any, tmp_path: Path
) -> None:
    state, canvas, docks = explorer.state, canvas_of(explorer), explorer.views.docks
    docks.bring_forward("script")
    text = docks.widget("script").findChild(QPlainTextEdit, "script_text")
    qtbot.waitUntil(lambda: "nc.fit_model" in text.toPlainText(), timeout=5000)

    place = pixel_of(explorer, cortex_in_view(explorer))
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: state.prediction is not None, timeout=5000)
    docks.bring_forward("targets")
    targets = docks.widget("targets")
    save("targets.csv", targets, "target_chart_export_csv")
    kept = state.source

    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=place)
    passed = []
    for step in range(1, 6):
        qtbot.mouseMove(canvas, place + QPoint(-3 * step, 0))
        qtbot.wait(30)
        passed.append(state.source)
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=place + QPoint(-15, 0))
    qtbot.waitUntil(lambda: state.prediction.source == state.source, timeout=5000)

    state.fit_params = FitParams(values={"bandwidth_um": 800.0})
    fit = explorer.panels.fit.findChild(QPushButton, "fit")
    qtbot.mouseClick(fit, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: state.prediction.model.parameters["bandwidth_um"] == 800.0, timeout=20_000
    )
    docks.bring_forward("targets")
    save("other_width.csv", targets, "target_chart_export_csv")
    save("targets.png", targets, "target_chart_export_figure")
    docks.bring_forward("matrix")
    qtbot.waitUntil(lambda: state.shown_matrix is not None, timeout=20_000)
    save("matrix.csv", docks.widget("matrix"), "matrix_export_csv")
    save("matrix.png", docks.widget("matrix"), "matrix_export_figure")
    docks.bring_forward("flatmap")
    qtbot.waitUntil(lambda: bool(state.maps), timeout=20_000)
    save("map.npy", docks.widget("flatmap"), "flatmap_save_array")
    save("map.png", docks.widget("flatmap"), "flatmap_save_figure")
    docks.bring_forward("script")
    view = docks.widget("script")
    qtbot.waitUntil(lambda: "map.png" in text.toPlainText(), timeout=5000)
    shown = text.toPlainText()
    between = {p.point_um for p in passed} - {kept.point_um, state.source.point_um}
    assert isinstance(kept, VoxelSource)
    assert str(kept.point_um) in shown
    assert str(state.source.point_um) in shown
    assert not any(str(point) in shown for point in between)

    qtbot.mouseClick(view.findChild(QPushButton, "script_copy"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == shown
    script = save("connectome.py", view, "script_save")
    assert script.read_text(encoding="utf-8") == shown
    book = json.loads(save("connectome.ipynb", view, "script_notebook").read_text("utf-8"))
    code = ["".join(c["source"]) for c in book["cells"] if c["cell_type"] == "code"]
    assert all(cell in shown for cell in code)
    assert text.toPlainText() == shown

    again = tmp_path / "again"
    again.mkdir()
    subprocess.run([sys.executable, script], cwd=again, check=True)
    saved = {file.name for file in script.parent.iterdir()} - {"connectome.py", "connectome.ipynb"}
    assert {file.name for file in (again / "results").iterdir()} == saved
    assert len(saved) == 7
    for name in saved:
        first, second = script.parent / name, again / "results" / name
        if name.endswith(".png"):
            assert np.array_equal(imread(first), imread(second)), name
        else:
            assert first.read_bytes() == second.read_bytes(), name


def test_an_empty_script_says_what_to_do(
    make_napari_viewer: Callable[..., Any], qtbot: Any
) -> None:
    viewer = make_napari_viewer(show=True)
    widget = ExplorerWidget(viewer)
    viewer.window.add_dock_widget(widget)
    widget.views.docks.bring_forward("script")
    view = widget.views.docks.widget("script")
    text = view.findChild(QPlainTextEdit, "script_text")
    assert text.toPlainText() == ""
    assert "Open a brain" in text.placeholderText()
    assert not view.findChild(QPushButton, "script_copy").isEnabled()
    widget.shut_down()
