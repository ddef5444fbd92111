"""Read-only tables whose rows are as high as their text."""

from __future__ import annotations

from collections.abc import Mapping

from qtpy.QtCore import QAbstractItemModel, QEvent, QModelIndex, QSize, Qt, Signal
from qtpy.QtGui import QKeyEvent, QResizeEvent
from qtpy.QtWidgets import QAbstractItemView, QLabel, QTableView, QWidget

from napari_connectome.widgets.appearance import FontFollower, there


class RowTable(QTableView):
    """Rows are selected whole, one at a time; one column takes the room that is left.

    Parameters
    ----------
    stretched : int
        That column.
    widths : mapping of int to int
        Width of the other columns, in digits: fixed, so that they stand still while
        the content changes (and thousands of rows need not be measured).
    """

    ROW_HEIGHT = 1.5
    """In lines of text."""
    LEAST_WIDTH = 6
    """Of the stretched column, in digits; a narrower table scrolls sideways."""
    ROWS = 10
    """How many rows are shown where there is room."""

    def __init__(
        self, stretched: int, widths: Mapping[int, int], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._stretched, self._widths = stretched, widths
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        there(self.verticalHeader()).hide()
        sample = QLabel(self)
        sample.hide()
        FontFollower(sample, self)

    def setModel(self, model: QAbstractItemModel | None) -> None:  # noqa: N802
        """Show a model and lay its columns out."""
        super().setModel(model)
        header = there(self.horizontalHeader())
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        self._fit()

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Follow the size of the text."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._fit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Give one column the room that is left."""
        super().resizeEvent(event)
        self._stretch()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for the titles and :attr:`ROWS` rows."""
        height = there(self.horizontalHeader()).sizeHint().height() + 2 * self.frameWidth()
        height += self.ROWS * there(self.verticalHeader()).defaultSectionSize()
        return QSize(super().sizeHint().width(), height)

    def _fit(self) -> None:
        there(self.horizontalHeader()).setFont(self.font())
        rows = there(self.verticalHeader())
        rows.setMinimumSectionSize(1)
        rows.setDefaultSectionSize(round(self.ROW_HEIGHT * self.fontMetrics().height()))
        for column, digits in self._widths.items():
            self.setColumnWidth(column, self._width_of(digits))
        self._stretch()

    def _stretch(self) -> None:
        """Qt's own stretching keeps the old width where there is no room at all."""
        others = sum(self.columnWidth(column) for column in self._widths)
        left = there(self.viewport()).width() - others
        self.setColumnWidth(self._stretched, max(left, self._width_of(self.LEAST_WIDTH)))

    def _width_of(self, digits: int) -> int:
        return (digits + 1) * self.fontMetrics().horizontalAdvance("0")


class SteppedTable(RowTable):
    """A table that tells when a key has moved to another row."""

    moved = Signal(QModelIndex)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """Move, and tell."""
        before = self.currentIndex().row()
        super().keyPressEvent(event)
        if self.currentIndex().isValid() and self.currentIndex().row() != before:
            self.moved.emit(self.currentIndex())
