"""One line that tells what is under the mouse; unit and names give way, the value never does."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QRectF, QSize, Qt
from qtpy.QtGui import QPainter, QPaintEvent
from qtpy.QtWidgets import QSizePolicy, QWidget

from napari_connectome.widgets.appearance import faint, text_color

Align = Qt.AlignmentFlag


class InfoLine(QWidget):
    """Names on the left, a value with its unit on the right.

    Attributes
    ----------
    names : tuple of str
        Parts that are cut evenly where the line is too short.
    value : str
        Stands behind them, uncut.
    unit : str
        Its unit, left out where the line is too short.
    """

    ARROW = "  →  "

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("matrix_info")
        self.names: tuple[str, ...] = ()
        self.value = self.unit = ""
        self._faint = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def text(self) -> str:
        """All that the line says, uncut."""
        names, value = self.ARROW.join(self.names), f"{self.value} {self.unit}".rstrip()
        return f"{names}: {value}" if names and value else names or value

    def set_text(
        self, names: tuple[str, ...], value: str = "", unit: str = "", *, hint: bool = False
    ) -> None:
        """Say something else; a hint steps back."""
        said = (names, value, unit, hint)
        if said != (self.names, self.value, self.unit, self._faint):
            self.names, self.value, self.unit, self._faint = said
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
        value = self.fitted_value(area.width())
        painter.drawText(area, Align.AlignRight | Align.AlignVCenter, value)
        used = metrics.horizontalAdvance(value + "  ") if value else 0
        painter.drawText(
            area, Align.AlignLeft | Align.AlignVCenter, self.fitted(area.width() - used)
        )
        painter.end()

    def fitted_value(self, room: float) -> str:
        """The value, and its unit where the names leave it room."""
        advance = self.fontMetrics().horizontalAdvance
        whole = f"{self.value} {self.unit}".rstrip()
        names = advance(self.ARROW.join(self.names) + "  ")
        return whole if advance(whole) + names <= room else self.value

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
