"""Completion in the window: hidden, found again, shown in the matrix, a curve, a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QComboBox, QPushButton, QWidget

from napari_connectome.core.completion.patterns import observed_entries
from napari_connectome.core.regional_matrix import MEASURED
from napari_connectome.core.sources import RegionSource
from napari_connectome.data.completion_files import LabelledMatrix, read_labelled, write_labelled
from napari_connectome.state.painted_cells import painted_mask
from napari_connectome.widgets.explorer import ExplorerWidget
from napari_connectome.widgets.matrix.content import PAINTED
from tests.story.gestures import cell_pixel

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
    np.testing.assert_array_equal(state.matrix.strength, np.maximum(found.matrix, 0.0))
    np.testing.assert_array_equal(state.matrix.marks == MEASURED, seen)
    # What is shown was made of the matrix before: that one is completed again.
    view.findChild(QComboBox, "completion_method").setCurrentIndex(4)
    press(qtbot, view, "completion_run")
    again = state.completion
    qtbot.waitUntil(lambda: state.completion is not again, timeout=60_000)
    np.testing.assert_array_equal(state.completion.truth, values)


def test_the_completed_matrix_is_a_model(
    explorer: ExplorerWidget, view: Any, qtbot: Any, tmp_path: Path
) -> None:
    state, before = explorer.state, explorer.state.matrix
    form = state.fit_params
    view.findChild(QComboBox, "completion_method").setCurrentIndex(4)
    press(qtbot, view, "completion_run")
    qtbot.waitUntil(lambda: state.completion is not None and idle(explorer), timeout=60_000)
    press(qtbot, view, "completion_use")
    qtbot.waitUntil(lambda: state.model.model == "completion" and idle(explorer), timeout=30_000)
    assert state.error is None
    assert (state.fit_params, state.is_stale) == (form, False)
    assert "cells were completed" in explorer.panels.fit.status.text()
    region = int(before.source_ids[np.isfinite(before.strength).any(axis=1)][0])
    explorer.controller.ask(RegionSource((region,)), "anterograde")
    qtbot.waitUntil(lambda: state.prediction is not None, timeout=10_000)
    sums = state.completion.regional.strength
    assert state.prediction.vector.max() > 0
    explorer.views.docks.bring_forward("matrix")
    qtbot.waitUntil(lambda: state.matrix is not None, timeout=20_000)
    marked = state.matrix.marks[state.matrix.row_of(region)]
    np.testing.assert_array_equal(marked, state.completion.regional.marks[before.row_of(region)])
    measure = state.completion.regional.measure
    np.testing.assert_allclose(state.matrix.values(measure), sums, rtol=1e-6)
    # Saved, opened again, it is the same; the form still offers what can be fitted.
    file = tmp_path / "completed.h5"
    explorer.controller.save_model(file)
    qtbot.waitUntil(lambda: file.exists() and idle(explorer), timeout=20_000)
    explorer.open(file)
    qtbot.waitUntil(lambda: state.dataset.folder == file and idle(explorer), timeout=20_000)
    assert state.model.model == "completion"
    assert state.fit_params == form
    assert explorer.panels.fit.model_box.currentData() == form.model


def test_cells_painted_in_the_matrix_are_what_is_completed(
    explorer: ExplorerWidget, view: Any, qtbot: Any
) -> None:
    state, docks = explorer.state, explorer.views.docks
    box = view.findChild(QComboBox, "completion_pattern")
    box.setCurrentIndex(box.findData("painted"))
    assert "No cells are marked" in view.words.text()
    press(qtbot, view, "completion_run")
    qtbot.waitUntil(lambda: state.error is not None and idle(explorer), timeout=10_000)
    assert "No cell of this matrix is painted" in state.error
    docks.bring_forward("matrix")
    matrix_view = docks.widget("matrix")
    qtbot.waitUntil(matrix_view.isVisible, timeout=5000)
    qtbot.waitUntil(lambda: matrix_view.picture.cells.is_painted_on, timeout=5000)
    cells, shown = matrix_view.picture.cells, state.shown_matrix.matrix
    qtbot.mousePress(cells, LEFT, pos=cell_pixel(matrix_view, 0, 1))
    qtbot.mouseMove(cells, cell_pixel(matrix_view, 1, 3))
    qtbot.mouseRelease(cells, LEFT, pos=cell_pixel(matrix_view, 1, 3))
    block = np.zeros(shown.shape, dtype=bool)
    block[0:2, 1:4] = True
    assert len(state.completion_params.painted) == 6
    np.testing.assert_array_equal(matrix_view.content.marks == PAINTED, block)
    docks.bring_forward("completion")
    qtbot.waitUntil(view.isVisible, timeout=5000)
    assert "6 cells are marked" in view.words.text()
    press(qtbot, view, "completion_run")
    qtbot.waitUntil(lambda: state.completion is not None, timeout=60_000)
    values = state.matrix.values(state.matrix_params.measure)
    expected = np.isfinite(values) & ~painted_mask(state.matrix, state.completion_params.painted)
    np.testing.assert_array_equal(state.completion.completion.problem.observed, expected)
    # Only the regional matrix has such cells.
    view.findChild(QComboBox, "completion_source").setCurrentIndex(1)
    press(qtbot, view, "completion_run")
    qtbot.waitUntil(lambda: state.error is not None and idle(explorer), timeout=10_000)
    assert "painted in the matrix view" in state.error
    docks.bring_forward("matrix")
    qtbot.waitUntil(lambda: not cells.is_painted_on, timeout=5000)


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
    assert "A preview" in view.words.text()
    press(qtbot, view, "completion_curve_whole")
    qtbot.waitUntil(lambda: state.completion_curve.request.repeats == 50, timeout=30_000)
    explorer.controller.cancel()
    qtbot.waitUntil(lambda: idle(explorer), timeout=10_000)
    stopped = state.completion_curve
    assert stopped.is_partial
    assert len(stopped.request.fractions) == 41
    press(qtbot, view, "completion_curve_whole")
    qtbot.waitUntil(
        lambda: np.isfinite(state.completion_curve.mse).sum() > np.isfinite(stopped.mse).sum(),
        timeout=30_000,
    )
    explorer.controller.cancel()
    qtbot.waitUntil(lambda: idle(explorer), timeout=10_000)
    for name in ("completion_show", "completion_use"):
        button = view.findChild(QPushButton, name)
        assert not button.isEnabled()
        assert "without names cannot be regions" in button.toolTip()


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
    assert state.completion.regional is None
    use = view.findChild(QPushButton, "completion_use")
    assert not use.isEnabled()
    assert "rows are experiments, not regions" in use.toolTip()
