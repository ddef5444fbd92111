"""Contributing experiments as a table: the model, and the cells that are painted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from qtpy.QtCore import QAbstractTableModel, QModelIndex, QPointF, QRect, QRectF, Qt
from qtpy.QtGui import QColor, QPainter, QPalette
from qtpy.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from napari_connectome.widgets.appearance import Rgb, faint
from napari_connectome.widgets.evidence.rows import ExperimentShare, NumberColumn, share_text

SHOWN, ID, REGION, SHARE, FIRST_NUMBER = range(5)
TITLES = (
    ("", "Whether the measured volume is shown, and in which colour"),
    ("Experiment", "Allen experiment id"),
    ("Injected into", "Primary injection structure"),
    ("Share", "Part of the number that is due to the experiment; shares sum to 100 %"),
)
ROW_TIP = "Click: show what was measured in it. Click again: take it away."
PAD_PX = 3
BAR_OPACITY = 0.55
Role, Align, Color = Qt.ItemDataRole, Qt.AlignmentFlag, QPalette.ColorRole


class ShareModel(QAbstractTableModel):
    """Rows in the order of a column; largest share first at first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._order = (SHARE, Qt.SortOrder.DescendingOrder)
        self.rows: Sequence[ExperimentShare] = ()
        self.columns: Sequence[NumberColumn] = ()
        self.shown: Mapping[int, Rgb] = {}

    def set_columns(self, columns: Sequence[NumberColumn]) -> None:
        """Say what the further columns are."""
        self.beginResetModel()
        self.columns, self.rows = tuple(columns), ()
        self.endResetModel()

    def set_rows(self, rows: Sequence[ExperimentShare]) -> None:
        """Show other experiments."""
        self.beginResetModel()
        self.rows = self._ordered(rows)
        self.endResetModel()

    def set_shown(self, shown: Mapping[int, Rgb]) -> None:
        """Mark the experiments whose volumes are shown, with the colours that they have."""
        self.shown = dict(shown)
        if self.rows:
            last = self.index(len(self.rows) - 1, SHOWN)
            self.dataChanged.emit(self.index(0, SHOWN), last)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by a column; ties have the larger share first. What is selected stays so."""
        self._order = (column, order)
        before = self.rows
        self.layoutAboutToBeChanged.emit()
        self.rows = self._ordered(before)
        moved = self.persistentIndexList()
        rows = [self.row_of(before[index.row()].experiment_id) for index in moved]
        places = [self.index(row, i.column()) for row, i in zip(rows, moved, strict=True)]
        self.changePersistentIndexList(moved, places)
        self.layoutChanged.emit()

    def row_of(self, experiment_id: int) -> int:
        """Where an experiment stands; -1 for nowhere."""
        ids = [row.experiment_id for row in self.rows]
        return ids.index(experiment_id) if experiment_id in ids else -1

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """Number of experiments."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """Those of ``TITLES`` and the further ones."""
        return 0 if parent.isValid() else FIRST_NUMBER + len(self.columns)

    def data(self, index: QModelIndex, role: int = Role.DisplayRole) -> Any:
        """What a cell shows."""
        row, column = self.rows[index.row()], index.column()
        if role == Role.DisplayRole:
            return self.text(row, column)
        if role == Role.ToolTipRole:
            return "\n".join([f"Experiment {row.experiment_id}", _region(row), ROW_TIP])
        if role == Role.TextAlignmentRole and column >= SHARE:
            return Align.AlignRight | Align.AlignVCenter
        return None

    def text(self, row: ExperimentShare, column: int) -> str:
        """What is written in a cell."""
        if column >= FIRST_NUMBER:
            number = column - FIRST_NUMBER
            return self.columns[number].text(row.numbers[number])
        return ("", str(row.experiment_id), _region(row), share_text(row.share))[column]

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """Titles of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        titles = [*TITLES, *((column.title, column.tip) for column in self.columns)]
        if role in (Role.DisplayRole, Role.ToolTipRole):
            return titles[section][role == Role.ToolTipRole]
        return None

    def _ordered(self, rows: Sequence[ExperimentShare]) -> Sequence[ExperimentShare]:
        column, order = self._order
        kept = sorted(rows, key=lambda row: (-row.share, row.experiment_id))
        backwards = order == Qt.SortOrder.DescendingOrder
        return sorted(kept, key=self._key(column), reverse=backwards)

    def _key(self, column: int) -> Callable[[ExperimentShare], Any]:
        if column >= FIRST_NUMBER:
            return lambda row: row.numbers[column - FIRST_NUMBER]
        keys: tuple[Callable[[ExperimentShare], Any], ...] = (
            lambda row: row.experiment_id in self.shown,
            lambda row: row.experiment_id,
            lambda row: row.acronym.casefold(),
            lambda row: row.share,
        )
        return keys[column]


class ShareDelegate(QStyledItemDelegate):
    """Paints shares over bars, regions behind their colour, and which volumes are shown."""

    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        """Background and content of a cell."""
        model = index.model()
        if painter is None or not isinstance(model, ShareModel):
            return
        row, column = model.rows[index.row()], index.column()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        ink = option.palette.color(Color.HighlightedText if selected else Color.Text)
        if selected:
            painter.fillRect(option.rect, option.palette.color(Color.Highlight))
        painter.setFont(option.font)
        area = option.rect.adjusted(PAD_PX, 0, -PAD_PX, 0)
        if column == SHOWN:
            _paint_mark(painter, area, ink, model.shown.get(row.experiment_id))
            return
        if column == SHARE:
            length = round(row.share * area.width())
            bar = QRect(area.left(), area.top() + 2, length, area.height() - 4)
            painter.fillRect(bar, _bar_color(row, ink))
        if column == REGION and row.rgb is not None:
            area.setLeft(_paint_swatch(painter, area, option, row.rgb))
        painter.setPen(ink)
        text = model.text(row, column)
        shown = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        side = Align.AlignRight if column >= SHARE else Align.AlignLeft
        painter.drawText(area, side | Align.AlignVCenter, shown)


def _region(row: ExperimentShare) -> str:
    return f"{row.acronym}  {row.name}" if row.acronym else "Structure not known"


def _bar_color(row: ExperimentShare, ink: QColor) -> QColor:
    color = ink if row.rgb is None else QColor(*row.rgb)
    return faint(color, BAR_OPACITY)


def _paint_swatch(painter: QPainter, area: QRect, option: QStyleOptionViewItem, rgb: Rgb) -> int:
    """A square of the region's colour; where the text goes on."""
    edge = round(option.fontMetrics.height() * 0.85)
    painter.fillRect(QRect(area.left(), area.center().y() - edge // 2, edge, edge), QColor(*rgb))
    return area.left() + edge + 2 * PAD_PX


def _paint_mark(painter: QPainter, area: QRect, ink: QColor, rgb: Rgb | None) -> None:
    """A disc in the volume's colour, or an empty ring."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(faint(ink, 0.9 if rgb else 0.45))
    painter.setBrush(QColor(*rgb) if rgb else Qt.BrushStyle.NoBrush)
    radius = 0.26 * min(area.height(), 2 * area.width())
    middle = QPointF(QRectF(area).center())
    painter.drawEllipse(middle, radius, radius)
    painter.restore()
