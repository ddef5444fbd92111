"""Figures drawn off the main thread for a page that shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from qtpy.QtCore import QTimer

from napari_connectome.core.progress import Job, Progress
from napari_connectome.figures.raster import FigureImage, rasterized
from napari_connectome.state.background import Background
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.widgets.bindings.binding import Binding
from napari_connectome.widgets.figure_page import FigurePage

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MM_PER_PIXEL = 25.4 / 96.0
PAPER_PART = 0.85
"""Print is read from nearer than a screen: text of a page is drawn a little larger."""
COLUMN_MM, NARROWEST_MM, WIDEST_MM = 85.0, 140.0, 260.0
"""One column of a journal; what figures need that have several plots side by side."""
PATIENCE_MS = 300
"""After this, words take the place of a figure that was about something else."""
DRAWING = "Drawing the figure"
Make = Callable[[float], "Figure"]
Places = Callable[["Figure"], npt.NDArray[np.float64]]


class PageBinding(Binding):
    """Base of the bindings of views that show figures on a page.

    Parameters
    ----------
    page : FigurePage
        Of the view.
    state, controller
        See :class:`Binding`.
    """

    def __init__(self, page: FigurePage, state: ExplorerState, controller: Controller) -> None:
        super().__init__(state, controller)
        self._drawer = PageDrawer(page, controller.background())

    @property
    def is_busy(self) -> bool:
        """Whether a figure is being drawn."""
        return self._drawer.is_busy

    def close(self) -> None:
        """Stop observing and drawing."""
        super().close()
        self._drawer.close()


class PageDrawer:
    """Has the newest figure drawn that was asked for, and again when the page's width changes.

    Parameters
    ----------
    page : FigurePage
        Shows it.
    background : Background
        Where it is drawn.
    """

    def __init__(self, page: FigurePage, background: Background) -> None:
        self._page, self._background = page, background
        self._narrowest_mm = NARROWEST_MM
        self._asked: tuple[Make, Places | None] | None = None
        self._patience = QTimer(page)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(lambda: self._page.set_words(f"{DRAWING} …"))
        page.width_changed.connect(lambda _width: self._draw())

    @property
    def is_busy(self) -> bool:
        """Whether a figure is being drawn."""
        return self._background.is_running

    def show(
        self, make: Make, places: Places | None = None, *, narrowest_mm: float = NARROWEST_MM
    ) -> None:
        """Have a figure drawn.

        Parameters
        ----------
        make : callable
            ``make(width_mm)`` gives the figure.
        places : callable, optional
            Display coordinates of what can be pointed at.
        narrowest_mm : float
            Width that the figure needs; on a narrower page it is drawn smaller.
        """
        self._asked, self._narrowest_mm = (make, places), narrowest_mm
        self._patience.start()
        self._draw()

    def say(self, text: str) -> None:
        """Show words in place of a figure."""
        self._asked = None
        self.close()
        self._page.set_words(text)

    def close(self) -> None:
        """Stop drawing."""
        self._patience.stop()
        self._background.stop()

    def _draw(self) -> None:
        if self._asked is None:
            return
        width_px = self._page.width_px
        logical = width_px / self._page.devicePixelRatioF()
        width_mm = float(
            np.clip(logical * MM_PER_PIXEL * PAPER_PART, self._narrowest_mm, WIDEST_MM)
        )
        job = _drawn(*self._asked, width_mm, width_px)
        self._background.start(job, "Figure", lambda _text: None, self._on_drawn, self._on_refused)

    def _on_drawn(self, image: FigureImage) -> None:
        self._patience.stop()
        self._page.set_image(image)

    def _on_refused(self, text: str) -> None:
        self._patience.stop()
        self._page.set_words(text)


def _drawn(make: Make, places: Places | None, width_mm: float, width_px: int) -> Job[FigureImage]:
    yield Progress(0, 0, DRAWING)
    return rasterized(make(width_mm), width_px, places)
