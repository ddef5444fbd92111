"""Which part of a map is seen, and how large."""

from __future__ import annotations

from dataclasses import dataclass

from napari_connectome.widgets.flatmap.content import Extent, Pixel

Size = tuple[float, float]
LARGEST_SCALE = 64.0
"""Screen pixels that a pixel of the map becomes at most."""
MARGIN = 8.0
HEAD = 22.0
"""Room above a whole map, where L and R stand."""
FOOT = 26.0
"""Room under a whole map, where the scale bar stands."""
EDGE_SHARE = 0.05
"""Part of a low canvas that either takes at most; the writing has the map's empty corners then."""
KEPT = 40.0
"""Screen pixels of the map that panning leaves in sight."""


@dataclass(frozen=True)
class Frame:
    """Places on the screen = ``scale`` × places on the map + (``left``, ``top``)."""

    scale: float = 1.0
    left: float = 0.0
    top: float = 0.0

    @classmethod
    def whole(cls, extent: Extent, size: Size) -> Frame:
        """The whole map in the middle of a canvas.

        Parameters
        ----------
        extent : Extent
            The drawn part of the map.
        size : tuple of float
            Width and height of the canvas.
        """
        first_row, first_column, rows, columns = extent
        width, height = size
        head, foot = min(HEAD, EDGE_SHARE * height), min(FOOT, EDGE_SHARE * height)
        room = (max(width - 2 * MARGIN, 1.0), max(height - head - foot, 1.0))
        scale = min(room[0] / columns, room[1] / rows, LARGEST_SCALE)
        left = (width - columns * scale) / 2 - first_column * scale
        top = head + (room[1] - rows * scale) / 2 - first_row * scale
        return cls(scale, left, top)

    def map_point(self, x: float, y: float) -> tuple[float, float]:
        """Place on the map, x and y, under a place on the screen."""
        return (x - self.left) / self.scale, (y - self.top) / self.scale

    def screen_point(self, x: float, y: float) -> tuple[float, float]:
        """Place on the screen of a place on the map."""
        return x * self.scale + self.left, y * self.scale + self.top

    def pixel_at(self, x: float, y: float) -> Pixel:
        """Row and column under a place on the screen; they may lie outside the map."""
        column, row = self.map_point(x, y)
        return int(row // 1), int(column // 1)

    def moved(self, dx: float, dy: float) -> Frame:
        """The map pushed over the screen."""
        return Frame(self.scale, self.left + dx, self.top + dy)

    def zoomed(self, factor: float, x: float, y: float) -> Frame:
        """The map enlarged; what is under a place on the screen stays there."""
        scale = min(self.scale * factor, LARGEST_SCALE)
        ratio = scale / self.scale
        return Frame(scale, x - (x - self.left) * ratio, y - (y - self.top) * ratio)

    def kept_in(self, extent: Extent, size: Size) -> Frame:
        """Never smaller than the whole map, never out of sight."""
        whole = Frame.whole(extent, size)
        if self.scale <= whole.scale:
            return whole
        first, after = extent.left * self.scale, (extent.left + extent.columns) * self.scale
        left = _between(self.left, KEPT - after, size[0] - KEPT - first)
        first, after = extent.top * self.scale, (extent.top + extent.rows) * self.scale
        return Frame(self.scale, left, _between(self.top, KEPT - after, size[1] - KEPT - first))


def _between(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
