"""A vispy canvas as a Qt widget: the theme's background, a count of redraws, a clean end."""

from __future__ import annotations

from functools import partial

from qtpy import API_NAME
from qtpy.QtCore import QEvent, Qt, Signal
from qtpy.QtGui import QPalette, QResizeEvent
from qtpy.QtWidgets import QVBoxLayout, QWidget
from vispy.app import use_app
from vispy.gloo.context import forget_canvas
from vispy.scene import Node, SceneCanvas

from napari_connectome.widgets.appearance import text_color
from napari_connectome.widgets.gl_memory import RememberingParser

FIRST_SIZE = (320, 240)
"""What the canvas asks for before a layout has given it its size."""


class CanvasWidget(QWidget):
    """A scene of vispy visuals that fills a widget.

    Mouse and keys come to this widget, not to vispy: vispy skips moves that follow one
    another quickly, and draws the scene once more to find what is under a press.
    Derived classes override Qt's own ``mousePressEvent`` and the like. Positions are in
    logical pixels with the origin at the top left, for Qt and for the scene alike.

    Parameters
    ----------
    parent : QWidget, optional
        Qt parent.
    """

    theme_changed = Signal()
    """The palette is another one: text, background."""
    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.redraws = 0
        # The same application as napari's: a second binding in one process would crash.
        self.canvas = SceneCanvas(
            keys=None,
            parent=self,
            show=False,
            app=use_app(API_NAME),
            autoswap=False,
            size=FIRST_SIZE,
        )
        self._memory = RememberingParser()
        self.canvas.context.shared.parser = self._memory
        self.canvas.events.initialize.connect(self._on_context)
        native = self.canvas.native
        native.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        native.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        native.setMinimumSize(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(native)
        self.setMouseTracking(True)
        self.canvas.events.draw.connect(self._count)
        self.destroyed.connect(partial(_let_go, self.canvas))
        self._paint_background()

    @property
    def root(self) -> Node:
        """Parent of every visual; its coordinates are logical pixels."""
        return self.canvas.scene

    def background(self) -> tuple[float, float, float, float]:
        """The theme's colour behind the scene, RGBA between 0 and 1."""
        return self.palette().color(QPalette.ColorRole.Window).getRgbF()

    def ink(self) -> tuple[float, float, float, float]:
        """The theme's colour of text, RGBA between 0 and 1."""
        return text_color(self).getRgbF()

    def redraw(self) -> None:
        """Ask for a redraw; several requests before the next one are one."""
        self.canvas.update()

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Follow a change of theme."""
        super().changeEvent(event)
        if event is not None and event.type() in (
            QEvent.Type.PaletteChange,
            QEvent.Type.StyleChange,
        ):
            self._paint_background()
            self.theme_changed.emit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Tell the owner once the canvas has its new size."""
        super().resizeEvent(event)
        self.resized.emit()

    def _on_context(self, event: object) -> None:
        """Qt has made an OpenGL context: the first one, or another one in another window."""
        del event
        self._memory.lose()

    def _count(self, event: object) -> None:
        del event
        self.redraws += 1

    def _paint_background(self) -> None:
        self.canvas.bgcolor = self.background()


def _let_go(canvas: SceneCanvas) -> None:
    """Disconnect a canvas whose widget Qt destroys.

    ``SceneCanvas.close`` would run the event loop in the middle of Qt's destructor.
    """
    canvas.events.draw.disconnect()
    canvas.events.initialize.disconnect()
    forget_canvas(canvas)
