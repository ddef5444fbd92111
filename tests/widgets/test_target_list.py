from __future__ import annotations

import csv
import io

import pytest
from qtpy.QtCore import Qt
from qtpy.QtGui import QAction, QGuiApplication
from qtpy.QtTest import QAbstractItemModelTester
from qtpy.QtWidgets import QComboBox, QLabel, QPushButton

from napari_connectome.core.sides import BY_HEMISPHERE
from napari_connectome.data.target_table import TargetRow
from napari_connectome.widgets.target_list import TargetList
from napari_connectome.widgets.target_table import REGION, SIDE, VALUE, TargetModel, text_on


def row(number: int, side: str, value: float) -> TargetRow:
    return TargetRow(number, f"R{number}", f"Region, number {number}", (number, 9, 9), side, value)


ROWS = [row(i, "ipsi" if i % 3 else "contra", 1.0 / (i + 1)) for i in range(60)]


@pytest.fixture
def targets(qtbot):
    targets = TargetList()
    qtbot.addWidget(targets)
    targets.resize(360, 500)
    with qtbot.waitExposed(targets):
        targets.show()
    targets.set_targets(ROWS, "1/voxel", "Mean density")
    return targets


def choose(targets, name, text):
    box = targets.findChild(QComboBox, name)
    box.setCurrentIndex(box.findText(text))


def test_the_model_keeps_qts_rules(qtbot):
    model = TargetModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for rows in (ROWS, ROWS[3:], ROWS[:57], ()):
        model.set_rows(rows)
    assert model.rowCount() == 0


def test_the_first_twenty_are_shown_in_their_order(targets):
    assert [r.structure_id for r in targets.shown_rows()] == list(range(20))


def test_a_row_has_colour_name_side_and_value(targets):
    index = targets.model.index(2, REGION)
    assert index.data() == "R2  Region, number 2"
    assert index.data(Qt.ItemDataRole.DecorationRole).getRgb()[:3] == (2, 9, 9)
    assert index.siblingAtColumn(1).data() == "ipsi"
    assert index.siblingAtColumn(VALUE).data() == "0.333"
    assert "0.3333 1/voxel" in index.data(Qt.ItemDataRole.ToolTipRole)


def test_one_side_alone(targets):
    choose(targets, "target_side", "Contralateral")
    assert {r.hemisphere for r in targets.shown_rows()} == {"contra"}
    assert len(targets.shown_rows()) == 20
    choose(targets, "target_side", "Ipsilateral")
    assert {r.hemisphere for r in targets.shown_rows()} == {"ipsi"}


def test_how_many_are_shown(targets):
    choose(targets, "target_top", "Top 10")
    assert len(targets.shown_rows()) == 10
    choose(targets, "target_top", "All")
    assert len(targets.shown_rows()) == len(ROWS)


def dark_columns(targets, number):
    """How far the bar of a row reaches, in pixels."""
    rect = targets.view.visualRect(targets.model.index(number, VALUE))
    image = targets.view.viewport().grab(rect).toImage()
    line = 4
    empty = image.pixelColor(image.width() - 2, image.height() - 1)
    return sum(image.pixelColor(x, line) != empty for x in range(image.width()))


def test_bars_are_as_long_as_their_part_of_the_largest(targets):
    targets.set_targets([row(1, "ipsi", 1.0), row(2, "ipsi", 0.5), row(3, "ipsi", 0.25)])
    full, half, quarter = (dark_columns(targets, i) for i in range(3))
    assert half == pytest.approx(full / 2, abs=3)
    assert quarter == pytest.approx(full / 4, abs=3)


def test_the_selected_region_stays_selected_when_it_moves(qtbot, targets):
    rect = targets.view.visualRect(targets.model.index(4, REGION))
    qtbot.mouseClick(targets.view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    targets.set_targets(sorted(ROWS, key=lambda r: (r.structure_id != 4, r.structure_id)))
    assert targets.view.currentIndex().row() == 0
    assert targets.view.selectionModel().isRowSelected(0)
    targets.set_targets(ROWS[10:])
    assert not targets.view.selectionModel().hasSelection()


def press(qtbot, targets, number):
    place = targets.view.visualRect(targets.model.index(number, REGION)).center()
    qtbot.mouseClick(targets.view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def marked(targets):
    return sorted(index.row() for index in targets.view.selectionModel().selectedRows())


def test_one_click_activates_a_region_once(qtbot, targets):
    activated = []
    targets.region_activated.connect(activated.append)
    press(qtbot, targets, 3)
    assert activated == [3]
    press(qtbot, targets, 5)
    press(qtbot, targets, 5)
    assert activated == [3, 5, 5]
    assert marked(targets) == [5]


def test_keys_activate_what_they_reach(qtbot, targets):
    press(qtbot, targets, 3)
    targets.activateWindow()
    qtbot.waitUntil(targets.view.hasFocus)
    for key, reached in (("Down", 4), ("Up", 3), ("Return", 3)):
        with qtbot.waitSignal(targets.region_activated) as activated:
            qtbot.keyClick(targets.view, getattr(Qt.Key, f"Key_{key}"))
        assert activated.args == [reached]
        assert marked(targets) == [reached]


def test_selected_structures_are_marked_on_both_sides(qtbot, targets):
    rows = [row(7, "ipsi", 3.0), row(8, "ipsi", 2.0), row(7, "contra", 1.0), row(9, "ipsi", 0.5)]
    targets.set_targets(rows)
    with qtbot.assertNotEmitted(targets.region_activated):
        targets.select((7, 1000))
        assert marked(targets) == [0, 2]
        targets.set_targets(rows[::-1])
        assert marked(targets) == [1, 3]
        targets.select((8, 9))
        assert marked(targets) == [0, 2]
        targets.select(())
    assert marked(targets) == []


def test_a_mark_waits_for_its_region(targets):
    targets.select((59,))
    assert marked(targets) == []
    choose(targets, "target_top", "All")
    assert marked(targets) == [59]


def test_what_the_regions_are_is_the_callers_word(targets):
    def title():
        return targets.model.headerData(REGION, Qt.Orientation.Horizontal)

    assert title() == "Target region"
    targets.set_targets(ROWS, region_title="Source region")
    assert title() == "Source region"


def contrast(one, other):
    """Contrast ratio of two colours by WCAG 2.1, from its own formulas."""

    def luminance(color):
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_numbers_can_be_read_on_every_colour():
    steps = range(0, 256, 15)
    for rgb in [(r, g, b) for r in steps for g in steps for b in steps]:
        text = text_on(rgb).getRgbF()[:3]
        assert contrast(text, [c / 255 for c in rgb]) >= 4.5


def test_a_bar_has_the_colour_of_its_region(targets):
    targets.set_targets([TargetRow(1, "VISp", "Primary visual area", (8, 133, 140), "ipsi", 1.0)])
    rect = targets.view.visualRect(targets.model.index(0, VALUE))
    image = targets.view.viewport().grab(rect).toImage()
    assert image.pixelColor(8, 4).getRgb()[:3] == (8, 133, 140)


def test_the_list_is_copied_as_a_table(qtbot, targets):
    choose(targets, "target_top", "Top 10")
    qtbot.mouseClick(targets.findChild(QPushButton, "target_copy"), Qt.MouseButton.LeftButton)
    lines = list(csv.reader(io.StringIO(QGuiApplication.clipboard().text())))
    assert lines[0] == [
        "rank",
        "structure_id",
        "acronym",
        "name",
        "hemisphere",
        "Mean density (1/voxel)",
    ]
    assert len(lines) == 11
    assert lines[3][:5] == ["3", "2", "R2", "Region, number 2", "ipsi"]
    assert float(lines[3][5]) == 1 / 3
    QGuiApplication.clipboard().clear()
    targets.findChild(QAction, "target_copy_action").trigger()
    assert QGuiApplication.clipboard().text() == targets.csv_text()


def test_numbers_of_numpy_are_copied_as_numbers(targets):
    import numpy as np

    targets.set_targets([row(1, "ipsi", np.float32(0.5))])
    assert targets.csv_text().endswith(",0.5\n")


def test_an_empty_list_says_what_to_do(targets):
    targets.set_targets(())
    hint = targets.findChild(QLabel, "target_hint")
    assert hint.isVisible()
    assert "Choose a source" in hint.text()
    assert not targets.findChild(QPushButton, "target_copy").isEnabled()
    targets.set_targets([row(1, "ipsi", 1.0)])
    assert not hint.isVisible()
    choose(targets, "target_side", "Contralateral")
    assert hint.text() == "No target on this side."


def test_nothing_reached_is_painted_without_a_bar(targets):
    targets.set_targets([row(1, "ipsi", 0.0)])
    assert dark_columns(targets, 0) <= 2


def test_sides_of_a_source_on_both_sides_are_hemispheres(qtbot):
    view = TargetList()
    qtbot.addWidget(view)
    row = TargetRow(385, "VISp", "Primary visual area", (9, 9, 9), "contra", 0.5)
    view.set_targets([row], words=BY_HEMISPHERE)
    assert view.model.index(0, SIDE).data() == "left"
    assert "Primary visual area,left," in view.csv_text()
    sides = view.findChild(QComboBox, "target_side")
    assert [sides.itemText(i) for i in range(3)] == ["Both sides", "Right", "Left"]
    view.set_targets([row])
    assert view.model.index(0, SIDE).data() == "contra"
