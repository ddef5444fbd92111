"""Statistics in the window: pages, choices, a connection clicked in the figure, files."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QComboBox, QPushButton, QWidget

from napari_connectome.core.analysis.connections import connections_of
from napari_connectome.core.analysis.weight_distribution import weight_distribution
from napari_connectome.widgets.explorer import ExplorerWidget

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning:napari.*")

LEFT = Qt.MouseButton.LeftButton
ISOCORTEX = 315


@pytest.fixture
def view(explorer: ExplorerWidget, qtbot: Any) -> Any:
    qtbot.mouseClick(explorer.panels.view_buttons["statistics"], LEFT)
    explorer.views.docks.bring_forward("statistics")
    view = explorer.views.docks.widget("statistics")
    qtbot.waitUntil(view.isVisible, timeout=5000)
    return view


def press(qtbot: Any, view: QWidget, name: str) -> None:
    qtbot.mouseClick(view.findChild(QPushButton, name), LEFT)


def shows_figure(view: Any) -> bool:
    return view.figure.sheet.isVisible() and view.figure.sheet.height() > 50


def test_choices_pages_and_files(
    explorer: ExplorerWidget, view: Any, qtbot: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    state = explorer.state
    qtbot.waitUntil(lambda: state.statistics is not None, timeout=30_000)
    qtbot.waitUntil(lambda: shows_figure(view), timeout=10_000)
    first = state.statistics
    assert first.connections.group == "whole brain"

    press(qtbot, view, "statistics_side_contra")
    qtbot.waitUntil(
        lambda: state.statistics is not None and state.statistics.connections.side == "contra",
        timeout=30_000,
    )
    view.within.set_keys([ISOCORTEX])
    view.within.changed.emit(view.within.keys)
    qtbot.waitUntil(
        lambda: state.statistics is not None and state.statistics.connections.group == "Isocortex",
        timeout=30_000,
    )
    measure = state.statistics_params.measure
    expected = connections_of(state.matrix, measure, "contra", [ISOCORTEX])
    best = weight_distribution(expected.weights).best
    assert state.statistics.distribution.best.family == best.family
    assert best.title in view.words.text()

    for what, name in (("csv", "numbers.csv"), ("figure", "figure.svg")):
        target = tmp_path / name
        monkeypatch.setattr(explorer.views, "ask_save_path", lambda *_, target=target: str(target))
        view.export_requested.emit(what)
        qtbot.waitUntil(target.exists, timeout=10_000)
        qtbot.waitUntil(lambda: state.job is None, timeout=10_000)
    with (tmp_path / "numbers.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["group"] for row in rows} == {"Isocortex"}
    above = next(row for row in rows if row["quantity"] == "above_zero")
    assert int(above["value"]) == len(expected)

    press(qtbot, view, "statistics_side_ipsi")
    view.within.set_keys([])
    view.within.changed.emit(())
    qtbot.waitUntil(lambda: state.statistics is first, timeout=1000)


def test_a_connection_is_selected_in_the_figure(
    explorer: ExplorerWidget, view: Any, qtbot: Any
) -> None:
    state, seen = explorer.state, []
    qtbot.waitUntil(lambda: state.statistics is not None, timeout=30_000)
    press(qtbot, view, "statistics_distance")
    sheet = view.figure.sheet
    qtbot.waitUntil(lambda: len(sheet.places) > 0, timeout=10_000)
    view.figure.clicked.connect(seen.append)
    place = next(i for i, p in enumerate(sheet.places) if p[0] == p[0])
    where = sheet.position_of(place).toPoint()
    qtbot.mouseMove(sheet, where)
    qtbot.mouseClick(sheet, LEFT, pos=where)
    assert len(seen) == 1
    pair = state.statistics.distance.pairs[seen[0]]
    connections = state.statistics.connections
    connection = state.selection.connection
    assert connection.source_id == state.matrix.source_ids[connections.rows[pair]]
    assert connection.target_id == state.matrix.target_ids[connections.columns[pair]]


def test_the_data_are_summarised(explorer: ExplorerWidget, view: Any, qtbot: Any) -> None:
    press(qtbot, view, "statistics_data")
    qtbot.waitUntil(lambda: bool(explorer.state.data_summary), timeout=20_000)
    qtbot.waitUntil(lambda: shows_figure(view), timeout=10_000)
    frame = view.table.frame_model.frame
    assert frame["Exp."].sum() == len(explorer.state.dataset.experiments)
    assert next(iter(frame["Division"])) == "Isocortex"
    assert not view.findChild(QComboBox, "statistics_measure").isVisible()


def test_too_few_connections_are_words(explorer: ExplorerWidget, view: Any, qtbot: Any) -> None:
    state = explorer.state
    qtbot.waitUntil(lambda: state.statistics is not None, timeout=30_000)
    region = int(state.matrix.source_ids[0])
    state.statistics_params = state.statistics_params.model_copy(update={"within": (region,)})
    qtbot.waitUntil(
        lambda: "at least 10" in view.figure.words.text() or "equal" in view.figure.words.text(),
        timeout=20_000,
    )
    assert state.statistics is None
    assert not view.export_button.isEnabled()
