"""The canvas of a map: it pans and zooms, and says which pixel the mouse means."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

from qtpy.QtCore import QEvent, QPointF, Qt, Signal
from qtpy.QtGui import QColor, QHideEvent, QKeyEvent, QMouseEvent, QWheelEvent
from qtpy.QtWidgets import QWidget

from napari_connectome.widgets.canvas import CanvasWidget
from napari_connectome.widgets.flatmap.colors import Colored
from napari_connectome.widgets.flatmap.content import FlatmapContent, Pixel
from napari_connectome.widgets.flatmap.frame import Frame
from napari_connectome.widgets.flatmap.marks import Ink, Marks
from napari_connectome.widgets.flatmap.outlines import label_places
from napari_connectome.widgets.flatmap.scene import MapScene

DRAG_FROM = 4
"""Screen pixels from which a press that moves is a drag."""
ZOOM_STEP = 1.25
"""Per notch of the wheel, and per key."""
PAN_STEP = 40.0
"""Screen pixels per arrow key."""
NOTCH = 120
"""Qt's unit of a wheel notch, eighths of a degree."""
WHITE, BLACK = QColor(255, 255, 255), QColor(0, 0, 0, 150)
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


class MapCanvas(CanvasWidget):
    """Shows a map and follows the mouse on it.

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
        self.setObjectName("flatmap_canvas")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(160, 120)
        self.scene = MapScene(self.root, self.ink())
        self.frame = Frame()
        self._content: FlatmapContent | None = None
        self._marks: Marks | None = None
        self._has_data = False
        self._names = True
        self._is_whole = True
        self._space = False
        self._gesture = Gesture.NONE
        self._pressed = QPointF()
        self._last = QPointF()
        self.resized.connect(self._refit)
        self.theme_changed.connect(self._retint)

    def set_content(self, content: FlatmapContent | None) -> None:
        """Show another map; a map of the same name and size keeps zoom and place."""
        before = self._content
        self._end_drag()
        self._content = content
        self._marks = None if content is None else Marks(content, label_places(content))
        self._has_data = False
        self.scene.set_content(content)
        if content is None or before is None or not _is_like(content, before):
            self._is_whole = True
        self._refit()

    def set_data(self, colored: Colored | None) -> None:
        """Show the colours of the data; None shows the regions' own."""
        self.scene.set_data(colored)
        if (colored is not None) != self._has_data:
            self._has_data = colored is not None
            self._write()

    def set_regions(self, ids: Sequence[int]) -> None:
        """Mark regions."""
        self.scene.set_regions(self._content, ids)

    def set_source(self, pixels: Sequence[Pixel]) -> None:
        """Mark the source."""
        self.scene.set_source(self._content, pixels)

    def set_names(self, on: bool) -> None:
        """Write acronyms or not."""
        self._names = on
        self._write()

    def show_whole(self) -> None:
        """Show the whole map."""
        self._is_whole = True
        self._refit()

    def set_frame(self, frame: Frame) -> None:
        """Show another part of the map, kept in sight and no smaller than the whole."""
        if self._content is None:
            return
        kept = frame.kept_in(self._content.extent, self._size())
        self._is_whole = kept == Frame.whole(self._content.extent, self._size())
        self.frame = kept
        self.scene.set_frame(kept)
        self._write()

    def pixel_at(self, x: float, y: float) -> Pixel | None:
        """Row and column under a place on the screen, None where the map shows no cortex."""
        pixel = self.frame.pixel_at(x, y)
        return pixel if self._content is not None and self._content.shows(pixel) else None

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
        self._space = False

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Follow the size of the text."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._write()

    def _under(self, place: QPointF) -> Pixel | None:
        pixel = self.frame.pixel_at(place.x(), place.y())
        content = self._content
        is_map = content is not None and (content.shows(pixel) or content.is_missing(pixel))
        return pixel if is_map else None

    def _end_drag(self) -> None:
        gesture, self._gesture = self._gesture, Gesture.NONE
        if gesture is Gesture.DRAG:
            self.drag_ended.emit()

    def _zoom(self, factor: float) -> None:
        width, height = self._size()
        self.set_frame(self.frame.zoomed(factor, width / 2, height / 2))

    def _refit(self) -> None:
        """After another map or size: the whole map again, or the same part of it."""
        if self._content is not None:
            whole = Frame.whole(self._content.extent, self._size())
            self.set_frame(whole if self._is_whole else self.frame)
        else:
            self._write()

    def _size(self) -> tuple[float, float]:
        return float(max(self.width(), 1)), float(max(self.height(), 1))

    def _write(self) -> None:
        """Paint acronyms, L and R and the scale bar again: they keep their size on the screen."""
        if self._marks is None:
            self.scene.set_marks(None)
            return
        ratio = self.devicePixelRatioF()
        painted = self._marks.painted(
            self.frame, self._size(), ratio, self.font(), self._inks(), names=self._names
        )
        self.scene.set_marks(painted, ratio)

    def _inks(self) -> Ink:
        """White on data, whatever their colours; the theme's ink on the regions' pale ones."""
        ink, background = QColor.fromRgbF(*self.ink()), QColor.fromRgbF(*self.background())
        background.setAlpha(200)
        if self._has_data:
            return Ink(on_map=WHITE, map_halo=BLACK, beside=ink, halo=background)
        return Ink(on_map=ink, map_halo=background, beside=ink, halo=background)

    def _retint(self) -> None:
        self.scene.set_ink(self.ink())
        self._write()


def _is_like(content: FlatmapContent, before: FlatmapContent) -> bool:
    return content.name == before.name and content.shape == before.shape
