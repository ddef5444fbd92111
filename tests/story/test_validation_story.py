"""Cross-validation in the window: run, stopped, looked at, saved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPushButton, QSpinBox, QWidget

from napari_connectome.core.progress import run_to_end
from napari_connectome.core.validation import CrossValidation, ModelRequest, score_table
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


def validated(explorer: ExplorerWidget) -> bool:
    return explorer.state.validation is not None and explorer.state.job is None


def test_models_are_compared_and_saved(
    explorer: ExplorerWidget, view: Any, qtbot: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    state = explorer.state
    view.findChild(QSpinBox, "validation_folds").setValue(3)
    view.findChild(QCheckBox, "validation_ptp").setChecked(False)
    for box in view.findChildren(QCheckBox):
        if box.objectName().startswith("validation_model_"):
            box.setChecked(box.objectName()[17:] in ("voxel", "homogeneous"))
    values = view.findChild(QLineEdit, "validation_values")
    values.setText("homogeneous.ridge=0,0.1")
    values.editingFinished.emit()
    press(qtbot, view, "validation_run")
    qtbot.waitUntil(lambda: validated(explorer), timeout=60_000)
    assert state.error is None

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

    for page in ("errors", "correlation", "scatter"):
        press(qtbot, view, f"validation_{page}")
        qtbot.waitUntil(lambda: view.figure.sheet.height() > 50, timeout=10_000)
    qtbot.waitUntil(lambda: len(view.figure.sheet.places) > 0, timeout=10_000)
    seen: list[int] = []
    view.figure.clicked.connect(seen.append)
    sheet = view.figure.sheet
    qtbot.mouseClick(sheet, LEFT, pos=sheet.position_of(5).toPoint())
    assert len(state.selection.ids) == 1
    assert seen

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
            explorer.controller.cancel()

    state.events.job.connect(stop)
    qtbot.waitUntil(lambda: validated(explorer), timeout=60_000)
    state.events.job.disconnect(stop)
    assert state.validation.result.partial
    assert view.words.text().startswith("Partial")
    assert view.export_button.isEnabled()


def test_what_is_asked_wrongly_is_said(explorer: ExplorerWidget, view: Any, qtbot: Any) -> None:
    values = view.findChild(QLineEdit, "validation_values")
    values.setText("homogeneous.nonsense=1")
    values.editingFinished.emit()
    press(qtbot, view, "validation_run")
    assert "nonsense" in explorer.state.error
    assert explorer.state.job is None
    for box in view.findChildren(QCheckBox):
        if box.objectName().startswith("validation_model_"):
            box.setChecked(False)
    assert not view.findChild(QPushButton, "validation_run").isEnabled()
