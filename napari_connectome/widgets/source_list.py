"""A list of sources that a person has kept under a name."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtCore import QSignalBlocker, Qt, Signal
from qtpy.QtGui import QKeySequence, QShortcut
from qtpy.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_connectome.widgets.appearance import FontFollower, HintLabel

HINT = "Keep a source to come back to it: a place, a region, a drawing."
BUTTONS = {
    "keep": ("Keep this source", "Add the present source to the list"),
    "rename": ("Rename", "Give the selected source another name (F2)"),
    "delete": ("Delete", "Take the selected source out of the list (Del)"),
    "open": ("Open…", "Add the sources of a file to the list"),
    "save": ("Save…", "Save the list to a file"),
}
VISIBLE_ROWS = 6


class SourceList(QWidget):
    """Names to click; what stands behind them is known elsewhere."""

    keep_requested = Signal()
    asked = Signal(int)
    """Row of a source that shall be asked."""
    renamed = Signal(int, str)
    deleted = Signal(int)
    open_requested = Signal()
    save_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("source_list")
        self._items = QListWidget()
        self._items.setObjectName("named_sources")
        self._items.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self._items.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._items.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._hint = HintLabel(HINT)
        self._hint.setObjectName("named_sources_hint")
        self._buttons: dict[str, QPushButton] = {}
        for name, (title, help_text) in BUTTONS.items():
            button = QPushButton(title)
            button.setObjectName(f"sources_{name}")
            button.setToolTip(help_text)
            self._buttons[name] = button
        self._connect()
        self._arrange()
        self.set_can_keep(False)
        self.set_names(())

    def set_names(self, names: Sequence[tuple[str, str]]) -> None:
        """Show sources; nothing is emitted.

        Parameters
        ----------
        names : sequence of (str, str)
            Name and description of each.
        """
        row = self._items.currentRow()
        with QSignalBlocker(self._items):
            self._items.clear()
            for name, description in names:
                item = QListWidgetItem(name)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
                item.setToolTip(f"{name}: {description}\nClick to ask it again")
                self._items.addItem(item)
            self._items.setCurrentRow(min(row, len(names) - 1))
        self._fit()
        self._enable()

    def set_can_keep(self, on: bool) -> None:
        """Say whether there is a source that could be kept."""
        self._buttons["keep"].setEnabled(on)

    def select(self, row: int) -> None:
        """Mark a source, -1 for none; nothing is emitted."""
        with QSignalBlocker(self._items):
            self._items.setCurrentRow(row)
        self._enable()

    def _connect(self) -> None:
        buttons = self._buttons
        buttons["keep"].clicked.connect(self.keep_requested)
        buttons["open"].clicked.connect(self.open_requested)
        buttons["save"].clicked.connect(self.save_requested)
        buttons["rename"].clicked.connect(self._on_rename)
        buttons["delete"].clicked.connect(self._on_delete)
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self._items)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._on_delete)
        self._items.itemClicked.connect(lambda item: self.asked.emit(self._items.row(item)))
        self._items.itemChanged.connect(
            lambda item: self.renamed.emit(self._items.row(item), item.text())
        )
        self._items.currentRowChanged.connect(lambda _row: self._enable())
        FontFollower(self._hint, self._items)

    def _on_rename(self) -> None:
        item = self._items.currentItem()
        if item is not None:
            self._items.editItem(item)

    def _on_delete(self) -> None:
        row = self._items.currentRow()
        if row >= 0:
            self.deleted.emit(row)

    def _enable(self) -> None:
        chosen = self._items.currentRow() >= 0
        self._buttons["rename"].setEnabled(chosen)
        self._buttons["delete"].setEnabled(chosen)
        self._buttons["save"].setEnabled(self._items.count() > 0)

    def _fit(self) -> None:
        rows = min(max(self._items.count(), 1), VISIBLE_ROWS)
        height = max(self._items.sizeHintForRow(0), round(1.5 * self.fontMetrics().height()))
        self._items.setFixedHeight(rows * height + 2 * self._items.frameWidth() + 2)
        self._items.setVisible(self._items.count() > 0)
        self._hint.setVisible(self._items.count() == 0)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._hint)
        column.addWidget(self._items)
        grid = QGridLayout()
        grid.setSpacing(2)
        grid.addWidget(self._buttons["keep"], 0, 0, 1, 2)
        for number, name in enumerate(("rename", "delete", "open", "save")):
            grid.addWidget(self._buttons[name], 1 + number // 2, number % 2)
        column.addLayout(grid)
