"""The program's window: a napari viewer with the explorer docked, on some data."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from napari_connectome.core.errors import DataError
from napari_connectome.state.exploration_file import is_exploration

if TYPE_CHECKING:
    from napari import Viewer

    from napari_connectome.state.exploration_places import Places
    from napari_connectome.widgets.explorer import ExplorerWidget

WINDOW_SIZE = (1400, 900)
SCREENSHOT_TIMEOUT_S = 120.0
POLL_MS = 50
SETTLE_TURNS, SETTLE_MS = 10, 150
"""Turns of the event loop, and the least time of each, for the last layouts and redraws before
a screenshot: on a slow machine one redraw alone can outlast any total."""
FIRST_SOURCE = "VISp"
"""Region whose middle is the first source of a fitted brain, when it is there."""


def run(
    target: Path | None = None, screenshot: Path | None = None, places: Places | None = None
) -> int:
    """Open the window and stay until it is closed.

    Parameters
    ----------
    target : Path, optional
        Cache folder, model file, exploration or matrix; the demo brain when left out.
    screenshot : Path, optional
        Save a picture of the fitted brain with a first source there, and quit.
    places : Places, optional
        Where data and model of an exploration are now, if they were moved.

    Returns
    -------
    int
        Exit code, 0.

    Raises
    ------
    DataError
        When a picture was asked for and the data could not be opened or fitted.
    """
    import napari

    viewer, explorer = open_window(target, places=places)
    if screenshot is None:
        napari.run()
        return 0
    return _take_screenshot(viewer, explorer, screenshot)


def open_window(
    target: Path | None = None, *, show: bool = True, places: Places | None = None
) -> tuple[Viewer, ExplorerWidget]:
    """Open a viewer with the explorer docked, loading (and fitting) in the background.

    The views beside the volume open once the brain can be clicked: an exploration's own, or
    the first ones.
    """
    import napari
    from qtpy.QtCore import QTimer

    from napari_connectome.widgets.explorer import ExplorerWidget

    viewer = napari.Viewer(title="napari-connectome", show=show)
    explorer = ExplorerWidget(viewer)
    viewer.window.add_dock_widget(explorer, name="Connectome Explorer", area="right")
    viewer.window.resize(*WINDOW_SIZE)

    def open_views() -> None:
        explorer.ready.disconnect(open_views)
        QTimer.singleShot(0, fill)

    def fill() -> None:
        explorer.views.open_first()
        # The canvas is lower now: once it has its new size, the brain is fitted into it.
        QTimer.singleShot(SETTLE_MS, viewer.reset_view)

    if target is not None and is_exploration(target):
        explorer.explorations.open(target, places)
    else:
        explorer.ready.connect(open_views)
        explorer.open(target)
    return viewer, explorer


def _take_screenshot(viewer: Viewer, explorer: ExplorerWidget, path: Path) -> int:
    from qtpy.QtCore import QEventLoop, QTimer

    def turn(milliseconds: int) -> None:
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def wait_for(done: Callable[[], bool]) -> None:
        end = time.monotonic() + SCREENSHOT_TIMEOUT_S
        while not done() and time.monotonic() < end:
            turn(POLL_MS)

    wait_for(lambda: explorer.is_ready or explorer.shows_matrix or explorer.has_failed)
    if explorer.state.source is None:
        explorer.show_first_source(FIRST_SOURCE)
    if explorer.is_ready:
        wait_for(lambda: explorer.is_complete)
    for _ in range(SETTLE_TURNS):
        turn(SETTLE_MS)
    there = explorer.is_ready or explorer.shows_matrix
    error = None if there else explorer.state.error or "The fit took too long."
    if error is None:
        path.parent.mkdir(parents=True, exist_ok=True)
        viewer.screenshot(str(path), canvas_only=False, flash=False)
    viewer.close()
    if error is not None:
        raise DataError(error)
    return 0
