"""Targets as a table: the model, and the bars behind the values."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from qtpy.QtCore import QAbstractTableModel, QModelIndex, QRect, Qt
from qtpy.QtGui import QColor, QPainter, QPalette
from qtpy.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from napari_connectome.core.sides import BY_SOURCE
from napari_connectome.data.target_table import TargetRow
from napari_connectome.widgets.appearance import Rgb
from napari_connectome.widgets.ticks import number_text

REGION, SIDE, VALUE = 0, 1, 2
REGION_TITLE = "Target region"
PAD_PX = 3
Role, Align, Color = Qt.ItemDataRole, Qt.AlignmentFlag, QPalette.ColorRole


class TargetModel(QAbstractTableModel):
    """Rows as they are shown: filtered and cut already."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: Sequence[TargetRow] = ()
        self.largest = 0.0
        self.words = BY_SOURCE
        self.unit = ""
        self.value_title = "Density"
        self.region_title = REGION_TITLE

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

    def set_titles(self, region_title: str, value_title: str, unit: str) -> None:
        """Name the columns."""
        titles = (region_title, value_title, unit)
        if titles != (self.region_title, self.value_title, self.unit):
            self.region_title, self.value_title, self.unit = titles
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, REGION, VALUE)

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
            return self.text(row, column)
        if role == Role.ToolTipRole:
            long = self.words.ipsi_long if row.hemisphere == "ipsi" else self.words.contra_long
            region = f"{row.acronym}: {row.name}, {long}"
            return f"{region}\n{row.value:.4g} {self.unit}".rstrip()
        if role == Role.DecorationRole and column == REGION:
            return QColor(*row.rgb)
        return None

    def text(self, row: TargetRow, column: int) -> str:
        """What is written in a cell."""
        if column == REGION:
            return f"{row.acronym}  {row.name}"
        return self.words.of(row.hemisphere) if column == SIDE else number_text(row.value)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """Titles of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Role.DisplayRole:
            return (self.region_title, "Side", self.value_title)[section]
        if orientation == Qt.Orientation.Horizontal and role == Role.ToolTipRole:
            return (
                f"{self.region_title}: acronym and name",
                f"{self.words.ipsi_long.capitalize()} or {self.words.contra_long}",
                f"{self.value_title} ({self.unit})" if self.unit else None,
            )[section]
        return None


class TargetDelegate(QStyledItemDelegate):
    """Paints the cells, values over bars in their region's colour.

    A bar is as long as its part of the largest value. The style's own items, which
    can hold icons and editors, take three times as long; rows change while a source is dragged.
    """

    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        """Background and content of a cell."""
        model = index.model()
        if painter is None or not isinstance(model, TargetModel):
            return
        row, column = model.rows[index.row()], index.column()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        ink = option.palette.color(Color.HighlightedText if selected else Color.Text)
        if selected:
            painter.fillRect(option.rect, option.palette.color(Color.Highlight))
        painter.setFont(option.font)
        painter.setPen(ink)
        if column == VALUE:
            part = row.value / model.largest if model.largest > 0 else 0.0
            self._paint_value(painter, option.rect.adjusted(2, 2, -2, -2), row, part)
            return
        area = option.rect.adjusted(PAD_PX, 0, -PAD_PX, 0)
        if column == REGION:
            edge = round(option.fontMetrics.height() * 0.85)
            top = area.center().y() - edge // 2
            painter.fillRect(QRect(area.left(), top, edge, edge), QColor(*row.rgb))
            area.setLeft(area.left() + edge + 2 * PAD_PX)
        text = model.text(row, column)
        shown = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Align.AlignLeft | Align.AlignVCenter, shown)

    @staticmethod
    def _paint_value(painter: QPainter, area: QRect, row: TargetRow, part: float) -> None:
        """Bar and number: black or white on the bar, the text's colour beside it."""
        text, flags = number_text(row.value), Align.AlignRight | Align.AlignVCenter
        place = area.adjusted(0, 0, -3, 0)
        painter.drawText(place, flags, text)
        bar = QRect(area.left(), area.top(), round(area.width() * max(part, 0.0)), area.height())
        painter.fillRect(bar, QColor(*row.rgb))
        if place.right() - painter.fontMetrics().horizontalAdvance(text) <= bar.right():
            painter.save()
            painter.setClipRect(bar)
            painter.setPen(text_on(row.rgb))
            painter.drawText(place, flags, text)
            painter.restore()


@cache
def text_on(rgb: Rgb) -> QColor:
    """Black or white, whichever is read better on a colour.

    By the contrast ratio of the Web Content Accessibility Guidelines 2.1, which is
    then at least 4.5.
    """
    red, green, blue = (_linear(c / 255) for c in rgb)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return QColor("black") if (luminance + 0.05) ** 2 > 1.05 * 0.05 else QColor("white")


def _linear(part: float) -> float:
    """Light of an sRGB value, 0 to 1."""
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
