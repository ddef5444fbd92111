"""A figure on a sheet of paper that fills the width of its view and scrolls."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from qtpy.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from qtpy.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from qtpy.QtWidgets import QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from napari_connectome.figures.raster import FigureImage
from napari_connectome.widgets.appearance import HintLabel

REACH_PX = 9.0
"""How near the mouse must be to a thing that can be pointed at."""
MARK = QColor(213, 94, 0)
SETTLE_MS = 120
"""After this the width counts as settled, and the figure is asked for again."""


class FigurePage(QWidget):
    """Shows one figure, or words where there is none.

    It draws nothing by itself: who owns it has the figure drawn elsewhere, at the width that
    :attr:`width_changed` tells.
    """

    width_changed = Signal(int)
    """Pixels that a figure has to fill; told when the width has settled."""
    shown = Signal()
    """A figure is there; nothing is marked on it yet."""
    pointed = Signal(int)
    """Number of the place under the mouse, -1 for none."""
    clicked = Signal(int)
    """Number of the place that was clicked."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.sheet = _Sheet()
        self.sheet.setObjectName(f"{name}_sheet")
        self.words = HintLabel()
        self.words.setObjectName(f"{name}_words")
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._scroll.setWidget(self.sheet)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.words)
        column.addWidget(self._scroll, 1)
        self._told = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLE_MS)
        self._timer.timeout.connect(self._tell_width)
        self.sheet.pointed.connect(self.pointed)
        self.sheet.clicked.connect(self.clicked)
        self.set_words("")

    @property
    def width_px(self) -> int:
        """Pixels that a figure has to fill, on the screen that shows it."""
        bar = self._scroll.verticalScrollBar()
        room = self.width() - (0 if bar is None else bar.sizeHint().width())
        return max(1, round(room * self.devicePixelRatioF()))

    def set_image(self, image: FigureImage) -> None:
        """Show a figure in place of the one before."""
        self.sheet.set_image(image, self.devicePixelRatioF())
        self.words.hide()
        self._scroll.show()
        self.shown.emit()

    def set_words(self, text: str) -> None:
        """Show words in place of a figure; what was drawn is forgotten."""
        self.sheet.clear()
        self._scroll.hide()
        self.words.setText(text)
        self.words.show()

    def mark(self, place: int) -> None:
        """Draw a ring about a place; -1 takes it away."""
        self.sheet.mark(place)

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Have the figure drawn anew once the width has settled."""
        super().resizeEvent(event)
        self._timer.start()

    def _tell_width(self) -> None:
        if self.width_px != self._told:
            self._told = self.width_px
            self.width_changed.emit(self._told)


class _Sheet(QWidget):
    """The image, as wide as the view; until it is drawn anew it is stretched."""

    pointed = Signal(int)
    clicked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._image: QImage | None = None
        self.places: npt.NDArray[np.float64] = np.zeros((0, 2))
        self._at = self._marked = -1
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMouseTracking(True)

    def set_image(self, image: FigureImage, ratio: float) -> None:
        height, width = image.rgba.shape[:2]
        pixels = np.ascontiguousarray(image.rgba)
        form = QImage.Format.Format_RGBA8888
        self._image = QImage(pixels.tobytes(), width, height, 4 * width, form).copy()
        self._image.setDevicePixelRatio(ratio)
        self.places, self._at, self._marked = image.places, -1, -1
        self._fit()
        self.update()

    def clear(self) -> None:
        self._image, self.places = None, np.zeros((0, 2))
        self._fit()

    def mark(self, place: int) -> None:
        if place != self._marked:
            self._marked = place
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        width = self.width()
        return QSize(width, self._height_at(width))

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        return self._height_at(width)

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        return True

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        del event
        if self._image is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(0, 0, self.width(), self._height_at(self.width())), self._image)
        for place in {self._at, self._marked}:
            # A mark may be for the figure that is still being drawn, which has other places.
            if 0 <= place < len(self.places):
                self._ring(painter, place)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is not None:
            self._point_at(self._nearest(event.position()))

    def leaveEvent(self, event: QEvent | None) -> None:  # noqa: N802
        super().leaveEvent(event)
        self._point_at(-1)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            place = self._nearest(event.position())
            if place >= 0:
                self.clicked.emit(place)

    def position_of(self, place: int) -> QPointF:
        """Where a place lies on the widget."""
        x, y = self.places[place]
        return QPointF(x * self.width(), y * self._height_at(self.width()))

    def _point_at(self, place: int) -> None:
        if place != self._at:
            self._at = place
            self.update()
            self.pointed.emit(place)

    def _nearest(self, point: QPointF) -> int:
        if not len(self.places):
            return -1
        size = np.array([self.width(), self._height_at(self.width())])
        gaps = np.hypot(*((self.places * size - [point.x(), point.y()]).T))
        nearest = int(np.argmin(np.where(np.isfinite(gaps), gaps, np.inf)))
        return nearest if gaps[nearest] <= REACH_PX else -1

    def _ring(self, painter: QPainter, place: int) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(MARK, 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(self.position_of(place), 5.0, 5.0)

    def _height_at(self, width: int) -> int:
        if self._image is None or not self._image.width():
            return 0
        return round(width * self._image.height() / self._image.width())

    def _fit(self) -> None:
        self.setMinimumHeight(self._height_at(self.width()))
