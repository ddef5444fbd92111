"""The painted part of the target chart: scrolled bars, hover, click and keys."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtCore import QEvent, QSize, Qt, Signal
from qtpy.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from qtpy.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QWidget

from napari_connectome.core.sides import BY_SOURCE
from napari_connectome.figures.paired_bars import PairedBar, scale_of
from napari_connectome.widgets.appearance import there
from napari_connectome.widgets.target_frame import ChartFrame, frame_of
from napari_connectome.widgets.target_paint import ChartPainter

USUAL_ACRONYM = "SSp-bfd"
"""Room that acronyms have at least."""
LEAST_LINES, USUAL_LINES = 6, 18
"""Height in lines of text."""
Key = Qt.Key


class TargetBars(QAbstractScrollArea):
    """Regions as lines with a bar to each side of an axis.

    Attributes
    ----------
    bars : sequence of PairedBar
        What is shown, from top to bottom.
    redraws : int
        Paints so far.
    """

    hovered = Signal(object)
    """The bar pair under the mouse, or None."""
    chosen = Signal(int)
    """Structure that was clicked, or reached with a key."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("target_bars")
        self.setAccessibleName("Targets as bars")
        self.bars: Sequence[PairedBar] = ()
        self.redraws = 0
        self.words = BY_SOURCE
        self._caption, self._log = "", False
        self._selected: frozenset[int] = frozenset()
        self._frame: ChartFrame | None = None
        self._acronym_px: dict[str, int] = {}
        self._mouse_y: float | None = None
        self._hovered: PairedBar | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        view = there(self.viewport())
        view.setMouseTracking(True)
        view.setBackgroundRole(QPalette.ColorRole.Window)
        view.setAutoFillBackground(False)
        there(self.verticalScrollBar()).valueChanged.connect(lambda _v: self._point())

    @property
    def frame(self) -> ChartFrame | None:
        """Where things lie now; None while there is nothing to show."""
        return self._frame

    @property
    def offset(self) -> int:
        """How far the regions are scrolled, in pixels."""
        return there(self.verticalScrollBar()).value()

    def set_bars(self, bars: Sequence[PairedBar], caption: str, *, log: bool) -> None:
        """Show other bars; `caption`, if there is one, says what the axis's numbers are."""
        self.bars, self._caption, self._log = bars, caption, log
        self._lay_out()

    def set_selected(self, ids: frozenset[int]) -> None:
        """Mark structures; the first one is scrolled to when none of them is in sight."""
        if ids != self._selected:
            self._selected = ids
            self._show_selected()
            self._update()

    def index_at(self, y: float) -> int | None:
        """Number of the bar pair at a height of the viewport."""
        return None if self._frame is None else self._frame.index_at(y, self.offset)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for about a dozen regions."""
        line = self.fontMetrics().height()
        return QSize(24 * line, USUAL_LINES * line)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Head, axis and a few regions."""
        line = self.fontMetrics().height()
        return QSize(12 * line, LEAST_LINES * line)

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Follow the theme's font and colours."""
        super().changeEvent(event)
        self._acronym_px.clear()
        self.updateGeometry()
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Lay the chart out in another size."""
        super().resizeEvent(event)
        self._lay_out()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint what is in sight."""
        del event
        self.redraws += 1
        if self._frame is not None:
            painter = QPainter(self.viewport())
            paint = ChartPainter(painter, self, self._frame, self.offset)
            paint.paint_head(self.words)
            paint.paint(self.bars, self._selected, self._hovered_index(), self._caption)
            painter.end()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Choose the region under the mouse."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._choose(self.index_at(event.position().y()))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Tell what is under the mouse."""
        if event is not None:
            self._mouse_y = event.position().y()
            self._point()

    def viewportEvent(self, event: QEvent | None) -> bool:  # noqa: N802
        """Nothing is under the mouse once it has left."""
        if event is not None and event.type() == QEvent.Type.Leave:
            self._mouse_y = None
            self._point()
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """Move the selection up and down."""
        if event is None:
            return
        index = self._index_after(Key(event.key()))
        if index is None:
            super().keyPressEvent(event)
            return
        self._choose(index)
        self._scroll_to(index)

    def _index_after(self, key: Key) -> int | None:
        """Where a key leads to; None for other keys, and without bars."""
        last = len(self.bars) - 1
        marked = [i for i, bar in enumerate(self.bars) if bar.structure_id in self._selected]
        page = 1 if self._frame is None else max(int(self._frame.room // self._frame.row) - 1, 1)
        before = {Key.Key_Up: 1, Key.Key_PageUp: page, Key.Key_Home: last + 1}
        after = {Key.Key_Down: 1, Key.Key_PageDown: page, Key.Key_End: last + 1}
        if last < 0 or key not in {*before, *after}:
            return None
        if key in before:
            return max((marked[0] if marked else 0) - before[key], 0)
        return min((marked[-1] if marked else -1) + after[key], last)

    def _choose(self, index: int | None) -> None:
        if index is not None:
            chosen = self.bars[index].structure_id
            self._selected = frozenset((chosen,))
            self._update()
            self.chosen.emit(chosen)

    def _lay_out(self) -> None:
        scale = scale_of(self.bars, log=self._log)
        view = there(self.viewport())
        bar = there(self.verticalScrollBar())
        if scale is None:
            self._frame = None
            bar.setRange(0, 0)
        else:
            widest, count = self._widest_acronym(), len(self.bars)
            self._frame = frame_of(
                view.size(),
                self.fontMetrics(),
                widest,
                count,
                scale,
                captioned=bool(self._caption),
            )
            bar.setRange(0, self._frame.hidden)
            bar.setPageStep(max(round(self._frame.room), 1))
            bar.setSingleStep(round(self._frame.row))
        self._point()
        self._update()

    def _widest_acronym(self) -> int:
        """Of all that were shown so far: the bars must not shift with every answer."""
        widths, metrics = self._acronym_px, self.fontMetrics()
        for text in (USUAL_ACRONYM, *(bar.acronym for bar in self.bars)):
            if text not in widths:
                widths[text] = metrics.horizontalAdvance(text)
        return max(widths.values())

    def _show_selected(self) -> None:
        marked = [i for i, bar in enumerate(self.bars) if bar.structure_id in self._selected]
        if self._frame is not None and marked:
            seen = self._frame.visible(self.offset)
            if not any(i in seen for i in marked):
                self._scroll_to(marked[0])

    def _scroll_to(self, index: int) -> None:
        if self._frame is not None:
            top = round(index * self._frame.row)
            lowest = round(top + self._frame.row - self._frame.room)
            there(self.verticalScrollBar()).setValue(min(max(self.offset, lowest), top))

    def _hovered_index(self) -> int | None:
        return None if self._mouse_y is None else self.index_at(self._mouse_y)

    def _point(self) -> None:
        """Tell what is under the mouse when that is another region, or has other values."""
        index = self._hovered_index()
        bar = None if index is None else self.bars[index]
        if bar != self._hovered:
            self._hovered = bar
            self._update()
            self.hovered.emit(bar)

    def _update(self) -> None:
        there(self.viewport()).update()
