"""Any table of numbers and words: sorted by a click on a title, copied as it is shown."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
from qtpy.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from qtpy.QtGui import QAction, QFont, QGuiApplication, QKeyEvent, QKeySequence
from qtpy.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTableView, QWidget

from napari_connectome.widgets.appearance import FontFollower, there

NOTHING = "–"
Role = Qt.ItemDataRole
SORT_ROLE = Role.UserRole


def cell_text(value: Any) -> str:
    """A value as people read it; a dash where there is none."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}".replace("-", "−")
    return str(value) or NOTHING


class FrameModel(QAbstractTableModel):
    """A data frame, read only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame = pd.DataFrame()
        self._texts: list[list[str]] = []
        self._tips: Mapping[str, str] = {}
        self._bold: Callable[[int, str], bool] = lambda _row, _column: False

    def set_frame(
        self,
        frame: pd.DataFrame,
        tips: Mapping[str, str],
        bold: Callable[[int, str], bool] | None,
        written: Callable[[Any], str],
    ) -> None:
        """Show another table."""
        self.beginResetModel()
        self._frame, self._tips = frame.reset_index(drop=True), tips
        self._bold = bold or (lambda _row, _column: False)
        columns = [self._frame[name].tolist() for name in self._frame.columns]
        self._values = [list(row) for row in zip(*columns, strict=True)]
        self._texts = [[written(value) for value in row] for row in self._values]
        self.endResetModel()

    @property
    def frame(self) -> pd.DataFrame:
        """What is shown."""
        return self._frame

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """Lines."""
        return 0 if parent.isValid() else len(self._texts)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """Columns."""
        return 0 if parent.isValid() else len(self._frame.columns)

    def data(self, index: QModelIndex, role: int = Role.DisplayRole) -> Any:
        """What a cell shows."""
        row, column = index.row(), index.column()
        value = self._values[row][column]
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if role == Role.DisplayRole:
            return self._texts[row][column]
        if role == SORT_ROLE:
            return -math.inf if is_number and math.isnan(value) else value
        if role == Role.ToolTipRole:
            return self._texts[row][column] if not is_number else repr(value)
        if role == Role.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == Role.FontRole and self._bold(row, str(self._frame.columns[column])):
            font = QFont()  # the rest comes from the view
            font.setBold(True)
            return font
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """Titles of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        name = str(self._frame.columns[section])
        if role == Role.DisplayRole:
            return name
        return self._tips.get(name) if role == Role.ToolTipRole else None


class FrameTable(QTableView):
    """Shows a data frame."""

    row_chosen = Signal(int)
    """Row of the frame that was clicked."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.frame_model = FrameModel(self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.frame_model)
        self._sorted.setSortRole(SORT_ROLE)
        self.setModel(self._sorted)
        self.setSortingEnabled(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        there(self.verticalHeader()).hide()
        header = there(self.horizontalHeader())
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        copy = QAction("Copy", self)
        copy.setObjectName(f"{name}_copy")
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy)
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.clicked.connect(
            lambda index: self.row_chosen.emit(self._sorted.mapToSource(index).row())
        )
        sample = QLabel(self)
        sample.hide()
        FontFollower(sample, self)

    def set_frame(
        self,
        frame: pd.DataFrame,
        tips: Mapping[str, str] | None = None,
        bold: Callable[[int, str], bool] | None = None,
        written: Callable[[Any], str] = cell_text,
    ) -> None:
        """Show a table in its own order; nothing is emitted.

        Parameters
        ----------
        frame : DataFrame
            Columns are named as the person reads them.
        tips : mapping of str to str, optional
            What a column is.
        bold : callable, optional
            ``bold(row, column)``: what stands out.
        written : callable
            Text of a value.
        """
        self.frame_model.set_frame(frame, tips or {}, bold, written)
        self._sorted.sort(-1)
        there(self.horizontalHeader()).setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self._fit()

    def frame_row(self, shown_row: int) -> int:
        """Row of the frame that stands in a line as they are sorted."""
        return self._sorted.mapToSource(self._sorted.index(shown_row, 0)).row()

    def shown_index(self, row: int) -> QModelIndex:
        """Where a row of the frame stands; invalid for a row that is not there."""
        return self._sorted.mapFromSource(self.frame_model.index(row, 0))

    def copy(self) -> None:
        """Put the selected lines, or all, with their titles on the clipboard, as tabs and lines."""
        chosen = sorted({index.row() for index in self.selectedIndexes()})
        rows = chosen or range(self._sorted.rowCount())
        columns = range(self._sorted.columnCount())
        lines = ["\t".join(str(name) for name in self.frame_model.frame.columns)]
        lines += [
            "\t".join(str(self._sorted.index(row, column).data()) for column in columns)
            for row in rows
        ]
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText("\n".join(lines))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """Copy lines with their titles; by itself a table copies one cell."""
        if event is not None and event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def _fit(self) -> None:
        there(self.horizontalHeader()).setFont(self.font())
        rows = there(self.verticalHeader())
        rows.setMinimumSectionSize(1)
        rows.setDefaultSectionSize(round(1.5 * self.fontMetrics().height()))
        self.resizeColumnsToContents()
