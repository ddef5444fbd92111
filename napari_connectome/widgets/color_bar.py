"""The colour bar of the projection: colours, ticks and the controls of the contrast."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qtpy.QtCore import QEvent, QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from qtpy.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from qtpy.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from napari_connectome.core.color_limits import PROJECTION_DECADES
from napari_connectome.widgets.appearance import (
    FontFollower,
    NumberBox,
    faint,
    text_color,
    text_label,
)
from napari_connectome.widgets.ticks import nice_ticks, number_text

Rgba = Sequence[float]


class ColorScale(QWidget):
    """The painted part: a gradient with ticks and numbers under it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("color_scale")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._colors: list[QColor] = [QColor("black"), QColor("white")]
        self._limits = (0.0, 1.0)
        self._log = False

    @property
    def limits(self) -> tuple[float, float]:
        """What the two ends of the gradient mean."""
        return self._limits

    def set_colors(self, colors: Sequence[Rgba]) -> None:
        """Colours from low to high, RGBA between 0 and 1."""
        self._colors = [QColor.fromRgbF(*(float(c) for c in color)) for color in colors]
        self.update()

    def set_scale(self, low: float, high: float, *, log: bool) -> None:
        """What the two ends mean; `low` is above 0 on a logarithmic scale."""
        if ((low, high), log) != (self._limits, self._log):
            self._limits, self._log = (low, high), log
            self.update()

    def ticks(self) -> list[tuple[float, str]]:
        """Where the ticks stand (0 to 1) and what is written under them."""
        low, high = self._limits
        values = nice_ticks(low, high, log=self._log) if low < high else []
        return [(self.position_of(v), number_text(v)) for v in values]

    def position_of(self, value: float) -> float:
        """Place of a value along the bar, 0 to 1."""
        low, high = self._limits
        if self._log:
            low, high, value = math.log10(low), math.log10(high), math.log10(value)
        return (value - low) / (high - low)

    def sizeHint(self) -> QSize:  # noqa: N802
        """One line of colour, one of numbers, and the ticks between them."""
        line = self.fontMetrics().height()
        return QSize(12 * line, round(2.4 * line))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """The same height, narrower."""
        return QSize(4 * self.fontMetrics().height(), self.sizeHint().height())

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Follow the theme's font and colours."""
        super().changeEvent(event)
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint gradient, ticks and numbers."""
        del event
        painter = QPainter(self)
        line = self.fontMetrics().height()
        bar = QRectF(0.5, 0.5, self.width() - 1.0, line - 1.0)
        painter.fillRect(bar, self._gradient(bar))
        painter.setPen(faint(text_color(self), 0.4))
        painter.drawRect(bar)
        painter.setPen(text_color(self))
        self._paint_ticks(painter, bar, round(line * 0.25))
        painter.end()

    def _gradient(self, bar: QRectF) -> QLinearGradient:
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        last = max(len(self._colors) - 1, 1)
        for i, color in enumerate(self._colors):
            gradient.setColorAt(i / last, color)
        return gradient

    def _paint_ticks(self, painter: QPainter, bar: QRectF, length: int) -> None:
        """Ticks everywhere, numbers where they do not run into the one before."""
        metrics = self.fontMetrics()
        free_from = -math.inf
        for position, text in self.ticks():
            x = bar.left() + position * bar.width()
            painter.drawLine(QPointF(x, bar.bottom()), QPointF(x, bar.bottom() + length))
            width = metrics.horizontalAdvance(text)
            left = min(max(x - width / 2, 0.0), self.width() - width)
            if left >= free_from:
                area = QRectF(left, bar.bottom() + length, width + 1, metrics.height())
                painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
                free_from = left + width + metrics.averageCharWidth()


class ColorBar(QWidget):
    """What the numbers are, the scale, its limits, and the "Log" and "Lock" ticks."""

    limits_changed = Signal(float, float)
    """Limits that the person asked for, in the unit of the data."""
    log_changed = Signal(bool)
    lock_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("color_bar")
        self.scale = ColorScale()
        self._unit = text_label("unit")
        self._low = self._limit_box("low_limit", "Value of the first colour")
        self._high = self._limit_box("high_limit", "Value of the last colour")
        self._log = QCheckBox("Log")
        self._log.setObjectName("log_scale")
        self._log.setToolTip("Logarithmic colours: weak projections become visible")
        self._log.toggled.connect(self._on_log)
        self._lock = QCheckBox("Lock")
        self._lock.setObjectName("lock_limits")
        self._lock.setToolTip("Keep these limits for every source, to compare them")
        self._lock.toggled.connect(self.lock_changed)
        self._arrange()
        FontFollower(self._unit, self.scale)
        self.set_limits(0.0, 1.0)

    def set_colors(self, colors: Sequence[Rgba]) -> None:
        """Show a colormap: RGBA between 0 and 1, from low to high."""
        self.scale.set_colors(colors)

    def set_unit(self, text: str) -> None:
        """Say what the numbers are, with their unit."""
        self._unit.setText(text)
        self._unit.setVisible(bool(text))

    def limits(self) -> tuple[float, float]:
        """Limits in the fields."""
        return self._low.value(), self._high.value()

    def set_limits(self, low: float, high: float) -> None:
        """Show limits; nothing is emitted."""
        for box, value in ((self._low, low), (self._high, high)):
            with QSignalBlocker(box):
                box.setValue(value)
        self._draw()

    def set_log(self, on: bool) -> None:
        """Show a logarithmic or linear scale; nothing is emitted."""
        with QSignalBlocker(self._log):
            self._log.setChecked(on)
        self._draw()

    def set_locked(self, on: bool) -> None:
        """Show whether the limits are locked; nothing is emitted."""
        with QSignalBlocker(self._lock):
            self._lock.setChecked(on)

    def _draw(self) -> None:
        low, high = self.limits()
        if self._log.isChecked() and high > 0:
            self.scale.set_scale(max(low, high * 10.0**-PROJECTION_DECADES), high, log=True)
        else:
            self.scale.set_scale(low, high, log=False)

    def _on_log(self, on: bool) -> None:
        self._draw()
        self.log_changed.emit(on)

    def _on_low(self, low: float) -> None:
        """A lower limit at or above the upper one pushes that one up."""
        high = self._high.value()
        self._ask(low, high if low < high else low * 2)

    def _on_high(self, high: float) -> None:
        """An upper limit at or below the lower one pushes that one to 0; 0 itself is refused."""
        low = self._low.value()
        if high > 0:
            self._ask(low if low < high else 0.0, high)
        else:
            self.set_limits(*self.scale.limits)

    def _ask(self, low: float, high: float) -> None:
        self.set_limits(low, high)
        self.limits_changed.emit(low, high)

    def _limit_box(self, name: str, help_text: str) -> NumberBox:
        box = NumberBox(0.0, written=".4g")
        box.setObjectName(name)
        box.setToolTip(f"{help_text}; a number at least 0, also like 2e-4")
        box.setAccessibleName(help_text)
        box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        return box

    def _arrange(self) -> None:
        self._low.valueChanged.connect(self._on_low)
        self._high.valueChanged.connect(self._on_high)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._unit)
        column.addWidget(self.scale)
        line = QHBoxLayout()
        line.addWidget(self._low, 1)
        line.addWidget(self._log)
        line.addWidget(self._lock)
        line.addWidget(self._high, 1)
        column.addLayout(line)
