"""Labels beside one axis of the matrix: title, divisions, acronyms and marks."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qtpy.QtCore import QEvent, QPointF, QSize, Qt, Signal
from qtpy.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from qtpy.QtWidgets import QSizePolicy, QToolTip, QWidget

from napari_connectome.widgets.appearance import faint, text_color
from napari_connectome.widgets.matrix.axis_scale import AxisScale
from napari_connectome.widgets.matrix.content import AxisRegion, Run, division_runs
from napari_connectome.widgets.matrix.gutter_frame import GutterFrame
from napari_connectome.widgets.matrix.labels import (
    Detail,
    Label,
    detail_of,
    division_labels,
    region_labels,
    visible_runs,
)
from napari_connectome.widgets.matrix.pointer import Pointer, wheel_zoom

STRIP_PX = 6.0
MARK_PX = 9.0
PAD_PX = 3.0
HAIR_PX = 3.0
"""Thickest line of the cross-hair."""
FONT_PART = 0.9
"""Labels are this much smaller than the text around the matrix."""
LONGEST_EM = 9.0
"""Longer labels are cut: the full name is in the tooltip."""


class Gutter(QWidget):
    """Labels of the rows or of the columns.

    What hovers over the labels is painted over a stored picture of them, so that a moving
    mouse lays out no text.

    Parameters
    ----------
    scale : AxisScale
        Zoom and place of the axis.
    rows : bool
        True: left of the cells. False: above them.

    Attributes
    ----------
    redraws : int
        Paints so far.
    layouts : int
        How often the labels were placed.
    labels : list of Label
        Texts across the axis that are shown now.
    """

    hovered = Signal(object)
    """Region under the mouse (int), or None."""
    clicked = Signal(int)
    zoomed = Signal(float, float)
    """Factor, and the position along the axis that stays where it is."""
    panned = Signal(float)

    def __init__(self, scale: AxisScale, *, rows: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("matrix_rows" if rows else "matrix_columns")
        self._scale, self._is_rows = scale, rows
        self._regions: Sequence[AxisRegion] = ()
        self._runs: Sequence[Run] = ()
        self._titles: Sequence[Run] = ()
        self._tip = ""
        self._hover: int | None = None
        self._selected: frozenset[int] = frozenset()
        self._sources: frozenset[int] = frozenset()
        self._picture: QPixmap | None = None
        self._pointer = Pointer()
        self.redraws = self.layouts = 0
        self.labels: list[Label] = []
        self.setMouseTracking(True)
        along, across = QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed
        self.setSizePolicy(*((across, along) if rows else (along, across)))

    def set_regions(self, regions: Sequence[AxisRegion], titles: Sequence[Run], tip: str) -> None:
        """Label other regions.

        Parameters
        ----------
        regions : sequence of AxisRegion
            One for each cell of the axis.
        titles : sequence of Run
            Title of each block.
        tip : str
            What a click does; stands in the tooltip.
        """
        self._regions, self._titles, self._tip = regions, titles, tip
        self._runs = division_runs(regions, self._scale.split)
        self._hover = None
        self.updateGeometry()
        self.refresh()

    def set_marks(self, selected: frozenset[int], sources: frozenset[int]) -> None:
        """Mark selected regions, and those that are the source."""
        if (selected, sources) != (self._selected, self._sources):
            self._selected, self._sources = selected, sources
            self.refresh()

    def set_hover(self, index: int | None) -> None:
        """Show which region is under the mouse."""
        if index != self._hover:
            self._hover = index
            self.update()

    def refresh(self) -> None:
        """Place the labels again when they are painted next."""
        self._picture = None
        self.update()

    def detail(self) -> Detail:
        """How closely the axis is labelled now."""
        named = any(run.key for run in self._runs)
        return detail_of(self._scale, self._line, named)

    def sizeHint(self) -> QSize:  # noqa: N802
        """As deep as the labels need; along the axis as long as the cells."""
        depth = math.ceil(self._depth)
        return QSize(depth, 0) if self._is_rows else QSize(0, depth)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """The same."""
        return self.sizeHint()

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Follow the theme's font and colours."""
        super().changeEvent(event)
        self.updateGeometry()
        self.refresh()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Paint anew at another size."""
        super().resizeEvent(event)
        self.refresh()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint the labels, and what hovers over them."""
        del event
        self.redraws += 1
        if self._picture is None or self._picture.devicePixelRatio() != self.devicePixelRatioF():
            self._picture = self._paint_labels()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        if self._hover is not None and self._hover < len(self._regions):
            self._paint_hover(painter, self._hover)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Begin a click or a drag."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._pointer.press(event.position())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Drag along the axis, or tell what is under the mouse."""
        if event is None:
            return
        step = self._pointer.move(event.position())
        if step is not None:
            self.panned.emit(self._along(step))
        self.hovered.emit(self._index_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """A press that did not become a drag is a click on a label."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        index = self._index_at(event.position())
        if self._pointer.release() and index is not None:
            self.clicked.emit(index)

    def leaveEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Nothing is under the mouse."""
        del event
        self.hovered.emit(None)

    def wheelEvent(self, event: QWheelEvent | None) -> None:  # noqa: N802
        """Zoom about the label under the mouse."""
        if event is not None and event.angleDelta().y():
            self.zoomed.emit(wheel_zoom(event.angleDelta().y()), self._along(event.position()))
            event.accept()

    def event(self, event: QEvent | None) -> bool:
        """Show a region's full name in its tooltip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self._index_at(QPointF(event.pos()))
            text = "" if index is None else self.tip_of(index)
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def tip_of(self, index: int) -> str:
        """Tooltip of a region: its names, its division, what a click does."""
        region = self._regions[index]
        division = f"\n{region.division}" if region.division else ""
        return f"{region.acronym}: {region.name}{division}\n{self._tip}"

    def _index_at(self, at: QPointF) -> int | None:
        return self._scale.index_at(self._along(at))

    def _along(self, at: QPointF) -> float:
        return at.y() if self._is_rows else at.x()

    # Distances from the cells, pixels: strip, marks, acronyms, division names, title.

    @property
    def _text_near(self) -> float:
        return STRIP_PX + MARK_PX + PAD_PX

    @property
    def _text_far(self) -> float:
        """Where the acronyms end: room for the longest, and for the names of divisions."""
        metrics = self._metrics()
        acronyms = {r.acronym for r in self._regions}
        divisions = {run.key for run in self._runs}
        advance = metrics.horizontalAdvance
        across = max((advance(a) for a in acronyms), default=0)
        zoomed_out = max((advance(d) for d in divisions), default=0) - self._line - PAD_PX
        longest = LONGEST_EM * metrics.averageCharWidth()
        return self._text_near + min(max(across, zoomed_out), longest) + PAD_PX

    @property
    def _division_far(self) -> float:
        named = any(run.key for run in self._runs)
        return self._text_far + (self._line + PAD_PX if named else 0.0)

    @property
    def _depth(self) -> float:
        return self._division_far + self._line + PAD_PX

    @property
    def _line(self) -> float:
        return float(self._metrics().height())

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(self._font())

    def _font(self) -> QFont:
        font = QFont(self.font())
        if font.pixelSize() > 0:
            font.setPixelSize(max(round(font.pixelSize() * FONT_PART), 7))
        else:
            font.setPointSizeF(max(font.pointSizeF() * FONT_PART, 5.0))
        return font

    def _accent(self) -> QColor:
        """Colour of marks, readable on the theme's background."""
        dark = text_color(self).lightnessF() > 0.5
        return QColor(51, 242, 255) if dark else QColor(0, 118, 140)

    def _paint_labels(self) -> QPixmap:
        self.layouts += 1
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        self.labels = []
        if self._regions:
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(self._font())
            self._paint_all(painter, GutterFrame(self._is_rows, math.ceil(self._depth)))
            painter.end()
        return picture

    def _paint_all(self, painter: QPainter, frame: GutterFrame) -> None:
        self._paint_selected(painter, frame)
        self._paint_strip(painter, frame)
        painter.setPen(text_color(self))
        self._paint_titles(painter, frame)
        if self.detail() is Detail.DIVISIONS:
            self._paint_division_labels(painter, frame)
        else:
            self._paint_division_names(painter, frame)
            self._paint_acronyms(painter, frame)
        self._paint_sources(painter, frame)

    def _paint_selected(self, painter: QPainter, frame: GutterFrame) -> None:
        band = faint(self._accent(), 0.28)
        for index in sorted(self._selected):
            start, stop = self._scale.start_of(index), self._scale.stop_of(index)
            if stop > 0 and start < self._scale.room_px:
                thick = max(stop - start, 2.0)
                middle = (start + stop) / 2
                area = frame.rect(0, self._text_far, middle - thick / 2, middle + thick / 2)
                painter.fillRect(area, band)

    def _paint_strip(self, painter: QPainter, frame: GutterFrame) -> None:
        """Colours of the divisions; of the regions where they are large enough to be told apart."""
        if self.detail() is Detail.DIVISIONS:
            for run, start, stop in visible_runs(self._scale, self._runs):
                color = QColor(*self._regions[run.first].division_rgb)
                if run.key:
                    painter.fillRect(frame.rect(1, STRIP_PX, start, stop), color)
            return
        for index in self._scale.visible():
            start, stop = self._scale.start_of(index), self._scale.stop_of(index)
            color = QColor(*self._regions[index].rgb)
            painter.fillRect(frame.rect(1, STRIP_PX, start, stop), color)

    def _paint_titles(self, painter: QPainter, frame: GutterFrame) -> None:
        near, far = self._division_far, self._division_far + self._line
        font = QFont(painter.font())
        font.setBold(True)
        painter.save()
        painter.setFont(font)
        for run, start, stop in visible_runs(self._scale, self._titles):
            text = painter.fontMetrics().elidedText(
                run.key, Qt.TextElideMode.ElideRight, int(stop - start)
            )
            frame.text_along(painter, near, far, start, stop, text)
        painter.restore()

    def _paint_division_labels(self, painter: QPainter, frame: GutterFrame) -> None:
        self.labels = division_labels(self._scale, self._runs, self._line)
        for label in self.labels:
            painter.setPen(faint(text_color(self), 0.5))
            strip = frame.point(STRIP_PX + 1, label.anchor)
            painter.drawLine(strip, frame.point(self._text_near - 2, label.middle))
            painter.setPen(text_color(self))
            frame.text_across(
                painter, self._text_near, self._division_far, label.middle, label.text
            )

    def _paint_division_names(self, painter: QPainter, frame: GutterFrame) -> None:
        near, far = self._text_far, self._text_far + self._line
        metrics = painter.fontMetrics()
        for run, start, stop in visible_runs(self._scale, self._runs):
            if not run.key:
                continue
            color = QColor(*self._regions[run.first].division_rgb)
            painter.fillRect(frame.rect(near, far, start + 0.5, stop - 0.5), faint(color, 0.35))
            if metrics.horizontalAdvance(run.key) <= stop - start:
                frame.text_along(painter, near, far, start, stop, run.key)

    def _paint_acronyms(self, painter: QPainter, frame: GutterFrame) -> None:
        first = sorted(self._sources) + sorted(self._selected)
        self.labels = region_labels(self._scale, self._regions, self._line, first)
        plain = QFont(painter.font())
        bold = QFont(plain)
        bold.setBold(True)
        for label in self.labels:
            painter.setFont(bold if label.index in self._sources else plain)
            frame.text_across(painter, self._text_near, self._text_far, label.middle, label.text)

    def _paint_sources(self, painter: QPainter, frame: GutterFrame) -> None:
        """A triangle that points at the row of the present source."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._accent())
        for index in self._sources:
            middle = self._scale.middle_of(index)
            painter.drawPolygon(frame.arrow(STRIP_PX, STRIP_PX + MARK_PX, middle, MARK_PX / 2))

    def _paint_hover(self, painter: QPainter, index: int) -> None:
        """A tag with the acronym, and a line through strip and marks."""
        painter.setFont(self._font())
        frame = GutterFrame(self._is_rows, math.ceil(self._depth))
        line, scale = self._line, self._scale
        middle = min(max(scale.middle_of(index), line / 2), scale.room_px - line / 2)
        near, far = self._text_near - PAD_PX, self._text_far
        ink = self.palette().color(QPalette.ColorRole.WindowText)
        painter.fillRect(frame.rect(near, far, middle - line / 2, middle + line / 2), ink)
        at, half = scale.middle_of(index), min(max(scale.cell_px, 1.0), HAIR_PX) / 2
        painter.fillRect(frame.rect(0, near, at - half, at + half), ink)
        painter.setPen(self.palette().color(QPalette.ColorRole.Window))
        text = self._regions[index].acronym
        frame.text_across(painter, self._text_near, self._text_far - 1, middle, text)
