"""Colours of the cells of a matrix on white paper: weak is light, strong is dark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from matplotlib import colormaps
from matplotlib.colors import Colormap, ListedColormap, LogNorm, Normalize

ZERO = (1.0, 1.0, 1.0)
MISSING = "0.87"
MISSING_HATCH = "//////"
TOP_PERCENTILE = 99.5
DECADES = 6
# The palest colours would pass for the white of zero.
FIRST_COLOR = 0.1
Extend = Literal["neither", "min", "max", "both"]
_EXTEND: Mapping[tuple[bool, bool], Extend] = {
    (False, False): "neither",
    (True, False): "min",
    (False, True): "max",
    (True, True): "both",
}


@dataclass(frozen=True)
class CellColors:
    """How values become colours.

    Parameters
    ----------
    norm : Normalize
        Linear or logarithmic.
    colormap : Colormap
        Colours of what is not zero.
    extend : {"neither", "min", "max", "both"}
        Where the scale goes on beyond its ends.
    """

    norm: Normalize
    colormap: Colormap
    extend: Extend

    def rgba(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Colours, shape (r, t, 4): zero is white, missing cells are transparent."""
        shown = np.clip(np.nan_to_num(values), self.norm.vmin, self.norm.vmax)
        colors = np.asarray(self.colormap(self.norm(shown)), dtype=np.float64)
        colors[values == 0] = (*ZERO, 1.0)
        colors[np.isnan(values)] = 0.0
        return colors


def cell_colors(values: npt.NDArray[np.float64], *, log: bool) -> CellColors:
    """Colours for the values of a matrix.

    Parameters
    ----------
    values : ndarray of float64
        NaN is missing.
    log : bool
        Linear: from zero to the 99.5th percentile of what is not zero. Logarithmic: up to
        the same, from the smallest positive value, but at most six decades.
    """
    colormap = ListedColormap(colormaps["magma_r"](np.linspace(FIRST_COLOR, 1.0, 256)))
    positive = values[values > 0]
    if not len(positive):
        return CellColors(Normalize(0.0, 1.0), colormap, "neither")
    top, bottom = float(np.percentile(positive, TOP_PERCENTILE)), float(positive.min())
    above = bool(positive.max() > top)
    if not log:
        return CellColors(Normalize(0.0, top), colormap, "max" if above else "neither")
    floor = max(bottom, top / 10.0**DECADES)
    below = bottom < floor
    if floor == top:
        floor = top / 10.0
    return CellColors(LogNorm(floor, top), colormap, _EXTEND[below, above])
