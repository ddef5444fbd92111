"""The regions that a source projects to most, ranked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qtpy.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt, Signal
from qtpy.QtGui import QAction, QGuiApplication, QKeySequence
from qtpy.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from napari_connectome.core.sides import BY_SOURCE, SideWords
from napari_connectome.data.target_table import TargetRow, csv_text
from napari_connectome.widgets.appearance import HintLabel, WheelGuard, there
from napari_connectome.widgets.tables import SteppedTable
from napari_connectome.widgets.target_table import (
    REGION,
    REGION_TITLE,
    SIDE,
    VALUE,
    TargetDelegate,
    TargetModel,
)

__all__ = ["TargetList", "TargetRow", "csv_text"]

EMPTY_HINT = "Choose a source in the brain to see where it projects to."
SIDES = {"both": "Both sides", "ipsi": "Ipsilateral", "contra": "Contralateral"}
TOP_COUNTS = (10, 20, 50, 100, None)


class TargetList(QWidget):
    """The list with its filter, how many rows it shows, and a copy of it as CSV."""

    region_activated = Signal(int)
    """Id of the region that was clicked, reached with a key, or chosen with Enter."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("target_list")
        self._rows: tuple[TargetRow, ...] = ()
        self._selected: tuple[int, ...] = ()
        self.model = TargetModel(self)
        self._side = QComboBox()
        self._side.setObjectName("target_side")
        self._side.setToolTip("Which hemisphere's targets are listed")
        for key, title in SIDES.items():
            self._side.addItem(title, key)
        self._side.currentIndexChanged.connect(lambda _i: self._refresh())
        self._side.installEventFilter(WheelGuard(self._side))
        self._top = QComboBox()
        self._top.setObjectName("target_top")
        for count in TOP_COUNTS:
            self._top.addItem("All" if count is None else f"Top {count}", count)
        self._top.setCurrentIndex(self._top.findData(20))
        self._top.setToolTip("How many targets are listed")
        self._top.currentIndexChanged.connect(lambda _i: self._refresh())
        self._top.installEventFilter(WheelGuard(self._top))
        self._copy = QPushButton("Copy")
        self._copy.setObjectName("target_copy")
        self._copy.setToolTip("Copy the listed targets as a table (CSV)")
        self._copy.clicked.connect(self.copy_csv)
        self._hint = HintLabel(EMPTY_HINT)
        self._hint.setObjectName("target_hint")
        self.view = self._make_view()
        self._arrange()
        self._refresh()

    def set_targets(
        self,
        rows: Iterable[TargetRow],
        unit: str = "",
        value_title: str = "Density",
        region_title: str = REGION_TITLE,
        words: SideWords = BY_SOURCE,
    ) -> None:
        """Show another ranking.

        Parameters
        ----------
        rows : iterable of TargetRow
            Largest value first, both hemispheres.
        unit : str
            Unit of the values.
        value_title : str
            What the values are.
        region_title : str
            What the regions are: "Source region" where they project to the place asked about.
        words : SideWords
            What the two sides are called.
        """
        if words != self.model.words:
            self.model.words = words
            for key, text in (("ipsi", words.ipsi_long), ("contra", words.contra_long)):
                self._side.setItemText(self._side.findData(key), text.capitalize())
        self._rows = tuple(rows)
        self.model.set_titles(region_title, value_title, unit)
        self._refresh()

    def select(self, ids: tuple[int, ...]) -> None:
        """Mark the rows of selected structures, on both sides; nothing is emitted."""
        if ids != self._selected:
            self._selected = ids
            self._mark()

    def shown_rows(self) -> tuple[TargetRow, ...]:
        """The rows that the filter lets through."""
        return tuple(self.model.rows)

    def csv_text(self) -> str:
        """The listed targets as comma-separated values with a header."""
        model = self.model
        return csv_text(model.rows, model.unit, model.value_title, model.words)

    def copy_csv(self) -> None:
        """Put the listed targets on the clipboard."""
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self.csv_text())

    def _refresh(self) -> None:
        side = self._side.currentData()
        kept = [r for r in self._rows if side in ("both", r.hemisphere)][: self._top.currentData()]
        self.model.set_rows(kept)
        self._mark()
        self._show_hint(kept)

    def _mark(self) -> None:
        """Select the rows of the selected structures, wherever they stand in the ranking."""
        rows = [i for i, r in enumerate(self.model.rows) if r.structure_id in self._selected]
        model, flags = there(self.view.selectionModel()), QItemSelectionModel.SelectionFlag
        if rows == [index.row() for index in model.selectedRows()]:
            return
        selection = QItemSelection()
        for row in rows:
            selection.select(self.model.index(row, REGION), self.model.index(row, VALUE))
        model.select(selection, flags.ClearAndSelect)
        if self.view.currentIndex().row() not in rows:
            # Keys go on from a row that is marked.
            current = self.model.index(rows[0], REGION) if rows else QModelIndex()
            model.setCurrentIndex(current, flags.NoUpdate)

    def _show_hint(self, kept: Sequence[TargetRow]) -> None:
        text = "" if kept else (EMPTY_HINT if not self._rows else "No target on this side.")
        if self._hint.text() != text:
            self._hint.setText(text)
        self._hint.setVisible(bool(text))
        self.view.setVisible(not text)
        self._copy.setEnabled(bool(kept))

    def _on_activated(self, index: QModelIndex) -> None:
        if index.isValid():
            chosen = self.model.rows[index.row()].structure_id
            self.select((chosen,))
            self.region_activated.emit(chosen)

    def _make_view(self) -> SteppedTable:
        view = SteppedTable(REGION, {SIDE: 6, VALUE: 11})
        view.setObjectName("target_view")
        view.setModel(self.model)
        view.setItemDelegate(TargetDelegate(view))
        view.clicked.connect(self._on_activated)
        view.moved.connect(self._on_activated)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        view.addActions(self._actions(view))
        return view

    def _actions(self, view: SteppedTable) -> list[QAction]:
        show = QAction("Show region", self)
        show.setObjectName("target_show")
        show.setShortcuts([QKeySequence(Qt.Key.Key_Return), QKeySequence(Qt.Key.Key_Enter)])
        show.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        show.triggered.connect(lambda: self._on_activated(view.currentIndex()))
        copy = QAction("Copy as CSV", self)
        copy.setObjectName("target_copy_action")
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy_csv)
        return [show, copy]

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self._side, 1)
        row.addWidget(self._top)
        row.addWidget(self._copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self._hint)
        column.addWidget(self.view, 1)
