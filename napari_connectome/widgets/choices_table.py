"""What a fit chose in each division, as a small table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

COLUMNS = (
    ("Division", "Major brain division"),
    ("Exp.", "Experiments whose injection lies in the division"),
    ("Width (µm)", "Kernel width; hover a row for how it was chosen"),
    (
        "Regions",
        "Regions that can be a source, of all that have voxels; hover a row for the others",
    ),
    (
        "Error",
        "Leave-one-out error MSE_rel: 0 perfect, 2 worst. Each experiment is predicted at its "
        "injection centre from the others.",
    ),
)
VISIBLE_ROWS = 6
NOTHING = "–"


class ChoicesTable(QTableWidget):
    """Experiments, and what the model has of kernel, regions and error, per division."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(COLUMNS), parent)
        self.setObjectName("choices")
        for column, (title, help_text) in enumerate(COLUMNS):
            header = QTableWidgetItem(title)
            header.setToolTip(help_text)
            self.setHorizontalHeaderItem(column, header)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setAlternatingRowColors(True)
        self._columns = QHeaderView(Qt.Orientation.Horizontal, self)
        self._columns.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.setHorizontalHeader(self._columns)
        hidden = QHeaderView(Qt.Orientation.Vertical, self)
        hidden.hide()
        self.setVerticalHeader(hidden)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_choices(self, choices: Mapping[str, Mapping[str, Any]]) -> None:
        """Replace the rows."""
        self.setRowCount(len(choices))
        for row, (division, choice) in enumerate(choices.items()):
            for column, text in enumerate(cells(division, choice)):
                item = QTableWidgetItem(text)
                item.setToolTip(f"{division}: {choice.get('how', '')}")
                if column:
                    item.setTextAlignment(
                        int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                    )
                self.setItem(row, column, item)
        for column in range(1, len(COLUMNS)):
            said = {cells(division, choice)[column] for division, choice in choices.items()}
            self.setColumnHidden(column, said == {NOTHING})
        height = self._columns.sizeHint().height() + 2 * self.frameWidth()
        rows = min(VISIBLE_ROWS, self.rowCount())
        self.setFixedHeight(height + sum(self.rowHeight(row) for row in range(rows)))


def cells(division: str, choice: Mapping[str, Any]) -> tuple[str, str, str, str, str]:
    """Texts of one row; a dash where there is nothing to say."""
    width = choice.get("bandwidth_um")
    error = choice.get("leave_one_out_mse_rel")
    degree = choice.get("degree")
    regions, experiments = choice.get("regions"), choice.get("experiments")
    shape = "" if degree is None else f", λ {degree:g}"
    return (
        division,
        NOTHING if experiments is None else str(experiments),
        NOTHING if width is None else f"{width:.0f}{shape}",
        NOTHING if regions is None else f"{choice['regions_fitted']} of {regions}",
        NOTHING if error is None else f"{error:.2f}",
    )
