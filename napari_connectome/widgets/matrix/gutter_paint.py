"""Painting the labels beside an axis, from the cells outwards."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtCore import Qt
from qtpy.QtGui import QColor, QPainter

from napari_connectome.widgets.appearance import faint
from napari_connectome.widgets.matrix.axis_scale import AxisScale
from napari_connectome.widgets.matrix.content import AxisRegion, Run, division_runs, is_scattered
from napari_connectome.widgets.matrix.gutter_frame import GutterFrame
from napari_connectome.widgets.matrix.gutter_look import MARK_PX, PAD_PX, STRIP_PX, GutterLook
from napari_connectome.widgets.matrix.labels import (
    Detail,
    Label,
    detail_of,
    division_labels,
    region_labels,
    visible_runs,
)

HAIR_PX = 3.0
"""Thickest line of the cross-hair."""
THINNEST_BAND_PX = 2.0


class GutterPainter:
    """Labels of one axis as they are to be painted.

    Parameters
    ----------
    scale : AxisScale
        Where the cells lie.
    regions : sequence of AxisRegion
        One for each cell.
    titles : sequence of Run
        Title of each block; where it has no room, what stands behind its comma.
    look : GutterLook
        Font, colours, tracks.
    rows : bool
        Left of the cells, or above them.
    """

    def __init__(
        self,
        scale: AxisScale,
        regions: Sequence[AxisRegion],
        titles: Sequence[Run],
        look: GutterLook,
        *,
        rows: bool,
    ) -> None:
        self._scale, self._regions, self._titles = scale, regions, titles
        self._runs = division_runs(regions, scale.split)
        named = any(run.key for run in self._runs)
        self._has_blocks = named and not is_scattered(regions, scale.split)
        self._look = look
        self._frame = GutterFrame(rows, look.title_far)

    def detail(self) -> Detail:
        """How closely the axis is labelled at this zoom."""
        return detail_of(self._scale, self._look.line, self._has_blocks)

    def paint(
        self, painter: QPainter, selected: frozenset[int], sources: frozenset[int]
    ) -> list[Label]:
        """Paint everything that stays while the mouse moves, but for the bands behind it.

        Returns
        -------
        list of Label
            Texts that stand across the axis.
        """
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._look.font)
        self._paint_strip(painter)
        self._paint_titles(painter)
        if self.detail() is Detail.DIVISIONS:
            labels = self._paint_division_labels(painter)
        else:
            self._paint_division_names(painter)
            labels = self._paint_acronyms(painter, selected, sources)
        self._paint_arrows(painter, sources)
        return labels

    def paint_hover(self, painter: QPainter, index: int) -> None:
        """Paint a line to a cell, and a tag with its acronym."""
        look, scale, frame = self._look, self._scale, self._frame
        at, half = scale.middle_of(index), min(max(scale.cell_px, 1.0), HAIR_PX) / 2
        zoomed_out = self.detail() is Detail.DIVISIONS
        near, far = look.text_near - PAD_PX, look.division_far if zoomed_out else look.text_far
        painter.fillRect(frame.rect(0, near, at - half, at + half), look.ink)
        middle = min(max(at, look.line / 2), scale.room_px - look.line / 2)
        tag = frame.rect(near, far, middle - look.line / 2, middle + look.line / 2)
        painter.fillRect(tag, look.ink)
        painter.setFont(look.font)
        painter.setPen(look.paper)
        text = self._regions[index].acronym
        frame.text_across(painter, look.text_near, far - 1, middle, text)

    def paint_bands(self, painter: QPainter, selected: frozenset[int]) -> None:
        """Paint a tint behind the labels of selected regions, where they are labelled."""
        look = self._look
        far = look.text_near if self.detail() is Detail.DIVISIONS else look.text_far
        for index in sorted(selected):
            start, stop = self._scale.start_of(index), self._scale.stop_of(index)
            if stop > 0 and start < self._scale.room_px:
                more = max(THINNEST_BAND_PX - (stop - start), 0.0) / 2
                band = self._frame.rect(0, far, start - more, stop + more)
                painter.fillRect(band, faint(look.accent, 0.28))

    def _paint_strip(self, painter: QPainter) -> None:
        """Colours of the divisions; of the regions where those are large enough."""
        if self.detail() is Detail.DIVISIONS:
            for run, start, stop in visible_runs(self._scale, self._runs):
                if run.key:
                    self._fill_strip(painter, start, stop, self._division_color(run))
            return
        for index in self._scale.visible():
            start, stop = self._scale.start_of(index), self._scale.stop_of(index)
            self._fill_strip(painter, start, stop, QColor(*self._regions[index].rgb))

    def _fill_strip(self, painter: QPainter, start: float, stop: float, color: QColor) -> None:
        painter.fillRect(self._frame.rect(1, STRIP_PX, start, stop), color)

    def _paint_titles(self, painter: QPainter) -> None:
        near = self._look.division_far
        painter.setFont(self._look.bold)
        painter.setPen(self._look.ink)
        advance = painter.fontMetrics().horizontalAdvance
        for run, start, stop in visible_runs(self._scale, self._titles):
            text = run.key
            if advance(text) > stop - start and run is self._titles[-1]:
                stop = self._scale.room_px
            if advance(text) > stop - start:
                text = text.split(", ")[-1].capitalize()
            self._frame.text_along(painter, near, near + self._look.line, start, stop, text)
        painter.setFont(self._look.font)

    def _paint_division_labels(self, painter: QPainter) -> list[Label]:
        """Names across the axis, each with a line to the middle of its block."""
        look, frame = self._look, self._frame
        labels = division_labels(self._scale, self._runs, look.line)
        for label in labels:
            painter.setPen(faint(look.ink, 0.5))
            strip = frame.point(STRIP_PX + 1, label.anchor)
            painter.drawLine(strip, frame.point(look.text_near - 2, label.middle))
            painter.setPen(look.ink)
            frame.text_across(painter, look.text_near, look.division_far, label.middle, label.text)
        return labels

    def _paint_division_names(self, painter: QPainter) -> None:
        """Names along the axis, on the colour of the division, where they fit."""
        if self._look.division_far <= self._look.text_far:
            return
        near, far = self._look.text_far, self._look.text_far + self._look.line
        metrics = painter.fontMetrics()
        painter.setPen(self._look.ink)
        for run, start, stop in visible_runs(self._scale, self._runs):
            if not run.key:
                continue
            border = 0.5 if stop - start > 3 else 0.0
            area = self._frame.rect(near, far, start + border, stop - border)
            painter.fillRect(area, faint(self._division_color(run), 0.35))
            if metrics.horizontalAdvance(run.key) <= stop - start:
                self._frame.text_along(painter, near, far, start, stop, run.key)

    def _paint_acronyms(
        self, painter: QPainter, selected: frozenset[int], sources: frozenset[int]
    ) -> list[Label]:
        look = self._look
        first = sorted(sources) + sorted(selected)
        labels = region_labels(self._scale, self._regions, look.line, first)
        for label in labels:
            painter.setFont(look.bold if label.index in sources else look.font)
            self._frame.text_across(
                painter, look.text_near, look.text_far, label.middle, label.text
            )
        return labels

    def _paint_arrows(self, painter: QPainter, sources: frozenset[int]) -> None:
        """A triangle that points at each row of the present source."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.accent)
        for index in sources:
            middle = self._scale.middle_of(index)
            far = STRIP_PX + MARK_PX
            painter.drawPolygon(self._frame.arrow(STRIP_PX, far, middle, MARK_PX / 2))

    def _division_color(self, run: Run) -> QColor:
        return QColor(*self._regions[run.first].division_rgb)
