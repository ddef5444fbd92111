"""Cross-validation in the window: run, stopped, looked at, saved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qtpy.QtCore import QPoint, Qt
from qtpy.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QToolButton,
    QWidget,
)

from napari_connectome.core.progress import run_to_end
from napari_connectome.core.validation import CrossValidation, ModelRequest, score_table
from napari_connectome.state.params import ValidationParams
from napari_connectome.widgets.explorer import ExplorerWidget

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning:napari.*")

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(explorer: ExplorerWidget, qtbot: Any) -> Any:
    explorer.views.docks.bring_forward("validation")
    view = explorer.views.docks.widget("validation")
    qtbot.waitUntil(view.isVisible, timeout=5000)
    return view


def press(qtbot: Any, view: QWidget, name: str) -> None:
    qtbot.mouseClick(view.findChild(QPushButton, name), LEFT)


def tick(qtbot: Any, view: QWidget, name: str) -> None:
    box = view.findChild(QCheckBox, name)
    qtbot.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))


def write(qtbot: Any, field: QWidget, text: str) -> None:
    """Replace what a field holds, as a person does."""
    qtbot.mouseClick(field, LEFT)
    qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Tab)


def unfold_values(qtbot: Any, view: QWidget) -> None:
    qtbot.mouseClick(view.findChild(QToolButton, "section_values_to_choose_from"), LEFT)


def validated(explorer: ExplorerWidget) -> bool:
    return explorer.state.validation is not None and explorer.state.job is None


def test_models_are_compared_and_saved(
    explorer: ExplorerWidget, view: Any, qtbot: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    state = explorer.state
    write(qtbot, view.findChild(QSpinBox, "validation_folds"), "3")
    tick(qtbot, view, "validation_ptp")
    unfold_values(qtbot, view)
    write(qtbot, view.findChild(QLineEdit, "validation_value_homogeneous_ridge"), "0, 0.1")
    assert state.validation_params == ValidationParams(
        folds=3, power_to_predict=False, values=("homogeneous.ridge=0,0.1",)
    )
    bar = view.findChild(QProgressBar, "job_progress")
    lengths: list[int] = []
    state.events.job.connect(lambda: lengths.append(bar.maximum()) if bar.isVisible() else None)
    press(qtbot, view, "validation_run")
    qtbot.waitUntil(lambda: validated(explorer), timeout=60_000)
    assert state.error is None
    assert max(lengths) > 0, "the dock itself shows how far it is"
    assert not bar.isVisible()

    experiments, atlas = state.dataset.experiments, state.dataset.atlas
    models = [
        ModelRequest("voxel"),
        ModelRequest("homogeneous", ({"ridge": "0"}, {"ridge": "0.1"})),
    ]
    expected = run_to_end(
        CrossValidation(experiments, atlas, models, folds=3, power_to_predict=False).job()
    )
    np.testing.assert_allclose(
        state.validation.scores["test"].to_numpy(float),
        score_table(expected)["test"].to_numpy(float),
    )
    frame = view.table.frame_model.frame
    assert list(frame["Division"][:2]) == ["whole brain"] * 2
    whole = score_table(expected).set_index(["division", "model", "score"])
    error = whole.loc[("all", "voxel", "voxel_mse_rel"), "test"]
    assert frame["Voxel error"][0].startswith(f"{error:.2f} (")

    for page in ("errors", "correlation", "sources", "scatter"):
        with qtbot.waitSignal(view.figure.shown, timeout=10_000):
            press(qtbot, view, f"validation_{page}")
    qtbot.waitUntil(lambda: len(view.figure.sheet.places) > 0, timeout=10_000)
    seen: list[int] = []
    view.figure.clicked.connect(seen.append)
    sheet = view.figure.sheet
    seen_part = sheet.visibleRegion()
    spots = [sheet.position_of(i).toPoint() for i in range(len(sheet.places))]
    at = next(spot for spot in spots if seen_part.contains(spot))
    info = view.findChild(QWidget, "validation_info")
    qtbot.mouseMove(sheet, at)
    qtbot.waitUntil(lambda: ": measured " in info.text(), timeout=5000)
    qtbot.mouseClick(sheet, LEFT, pos=at)
    assert seen
    (target_id,) = state.selection.ids
    target = atlas.tree[target_id]
    assert info.text().startswith(f"{target.acronym}  {target.name} (")

    press(qtbot, view, "validation_details")
    view.findChild(QComboBox, "validation_details").setCurrentIndex(1)
    assert len(view.table.frame_model.frame) == 6, "three folds of two models"
    target = tmp_path / "all.json"
    monkeypatch.setattr(explorer.views, "ask_save_path", lambda *_: str(target))
    view.export_requested.emit("json")
    qtbot.waitUntil(target.exists, timeout=10_000)
    told = json.loads(target.read_text())
    assert told["partial"] is False
    assert told["provenance"]["folder"] == str(state.dataset.folder)


def test_a_stopped_one_is_kept_as_partial(explorer: ExplorerWidget, view: Any, qtbot: Any) -> None:
    state = explorer.state
    press(qtbot, view, "validation_run")

    def stop() -> None:
        if state.job is not None and "omogeneous" in state.job.progress.text:
            press(qtbot, view, "job_cancel")

    state.events.job.connect(stop)
    qtbot.waitUntil(lambda: validated(explorer), timeout=60_000)
    state.events.job.disconnect(stop)
    assert state.validation.result.partial
    count = len(state.dataset.experiments)
    told = view.controls.words.text()
    assert told.startswith(f"Partial, stopped before its end: voxel has predicted {count}, homo")
    assert view.export_button.isEnabled()


def test_what_is_asked_wrongly_is_said(explorer: ExplorerWidget, view: Any, qtbot: Any) -> None:
    unfold_values(qtbot, view)
    write(qtbot, view.findChild(QLineEdit, "validation_value_homogeneous_ridge"), "0, much")
    press(qtbot, view, "validation_run")
    assert "Ridge" in explorer.state.error or "ridge" in explorer.state.error
    assert "much" in explorer.state.error
    assert explorer.state.job is None
    for name in explorer.state.validation_params.models:
        tick(qtbot, view, f"validation_model_{name}")
    assert not view.findChild(QPushButton, "validation_run").isEnabled()
