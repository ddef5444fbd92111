from __future__ import annotations

import math

import pytest
from qtpy.QtCore import Qt
from qtpy.QtTest import QAbstractItemModelTester
from qtpy.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit

from napari_connectome.widgets.appearance import NumberBox
from napari_connectome.widgets.experiment_rows import ExperimentFilter, ExperimentRow
from napari_connectome.widgets.experiment_table import (
    DATA,
    ID,
    LINE,
    VOLUME,
    ExperimentModel,
    ExperimentTableView,
)

ROWS = (
    ExperimentRow(
        30, "VISp", "Primary visual area", "Isocortex", None, "C57BL/6J", 0.31, "left", True, True
    ),
    ExperimentRow(10, "LGd", "Lateral geniculate", "TH", "Rorb-Cre", "mixed", 0.05, "right", True),
    ExperimentRow(20, "VISl", "Lateral visual area", "Isocortex", "Rorb-Cre", None, math.nan),
    ExperimentRow(40, "LP", "Lateral posterior nucleus", "TH", None, "C57BL/6J", 0.12, "right"),
)


@pytest.fixture
def table(qtbot):
    table = ExperimentTableView()
    qtbot.addWidget(table)
    table.resize(420, 400)
    with qtbot.waitExposed(table):
        table.show()
    table.set_rows(ROWS)
    return table


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (ExperimentFilter(), {10, 20, 30, 40}),
        (ExperimentFilter(wild_type_only=True), {30, 40}),
        (ExperimentFilter(with_volumes_only=True), {30, 10}),
        (ExperimentFilter(division="TH"), {10, 40}),
        (ExperimentFilter(text="rorb lateral"), {10, 20}),
        (ExperimentFilter(text="30"), {30}),
        (ExperimentFilter(text="c57bl"), {30, 40}),
        (ExperimentFilter(min_volume_mm3=0.1), {30, 40}),
        (ExperimentFilter(max_volume_mm3=0.12), {10, 40}),
        (ExperimentFilter(min_volume_mm3=0.05, max_volume_mm3=0.12), {10, 40}),
        (ExperimentFilter(wild_type_only=True, division="TH", text="lp"), {40}),
    ],
)
def test_a_filter_lets_through_what_it_says(wanted, ids):
    assert {row.id for row in ROWS if wanted.accepts(row)} == ids


def test_the_model_keeps_qts_rules(qtbot):
    model = ExperimentModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_rows(ROWS)
    model.set_filter(ExperimentFilter(division="TH"))
    model.sort(VOLUME, Qt.SortOrder.DescendingOrder)
    assert [row.id for row in model.rows] == [40, 10]


def test_an_empty_table_says_what_to_do(qtbot):
    table = ExperimentTableView()
    qtbot.addWidget(table)
    with qtbot.waitExposed(table):
        table.show()
    hint = table.findChild(QLabel, "experiment_hint")
    assert hint.isVisible()
    assert "Open the demo brain" in hint.text()
    assert not table.findChild(QLineEdit, "experiment_search").isEnabled()


def test_rows_show_what_is_known(table):
    texts = [[table.model.index(r, c).data() for c in range(6)] for r in range(4)]
    assert texts[0] == ["10", "LGd", "Rorb-Cre", "0.05", "R", "yes"]
    assert texts[1] == ["20", "VISl", "Rorb-Cre", "", "", ""]
    assert texts[2] == ["30", "VISp", "C57BL/6J", "0.31", "L", "used"]
    tip = table.model.index(2, ID).data(Qt.ItemDataRole.ToolTipRole)
    assert "Primary visual area" in tip
    assert "mirrored" in tip


def test_typing_filters_counts_and_tells(qtbot, table):
    with qtbot.waitSignal(table.filter_changed) as changed:
        qtbot.keyClicks(table.findChild(QLineEdit, "experiment_search"), "v")
    assert changed.args == [ExperimentFilter(text="v")]
    qtbot.keyClicks(table.findChild(QLineEdit, "experiment_search"), "isp")
    assert table.shown_ids() == (30,)
    assert table.findChild(QLabel, "experiment_count").text() == "1 of 4 experiments"


def test_ticks_and_division_filter(qtbot, table):
    table.findChild(QCheckBox, "experiment_wild_type").click()
    assert table.shown_ids() == (30, 40)
    table.findChild(QCheckBox, "experiment_with_volumes").click()
    assert table.shown_ids() == (30,)
    division = table.findChild(QComboBox, "experiment_division")
    assert [division.itemText(i) for i in range(3)] == ["All divisions", "Isocortex", "TH"]
    division.setFocus()
    qtbot.keyClicks(division, "T")
    assert table.shown_ids() == ()
    assert "Clear a filter" in table.findChild(QLabel, "experiment_hint").text()


def test_the_volume_range_filters(qtbot, table):
    low = table.findChild(NumberBox, "experiment_min_volume")
    low.selectAll()
    qtbot.keyClicks(low, "0.1")
    qtbot.keyClick(low, Qt.Key.Key_Return)
    assert table.shown_ids() == (30, 40)
    high = table.findChild(NumberBox, "experiment_max_volume")
    assert high.value() == pytest.approx(0.31)
    high.selectAll()
    qtbot.keyClicks(high, "0.2")
    qtbot.keyClick(high, Qt.Key.Key_Return)
    assert table.shown_ids() == (40,)


def test_a_click_on_a_title_sorts(qtbot, table):
    header = table.view.horizontalHeader()

    def press(column):
        x = header.sectionViewportPosition(column) + header.sectionSize(column) // 2
        place = header.viewport().rect().center()
        place.setX(x)
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)

    press(VOLUME)
    assert table.shown_ids() == (20, 10, 40, 30)
    press(VOLUME)
    assert table.shown_ids() == (30, 40, 10, 20)
    press(LINE)
    assert table.shown_ids() == (30, 40, 10, 20)
    press(DATA)
    assert table.shown_ids()[-1] == 30


def test_a_double_click_and_enter_activate(qtbot, table):
    place = table.view.visualRect(table.model.index(2, ID)).center()
    viewport = table.view.viewport()
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    with qtbot.waitSignal(table.experiment_activated) as activated:
        qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    assert activated.args == [30]
    table.activateWindow()
    qtbot.waitUntil(table.view.hasFocus)
    with qtbot.waitSignal(table.experiment_activated) as activated:
        qtbot.keyClick(table.view, Qt.Key.Key_Return)
    assert activated.args == [30]


def test_another_dataset_starts_without_filters(qtbot, table):
    qtbot.keyClicks(table.findChild(QLineEdit, "experiment_search"), "visp")
    with qtbot.assertNotEmitted(table.filter_changed):
        table.set_rows(ROWS[:2])
    assert table.shown_ids() == (10, 30)
    assert table.filter() == ExperimentFilter()


def test_every_column_fits_beside_the_others(qtbot, table):
    header = table.view.horizontalHeader()
    for width in (900, 420, 700):
        table.resize(width, 400)
        qtbot.waitUntil(lambda: header.length() == table.view.viewport().width())
    table.resize(200, 400)
    qtbot.waitUntil(lambda: header.length() > table.view.viewport().width())
    assert header.sectionSize(LINE) > table.fontMetrics().horizontalAdvance("C57B")
