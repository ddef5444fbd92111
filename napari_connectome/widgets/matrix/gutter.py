"""Labels beside one axis of the matrix: title, divisions, acronyms and marks."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtCore import QEvent, QPointF, QSize, Qt, Signal
from qtpy.QtGui import (
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from qtpy.QtWidgets import QSizePolicy, QToolTip, QWidget

from napari_connectome.widgets.matrix.axis_scale import AxisScale
from napari_connectome.widgets.matrix.content import AxisRegion, Run
from napari_connectome.widgets.matrix.gutter_look import look_of
from napari_connectome.widgets.matrix.gutter_paint import GutterPainter
from napari_connectome.widgets.matrix.labels import Detail, Label
from napari_connectome.widgets.matrix.pointer import Pointer, wheel_zoom


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
        self._titles: Sequence[Run] = ()
        self._tip = ""
        self._is_low = False
        self._hover: int | None = None
        self._selected: frozenset[int] = frozenset()
        self._sources: frozenset[int] = frozenset()
        self._picture: QPixmap | None = None
        self._pointer = Pointer()
        self.redraws = self.layouts = 0
        self.labels: list[Label] = []
        self.setMouseTracking(True)
        self._painter = self._make_painter()
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
        self._hover = None
        self._restyle()

    def set_low(self, low: bool) -> None:
        """Take less room across the axis."""
        if low != self._is_low:
            self._is_low = low
            self._restyle()

    def set_marks(self, selected: frozenset[int], sources: frozenset[int]) -> None:
        """Mark selected regions, and those that are the source."""
        if (selected, sources) == (self._selected, self._sources):
            return
        # Where some labels stand for all, those of the selected come first.
        labels_stay = sources == self._sources and self.detail() is not Detail.SOME
        self._selected, self._sources = selected, sources
        if labels_stay:
            self.update()
        else:
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
        return self._painter.detail()

    def sizeHint(self) -> QSize:  # noqa: N802
        """As deep as the labels need; along the axis as long as the cells."""
        depth = int(self._look.title_far)
        return QSize(depth, 0) if self._is_rows else QSize(0, depth)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """The same."""
        return self.sizeHint()

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Follow the theme's font and colours."""
        super().changeEvent(event)
        self._restyle()

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
        self._painter.paint_bands(painter, self._selected)
        painter.drawPixmap(0, 0, self._picture)
        if self._hover is not None and self._hover < len(self._regions):
            self._painter.paint_hover(painter, self._hover)
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

    def _paint_labels(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.labels = self._painter.paint(painter, self._selected, self._sources)
        painter.end()
        self.layouts += 1
        return picture

    def _make_painter(self) -> GutterPainter:
        acronyms = {region.acronym for region in self._regions}
        divisions = {region.division for region in self._regions}
        self._look = look_of(self, acronyms, divisions, marks=self._is_rows, low=self._is_low)
        return GutterPainter(
            self._scale, self._regions, self._titles, self._look, rows=self._is_rows
        )

    def _restyle(self) -> None:
        """Take the font, colours and room that the labels need now."""
        self._painter = self._make_painter()
        self.updateGeometry()
        self.refresh()
