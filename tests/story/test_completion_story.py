"""Completion in the window: hidden, found again, shown in the matrix, a curve, a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QComboBox, QPushButton, QWidget

from napari_connectome.core.completion.patterns import observed_entries
from napari_connectome.data.completion_files import LabelledMatrix, read_labelled, write_labelled
from napari_connectome.widgets.explorer import ExplorerWidget

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning:napari.*")

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(explorer: ExplorerWidget, qtbot: Any) -> Any:
    explorer.views.docks.bring_forward("matrix")
    qtbot.waitUntil(lambda: explorer.state.shown_matrix is not None, timeout=20_000)
    explorer.views.docks.bring_forward("completion")
    view = explorer.views.docks.widget("completion")
    qtbot.waitUntil(view.isVisible, timeout=5000)
    return view


def press(qtbot: Any, view: QWidget, name: str) -> None:
    qtbot.mouseClick(view.findChild(QPushButton, name), LEFT)


def idle(explorer: ExplorerWidget) -> bool:
    return explorer.state.job is None


def test_the_matrix_of_the_model_is_completed_and_shown(
    explorer: ExplorerWidget, view: Any, qtbot: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    state = explorer.state
    present = state.matrix
    press(qtbot, view, "completion_run")
    qtbot.waitUntil(lambda: state.completion is not None, timeout=60_000)
    assert state.error is None
    found = state.completion.completion
    values = present.values(state.matrix_params.measure)
    seen = observed_entries(np.isfinite(values), "random", 0.5, seed=0)
    np.testing.assert_array_equal(found.problem.observed, seen)
    np.testing.assert_allclose(found.matrix[seen], values[seen])
    assert found.certificate.gap <= 1e-4
    assert "observed" in view.words.text()
    qtbot.waitUntil(lambda: view.figure.sheet.height() > 50, timeout=10_000)

    target = tmp_path / "full.csv"
    monkeypatch.setattr(explorer.views, "ask_save_path", lambda *_: str(target))
    view.export_requested.emit("csv")
    qtbot.waitUntil(lambda: target.exists() and idle(explorer), timeout=10_000)
    np.testing.assert_array_equal(read_labelled(target).values, found.matrix)

    press(qtbot, view, "completion_show")
    assert "completed" in state.matrix.origin
    np.testing.assert_array_equal(state.matrix.strength, found.matrix)


def test_a_table_and_its_curve(
    explorer: ExplorerWidget, view: Any, qtbot: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    state = explorer.state
    rng = np.random.default_rng(0)
    truth = rng.random((20, 2)) @ rng.random((2, 30))
    file = write_labelled(tmp_path / "m.csv", LabelledMatrix(truth))
    monkeypatch.setattr(explorer.views, "ask_open_path", lambda *_: str(file))
    box = view.findChild(QComboBox, "completion_source")
    box.setCurrentIndex(2)
    box.activated.emit(2)
    assert state.completion_params.path == file
    press(qtbot, view, "completion_run")
    qtbot.waitUntil(lambda: state.completion is not None, timeout=30_000)
    assert state.completion.completion.relative_error(truth) < 0.01
    assert "worth it" in view.words.text()
    press(qtbot, view, "completion_removed")
    press(qtbot, view, "completion_run")
    qtbot.waitUntil(lambda: len(state.completion_series) == 3, timeout=30_000)
    qtbot.waitUntil(lambda: view.figure.sheet.height() > 50, timeout=10_000)
    errors = [one.completion.relative_error(truth) for one in state.completion_series]
    assert errors[0] > errors[1] > errors[2]
    assert "90% removed" in view.words.text()
    press(qtbot, view, "completion_curve_run")
    qtbot.waitUntil(lambda: state.completion_curve is not None and idle(explorer), timeout=60_000)
    assert not state.completion_curve.is_partial
    assert state.completion_curve.mean()[-1] < 1e-9
    assert "enough" in view.words.text()
    assert not view.findChild(QPushButton, "completion_show").isEnabled()


def test_a_table_that_is_none_leaves_what_was_there(
    explorer: ExplorerWidget, view: Any, qtbot: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    state = explorer.state
    file = tmp_path / "bad.csv"
    file.write_text("1,2\n3,x\n")
    monkeypatch.setattr(explorer.views, "ask_open_path", lambda *_: str(file))
    box = view.findChild(QComboBox, "completion_source")
    box.setCurrentIndex(2)
    box.activated.emit(2)
    press(qtbot, view, "completion_run")
    qtbot.waitUntil(lambda: state.error is not None, timeout=10_000)
    assert "line 2" in state.error
    assert state.completion is None
    assert state.model is not None


def test_experiments_are_completed_by_rows(explorer: ExplorerWidget, view: Any, qtbot: Any) -> None:
    state = explorer.state
    view.findChild(QComboBox, "completion_source").setCurrentIndex(1)
    view.findChild(QComboBox, "completion_pattern").setCurrentIndex(2)
    view.findChild(QComboBox, "completion_method").setCurrentIndex(5)
    press(qtbot, view, "completion_run")
    qtbot.waitUntil(lambda: state.completion is not None, timeout=30_000)
    problem = state.completion.completion.problem
    assert problem.shape[0] == len(state.dataset.experiments)
    assert len(problem.blind_rows) == problem.shape[0] // 2
    assert "nothing is observed" in view.words.text()
