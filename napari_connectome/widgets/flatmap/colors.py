"""From values to the colours of a map."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from napari_connectome.core.color_limits import PROJECTION_DECADES
from napari_connectome.widgets.color_bar import Rgba

Image = npt.NDArray[np.float32]
Colored = npt.NDArray[np.uint8]
LEVELS = 256
GREYS: tuple[Rgba, ...] = ((0.0, 0.0, 0.0, 1.0), (1.0, 1.0, 1.0, 1.0))


class ColorMapping:
    """Limits, a linear or logarithmic scale, and a table of colours."""

    def __init__(self) -> None:
        self._table = _table_of(GREYS)
        self.limits = (0.0, 1.0)
        self.log = False

    def set_colors(self, colors: Sequence[Rgba]) -> None:
        """Colours from low to high, RGBA between 0 and 1."""
        self._table = _table_of(colors)

    def set_scale(self, low: float, high: float, *, log: bool) -> None:
        """What the first and the last colour mean.

        A logarithmic scale reaches at most three decades below the upper limit, as in the
        volume; limits without any room between them become 0 to 1.
        """
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            low, high = 0.0, 1.0
        self.log = log and high > 0
        self.limits = (max(low, high * 10.0**-PROJECTION_DECADES) if self.log else low, high)

    def colored(self, image: Image) -> Colored:
        """Colours of an image, RGBA with shape (rows, columns, 4); no data is transparent."""
        low, high = self.limits
        if self.log:
            low, high = math.log10(low), math.log10(high)
            values = np.log10(np.maximum(image, np.float32(np.finfo("f4").tiny)))
        else:
            values = image
        share = (values - np.float32(low)) * np.float32((LEVELS - 1) / (high - low))
        empty = np.isnan(share)
        share[empty] = 0.0
        level = np.clip(share, 0.0, LEVELS - 1, out=share).astype(np.uint8)
        # One 32-bit word a pixel is copied, not four bytes.
        words = self._table.view(np.uint32)[:, 0][level]
        words[empty] = 0
        return words.view(np.uint8).reshape(*image.shape, 4)


def _table_of(colors: Sequence[Rgba]) -> Colored:
    """Colours in between, as bytes with shape (256, 4)."""
    given = np.asarray(colors, dtype=float)
    at = np.linspace(0.0, len(given) - 1, LEVELS)
    channels = [np.interp(at, np.arange(len(given)), given[:, c]) for c in range(4)]
    return np.ascontiguousarray(np.round(255 * np.stack(channels, axis=1)).astype(np.uint8))
