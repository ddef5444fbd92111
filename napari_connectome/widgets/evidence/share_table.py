"""The table of contributing experiments: one click shows what was measured in one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from qtpy.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from qtpy.QtGui import QAction, QGuiApplication, QKeySequence, QMouseEvent
from qtpy.QtWidgets import QWidget

from napari_connectome.widgets.appearance import Rgb, there
from napari_connectome.widgets.evidence.rows import ExperimentShare, NumberColumn, csv_text
from napari_connectome.widgets.evidence.share_model import (
    FIRST_NUMBER,
    ID,
    REGION,
    SHARE,
    SHOWN,
    ShareDelegate,
    ShareModel,
)
from napari_connectome.widgets.tables import RowTable

WIDTHS = {SHOWN: 2, ID: 10, SHARE: 7}
NUMBER_WIDTH = 8


class ShareTable(RowTable):
    """Experiments, largest share first; any column sorts.

    Parameters
    ----------
    name : str
        Object name; those of its actions begin with it.
    columns : sequence of NumberColumn
        What is shown of an experiment beside id, region and share.
    """

    toggled = Signal(int)
    """Id of the experiment whose measured volume is to come or go."""
    hold_out_requested = Signal(int)
    keep_requested = Signal(int)
    """What was measured in this experiment is to be compared with the answers to come."""
    ROWS = 6

    def __init__(
        self, name: str, columns: Sequence[NumberColumn], parent: QWidget | None = None
    ) -> None:
        numbers = {FIRST_NUMBER + i: NUMBER_WIDTH for i in range(len(columns))}
        super().__init__(REGION, WIDTHS | numbers, parent)
        self.setObjectName(name)
        self._is_second_click = False
        self.shares = ShareModel(self)
        self.shares.set_columns(columns)
        self.setModel(self.shares)
        self.setItemDelegate(ShareDelegate(self))
        self.setSortingEnabled(True)
        there(self.horizontalHeader()).setSortIndicator(SHARE, Qt.SortOrder.DescendingOrder)
        self.clicked.connect(self._on_clicked)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.addActions(self._actions(name))

    def set_rows(self, rows: Sequence[ExperimentShare]) -> None:
        """Show other experiments; the selected one stays selected."""
        selected = self.selected_id()
        self.shares.set_rows(rows)
        self.select(selected)

    def set_shown(self, shown: Mapping[int, Rgb]) -> None:
        """Mark the experiments whose volumes are shown, with the colours that they have."""
        self.shares.set_shown(shown)

    def selected_id(self) -> int | None:
        """The experiment that is selected."""
        index = self.currentIndex()
        return self.shares.rows[index.row()].experiment_id if index.isValid() else None

    def select(self, experiment_id: int | None) -> None:
        """Select an experiment, where it is in the table; nothing is emitted."""
        row = -1 if experiment_id is None else self.shares.row_of(experiment_id)
        model, flags = there(self.selectionModel()), QItemSelectionModel.SelectionFlag
        if row < 0:
            model.clear()
        elif row != self.currentIndex().row():
            index = self.shares.index(row, REGION)
            model.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def copy_csv(self) -> None:
        """Put the table on the clipboard."""
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(csv_text(self.shares.rows, self.shares.columns))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Begin a click."""
        self._is_second_click = False
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """A double click is one click: the second one would take back what the first did."""
        self._is_second_click = True
        super().mouseDoubleClickEvent(event)

    def _on_clicked(self, index: QModelIndex) -> None:
        second, self._is_second_click = self._is_second_click, False
        if index.isValid() and not second:
            self.toggled.emit(self.shares.rows[index.row()].experiment_id)

    def _actions(self, name: str) -> list[QAction]:
        show = self._action(name, "show", "Show or hide what was measured", self.toggled.emit)
        show.setShortcuts([QKeySequence(k) for k in (Qt.Key.Key_Return, Qt.Key.Key_Space)])
        hold_out = self._action(
            name, "hold_out", "Hold this experiment out", self.hold_out_requested.emit
        )
        keep = self._action(
            name, "keep", "Compare answers with what was measured", self.keep_requested.emit
        )
        copy = QAction("Copy as CSV", self)
        copy.setObjectName(f"{name}_copy")
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.triggered.connect(self.copy_csv)
        actions = [show, hold_out, keep, copy]
        for action in actions:
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        return actions

    def _action(self, table: str, name: str, text: str, act: Callable[[int], None]) -> QAction:
        action = QAction(text, self)
        action.setObjectName(f"{table}_{name}")

        def triggered() -> None:
            chosen = self.selected_id()
            if chosen is not None:
                act(chosen)

        action.triggered.connect(triggered)
        return action
