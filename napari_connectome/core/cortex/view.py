"""A map of the cortex: pixels, and the path from pia to white matter under each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas, Index
from napari_connectome.core.cortex.distortion import Distortion
from napari_connectome.core.cortex.pixels import PixelFinder
from napari_connectome.core.errors import AtlasError
from napari_connectome.core.structures import ISOCORTEX_ID

LEAST_CORTICAL = 0.85
"""Part of the path voxels that must lie in the isocortex: nine tenths of the published ones do, and
four fifths when they are laid on another brain of the same box."""


@dataclass(frozen=True, eq=False)
class CorticalView:
    """A map of the cortex.

    Parameters
    ----------
    name : str
        ``"top"`` or ``"dorsal"``.
    title : str
        For people: ``"Top view"``, ``"Dorsal flatmap"``.
    box : tuple of int
        Shape of the atlas that the flat indices refer to (AP, DV, ML).
    paths : ndarray of int32, shape (n, longest)
        Flat C-order voxel indices from pia to white matter, padded with -1 at the end.
    lookup : ndarray of int32, shape (rows, columns)
        Path of each pixel, -1 where there is none.
    origin : str
        Where it comes from: a file name, or that it was computed.
    pixel_um : float
        Edge of a pixel: exact for a top view, nominal for a flatmap.
    distortion : Distortion or None
        Of a flatmap that was computed.

    Raises
    ------
    AtlasError
        When an index points outside the box or the list of paths, a path is
        empty, or no pixel has one.
    """

    name: str
    title: str
    box: Index
    paths: npt.NDArray[np.int32]
    lookup: npt.NDArray[np.int32]
    origin: str
    pixel_um: float
    distortion: Distortion | None = None

    def __post_init__(self) -> None:
        self._check_range("voxel indices", self.paths, int(np.prod(self.box)))
        self._check_range("path numbers", self.lookup, self.n_paths)
        if not np.any(self.lookup >= 0):
            raise AtlasError(f"{self.title} ({self.origin}): no pixel has a path.")
        if not self.lengths.all():
            raise AtlasError(f"{self.title} ({self.origin}): there are paths without a voxel.")

    def _check_range(self, what: str, values: npt.NDArray[np.int32], end: int) -> None:
        low, high = int(values.min(initial=-1)), int(values.max(initial=-1))
        if low < -1 or high >= end:
            raise AtlasError(
                f"{self.title} ({self.origin}): {what} from 0 to {end - 1} were expected for an "
                f"atlas of {self.box} voxels; {low} to {high} came. It belongs to another atlas "
                "or resolution: choose the path file of this one."
            )

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the map."""
        rows, columns = self.lookup.shape
        return rows, columns

    @property
    def n_paths(self) -> int:
        """Number of paths."""
        return len(self.paths)

    @cached_property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Voxels of each path, shape (n,)."""
        return np.asarray(np.count_nonzero(self.paths >= 0, axis=1))

    @cached_property
    def missing(self) -> npt.NDArray[np.bool_]:
        """Pixels without a path in the midst of pixels with one: not known, rather than zero."""
        from scipy.ndimage import binary_fill_holes

        there = self.lookup >= 0
        return np.asarray(binary_fill_holes(there) & ~there)

    def check_against(self, atlas: Atlas) -> None:
        """Make sure that the paths belong to an atlas.

        Raises
        ------
        AtlasError
            When the atlas has another box, or hardly any path voxel lies in its isocortex.
        """
        if atlas.shape != self.box:
            raise AtlasError(
                f"{self.title} ({self.origin}) is for an atlas of {self.box} voxels; this one has "
                f"{atlas.shape}. Choose the path file of this atlas and resolution."
            )
        cortical = self.cortical_part(atlas)
        if cortical < LEAST_CORTICAL:
            raise AtlasError(
                f"{self.title} ({self.origin}): {cortical:.0%} of its path voxels lie in the "
                f"isocortex of this atlas; at least {LEAST_CORTICAL:.0%} were expected. "
                "It belongs to another atlas: choose the path file of this one."
            )

    def cortical_part(self, atlas: Atlas) -> float:
        """Part of the voxels that paths pass, each counted once, in the isocortex of an atlas."""
        if ISOCORTEX_ID not in atlas.tree:
            return 0.0
        found = atlas.annotation.ravel()[np.unique(self.paths[self.paths >= 0])]
        return float(np.isin(found, atlas.tree.descendant_ids(ISOCORTEX_ID)).mean())

    def region_image(self, atlas: Atlas) -> npt.NDArray[np.uint32]:
        """Summary structure of each pixel: the one of most of its path's voxels, 0 for none.

        Voxels that lie in no summary structure (white matter) are not counted.

        Returns
        -------
        ndarray of uint32, shape (rows, columns)
        """
        number, position = np.nonzero(self.paths >= 0)
        found = atlas.regions.ravel()[self.paths[number, position]]
        ids, which = np.unique(found[found > 0], return_inverse=True)
        pairs, counts = np.unique(number[found > 0] * len(ids) + which, return_counts=True)
        # Of the regions of a path the one with most voxels is written last, and stays.
        pairs = pairs[np.argsort(counts, kind="stable")]
        region = np.zeros(self.n_paths, dtype=np.uint32)
        region[pairs // max(len(ids), 1)] = ids[pairs % max(len(ids), 1)]
        return np.where(self.lookup >= 0, region[self.lookup], 0).astype(np.uint32)

    def left_image(self) -> npt.NDArray[np.bool_]:
        """Pixels of the left hemisphere, shape (rows, columns); those without a path are none."""
        return np.where(self.lookup >= 0, self.left_paths[self.lookup], False)

    @cached_property
    def left_paths(self) -> npt.NDArray[np.bool_]:
        """Paths whose middle lies in the left hemisphere, shape (n,)."""
        middle = self.paths[np.arange(self.n_paths), self.lengths // 2]
        return np.asarray(middle % self.box[2] < self.box[2] // 2)

    def voxel_at(self, row: int, column: int, depth: float = 0.5) -> Index | None:
        """Voxel under a pixel.

        Parameters
        ----------
        row, column : int
            Pixel.
        depth : float
            0 at the pia, 1 at the white matter, along the path.

        Returns
        -------
        tuple of int or None
            None where the map has no path.
        """
        rows, columns = self.shape
        if not (0 <= row < rows and 0 <= column < columns) or self.lookup[row, column] < 0:
            return None
        number = self.lookup[row, column]
        length = int(self.lengths[number])
        position = min(max(int(depth * length), 0), length - 1)
        ap, dv, ml = np.unravel_index(int(self.paths[number, position]), self.box)
        return int(ap), int(dv), int(ml)

    def pixel_of(self, index: Sequence[int]) -> tuple[int, int] | None:
        """Pixel of a voxel: one whose path passes it, or passes within two voxels of it.

        Paths of the other hemisphere do not count.

        Returns
        -------
        tuple of int or None
            Row and column; None away from the cortex.
        """
        return self._finder.pixel_of(tuple(int(i) for i in index))

    @cached_property
    def _finder(self) -> PixelFinder:
        return PixelFinder(self.box, self.paths, self.lookup, self.left_paths)
