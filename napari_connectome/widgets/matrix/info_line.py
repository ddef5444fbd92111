"""One line that tells what is under the mouse; names give way, the value never does."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QRectF, QSize, Qt
from qtpy.QtGui import QPainter, QPaintEvent
from qtpy.QtWidgets import QSizePolicy, QWidget

from napari_connectome.widgets.appearance import faint, text_color

Align = Qt.AlignmentFlag


class InfoLine(QWidget):
    """Names on the left, a value on the right.

    Attributes
    ----------
    names : tuple of str
        Parts that are cut evenly where the line is too short.
    value : str
        Stands at the right end.
    """

    ARROW = "  →  "

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("matrix_info")
        self.names: tuple[str, ...] = ()
        self.value = ""
        self._faint = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def text(self) -> str:
        """All that the line says, uncut."""
        names = self.ARROW.join(self.names)
        return f"{names}:  {self.value}" if names and self.value else names or self.value

    def set_text(self, names: tuple[str, ...], value: str = "", *, hint: bool = False) -> None:
        """Say something else; a hint steps back."""
        if (names, value, hint) != (self.names, self.value, self._faint):
            self.names, self.value, self._faint = names, value, hint
            self.setToolTip(self.text)
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """One line of text."""
        return QSize(0, self.fontMetrics().height() + 2)

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Follow the theme's font and colours."""
        super().changeEvent(event)
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint names and value."""
        del event
        painter = QPainter(self)
        metrics = self.fontMetrics()
        painter.setPen(faint(text_color(self), 0.65 if self._faint else 1.0))
        area = QRectF(self.rect())
        value = metrics.horizontalAdvance(self.value)
        painter.drawText(area, Align.AlignRight | Align.AlignVCenter, self.value)
        room = area.width() - value - (2 * metrics.averageCharWidth() if value else 0)
        painter.drawText(area, Align.AlignLeft | Align.AlignVCenter, self.fitted(room))
        painter.end()

    def fitted(self, room: float) -> str:
        """The names, cut so that they fit: shorter ones leave their room to longer ones."""
        metrics = self.fontMetrics()
        arrow = metrics.horizontalAdvance(self.ARROW)
        free = room - arrow * max(len(self.names) - 1, 0)
        shown: dict[int, str] = {}
        by_length = sorted(range(len(self.names)), key=lambda i: len(self.names[i]))
        for done, i in enumerate(by_length):
            share = free / (len(by_length) - done)
            text = metrics.elidedText(self.names[i], Qt.TextElideMode.ElideRight, int(share))
            shown[i] = text
            free -= metrics.horizontalAdvance(text)
        return self.ARROW.join(shown[i] for i in sorted(shown))
