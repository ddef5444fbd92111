"""A figure as an image of a given width, with the places of what is plotted in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

LEAST_DPI, MOST_DPI = 60.0, 400.0
Places = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FigureImage:
    """A drawn figure.

    Parameters
    ----------
    rgba : ndarray of uint8, shape (height, width, 4)
        Pixels.
    places : ndarray of float64, shape (n, 2)
        Where things that can be pointed at lie, in parts of width and height from the top left
        corner; NaN where one is not shown.
    """

    rgba: npt.NDArray[np.uint8]
    places: Places


def rasterized(
    figure: Figure, width_px: int, places: Callable[[Figure], Places] | None = None
) -> FigureImage:
    """Draw a figure as an image.

    Parameters
    ----------
    figure : Figure
        Made without pyplot.
    width_px : int
        Width of the image; the height follows, and text grows with it.
    places : callable, optional
        ``places(figure)`` gives display coordinates, shape (n, 2), once the figure is drawn.

    Returns
    -------
    FigureImage
        Its resolution is between 60 and 400 dots per inch.
    """
    figure.set_dpi(float(np.clip(width_px / figure.get_figwidth(), LEAST_DPI, MOST_DPI)))
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    rgba = np.array(canvas.buffer_rgba(), dtype=np.uint8)
    found = np.zeros((0, 2)) if places is None else places(figure)
    height, width = rgba.shape[:2]
    parts = np.stack([found[:, 0] / width, 1.0 - found[:, 1] / height], axis=1)
    return FigureImage(rgba, parts)
