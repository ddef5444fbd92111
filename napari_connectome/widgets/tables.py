"""A read-only table whose rows are as high as its text."""

from __future__ import annotations

from qtpy.QtCore import QEvent, Qt
from qtpy.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTableView, QWidget

from napari_connectome.widgets.appearance import FontFollower, there


class RowTable(QTableView):
    """Rows are selected whole, one at a time; one column takes the room that is left.

    Parameters
    ----------
    stretched : int
        That column. The others are as wide as their content.
    """

    ROW_HEIGHT = 1.5
    """In lines of text."""
    LOOKED_AT = 100
    """Rows that are measured for the width of a column: thousands would take seconds."""

    def __init__(self, stretched: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stretched = stretched
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        there(self.verticalHeader()).hide()
        sample = QLabel(self)
        sample.hide()
        FontFollower(sample, self)
        self._fit_rows()

    def arrange_columns(self) -> None:
        """Lay the columns out; call it once the model is set."""
        header = there(self.horizontalHeader())
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setResizeContentsPrecision(self.LOOKED_AT)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(self._stretched, QHeaderView.ResizeMode.Stretch)

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Follow the size of the text."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._fit_rows()

    def _fit_rows(self) -> None:
        rows = there(self.verticalHeader())
        rows.setMinimumSectionSize(1)
        rows.setDefaultSectionSize(round(self.ROW_HEIGHT * self.fontMetrics().height()))
