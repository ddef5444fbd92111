"""A canvas that is dragged, zoomed and clicked, with the mouse and from the keyboard."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QPointF, Qt, Signal
from qtpy.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from qtpy.QtWidgets import QWidget

from napari_connectome.widgets.canvas import CanvasWidget
from napari_connectome.widgets.matrix.pointer import ZOOM_STEP, Pointer, wheel_zoom

PAN_PX = 60.0
"""How far an arrow key moves."""


class PointedCanvas(CanvasWidget):
    """Emits what the mouse and the keys ask for; what is drawn is up to derived classes."""

    hovered = Signal(object)
    """Place of the mouse (QPointF), or None when it has left."""
    clicked = Signal(object)
    zoomed = Signal(float, object)
    """Factor, and the place that stays where it is."""
    panned = Signal(float, float)
    whole_requested = Signal()
    stroke_moved = Signal(object, object)
    """Where a stroke began and where it is, while this canvas is painted on."""
    stroke_ended = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._pointer = Pointer()
        self._is_painted_on = False
        self._stroke_from: QPointF | None = None

    @property
    def is_painted_on(self) -> bool:
        """Whether drags paint."""
        return self._is_painted_on

    def set_painted_on(self, on: bool) -> None:
        """Have drags paint instead of move; wheel and keys do what they always do."""
        self._is_painted_on = on
        self._stroke_from = None
        self.setCursor(Qt.CursorShape.CrossCursor if on else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Begin a click or a drag."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if self._is_painted_on:
            self._stroke_from = event.position()
            self.stroke_moved.emit(self._stroke_from, self._stroke_from)
        else:
            self._pointer.press(event.position())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Drag the matrix, or tell what is under the mouse."""
        if event is None:
            return
        step = self._pointer.move(event.position())
        if self._stroke_from is not None:
            self.stroke_moved.emit(self._stroke_from, event.position())
        elif step is not None:
            self.panned.emit(step.x(), step.y())
        self.hovered.emit(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """A press that did not become a drag is a click."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if self._stroke_from is not None:
            begun, self._stroke_from = self._stroke_from, None
            self.stroke_ended.emit(begun, event.position())
        elif self._pointer.release():
            self.clicked.emit(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Show the whole matrix; while painting it is a second stroke."""
        if self._is_painted_on:
            self.mousePressEvent(event)
        elif event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._pointer.forget()
            self.whole_requested.emit()

    def leaveEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Nothing is under the mouse."""
        del event
        self.hovered.emit(None)

    def wheelEvent(self, event: QWheelEvent | None) -> None:  # noqa: N802
        """Zoom about the mouse."""
        if event is not None and event.angleDelta().y():
            self.zoomed.emit(wheel_zoom(event.angleDelta().y()), event.position())
            event.accept()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """+ and - zoom about the middle, arrows move, Home shows the whole matrix."""
        if event is None:
            return
        key = Qt.Key(event.key())
        middle = QPointF(self.width() / 2, self.height() / 2)
        steps = {
            Qt.Key.Key_Left: (PAN_PX, 0.0),
            Qt.Key.Key_Right: (-PAN_PX, 0.0),
            Qt.Key.Key_Up: (0.0, PAN_PX),
            Qt.Key.Key_Down: (0.0, -PAN_PX),
        }
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoomed.emit(ZOOM_STEP, middle)
        elif key == Qt.Key.Key_Minus:
            self.zoomed.emit(1 / ZOOM_STEP, middle)
        elif key == Qt.Key.Key_Home:
            self.whole_requested.emit()
        elif key in steps:
            self.panned.emit(*steps[key])
        else:
            super().keyPressEvent(event)
