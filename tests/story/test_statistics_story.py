"""Statistics in the window: pages, choices, a connection clicked in the figure, files."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from qtpy.QtCore import QPoint, QRect, QSize, Qt
from qtpy.QtGui import QAction
from qtpy.QtWidgets import QCheckBox, QComboBox, QPushButton, QWidget

from napari_connectome.core.analysis.connections import connections_of
from napari_connectome.core.analysis.weight_distribution import weight_distribution
from napari_connectome.state.params import Selection, StatisticsParams
from napari_connectome.widgets.explorer import ExplorerWidget

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning:napari.*")

LEFT = Qt.MouseButton.LeftButton
ISOCORTEX, THALAMUS = 315, 549


@pytest.fixture
def view(explorer: ExplorerWidget, qtbot: Any) -> Any:
    # Fewer connections are analysed sooner.
    explorer.state.statistics_params = StatisticsParams(within=(ISOCORTEX,))
    qtbot.mouseClick(explorer.panels.view_buttons["statistics"], LEFT)
    explorer.views.docks.bring_forward("statistics")
    view = explorer.views.docks.widget("statistics")
    qtbot.waitUntil(view.isVisible, timeout=5000)
    return view


def press(qtbot: Any, view: QWidget, name: str) -> None:
    qtbot.mouseClick(view.findChild(QPushButton, name), LEFT)


def tick(qtbot: Any, view: Any, title: str) -> None:
    """Click an entry in the list of divisions, opened with the mouse."""
    menu = view.within.menu()
    if not menu.isVisible():
        menu.popup(view.within.mapToGlobal(view.within.rect().bottomLeft()))
        qtbot.waitUntil(menu.isVisible)
    action = next(found for found in menu.actions() if found.text() == title)
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())


def shows_figure(view: Any) -> bool:
    return view.figure.sheet.isVisible() and view.figure.sheet.height() > 50


def test_choices_pages_and_files(
    explorer: ExplorerWidget, view: Any, qtbot: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    state = explorer.state
    qtbot.waitUntil(lambda: state.statistics is not None, timeout=30_000)
    qtbot.waitUntil(lambda: shows_figure(view), timeout=10_000)
    first = state.statistics
    assert first.connections.group == "Isocortex"
    assert view.within.text() == "Isocortex"

    press(qtbot, view, "statistics_side_contra")
    qtbot.waitUntil(
        lambda: state.statistics is not None and state.statistics.connections.side == "contra",
        timeout=30_000,
    )
    tick(qtbot, view, "TH")
    view.within.menu().close()
    qtbot.waitUntil(
        lambda: (
            state.statistics is not None and state.statistics.connections.group == "Isocortex, TH"
        ),
        timeout=30_000,
    )
    measure = state.statistics_params.measure
    expected = connections_of(state.matrix, measure, "contra", [ISOCORTEX, THALAMUS])
    best = weight_distribution(expected.weights).best
    assert state.statistics.distribution.best.family == best.family
    assert best.title in view.words.text()

    for what, name in (("csv", "numbers.csv"), ("figure", "figure.svg")):
        target = tmp_path / name
        monkeypatch.setattr(explorer.views, "ask_save_path", lambda *_, target=target: str(target))
        view.findChild(QAction, f"statistics_export_{what}").trigger()
        qtbot.waitUntil(target.exists, timeout=10_000)
        qtbot.waitUntil(lambda: state.job is None, timeout=10_000)
    with (tmp_path / "numbers.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["group"] for row in rows} == {"Isocortex, TH"}
    above = next(row for row in rows if row["quantity"] == "above_zero")
    assert int(above["value"]) == len(expected)

    press(qtbot, view, "statistics_side_ipsi")
    tick(qtbot, view, "TH")
    view.within.menu().close()
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

    # On another axis the same connection is ringed, wherever it lies now.
    before = sheet.places[seen[0]].copy()
    qtbot.mouseClick(view.findChild(QCheckBox, "statistics_log_distance"), LEFT)

    def is_elsewhere() -> bool:
        return len(sheet.places) > 0 and bool(abs(sheet.places[seen[0]] - before).max() > 0.01)

    qtbot.waitUntil(is_elsewhere, timeout=10_000)
    ring = sheet.grab(_around(sheet.position_of(seen[0]).toPoint())).toImage()
    pixels = [ring.pixelColor(x, y) for x in range(ring.width()) for y in range(ring.height())]
    assert any(color.red() > 150 and color.blue() < 60 for color in pixels)


def _around(point: QPoint) -> QRect:
    return QRect(point - QPoint(8, 8), QSize(17, 17))


def test_all_numbers_are_in_a_table(explorer: ExplorerWidget, view: Any, qtbot: Any) -> None:
    state = explorer.state
    qtbot.waitUntil(lambda: state.statistics is not None, timeout=30_000)
    state.selection = Selection(ids=tuple(state.matrix.source_ids[:8].tolist()))
    press(qtbot, view, "statistics_selected")
    assert state.statistics_params.within == state.selection.ids
    qtbot.waitUntil(lambda: state.statistics is not None, timeout=30_000)
    press(qtbot, view, "statistics_numbers")
    assert view.table.isVisible()
    assert not view.figure.isVisible()
    frame = view.table.frame_model.frame
    bic = frame[(frame["Model"] == "lognormal") & (frame["Quantity"] == "BIC")]["Value"].item()
    fits = {fit.family: fit.bic for fit in state.statistics.distribution.fits}
    assert bic == fits["lognormal"]
    assert frame["Value"][0] == len(state.statistics.connections)
    press(qtbot, view, "statistics_distribution")
    qtbot.waitUntil(lambda: shows_figure(view), timeout=10_000)
    assert not view.table.isVisible()


def test_the_data_are_summarised(explorer: ExplorerWidget, view: Any, qtbot: Any) -> None:
    press(qtbot, view, "statistics_data")
    qtbot.waitUntil(lambda: bool(explorer.state.data_summary), timeout=20_000)
    qtbot.waitUntil(lambda: shows_figure(view), timeout=10_000)
    frame = view.table.frame_model.frame
    assert frame["Exp."].sum() == len(explorer.state.dataset.experiments)
    assert next(iter(frame["Division"])) == "Isocortex"
    assert not view.findChild(QComboBox, "statistics_measure").isVisible()


def test_what_is_in_the_making_can_be_stopped(
    explorer: ExplorerWidget, view: Any, qtbot: Any
) -> None:
    state, stop = explorer.state, view.findChild(QPushButton, "statistics_stop")
    qtbot.waitUntil(lambda: state.statistics is not None, timeout=30_000)
    assert not stop.isVisible()
    tick(qtbot, view, "All regions")
    qtbot.waitUntil(stop.isVisible, timeout=10_000)
    press(qtbot, view, "statistics_stop")
    assert view.figure.words.text() == "Stopped."
    assert (stop.text(), state.statistics) == ("Compute", None)
    qtbot.wait(300)
    assert not explorer.controller.statistics.are_busy
    press(qtbot, view, "statistics_stop")
    qtbot.waitUntil(lambda: state.statistics is not None, timeout=60_000)
    assert state.statistics.connections.group == "whole brain"
    assert not stop.isVisible()


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
