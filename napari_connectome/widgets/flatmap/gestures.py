"""What the mouse and the keys do on a map."""

from __future__ import annotations

from enum import Enum, auto

from qtpy.QtCore import QEvent, QPointF, Qt, Signal
from qtpy.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent, QWheelEvent
from qtpy.QtWidgets import QWidget

from napari_connectome.widgets.flatmap.content import FlatmapContent, Pixel
from napari_connectome.widgets.flatmap.map_canvas import MapCanvas

DRAG_FROM = 4
"""Screen pixels from which a press that moves is a drag."""
ZOOM_STEP = 1.25
"""Per notch of the wheel, and per key."""
PAN_STEP = 40.0
"""Screen pixels per arrow key."""
NOTCH = 120
"""Qt's unit of a wheel notch, eighths of a degree."""
ARROWS = {
    Qt.Key.Key_Left: (PAN_STEP, 0.0),
    Qt.Key.Key_Right: (-PAN_STEP, 0.0),
    Qt.Key.Key_Up: (0.0, PAN_STEP),
    Qt.Key.Key_Down: (0.0, -PAN_STEP),
}


class Gesture(Enum):
    """What the pressed mouse does."""

    NONE = auto()
    PRESS = auto()
    DRAG = auto()
    PAN = auto()


class LiveMap(MapCanvas):
    """A map that says which of its pixels a person means.

    A left click or drag means the source, Ctrl-click a region; the wheel zooms about the
    cursor, the middle or right button, Space with the left one, or the left one beside the
    map pans, a double-click or Home shows the whole map, arrows and + - move and zoom.
    """

    clicked = Signal(object)
    """Row and column of the map."""
    region_clicked = Signal(object)
    """Row and column of a Ctrl-click, None beside the map."""
    drag_started = Signal()
    dragged = Signal(object)
    drag_ended = Signal()
    hovered = Signal(object)
    """Row and column under the cursor, also of a missing pixel; None beside the map."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._space = False
        self._gesture = Gesture.NONE
        self._pressed = QPointF()
        self._last = QPointF()

    def set_content(self, content: FlatmapContent | None) -> None:
        """Show another map; a drag on the one before ends."""
        self._end_drag()
        super().set_content(content)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Start a click, a drag or a pan."""
        if event is None or self._gesture is not Gesture.NONE:
            return
        place = event.position()
        self._pressed = self._last = place
        on_map = self.pixel_at(place.x(), place.y()) is not None
        is_left = event.button() == Qt.MouseButton.LeftButton
        picks = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if is_left and not self._space and (on_map or picks):
            self._gesture = Gesture.PRESS
        else:
            self._gesture = Gesture.PAN

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Hover, drag the source or pan."""
        if event is None:
            return
        place = event.position()
        pixel = self.pixel_at(place.x(), place.y())
        moved = place - self._last
        picks = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        far = (place - self._pressed).manhattanLength() >= DRAG_FROM
        if self._gesture is Gesture.PRESS and far and not picks:
            self._gesture = Gesture.DRAG
            self.drag_started.emit()
        if self._gesture is Gesture.DRAG and pixel is not None:
            self.dragged.emit(pixel)
        elif self._gesture is Gesture.PAN:
            self.set_frame(self.frame.moved(moved.x(), moved.y()))
        self._last = place
        self._show_cursor(on_map=pixel is not None)
        self.hovered.emit(self._under(place))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """End a gesture; a press that has not moved is a click."""
        if event is None or event.buttons() != Qt.MouseButton.NoButton:
            return
        gesture, self._gesture = self._gesture, Gesture.NONE
        if gesture is Gesture.DRAG:
            self.drag_ended.emit()
        elif gesture is Gesture.PRESS:
            pixel = self.pixel_at(self._pressed.x(), self._pressed.y())
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.region_clicked.emit(pixel)
            elif pixel is not None:
                self.clicked.emit(pixel)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Show the whole map."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self.show_whole()

    def wheelEvent(self, event: QWheelEvent | None) -> None:  # noqa: N802
        """Zoom about the cursor."""
        if event is None:
            return
        place, notches = event.position(), event.angleDelta().y() / NOTCH
        self.set_frame(self.frame.zoomed(ZOOM_STEP**notches, place.x(), place.y()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """Move and zoom by keys; Space lets the left button pan."""
        if event is None:
            return
        key = event.key()
        if key == Qt.Key.Key_Space:
            self._space = True
        elif key in ARROWS:
            self.set_frame(self.frame.moved(*ARROWS[Qt.Key(key)]))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._zoom(ZOOM_STEP)
        elif key == Qt.Key.Key_Minus:
            self._zoom(1 / ZOOM_STEP)
        elif key == Qt.Key.Key_Home:
            self.show_whole()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """Space is let go."""
        if event is not None and event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
        super().keyReleaseEvent(event)

    def leaveEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Nothing is under the cursor any more."""
        super().leaveEvent(event)
        self.hovered.emit(None)

    def hideEvent(self, event: QHideEvent | None) -> None:  # noqa: N802
        """A drag ends when the map is put away."""
        super().hideEvent(event)
        self._end_drag()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:  # noqa: N802
        """Space let go elsewhere is not heard of."""
        super().focusOutEvent(event)
        self._space = False

    def _show_cursor(self, *, on_map: bool) -> None:
        """A cross where a click means a place, a hand while the map is pushed."""
        shape = Qt.CursorShape.CrossCursor if on_map else Qt.CursorShape.ArrowCursor
        if self._gesture is Gesture.PAN:
            shape = Qt.CursorShape.ClosedHandCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    def _under(self, place: QPointF) -> Pixel | None:
        pixel = self.frame.pixel_at(place.x(), place.y())
        content = self.content
        is_map = content is not None and (content.shows(pixel) or content.is_missing(pixel))
        return pixel if is_map else None

    def _end_drag(self) -> None:
        gesture, self._gesture = self._gesture, Gesture.NONE
        if gesture is Gesture.DRAG:
            self.drag_ended.emit()

    def _zoom(self, factor: float) -> None:
        width, height = self.size_px()
        self.set_frame(self.frame.zoomed(factor, width / 2, height / 2))
