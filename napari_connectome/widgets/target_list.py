"""The regions that a source projects to most, ranked."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from qtpy.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QRectF,
    Qt,
    Signal,
)
from qtpy.QtGui import QAction, QColor, QGuiApplication, QKeySequence, QPainter, QPalette
from qtpy.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from napari_connectome.widgets.appearance import (
    HintLabel,
    Rgb,
    WheelGuard,
    faint,
    there,
)
from napari_connectome.widgets.tables import RowTable
from napari_connectome.widgets.ticks import number_text

Side = Literal["ipsi", "contra"]
REGION, SIDE, VALUE = 0, 1, 2
EMPTY_HINT = "Choose a source in the brain to see where it projects to."
SIDES = {"both": "Both sides", "ipsi": "Ipsilateral", "contra": "Contralateral"}
TOP_COUNTS = (10, 20, 50, 100, None)
Role = Qt.ItemDataRole


@dataclass(frozen=True)
class TargetRow:
    """A target region with its value.

    Parameters
    ----------
    structure_id : int
        Allen structure id.
    acronym, name : str
        Short and full name.
    rgb : tuple of int
        Atlas colour.
    hemisphere : {"ipsi", "contra"}
        Same side as the source, or the other.
    value : float
        What the list is ranked by.
    """

    structure_id: int
    acronym: str
    name: str
    rgb: Rgb
    hemisphere: Side
    value: float


class TargetModel(QAbstractTableModel):
    """Rows as they are shown: filtered and cut already."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: Sequence[TargetRow] = ()
        self.largest = 0.0
        self.unit = ""
        self.value_title = "Density"

    def set_rows(self, rows: Sequence[TargetRow]) -> None:
        """Show other rows; a list of the same length is updated in place."""
        same_length = len(rows) == len(self.rows)
        if not same_length:
            self.beginResetModel()
        self.rows = rows
        self.largest = max((r.value for r in rows), default=0.0)
        if not same_length:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, REGION), self.index(len(rows) - 1, VALUE))

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """Number of targets shown."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """Region, side, value."""
        return 0 if parent.isValid() else 3

    def data(self, index: QModelIndex, role: int = Role.DisplayRole) -> Any:
        """What a cell shows."""
        row, column = self.rows[index.row()], index.column()
        if role == Role.DisplayRole:
            return (f"{row.acronym}  {row.name}", row.hemisphere, number_text(row.value))[column]
        if role == Role.ToolTipRole:
            side = "same side as the source" if row.hemisphere == "ipsi" else "other side"
            return f"{row.acronym}: {row.name}, {side}\n{row.value:.4g} {self.unit}".rstrip()
        if role == Role.DecorationRole and column == REGION:
            return QColor(*row.rgb)
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """Titles of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Role.DisplayRole:
            return ("Target region", "Side", self.value_title)[section]
        if orientation == Qt.Orientation.Horizontal and role == Role.ToolTipRole:
            return (
                "Region that receives the projection",
                "Ipsilateral or contralateral to the source",
                f"{self.value_title} ({self.unit})" if self.unit else None,
            )[section]
        return None


class BarDelegate(QStyledItemDelegate):
    """Paints a value over a bar as long as its part of the largest value."""

    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        """Background, bar, number."""
        model = index.model()
        if painter is None or not isinstance(model, TargetModel):
            return
        row = model.rows[index.row()]
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, option.palette.color(QPalette.ColorRole.Highlight))
        part = row.value / model.largest if model.largest > 0 else 0.0
        area = QRectF(option.rect).adjusted(2, 2, -2, -2)
        bar = QRectF(area.left(), area.top(), area.width() * max(part, 0.0), area.height())
        ink = option.palette.color(QPalette.ColorRole.Text)
        painter.fillRect(bar, faint(ink, 0.22))
        painter.setPen(ink)
        painter.setFont(option.font)
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area.adjusted(0, 0, -3, 0), flags, str(index.data()))
        painter.restore()


class TargetList(QWidget):
    """The list with its filter, how many rows it shows, and a copy of it as CSV."""

    region_activated = Signal(int)
    """Id of the region that was double-clicked (or chosen with Enter)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("target_list")
        self._rows: tuple[TargetRow, ...] = ()
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
        self, rows: Iterable[TargetRow], unit: str = "", value_title: str = "Density"
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
        """
        self._rows = tuple(rows)
        self.model.unit = unit
        if value_title != self.model.value_title:
            self.model.value_title = value_title
            self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, VALUE, VALUE)
        self._refresh()

    def shown_rows(self) -> tuple[TargetRow, ...]:
        """The rows that the filter lets through."""
        return tuple(self.model.rows)

    def csv_text(self) -> str:
        """The listed targets as comma-separated values with a header."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        unit = f" ({self.model.unit})" if self.model.unit else ""
        title = f"{self.model.value_title}{unit}"
        writer.writerow(["rank", "structure_id", "acronym", "name", "hemisphere", title])
        for rank, r in enumerate(self.model.rows, start=1):
            writer.writerow([rank, r.structure_id, r.acronym, r.name, r.hemisphere, float(r.value)])
        return out.getvalue()

    def copy_csv(self) -> None:
        """Put the listed targets on the clipboard."""
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self.csv_text())

    def _refresh(self) -> None:
        side = self._side.currentData()
        kept = [r for r in self._rows if side in ("both", r.hemisphere)][: self._top.currentData()]
        selected = self._selected_key()
        self.model.set_rows(kept)
        self._select(selected)
        self._show_hint(kept)

    def _selected_key(self) -> tuple[int, str] | None:
        index = self.view.currentIndex()
        if not (index.isValid() and there(self.view.selectionModel()).isSelected(index)):
            return None
        row = self.model.rows[index.row()]
        return row.structure_id, row.hemisphere

    def _select(self, key: tuple[int, str] | None) -> None:
        """Keep the same region selected when it has moved in the ranking."""
        if key is None:
            return
        keys = [(r.structure_id, r.hemisphere) for r in self.model.rows]
        index = self.model.index(keys.index(key), REGION) if key in keys else QModelIndex()
        flags = QItemSelectionModel.SelectionFlag
        there(self.view.selectionModel()).setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def _show_hint(self, kept: Sequence[TargetRow]) -> None:
        text = "" if kept else (EMPTY_HINT if not self._rows else "No target on this side.")
        if self._hint.text() != text:
            self._hint.setText(text)
        self._hint.setVisible(bool(text))
        self.view.setVisible(not text)
        self._copy.setEnabled(bool(kept))

    def _on_activated(self, index: QModelIndex) -> None:
        if index.isValid():
            self.region_activated.emit(self.model.rows[index.row()].structure_id)

    def _make_view(self) -> RowTable:
        view = RowTable(REGION, {SIDE: 6, VALUE: 11})
        view.setObjectName("target_view")
        view.setModel(self.model)
        view.setItemDelegateForColumn(VALUE, BarDelegate(view))
        view.doubleClicked.connect(self._on_activated)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        view.addActions(self._actions(view))
        return view

    def _actions(self, view: RowTable) -> list[QAction]:
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
