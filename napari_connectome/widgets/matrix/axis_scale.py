"""Where the cells of one axis lie in the pixels of the view."""

from __future__ import annotations

import math

GAP_PX = 6.0
"""Empty space between the ipsilateral and the contralateral block."""
LARGEST_CELL_PX = 48.0
"""No cell is drawn larger, however few there are."""


class AxisScale:
    """Zoom and place of one axis; positions are logical pixels from the view's edge.

    Both axes of a matrix share one zoom: 1 shows the whole matrix.

    Attributes
    ----------
    count : int
        Rows or columns.
    split : int or None
        First one behind the gap.
    """

    def __init__(self) -> None:
        self.count = 0
        self.split: int | None = None
        self._room_px = 1.0
        self._zoom = 1.0
        self._offset_px = 0.0

    @property
    def room_px(self) -> float:
        """Length of the view."""
        return self._room_px

    @property
    def zoom(self) -> float:
        """How much larger than in the whole view."""
        return self._zoom

    @property
    def cell_px(self) -> float:
        """Edge of a cell."""
        return min(self._fit_px * self._zoom, LARGEST_CELL_PX)

    @property
    def most_zoom(self) -> float:
        """Zoom at which the cells have their largest size."""
        return LARGEST_CELL_PX / self._fit_px

    @property
    def end_px(self) -> float:
        """Where the last cell ends."""
        return self.start_of(self.count - 1) + self.cell_px if self.count else 0.0

    def set_cells(self, count: int, split: int | None = None) -> None:
        """Take other cells; the whole of them is shown."""
        self.count, self.split = count, split
        self._zoom, self._offset_px = 1.0, 0.0

    def set_room(self, room_px: float) -> None:
        """Follow the size of the view: the same cells stay at its start."""
        first = self.position_at(0.0)
        self._room_px = max(room_px, 1.0)
        self._put(first, 0.0)

    def set_zoom(self, zoom: float, at_px: float) -> None:
        """Zoom so that what lies at a pixel stays there, as far as the edges allow."""
        position = self.position_at(at_px)
        self._zoom = zoom
        self._put(position, at_px)

    def pan(self, by_px: float) -> None:
        """Move the cells along the view, up to their first or last."""
        self._offset_px -= by_px
        self._hold()

    def show(self, index: int) -> bool:
        """Bring a cell into the view's middle if it is not wholly inside; whether it was not."""
        start, stop = self.start_of(index), self.stop_of(index)
        outside = start < -0.5 or stop > self._room_px + 0.5
        if outside:
            self.pan(self._room_px / 2 - (start + stop) / 2)
        return outside

    def start_of(self, index: int) -> float:
        """Where a cell begins."""
        gap = GAP_PX if self.split is not None and index >= self.split else 0.0
        return index * self.cell_px + gap - self._offset_px

    def stop_of(self, index: int) -> float:
        """Where a cell ends."""
        return self.start_of(index) + self.cell_px

    def middle_of(self, index: int) -> float:
        """Middle of a cell."""
        return self.start_of(index) + self.cell_px / 2

    def index_at(self, px: float) -> int | None:
        """Cell at a pixel; None in the gap and outside."""
        index = math.floor(self.position_at(px))
        if not 0 <= index < self.count:
            return None
        return index if self.start_of(index) <= px < self.stop_of(index) else None

    def nearest_to(self, px: float) -> int:
        """Cell at a pixel, else the nearest one; there must be a cell."""
        return min(max(math.floor(self.position_at(px)), 0), self.count - 1)

    def position_at(self, px: float) -> float:
        """Cells before a pixel, with fractions; constant over the gap."""
        along = px + self._offset_px
        if self.split is not None:
            border = self.split * self.cell_px
            along = border if border < along < border + GAP_PX else along
            along -= GAP_PX if along > border else 0.0
        return along / self.cell_px

    def visible(self) -> range:
        """Cells that are at least partly in view."""
        first = max(math.floor(self.position_at(0.0)), 0)
        last = min(math.ceil(self.position_at(self._room_px)), self.count)
        return range(first, max(last, first))

    @property
    def _fit_px(self) -> float:
        """Edge of a cell in the whole view."""
        gap = 0.0 if self.split is None else GAP_PX
        return min(max(self._room_px - gap, 1.0) / max(self.count, 1), LARGEST_CELL_PX)

    def _put(self, position: float, px: float) -> None:
        """Move so that a position, in cells, lies at a pixel."""
        gap = GAP_PX if self.split is not None and position > self.split else 0.0
        self._offset_px = position * self.cell_px + gap - px
        self._hold()

    def _hold(self) -> None:
        """Leave no empty space before the first cell, nor behind the last unless all fit."""
        extent = self.end_px + self._offset_px
        self._offset_px = min(max(self._offset_px, 0.0), max(extent - self._room_px, 0.0))
