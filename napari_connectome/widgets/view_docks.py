"""Views in docks of their own: made when first opened, kept when closed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from weakref import ref

from qtpy.compat import isalive
from qtpy.QtCore import QObject, Qt, Signal
from qtpy.QtWidgets import QDockWidget, QMainWindow, QWidget

if TYPE_CHECKING:
    from napari import Viewer

HEIGHT_PART = 0.42
"""Part of the window's height that the docks under the canvas get when the first one opens."""

TALL_PX = 1000
"""Windows higher than this have room for docks one above the other."""


@dataclass(frozen=True)
class DockedView:
    """A view that can be opened.

    Parameters
    ----------
    title : str
        Of its dock.
    make : callable
        Makes the widget; called once.
    on_visible : callable
        Told when the widget can be seen and when it no longer can.
    weight : int
        Width in proportion to the other docks beside it.
    behind : str, optional
        View that it shares a place with, as a tab.
    """

    title: str
    make: Callable[[], QWidget]
    on_visible: Callable[[bool], None]
    weight: int
    behind: str | None = None


class ViewDocks(QObject):
    """Opens and closes views under the canvas; what they show outlives their dock.

    Parameters
    ----------
    viewer : napari.Viewer
        Whose window holds the docks.
    views : mapping of str to DockedView
        By name, from left to right.
    """

    toggled = Signal(str, bool)
    """A view was opened or closed, by whatever way."""

    def __init__(
        self, viewer: Viewer, views: Mapping[str, DockedView], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._views = views
        self._widgets: dict[str, QWidget] = {}
        self._docks: dict[str, QDockWidget] = {}

    def widget(self, name: str) -> QWidget:
        """The view, made if need be."""
        if name not in self._widgets:
            self._widgets[name] = self._views[name].make()
        return self._widgets[name]

    def is_open(self, name: str) -> bool:
        """Whether a view has a dock (perhaps behind another one)."""
        return name in self._docks

    def set_open(self, name: str, opened: bool) -> None:
        """Open a view, or close it."""
        if opened and name not in self._docks:
            self._open(name)
        elif not opened and name in self._docks:
            dock = self._docks.pop(name)
            self._viewer.window.remove_dock_widget(dock)
            self.toggled.emit(name, False)

    def bring_forward(self, name: str) -> None:
        """Open a view, or put it in front of those that share its place."""
        self.set_open(name, True)
        self._docks[name].raise_()

    def open_together(self, names: Iterable[str]) -> None:
        """Open views; where some share a place, the first one stands in front.

        For a window of our own: on a laptop's screen the docks on the left become tabs.
        """
        opened = list(names)
        for name in opened:
            self.set_open(name, True)
        for name in reversed(opened):
            if self._views[name].behind is None:
                self._docks[name].raise_()
        window = self._docks[opened[0]].parent()
        if isinstance(window, QMainWindow):
            if window.height() <= TALL_PX:
                _stack(window, Qt.DockWidgetArea.LeftDockWidgetArea)
            # Only now is there room for it.
            self._take_height(window)

    def _open(self, name: str) -> None:
        first = not self._docks
        dock = self._viewer.window.add_dock_widget(
            self.widget(name),
            name=self._views[name].title,
            area="bottom",
            add_vertical_stretch=False,
        )
        self._docks[name] = dock
        dock.destroyed.connect(partial(_closed, ref(self), name, id(dock)))
        # Told also when a tab comes to the front or goes behind another one.
        dock.visibilityChanged.connect(self._views[name].on_visible)
        window = dock.parent()
        if isinstance(window, QMainWindow):
            # The explorer's column keeps its height.
            window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
            self._place(window, name, first)
        dock.show()
        dock.raise_()
        self.toggled.emit(name, True)

    def _place(self, window: QMainWindow, name: str, first: bool) -> None:
        """Beside the other docks, or as a tab; a tab that a person opens comes to the front."""
        front = self._docks.get(self._views[name].behind or "")
        if front is not None:
            window.tabifyDockWidget(front, self._docks[name])
            return
        names = [n for n in self._views if n in self._docks and not self._views[n].behind]
        docks = [self._docks[name] for name in names]
        weights = [100 * self._views[name].weight for name in names]
        window.resizeDocks(docks, weights, Qt.Orientation.Horizontal)
        if first:
            self._take_height(window)

    def _take_height(self, window: QMainWindow) -> None:
        docks = list(self._docks.values())
        height = round(HEIGHT_PART * window.height())
        window.resizeDocks(docks, [height] * len(docks), Qt.Orientation.Vertical)

    def on_closed(self, name: str, number: int) -> None:
        """Take note that a dock is gone (`number` tells it from one opened since)."""
        if name in self._docks and id(self._docks[name]) == number:
            del self._docks[name]
            self.toggled.emit(name, False)


def _stack(window: QMainWindow, area: Qt.DockWidgetArea) -> None:
    """Make tabs of the docks of a side, the last in front.

    One above the other, napari's layer controls and layer list need so much of a laptop's
    screen that nothing would be left for views under the canvas.
    """
    docks = [
        dock
        for dock in window.findChildren(QDockWidget)
        if window.dockWidgetArea(dock) == area and dock.isVisible() and not dock.isFloating()
    ]
    for one, next_one in itertools.pairwise(docks):
        window.tabifyDockWidget(one, next_one)


def _closed(docks: ref[ViewDocks], name: str, number: int) -> None:
    """Pass on that a dock was destroyed, unless the whole window is."""
    found = docks()
    if found is not None and isalive(found):
        found.on_closed(name, number)
