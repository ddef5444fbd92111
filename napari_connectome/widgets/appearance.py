"""Small parts that every view shares, so that all of them follow the theme and its font."""

from __future__ import annotations

import math
from typing import TypeVar

from qtpy.QtCore import QEvent, QObject, Qt
from qtpy.QtGui import QColor, QPainter, QPaintEvent, QPalette, QShowEvent, QValidator
from qtpy.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QFrame, QLabel, QSizePolicy, QWidget

Rgb = tuple[int, int, int]
Part = TypeVar("Part")


class HintLabel(QLabel):
    """Wrapped text that steps back behind the controls: the text colour, partly transparent."""

    OPACITY = 0.65

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setWordWrap(True)
        self.setIndent(0)
        self._fade()

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Follow a change of theme."""
        super().changeEvent(event)
        if event is not None and event.type() in (
            QEvent.Type.StyleChange,
            QEvent.Type.ParentChange,
        ):
            self._fade()

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802
        """Follow what changed while nothing was seen of it."""
        super().showEvent(event)
        self._fade()

    def _fade(self) -> None:
        """Set the colour; nothing happens when it is already right (it would call back)."""
        parent = self.parentWidget()
        if parent is None:
            return
        red, green, blue, _alpha = text_color(parent).getRgb()
        sheet = f"color: rgba({red}, {green}, {blue}, {self.OPACITY:.0%})"
        if sheet != self.styleSheet():
            self.setStyleSheet(sheet)


class StillLine(QWidget):
    """A line of text that steps back, for what changes many times a second.

    A label asks for a new layout at every change, and the window is drawn once more for it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._fit()

    def text(self) -> str:
        """What is written."""
        return self._text

    def setText(self, text: str) -> None:  # noqa: N802
        """Write another text."""
        if text != self._text:
            self._text = text
            self.update()

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Follow the size of the text."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._fit()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint the text, cut where there is no room for it."""
        del event
        painter = QPainter(self)
        painter.setPen(faint(text_color(self), HintLabel.OPACITY))
        metrics = self.fontMetrics()
        text = metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(0, metrics.ascent(), text)
        painter.end()

    def _fit(self) -> None:
        self.setFixedHeight(self.fontMetrics().height())


class Swatch(QFrame):
    """A square of a region's atlas colour, as high as the text beside it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._color: QColor | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._fit()

    def set_color(self, rgb: Rgb | None) -> None:
        """Show a colour (0 to 255 each); None leaves the square empty."""
        self._color = None if rgb is None else QColor(*rgb)
        self.update()

    @property
    def rgb(self) -> Rgb | None:
        """The colour shown."""
        c = self._color
        return None if c is None else (c.red(), c.green(), c.blue())

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Follow the size of the text."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._fit()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint the square."""
        del event
        if self._color is not None:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._color)
            painter.drawRoundedRect(self.rect(), 2, 2)
            painter.end()

    def _fit(self) -> None:
        edge = round(self.fontMetrics().height() * 0.85)
        self.setFixedSize(edge, edge)


class NumberBox(QDoubleSpinBox):
    """A number with a unit, written with as many digits as it needs.

    Up and down change the first digits, the wheel works only while the field
    has the focus (a scrolled form must not change values), and a typed value
    counts when it is finished. Scientific notation is read too ("1e5").

    Parameters
    ----------
    low, high : float, optional
        Inclusive bounds.
    unit : str
        Shown behind the number.
    written : str
        Format of the number; what is not shown is kept until something else is typed.
    """

    def __init__(
        self,
        low: float | None = None,
        high: float | None = None,
        unit: str = "",
        written: str = ".6g",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._fitting = False
        self._written = written
        self.setDecimals(12)
        self.setRange(-1e15 if low is None else low, 1e15 if high is None else high)
        self.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        self.setSuffix(f" {unit}" if unit else "")
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.installEventFilter(WheelGuard(self))

    def textFromValue(self, value: float) -> str:  # noqa: N802
        """Write the number with a decimal point, whatever the system's language."""
        return format(value, self._written)

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Follow the size of the text."""
        super().changeEvent(event)
        if event is not None and event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._keep_room()

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802
        """Take the room that the buttons and the unit need."""
        self._keep_room()
        super().showEvent(event)

    def _keep_room(self) -> None:
        """Never hide digits or the unit.

        A style sheet sets it, since a theme's own least width wins over Qt's.
        """
        bare = self.buttonSymbols() == QAbstractSpinBox.ButtonSymbols.NoButtons
        text = self.fontMetrics().horizontalAdvance("0.0000" + self.suffix())
        buttons = 0 if bare else 7 * self.fontMetrics().height() // 2
        sheet = f"min-width: {text + buttons}px"
        if sheet != self.styleSheet() and not self._fitting:
            # Setting a style sheet changes the style, which comes back here.
            self._fitting = True
            self.setStyleSheet(sheet)
            self._fitting = False

    def validate(self, text: str | None, pos: int) -> tuple[QValidator.State, str, int]:
        """Accept numbers within the bounds, and what can still become one."""
        whole = (text or "").replace(",", ".")
        typed = self._typed(whole)
        if is_number(typed) and self.minimum() <= float(typed) <= self.maximum():
            return QValidator.State.Acceptable, whole, pos
        if is_number(typed) or is_number(typed + "0") or typed == "":
            return QValidator.State.Intermediate, whole, pos
        return QValidator.State.Invalid, whole, pos

    def valueFromText(self, text: str | None) -> float:  # noqa: N802
        """Read what :meth:`validate` accepts."""
        typed = self._typed(text or "")
        unchanged = typed == self.textFromValue(self.value()) or not is_number(typed)
        return self.value() if unchanged else float(typed)

    def _typed(self, text: str) -> str:
        return text.removesuffix(self.suffix()).strip()


class WheelGuard(QObject):
    """Keeps the wheel from changing a field that has no focus; the form scrolls instead."""

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802
        """Pass the wheel on to whoever scrolls."""
        if (
            event is not None
            and event.type() == QEvent.Type.Wheel
            and isinstance(watched, QWidget)
            and not watched.hasFocus()
        ):
            event.ignore()
            return True
        return super().eventFilter(watched, event)


class FontFollower(QObject):
    """Gives a view the font of a label: napari's font size is set on labels, not on trees.

    Parameters
    ----------
    label : QWidget
        Whose font is taken.
    *views : QWidget
        What follows it.
    """

    def __init__(self, label: QWidget, *views: QWidget) -> None:
        super().__init__(label)
        self._label, self._views = label, views
        label.installEventFilter(self)
        self._follow()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802
        """Follow when the label has changed."""
        if event is not None and event.type() in (QEvent.Type.FontChange, QEvent.Type.Polish):
            self._follow()
        return super().eventFilter(watched, event)

    def _follow(self) -> None:
        for view in self._views:
            if view.font() != self._label.font():
                view.setFont(self._label.font())


def there(found: Part | None) -> Part:
    """A part that Qt's declarations call optional, and that this widget always has."""
    if found is None:
        raise RuntimeError("A Qt widget has lost one of its parts.")
    return found


def text_label(name: str, *, wrap: bool = True) -> QLabel:
    """A label flush with the controls under it."""
    label = QLabel()
    label.setObjectName(name)
    label.setWordWrap(wrap)
    label.setIndent(0)
    return label


def write(label: QLabel, text: str) -> None:
    """Write a text, if it is another one: Qt would lay out the same once more."""
    if label.text() != text:
        label.setText(text)


def text_color(widget: QWidget) -> QColor:
    """The colour that text has on a widget."""
    return widget.palette().color(QPalette.ColorRole.WindowText)


def faint(color: QColor, opacity: float) -> QColor:
    """A colour with an opacity between 0 and 1."""
    result = QColor(color)
    result.setAlphaF(opacity)
    return result


def is_number(text: str) -> bool:
    """Whether a text is a finite number."""
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
