"""Paths from pia to white matter, and the two maps of the cortex that they make."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree

LONGEST = 31
STEP = 0.5
FLATMAP_MM = 13.6
"""Extent of one hemisphere on the flatmap, along AP and along the unfolded sheet."""
PIXEL_REACH = 1.6
"""How far, in pixels, the nearest path may be from a flatmap pixel."""


@dataclass(frozen=True)
class CorticalView:
    """A map of the cortex.

    Parameters
    ----------
    paths : ndarray of int64, shape (n, <= 31)
        Flat C-order voxel indices from pia to white matter, padded with 0.
    lookup : ndarray of int64, 2-D
        Path of each pixel, -1 where there is none.
    """

    paths: NDArray[np.int64]
    lookup: NDArray[np.int64]


def cortical_views(
    depth: NDArray[np.float32], surface: NDArray[np.float32], spacing_mm: float
) -> tuple[CorticalView, CorticalView]:
    """Top view and flatmap.

    The flatmap unfolds the sheet by its own coordinates: rows run from front to back,
    columns from the midline sideways along the outline of the hemisphere, in true
    millimetres along AP and on average so along the outline.

    Parameters
    ----------
    depth : ndarray, shape of the whole atlas
        0 at the pia, 1 at the white matter, NaN outside the isocortex.
    surface : ndarray, shape (*atlas, 2)
        Coordinates on the sheet in mm, NaN outside.
    spacing_mm : float
        Edge of a voxel.

    Returns
    -------
    tuple of CorticalView
    """
    uphill = _descent(depth)
    return _top_view(depth, uphill), _flatmap(depth, surface, uphill, spacing_mm)


def _descent(depth: NDArray[np.float32]) -> NDArray[np.float64]:
    """Unit vectors towards the white matter, shape (*atlas, 3)."""
    inside = np.isfinite(depth)
    weight = gaussian_filter(inside.astype(np.float64), 1.0)
    smooth = gaussian_filter(np.where(inside, depth, 0.0).astype(np.float64), 1.0)
    field = np.where(inside, smooth / np.maximum(weight, 1e-6), 0.0)
    # Values continue outside the sheet, so that its edges do not bend the gradient.
    grown = np.where(weight > 1e-3, smooth / np.maximum(weight, 1e-6), 0.0)
    slopes = [np.gradient(np.where(inside, field, grown), axis=axis) for axis in range(3)]
    gradient = np.stack(slopes, axis=-1)
    length = np.linalg.norm(gradient, axis=-1, keepdims=True)
    return np.asarray(gradient / np.maximum(length, 1e-9))


def _walk(
    start: NDArray[np.intp], depth: NDArray[np.float32], descent: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Follow the descent from a pial voxel; flat indices of the voxels met, in order."""
    shape = depth.shape
    place = start.astype(np.float64)
    met: list[int] = []
    deepest = -1.0
    for _ in range(6 * LONGEST):
        voxel = tuple(np.rint(place).astype(int))
        if any(i < 0 or i >= n for i, n in zip(voxel, shape, strict=True)):
            break
        here = float(depth[voxel])
        if not np.isfinite(here):
            break
        flat = int(np.ravel_multi_index(voxel, shape))
        if flat not in met and here >= deepest:
            met.append(flat)
            deepest = here
        if len(met) == LONGEST:
            break
        place += STEP * descent[voxel]
    return np.array(met, dtype=np.int64)


def _padded(paths: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    table = np.zeros((len(paths), LONGEST), dtype=np.int64)
    for row, path in enumerate(paths):
        table[row, : len(path)] = path
    return table


def _top_view(depth: NDArray[np.float32], descent: NDArray[np.float64]) -> CorticalView:
    inside = np.isfinite(depth)
    seen = inside.any(axis=1)
    # Cortex that is only seen past the edge of the hemisphere is left out: it is not dorsal.
    first = inside.argmax(axis=1)
    lookup = np.full(seen.shape, -1, dtype=np.int64)
    paths: list[NDArray[np.int64]] = []
    for ap, ml in np.argwhere(seen):
        path = _walk(np.array([ap, first[ap, ml], ml]), depth, descent)
        lookup[ap, ml] = len(paths)
        paths.append(path)
    return CorticalView(_padded(paths), lookup)


def _flatmap(
    depth: NDArray[np.float32],
    surface: NDArray[np.float32],
    descent: NDArray[np.float64],
    spacing_mm: float,
) -> CorticalView:
    side = round(FLATMAP_MM / spacing_mm)
    midline = depth.shape[2] // 2
    pial = np.isfinite(depth) & (depth < 0.3)
    pial[:, :, :midline] = False
    voxels = np.argwhere(pial)
    tree = cKDTree(surface[pial])
    rows, columns = np.meshgrid(np.arange(side), np.arange(side), indexing="ij")
    pixels = (np.stack([rows, columns], axis=-1).reshape(-1, 2) + 0.5) * spacing_mm
    distance, nearest = tree.query(pixels, distance_upper_bound=PIXEL_REACH * spacing_mm)
    found = np.isfinite(distance)
    used, numbers = np.unique(np.asarray(nearest)[found], return_inverse=True)
    right = [_walk(voxels[i], depth, descent) for i in used]
    half = np.full((side, side), -1, dtype=np.int64)
    half.ravel()[found] = numbers
    left = [_mirrored(path, depth.shape) for path in right]
    other = np.where(half >= 0, half + len(right), -1)[:, ::-1]
    return CorticalView(_padded(right + left), np.concatenate([other, half], axis=1))


def _mirrored(path: NDArray[np.int64], shape: tuple[int, ...]) -> NDArray[np.int64]:
    ap, dv, ml = np.unravel_index(path, shape)
    return np.ravel_multi_index((ap, dv, shape[2] - 1 - ml), shape).astype(np.int64)
