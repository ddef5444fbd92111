"""What the flatmap shows, in plain arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from napari_connectome.widgets.appearance import Rgb

Pixel = tuple[int, int]
"""Row and column of a map."""
Place = tuple[float, float, float]
"""AP, DV, ML in CCF micrometres."""
TOP_VIEW = "top"
"""Name of the view whose lengths are true; on a flatmap they are approximate."""


class Extent(NamedTuple):
    """First row and column of a part of a map, and how many of each it has."""

    top: int
    left: int
    rows: int
    columns: int


@dataclass(frozen=True)
class MapRegion:
    """A region of the map.

    Parameters
    ----------
    structure_id : int
        Allen structure id.
    acronym, name : str
        Short and full name.
    rgb : tuple of int
        Atlas colour.
    """

    structure_id: int
    acronym: str
    name: str
    rgb: Rgb


@dataclass(frozen=True, eq=False)
class FlatmapContent:
    """A map of the cortex: what does not change while a source is dragged.

    Row 0 is drawn at the top.

    Parameters
    ----------
    name, title : str
        Key and title of the view; :data:`TOP_VIEW` has a true scale.
    region_ids : ndarray of uint32, shape (rows, columns)
        Structure of each pixel, 0 for none.
    has_path : ndarray of bool, shape (rows, columns)
        Pixels that show the cortex.
    missing : ndarray of bool, shape (rows, columns)
        Pixels inside the map without data.
    left : ndarray of bool, shape (rows, columns)
        Pixels of the left hemisphere.
    regions : mapping of int to MapRegion
        By structure id.
    pixel_um : float
        Edge of a pixel in micrometres.
    place_of : callable
        Row and column to the place under that pixel at the depth of a click; None where
        there is none.
    note : str
        Where the map comes from, and how much it distorts.
    """

    name: str
    title: str
    region_ids: npt.NDArray[np.uint32]
    has_path: npt.NDArray[np.bool_]
    missing: npt.NDArray[np.bool_]
    left: npt.NDArray[np.bool_]
    regions: Mapping[int, MapRegion]
    pixel_um: float
    place_of: Callable[[int, int], Place | None]
    note: str

    @property
    def shape(self) -> Pixel:
        """Rows and columns."""
        rows, columns = self.region_ids.shape
        return rows, columns

    @cached_property
    def extent(self) -> Extent:
        """The part of the map that is drawn."""
        drawn = self.has_path | self.missing
        rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
        if not len(rows):
            return Extent(0, 0, *self.shape)
        first = int(rows[0]), int(columns[0])
        return Extent(*first, int(rows[-1]) + 1 - first[0], int(columns[-1]) + 1 - first[1])

    @property
    def has_true_scale(self) -> bool:
        """Whether lengths on the map are lengths in the brain, seen from above."""
        return self.name == TOP_VIEW

    def shows(self, pixel: Pixel) -> bool:
        """Whether a pixel lies on the map and shows the cortex."""
        row, column = pixel
        rows, columns = self.shape
        return 0 <= row < rows and 0 <= column < columns and bool(self.has_path[row, column])

    def is_missing(self, pixel: Pixel) -> bool:
        """Whether a pixel lies inside the map and has no data."""
        row, column = pixel
        rows, columns = self.shape
        return 0 <= row < rows and 0 <= column < columns and bool(self.missing[row, column])

    def region_at(self, pixel: Pixel) -> MapRegion | None:
        """Region of a pixel of the map."""
        return self.regions.get(int(self.region_ids[pixel]))
