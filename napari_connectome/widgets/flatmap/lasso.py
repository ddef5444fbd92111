"""An area drawn on a map with the Shift key held."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from qtpy.QtCore import QEvent, QObject, QPointF, Qt, Signal
from qtpy.QtGui import QMouseEvent
from vispy.scene.visuals import Line

from napari_connectome.widgets.flatmap.map_canvas import MapCanvas
from napari_connectome.widgets.flatmap.scene import DARK, SOURCE_COLOR

STEP_PX = 3.0
"""Screen pixels between two corners of the outline."""
ABOVE = 12
"""Drawn over the map, its marks and its writing."""


class Lasso(QObject):
    """Takes Shift-drags from a map and turns them into pixels.

    Parameters
    ----------
    canvas : MapCanvas
        The map; presses without Shift are left to it.
    """

    drawn = Signal(object)
    """Pixels inside the outline: ndarray of bool, shape (rows, columns)."""

    def __init__(self, canvas: MapCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._corners: list[tuple[float, float]] = []
        self._lines = [
            self._line(canvas, color, width) for color, width in ((DARK, 4), (SOURCE_COLOR, 2))
        ]
        canvas.installEventFilter(self)

    @property
    def is_drawing(self) -> bool:
        """Whether an outline is being drawn."""
        return bool(self._corners)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802
        """Keep the events of an outline; pass everything else on."""
        if isinstance(event, QMouseEvent):
            kind = event.type()
            if kind == QEvent.Type.MouseButtonPress and self._begins(event):
                self._add(event.position())
                return True
            if self.is_drawing and kind == QEvent.Type.MouseMove:
                self._add(event.position())
                return True
            if self.is_drawing and kind == QEvent.Type.MouseButtonRelease:
                self._finish()
                return True
        elif event is not None and event.type() == QEvent.Type.Hide:
            self._corners = []
            self._show()
        return super().eventFilter(watched, event)

    def _begins(self, event: QMouseEvent) -> bool:
        shift = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        is_left = event.button() == Qt.MouseButton.LeftButton
        return shift and is_left and self._canvas.content is not None

    def _add(self, place: QPointF) -> None:
        corner = (place.x(), place.y())
        far = not self._corners or np.hypot(*np.subtract(corner, self._corners[-1])) >= STEP_PX
        if far:
            self._corners.append(corner)
            self._show()

    def _finish(self) -> None:
        corners, self._corners = self._corners, []
        self._show()
        content = self._canvas.content
        if content is None or len(corners) < 3:
            return
        outline = np.array([self._canvas.frame.map_point(x, y) for x, y in corners])
        self.drawn.emit(pixels_inside(outline, content.shape))

    def _show(self) -> None:
        """Draw the outline, closed, in screen pixels."""
        for line in self._lines:
            line.visible = len(self._corners) > 1
            if line.visible:
                closed = [*self._corners, self._corners[0]]
                line.set_data(pos=np.array(closed, dtype=np.float32))
        self._canvas.redraw()

    @staticmethod
    def _line(canvas: MapCanvas, color: tuple[float, float, float, float], width: float) -> Line:
        line = Line(np.zeros((2, 2)), color=color, width=width, parent=canvas.root, method="gl")
        line.order = ABOVE
        line.set_gl_state("translucent", depth_test=False)
        line.visible = False
        return line


def pixels_inside(
    outline: npt.NDArray[np.float64], shape: tuple[int, int]
) -> npt.NDArray[np.bool_]:
    """Pixels whose middle lies inside an outline.

    Parameters
    ----------
    outline : ndarray of float, shape (n, 2)
        Corners, x (columns) and y (rows); the last is joined to the first. What is surrounded
        an even number of times is outside.
    shape : tuple of int
        Rows and columns.

    Returns
    -------
    ndarray of bool, shape (rows, columns)
    """
    x, y = np.arange(shape[1]) + 0.5, np.arange(shape[0]) + 0.5
    inside = np.zeros(shape, dtype=bool)
    for (x0, y0), (x1, y1) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        rows = np.flatnonzero((y >= min(y0, y1)) & (y < max(y0, y1)))
        if len(rows):
            crossing = x0 + (y[rows] - y0) / (y1 - y0) * (x1 - x0)
            inside[rows] ^= x >= crossing[:, None]
    return inside
