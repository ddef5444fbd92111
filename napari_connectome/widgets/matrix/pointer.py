"""What the mouse does on a picture that can be dragged: clicks and drags told apart."""

from __future__ import annotations

from qtpy.QtCore import QPointF

DRAG_PX = 4.0
"""A press that moves less is a click."""
WHEEL_STEP = 120.0
"""Angle of one notch of a mouse wheel, in eighths of a degree."""
ZOOM_STEP = 1.25
"""Zoom of one notch of the wheel, and of one press of + or -."""


class Pointer:
    """One press of the mouse, from down to up."""

    def __init__(self) -> None:
        self._pressed: QPointF | None = None
        self._last = QPointF()
        self._dragging = False

    def press(self, at: QPointF) -> None:
        """The button goes down."""
        self._pressed = self._last = at
        self._dragging = False

    def forget(self) -> None:
        """What is pressed now is no click: the second press of a double-click."""
        self._pressed = None

    def move(self, at: QPointF) -> QPointF | None:
        """How far a drag went since the last move; None while nothing is dragged."""
        if self._pressed is None:
            return None
        if not self._dragging and (at - self._pressed).manhattanLength() < DRAG_PX:
            return None
        self._dragging = True
        step, self._last = at - self._last, at
        return step

    def release(self) -> bool:
        """The button goes up; whether that was a click."""
        click = self._pressed is not None and not self._dragging
        self._pressed, self._dragging = None, False
        return click


def wheel_zoom(angle: int) -> float:
    """Factor that a turn of the wheel zooms by."""
    return float(ZOOM_STEP ** (angle / WHEEL_STEP))
