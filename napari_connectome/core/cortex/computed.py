"""Maps of the cortex computed from an annotation alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas, Index
from napari_connectome.core.cortex.flat_grid import FlatGrid, flat_grid
from napari_connectome.core.cortex.flatten import flatten
from napari_connectome.core.cortex.geodesics import pial_surface
from napari_connectome.core.cortex.potential import Descent, descent_of, solve_potential
from napari_connectome.core.cortex.sheet import Sheet, Tissue, sheets_of, thinning
from napari_connectome.core.cortex.streamlines import trace
from napari_connectome.core.cortex.view import CorticalView
from napari_connectome.core.progress import Job

ORIGIN = "computed from the annotation"
Table = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Hemisphere:
    """A sheet and its descent, with the way back into the atlas.

    Parameters
    ----------
    sheet, descent : Sheet, Descent
        As a right hemisphere.
    box : tuple of int
        Shape of the atlas.
    every : int
        Atlas voxels per sheet voxel.
    left : bool
        Whether it is the left one.
    """

    sheet: Sheet
    descent: Descent
    box: Index
    every: int
    left: bool

    @property
    def shape(self) -> Index:
        """Half box, in voxels of the atlas."""
        n_ap, n_dv, n_ml = self.box
        return n_ap, n_dv, n_ml // 2 if self.left else n_ml - n_ml // 2

    def paths(self, starts: npt.NDArray[np.float64]) -> Job[Table]:
        """Paths from points of the half box, as flat voxel indices of the atlas."""
        table = yield from trace(self.sheet, self.descent, starts, self.every, self.shape)
        ap, dv, ml = np.unravel_index(np.maximum(table, 0), self.shape)
        middle = self.box[2] // 2
        columns = middle - 1 - ml if self.left else middle + ml
        flat = np.ravel_multi_index((ap, dv, columns), self.box)
        return np.where(table >= 0, flat, -1).astype(np.int32)


def compute_views(atlas: Atlas) -> Job[tuple[CorticalView, CorticalView]]:
    """Top view and dorsal flatmap of any atlas that has an isocortex.

    Cortical depth is a potential between pia and white matter (Laplace's equation), paths
    are its steepest descents. The top view shows what is seen from above. The flatmap is the
    pial surface of the right hemisphere, flattened so that distances stay what they are
    (see :func:`flatten`); the left one has the same pixels, mirrored, on its own paths.

    Raises
    ------
    AtlasError
        When the atlas has no isocortex, or nothing below it.
    """
    sides = []
    for sheet, left in zip(sheets_of(atlas), (False, True), strict=True):
        potential = yield from solve_potential(sheet)
        descent = descent_of(sheet, potential)
        sides.append(Hemisphere(sheet, descent, atlas.shape, thinning(atlas), left))
    top = yield from _top_view(sides, atlas)
    dorsal = yield from _flatmap(sides, atlas)
    return top, dorsal


def _top_view(sides: list[Hemisphere], atlas: Atlas) -> Job[CorticalView]:
    tables, halves = [], []
    for side in sides:
        pixels, starts = _seen_from_above(side)
        table = yield from side.paths(starts)
        tables.append(table)
        halves.append(pixels)
    return _view("top", "Top view", tables, halves, atlas, None)


def _seen_from_above(
    side: Hemisphere,
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64]]:
    """Pixels where the sheet is the first tissue from above, and the points where it is met."""
    tissue = side.sheet.tissue[1:-1, :, 1:-1]
    first = np.argmax(tissue != Tissue.BEYOND, axis=1)
    kind = np.take_along_axis(tissue, first[:, None], axis=1)[:, 0]
    n_ap, _n_dv, n_ml = side.shape
    fine = np.ix_(np.arange(n_ap) // side.every, np.arange(n_ml) // side.every)
    pixels = (kind == Tissue.SHEET)[fine]
    places = np.argwhere(pixels)
    # The padding adds one voxel above the box.
    height = first[fine][pixels] - 1.0
    along = (places + 0.5) / side.every
    return pixels, np.stack([along[:, 0], height, along[:, 1]], axis=1)


def _flatmap(sides: list[Hemisphere], atlas: Atlas) -> Job[CorticalView]:
    right = sides[0]
    surface = pial_surface(right.sheet, right.descent)
    plane, stress = yield from flatten(surface)
    grid: FlatGrid = flat_grid(surface, plane, stress, right.every)
    tables = []
    for side in sides:
        table = yield from side.paths(grid.starts)
        tables.append(table)
    halves = [grid.pixels, grid.pixels]
    return _view("dorsal", "Dorsal flatmap", tables, halves, atlas, grid)


def _view(
    name: str,
    title: str,
    tables: list[Table],
    halves: list[npt.NDArray[np.bool_]],
    atlas: Atlas,
    grid: FlatGrid | None,
) -> CorticalView:
    """Put the halves side by side, the left one mirrored, and number the paths."""
    longest = max(table.shape[1] for table in tables)
    paths: list[Table] = []
    lookups: list[Table] = []
    for table, pixels in zip(tables, halves, strict=True):
        there = table[:, 0] >= 0
        lookup = np.full(pixels.shape, -1, dtype=np.int32)
        first = sum(map(len, paths))
        lookup[pixels] = np.where(there, np.cumsum(there) - 1 + first, -1)
        lookups.append(lookup)
        padding = ((0, 0), (0, longest - table.shape[1]))
        paths.append(np.pad(table[there], padding, constant_values=-1))
    return CorticalView(
        name=name,
        title=title,
        box=atlas.shape,
        paths=np.concatenate(paths),
        lookup=np.concatenate([lookups[1][:, ::-1], lookups[0]], axis=1),
        origin=ORIGIN,
        pixel_um=atlas.resolution_um,
        distortion=None if grid is None else grid.distortion,
    )
