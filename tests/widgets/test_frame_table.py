"""A table of numbers and words: sorted as numbers, copied as it is shown."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from qtpy.QtCore import QPoint, Qt
from qtpy.QtGui import QGuiApplication

from napari_connectome.widgets.frame_table import FrameTable

FRAME = pd.DataFrame(
    {"Name": ["b", "a", "c"], "Count": [9, 10, 1], "Error": [-0.5, float("nan"), 12.34567]}
)


@pytest.fixture
def table(qtbot: Any) -> FrameTable:
    table = FrameTable("table")
    qtbot.addWidget(table)
    table.resize(420, 240)
    with qtbot.waitExposed(table):
        table.show()
    table.set_frame(FRAME, {"Count": "How many"})
    return table


def shown(table: FrameTable, column: int) -> list[str]:
    model = table.model()
    return [str(model.index(row, column).data()) for row in range(model.rowCount())]


def click_title(table: FrameTable, column: int, qtbot: Any) -> None:
    header = table.horizontalHeader()
    x = header.sectionViewportPosition(column) + header.sectionSize(column) // 2
    qtbot.mouseClick(
        header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, header.height() // 2)
    )


def test_numbers_are_written_shortly_and_missing_ones_as_a_dash(table: FrameTable) -> None:
    assert shown(table, 0) == ["b", "a", "c"]
    assert shown(table, 2) == ["−0.5", "–", "12.35"]
    tip = table.model().headerData(1, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert tip == "How many"


def test_a_title_sorts_numbers_by_their_value(table: FrameTable, qtbot: Any) -> None:
    click_title(table, 1, qtbot)
    first = shown(table, 1)
    click_title(table, 1, qtbot)
    assert sorted([first, shown(table, 1)]) == [["1", "9", "10"], ["10", "9", "1"]]


def test_a_clicked_row_is_that_of_the_frame_however_it_is_sorted(
    table: FrameTable, qtbot: Any
) -> None:
    chosen: list[int] = []
    table.row_chosen.connect(chosen.append)
    click_title(table, 0, qtbot)
    row = shown(table, 0).index("c")
    centre = table.visualRect(table.model().index(row, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    assert chosen == [2]


def test_selected_lines_are_copied_with_titles(table: FrameTable, qtbot: Any) -> None:
    centre = table.visualRect(table.model().index(2, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Name\tCount\tError\nc\t1\t12.35"
    table.clearSelection()
    table.copy()
    assert len(QGuiApplication.clipboard().text().splitlines()) == 4


def test_what_stands_out_is_bold(table: FrameTable) -> None:
    table.set_frame(FRAME, bold=lambda row, name: (row, name) == (1, "Count"))
    role = Qt.ItemDataRole.FontRole
    model = table.frame_model
    assert model.data(model.index(1, 1), role).bold()
    assert model.data(model.index(0, 1), role) is None
