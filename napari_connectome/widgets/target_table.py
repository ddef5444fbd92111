"""Targets as a table: the model, and the bars behind the values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qtpy.QtCore import QAbstractTableModel, QModelIndex, QRectF, Qt
from qtpy.QtGui import QColor, QPainter, QPalette
from qtpy.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from napari_connectome.widgets.appearance import Rgb
from napari_connectome.widgets.target_rows import TargetRow
from napari_connectome.widgets.ticks import number_text

REGION, SIDE, VALUE = 0, 1, 2
REGION_TITLE = "Target region"
Role = Qt.ItemDataRole


class TargetModel(QAbstractTableModel):
    """Rows as they are shown: filtered and cut already."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: Sequence[TargetRow] = ()
        self.largest = 0.0
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
            return (f"{row.acronym}  {row.name}", row.hemisphere, number_text(row.value))[column]
        if role == Role.ToolTipRole:
            region = f"{row.acronym}: {row.name}, {row.hemisphere}lateral"
            return f"{region}\n{row.value:.4g} {self.unit}".rstrip()
        if role == Role.DecorationRole and column == REGION:
            return QColor(*row.rgb)
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """Titles of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Role.DisplayRole:
            return (self.region_title, "Side", self.value_title)[section]
        if orientation == Qt.Orientation.Horizontal and role == Role.ToolTipRole:
            return (
                f"{self.region_title}: acronym and name",
                "Ipsilateral (ipsi) or contralateral (contra)",
                f"{self.value_title} ({self.unit})" if self.unit else None,
            )[section]
        return None


class BarDelegate(QStyledItemDelegate):
    """Paints a value over a bar in the region's colour, as long as its part of the largest."""

    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        """Background, bar, number: on the bar in black or white, beside it in the text's colour."""
        model = index.model()
        if painter is None or not isinstance(model, TargetModel):
            return
        row = model.rows[index.row()]
        ink = option.palette.color(QPalette.ColorRole.Text)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, option.palette.color(QPalette.ColorRole.Highlight))
            ink = option.palette.color(QPalette.ColorRole.HighlightedText)
        part = row.value / model.largest if model.largest > 0 else 0.0
        area = QRectF(option.rect).adjusted(2, 2, -2, -2)
        reach = round(area.width() * max(part, 0.0))
        bar = QRectF(area.left(), area.top(), reach, area.height())
        painter.fillRect(bar, QColor(*row.rgb))
        painter.setFont(option.font)
        text = str(index.data())
        beside = QRectF(bar.right(), area.top(), area.width() - reach, area.height())
        for part_of_cell, color in ((beside, ink), (bar, text_on(row.rgb))):
            painter.setClipRect(part_of_cell)
            painter.setPen(color)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(area.adjusted(0, 0, -3, 0), flags, text)
        painter.restore()


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
