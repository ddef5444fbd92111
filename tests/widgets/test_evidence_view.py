"""Tables of contributing experiments, and the bar that says what the support's colours mean."""

from __future__ import annotations

import csv
import io
import math

import pytest
from qtpy.QtCore import Qt
from qtpy.QtGui import QAction, QGuiApplication
from qtpy.QtTest import QAbstractItemModelTester
from qtpy.QtWidgets import QComboBox, QLabel

from napari_connectome.widgets.evidence.answer_page import DISTANCE
from napari_connectome.widgets.evidence.cell_page import MeasureLine
from napari_connectome.widgets.evidence.rows import ExperimentShare, share_text
from napari_connectome.widgets.evidence.share_model import FIRST_NUMBER, ID, REGION, SHARE, SHOWN
from napari_connectome.widgets.evidence.share_table import ShareTable
from napari_connectome.widgets.evidence.view import EvidenceView

LEFT = Qt.MouseButton.LeftButton
ROWS = (
    ExperimentShare(30, "VISp", "Primary visual area", (8, 133, 140), 0.2, (900.4,)),
    ExperimentShare(10, "VISl", "Lateral visual area", (8, 133, 140), 0.7, (120.0,)),
    ExperimentShare(20, "", "", None, 0.1, (math.nan,)),
)


@pytest.fixture
def table(qtbot):
    table = ShareTable("shares", (DISTANCE,))
    qtbot.addWidget(table)
    table.resize(480, 200)
    with qtbot.waitExposed(table):
        table.show()
    table.set_rows(ROWS)
    QAbstractItemModelTester(table.shares, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return table


def ids(table):
    return [row.experiment_id for row in table.shares.rows]


def test_largest_share_first_and_every_column_sorts(table):
    assert ids(table) == [10, 30, 20]
    table.sortByColumn(ID, Qt.SortOrder.AscendingOrder)
    assert ids(table) == [10, 20, 30]
    table.sortByColumn(REGION, Qt.SortOrder.DescendingOrder)
    assert ids(table) == [30, 10, 20]
    table.set_shown({20: (255, 0, 0)})
    table.sortByColumn(SHOWN, Qt.SortOrder.DescendingOrder)
    assert ids(table)[0] == 20
    # Other rows come in the order that was asked for.
    table.sortByColumn(SHARE, Qt.SortOrder.AscendingOrder)
    table.set_rows(ROWS[:2])
    assert ids(table) == [30, 10]


def test_what_is_written(table):
    texts = [
        [table.shares.index(row, column).data() for column in range(FIRST_NUMBER + 1)]
        for row in range(3)
    ]
    assert texts[0] == ["", "10", "VISl  Lateral visual area", "70.0 %", "120"]
    assert texts[2] == ["", "20", "Structure not known", "10.0 %", ""]
    assert [share_text(share) for share in (0.0, 2e-4, 0.0123, 1.0)] == [
        "0 %",
        "< 0.1 %",
        "1.2 %",
        "100.0 %",
    ]


def test_a_click_toggles_and_a_double_click_is_one(table, qtbot):
    told = []
    table.toggled.connect(told.append)
    place = table.visualRect(table.shares.index(1, SHARE)).center()
    qtbot.mouseClick(table.viewport(), LEFT, pos=place)
    assert told == [30]
    qtbot.mouseDClick(table.viewport(), LEFT, pos=place)
    qtbot.mouseRelease(table.viewport(), LEFT, pos=place)
    assert told == [30]
    qtbot.mouseClick(table.viewport(), LEFT, pos=place)
    assert told == [30, 30]


def test_the_selected_experiment_stays_selected(table):
    table.select(20)
    assert table.selected_id() == 20
    table.sortByColumn(ID, Qt.SortOrder.DescendingOrder)
    table.set_rows(ROWS)
    assert table.selected_id() == 20
    table.select(99)
    assert table.selected_id() is None


def test_the_menu_acts_on_the_selected_experiment(table):
    told = []
    table.hold_out_requested.connect(lambda i: told.append(("hold out", i)))
    table.keep_requested.connect(lambda i: told.append(("keep", i)))
    actions = {action.objectName(): action for action in table.actions()}
    actions["shares_hold_out"].trigger()
    assert told == []
    table.select(30)
    actions["shares_hold_out"].trigger()
    actions["shares_keep"].trigger()
    assert told == [("hold out", 30), ("keep", 30)]


def test_the_table_is_copied(table):
    table.findChild(QAction, "shares_copy").trigger()
    rows = list(csv.reader(io.StringIO(QGuiApplication.clipboard().text())))
    assert rows[0] == ["experiment_id", "structure", "name", "share", "distance_um"]
    assert rows[1] == ["10", "VISl", "Lateral visual area", "0.7", "120.0"]
    assert sum(float(row[3]) for row in rows[1:]) == pytest.approx(1.0)


@pytest.fixture
def view(qtbot):
    view = EvidenceView()
    qtbot.addWidget(view)
    view.resize(500, 300)
    with qtbot.waitExposed(view):
        view.show()
    return view


def test_pages(view, qtbot):
    view.answer.show_rows("Targets of VISp", "<b>128 µm</b> to the nearest", ROWS)
    assert view.answer.table.isVisible()
    qtbot.mouseClick(view.pages.buttons["cell"], LEFT)
    assert not view.answer.isVisible()
    view.cell.show_cell(
        "VISp → LGd", [MeasureLine("Connection strength", "2345", "sums", "formula")], (), "Words."
    )
    assert view.findChild(QLabel, "cell_value").text() == "2345"
    assert not view.cell.table.isVisible()
    view.answer.show_words("", "No source.")
    view.set_page("answer")
    assert view.findChild(QLabel, "evidence_hint").text() == "No source."
    assert not view.answer.table.isVisible()


@pytest.mark.parametrize("width", [360, 1000])
def test_the_support_bar_fits(view, qtbot, width):
    view.resize(width, 300)
    bar = view.support
    assert not bar.scale.isVisible()
    bar.show_scale((0.0, 1500.0), [(0, 0, 0, 1), (1, 1, 1, 1)], "µm", hatched=True)
    qtbot.wait(50)
    parts = [bar.scale, bar.findChild(QLabel, "support_unit"), bar.findChild(QComboBox)]
    assert all(part.isVisible() for part in parts)
    assert all(part.geometry().right() <= bar.width() for part in parts)
    bar.show_nothing("Counting experiments …")
    assert bar.findChild(QLabel, "support_note").isVisible()
    assert not bar.scale.isVisible()


def test_a_chosen_support_is_told_and_a_shown_one_is_not(view):
    told = []
    view.support_changed.connect(told.append)
    view.support.set_kind("distance")
    assert told == []
    box = view.findChild(QComboBox, "support_kind")
    box.setCurrentIndex(box.findData("effective"))
    assert told == ["effective"]
