"""A line on a map: drawn by the next drag when asked for, and shown until it is replaced."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from qtpy.QtCore import QEvent, QObject, QPointF, Qt, Signal
from qtpy.QtGui import QKeyEvent, QMouseEvent
from vispy.scene.visuals import Line

from napari_connectome.widgets.flatmap.map_canvas import MapCanvas
from napari_connectome.widgets.flatmap.scene import DARK

STEP = 0.5
"""Pixels of the map between two places of the line."""
LINE_COLOR = (1.0, 0.85, 0.3, 1.0)
Places = npt.NDArray[np.float64]


class LineDrawing(QObject):
    """Takes one drag at a time from a map and turns it into a line.

    Parameters
    ----------
    canvas : MapCanvas
        The map; it gets every event while nothing is to be drawn.
    """

    drawn = Signal(object)
    """Places on the map: ndarray of float64, shape (k, 2), row and column."""
    ended = Signal()
    """Drawing is switched off again: a line is finished, or was given up with Escape."""

    def __init__(self, canvas: MapCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._active = False
        self._is_down = False
        self._places: list[tuple[float, float]] = []
        self._shown: Places | None = None
        self._lines = [self._line(color, width) for color, width in ((DARK, 5), (LINE_COLOR, 2.5))]
        canvas.installEventFilter(self)

    @property
    def is_active(self) -> bool:
        """Whether the next drag draws a line."""
        return self._active

    def set_active(self, active: bool) -> None:
        """Let the next drag draw a line, or not."""
        if active == self._active:
            return
        self._active, self._is_down, self._places = active, False, []
        if active:
            self._canvas.setFocus()
            self._canvas.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self._canvas.unsetCursor()
            self._show()
            self.ended.emit()

    def set_line(self, places: Places | None) -> None:
        """Show a line: row and column of its places, NaN where it is interrupted."""
        self._shown = places
        self._show()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802
        """Keep the events of a line that is drawn; pass everything else on."""
        if self._active and isinstance(event, QMouseEvent):
            return self._on_mouse(event)
        if self._active and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            self.set_active(False)
            return True
        if self._active and event is not None and event.type() == QEvent.Type.Hide:
            self.set_active(False)
        return super().eventFilter(watched, event)

    def _on_mouse(self, event: QMouseEvent) -> bool:
        """Whether an event belongs to the line: other buttons still pan, hovering still tells."""
        is_left = event.button() == Qt.MouseButton.LeftButton
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress and is_left:
            self._is_down = True
            self._add(event.position())
            return True
        if kind == QEvent.Type.MouseMove and self._is_down:
            self._add(event.position())
            return True
        if kind == QEvent.Type.MouseButtonRelease and self._is_down and is_left:
            self._finish()
            return True
        return kind == QEvent.Type.MouseButtonDblClick

    def _add(self, place: QPointF) -> None:
        x, y = self._canvas.frame.map_point(place.x(), place.y())
        if not self._places or np.hypot(*np.subtract((y, x), self._places[-1])) >= STEP:
            self._places.append((y, x))
            self._show()

    def _finish(self) -> None:
        places = np.array(self._places, dtype=np.float64)
        self.set_active(False)
        self.drawn.emit(places)

    def _show(self) -> None:
        """Draw the line that is being drawn, else the one that was set."""
        places = np.array(self._places) if self._places else self._shown
        for line in self._lines:
            line.visible = places is not None and len(places) > 1
            if places is not None and line.visible:
                line.set_data(pos=places[:, ::-1].astype(np.float32))
        self._canvas.redraw()

    def _line(self, color: tuple[float, float, float, float], width: float) -> Line:
        above = self._canvas.scene.above
        line = Line(np.zeros((2, 2)), color=color, width=width, parent=above, method="gl")
        line.set_gl_state("translucent", depth_test=False)
        line.visible = False
        return line
