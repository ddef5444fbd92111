"""Painting a bar chart of targets: regions, bars, axis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from itertools import pairwise

from qtpy.QtCore import QRectF, Qt
from qtpy.QtGui import QColor, QFont, QPainter, QPalette
from qtpy.QtWidgets import QWidget

from napari_connectome.core.sides import SideWords
from napari_connectome.figures.paired_bars import PairedBar
from napari_connectome.widgets.appearance import faint, text_color
from napari_connectome.widgets.matrix.gutter_look import DARK_ACCENT, LIGHT_ACCENT
from napari_connectome.widgets.target_frame import PAD_PX, TICK_PX, ChartFrame
from napari_connectome.widgets.ticks import nice_ticks, number_text

BAR_PART = 0.7
"""Height of a bar in a region's line."""
MARK_PX = 3.0
MOST_TICKS = 6
"""On the longer side."""
Align = Qt.AlignmentFlag


class ChartPainter:
    """Paints on a widget in its font and colours.

    Parameters
    ----------
    painter : QPainter
        Of the widget.
    widget : QWidget
        Gives font and colours.
    frame : ChartFrame
        Where things lie.
    scroll : int
        How far the regions are scrolled, in pixels.
    """

    def __init__(self, painter: QPainter, widget: QWidget, frame: ChartFrame, scroll: int) -> None:
        self._painter, self._frame, self._scroll = painter, frame, scroll
        self._font = widget.font()
        self._bold = QFont(self._font)
        self._bold.setBold(True)
        self._ink = text_color(widget)
        self._paper = widget.palette().color(QPalette.ColorRole.Window)
        self._accent = DARK_ACCENT if self._ink.lightnessF() > 0.5 else LIGHT_ACCENT
        painter.setFont(self._font)
        self._metrics = painter.fontMetrics()

    def paint(
        self, bars: Sequence[PairedBar], selected: Set[int], hovered: int | None, caption: str
    ) -> None:
        """Paint all below the head; `hovered` is a number in `bars`, `caption` is the axis's."""
        frame, painter = self._frame, self._painter
        ticks = self.ticks()
        painter.save()
        painter.setClipRect(QRectF(0, frame.head, frame.width, frame.room))
        shown = frame.visible(self._scroll)
        self._paint_grid(ticks)
        for index in shown:
            self._paint_marks(index, bars[index].structure_id in selected, index == hovered)
        for index in shown:
            self._paint_names(index, bars[index], bars[index].structure_id in selected)
            self._paint_bars(index, bars[index])
        self._paint_zero()
        painter.restore()
        self._paint_foot(ticks, caption)

    def _paint_marks(self, index: int, selected: bool, hovered: bool) -> None:
        area = self._frame.row_rect(index, self._scroll)
        if selected:
            self._painter.fillRect(area, faint(self._accent, 0.25))
            edge = QRectF(area.left(), area.top(), MARK_PX, area.height())
            self._painter.fillRect(edge, self._accent)
        if hovered:
            self._painter.fillRect(area, faint(self._ink, 0.1))

    def _paint_names(self, index: int, bar: PairedBar, selected: bool) -> None:
        frame, painter = self._frame, self._painter
        area = frame.row_rect(index, self._scroll)
        flags = Align.AlignLeft | Align.AlignVCenter
        painter.setPen(self._ink)
        painter.setFont(self._bold if selected else self._font)
        painter.drawText(area.adjusted(PAD_PX, 0, 0, 0), flags, bar.acronym)
        if frame.names:
            room = frame.left - PAD_PX - frame.name_left
            name = self._metrics.elidedText(bar.name, Qt.TextElideMode.ElideRight, int(room))
            painter.setFont(self._font)
            painter.setPen(faint(self._ink, 0.75))
            painter.drawText(area.adjusted(frame.name_left, 0, 0, 0), flags, name)

    def _paint_bars(self, index: int, bar: PairedBar) -> None:
        frame = self._frame
        area = frame.row_rect(index, self._scroll)
        height = round(area.height() * BAR_PART)
        top = round(area.center().y() - height / 2)
        axis = round(frame.axis)
        # An outline keeps colours apart from a background that is like them.
        self._painter.setPen(faint(self._ink, 0.45))
        self._painter.setBrush(QColor(*bar.rgb))
        for value, side in ((bar.contra, -1), (bar.ipsi, 1)):
            if value > 0:
                length = max(round(frame.length(value)), 1)
                left = axis - length if side < 0 else axis
                self._painter.drawRect(QRectF(left + 0.5, top + 0.5, length, height - 1))

    def _paint_grid(self, ticks: Iterable[tuple[int, str]]) -> None:
        frame = self._frame
        color = self._mixed(0.16)
        for x, _ in ticks:
            self._painter.fillRect(QRectF(x, frame.head, 1, frame.room), color)

    def _paint_zero(self) -> None:
        frame = self._frame
        area = QRectF(round(frame.axis), frame.head, 1, frame.room)
        self._painter.fillRect(area, self._mixed(0.8))

    def _mixed(self, part: float) -> QColor:
        """Text's colour mixed into the background's: opaque, which thin lines need to be fast."""
        ink, paper = self._ink.getRgbF(), self._paper.getRgbF()
        mixed = [part * i + (1 - part) * p for i, p in zip(ink[:3], paper[:3], strict=True)]
        return QColor.fromRgbF(*mixed)

    def paint_head(self, words: SideWords) -> None:
        """Say which side is which."""
        frame, painter = self._frame, self._painter
        painter.setPen(faint(self._ink, 0.75))
        flags = Align.AlignVCenter
        contra = QRectF(0, 0, frame.axis - PAD_PX, frame.head)
        painter.drawText(contra, flags | Align.AlignRight, f"◂ {words.contra_long}")
        ipsi = QRectF(frame.axis + PAD_PX, 0, frame.width - frame.axis, frame.head)
        painter.drawText(ipsi, flags | Align.AlignLeft, f"{words.ipsi_long} ▸")

    def _paint_foot(self, ticks: Sequence[tuple[int, str]], caption: str) -> None:
        """The axis: a line, ticks, numbers where they do not touch, and what they are."""
        frame, painter, line = self._frame, self._painter, self._metrics.height()
        flags = Align.AlignLeft | Align.AlignVCenter
        y, color = round(frame.foot), self._mixed(0.6)
        painter.fillRect(QRectF(frame.left, y, frame.right - frame.left, 1), color)
        for x, _ in ticks:
            painter.fillRect(QRectF(x, y, 1, TICK_PX), color)
        painter.setPen(self._ink)
        free_from = 0.0
        for x, text in ticks:
            width = self._metrics.horizontalAdvance(text)
            left = min(max(x - width / 2, 0.0), frame.width - width)
            if left >= free_from:
                painter.drawText(QRectF(left, y + TICK_PX, width + 2, line), flags, text)
                free_from = left + width
        self._paint_caption(QRectF(0, y + TICK_PX + line, frame.width, line), caption)

    def _paint_caption(self, area: QRectF, caption: str) -> None:
        """Under the bars where there is room, else as far to the left as it must be."""
        elide = Qt.TextElideMode.ElideRight
        text = self._metrics.elidedText(caption, elide, int(area.width() - 2 * PAD_PX))
        width = self._metrics.horizontalAdvance(text)
        middle = (self._frame.left + self._frame.right) / 2
        left = min(max(middle - width / 2, PAD_PX), area.width() - PAD_PX - width)
        self._painter.setPen(faint(self._ink, 0.75))
        flags = Align.AlignLeft | Align.AlignVCenter
        self._painter.drawText(area.adjusted(left, 0, 2, 0), flags, text)

    def ticks(self) -> list[tuple[int, str]]:
        """Place and number of each tick from left to right, as many as have room."""
        gap = 1.5 * self._metrics.averageCharWidth()
        for count in range(MOST_TICKS, 2, -1):
            ticks = self._ticks_of(count)
            halves = [(x, self._metrics.horizontalAdvance(text) / 2) for x, text in ticks]
            if all(x + a + gap <= y - b for (x, a), (y, b) in pairwise(halves)):
                return ticks
        return self._ticks_of(2)

    def _ticks_of(self, count: int) -> list[tuple[int, str]]:
        """The same round numbers on both sides, and what the axis starts from."""
        frame, scale = self._frame, self._frame.scale
        ends = {-1: scale.contra_end, 1: scale.ipsi_end}
        values = nice_ticks(scale.low, max(ends.values()), log=scale.log, count=count)
        ticks = [(round(frame.axis), number_text(scale.low))]
        for side, end in ends.items():
            for value in values:
                if scale.low < value <= end * (1 + 1e-9):
                    x = frame.axis + side * scale.length(value) * (frame.right - frame.left)
                    ticks.append((round(x), number_text(value)))
        return sorted(ticks)
