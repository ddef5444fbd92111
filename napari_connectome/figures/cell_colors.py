"""Colours of the cells of a matrix on white paper: weak is light, strong is dark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from matplotlib import colormaps
from matplotlib.colors import Colormap, ListedColormap, LogNorm, Normalize

from napari_connectome.core.color_limits import color_limits

ZERO = (1.0, 1.0, 1.0)
MISSING = "0.87"
MISSING_HATCH = "//////"
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
        Logarithmic; where the scale ends says :func:`~.color_limits.color_limits`.
    """
    colormap = ListedColormap(colormaps["magma_r"](np.linspace(FIRST_COLOR, 1.0, 256)))
    limits = color_limits(values, log=log)
    if limits is None:
        return CellColors(Normalize(0.0, 1.0), colormap, "neither")
    if limits.signed:
        colormap = ListedColormap(colormaps["RdBu_r"](np.linspace(0.0, 1.0, 256)))
    norm = (LogNorm if limits.log else Normalize)(limits.low, limits.high)
    return CellColors(norm, colormap, _EXTEND[limits.goes_on(values)])
