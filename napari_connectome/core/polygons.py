"""A polygon drawn in a slice, extruded over a depth."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import AXIS_LABELS, Atlas
from napari_connectome.core.errors import SourceError
from napari_connectome.core.resampling import NEGLIGIBLE, overlaps

Numbers = npt.NDArray[np.float64]
LINES = 16
"""Lines per voxel, at least, along which a polygon is cut; along a line the answer is exact."""
FLAT_UM = 1e-3
"""Vertices that differ less than this along an axis lie in one slice."""


def polygon_volume(
    vertices_um: npt.ArrayLike,
    atlas: Atlas,
    *,
    depth_um: tuple[float, float],
    axis: int | None = None,
) -> npt.NDArray[np.float32]:
    """Part of each atlas voxel that lies inside an extruded polygon.

    Parameters
    ----------
    vertices_um : array, shape (n, 3) or (n, 2)
        Vertices in CCF micrometres: AP, DV, ML, or the two of them that lie in the slice, in that
        order. The last is joined to the first. Where the outline crosses itself, what is
        surrounded an even number of times is outside.
    atlas : Atlas
        Whose grid is wanted.
    depth_um : tuple of float
        Where the extrusion begins and ends along `axis`.
    axis : int, optional
        0 AP, 1 DV, 2 ML: across the slice. Left out, it is the axis along which three-dimensional
        vertices agree.

    Returns
    -------
    ndarray of float32, shape of the atlas
        0 to 1.

    Raises
    ------
    SourceError
        When there are fewer than three vertices, they enclose nothing, lie in no slice
        or outside the atlas box, or the depth is no range.
    """
    vertices, axis = _checked(np.asarray(vertices_um, dtype=np.float64), axis)
    low, high = (float(end) for end in depth_um)
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise SourceError(
            f"A depth from a lower to a higher coordinate in µm was expected; {depth_um} came."
        )
    resolution = atlas.resolution_um
    plane = [n for i, n in enumerate(atlas.shape) if i != axis]
    area = _coverage(vertices / resolution, plane[0], plane[1])
    ends = np.array([low]) / resolution, np.array([high]) / resolution
    depth = overlaps(*ends, 0, atlas.shape[axis])[:, 0]
    depth[depth < NEGLIGIBLE] = 0.0
    volume = np.multiply.outer(depth, area).astype(np.float32)
    if not volume.any():
        raise SourceError(_empty_message(vertices, axis, (low, high), atlas))
    return np.ascontiguousarray(np.moveaxis(volume, 0, axis))


def _checked(vertices: Numbers, axis: int | None) -> tuple[Numbers, int]:
    """Vertices within the slice, and the axis across it."""
    if vertices.ndim != 2 or vertices.shape[1] not in (2, 3) or len(vertices) < 3:
        raise SourceError(
            "At least three vertices of two or three coordinates were expected; an array of "
            f"shape {vertices.shape} came."
        )
    if not np.all(np.isfinite(vertices)):
        raise SourceError("Finite vertices were expected; NaN or infinite ones came.")
    if axis is None:
        axis = _flat_axis(vertices)
    if axis not in (0, 1, 2):
        raise SourceError(f"An axis of 0 (AP), 1 (DV) or 2 (ML) was expected; {axis} came.")
    return vertices if vertices.shape[1] == 2 else np.delete(vertices, axis, axis=1), axis


def _flat_axis(vertices: Numbers) -> int:
    flat = np.flatnonzero(np.ptp(vertices, axis=0) < FLAT_UM)
    if vertices.shape[1] == 2 or len(flat) != 1:
        raise SourceError(
            "A polygon in one slice was expected, its vertices alike along one of AP, DV and ML; "
            f"{len(flat)} such axes came. Say which axis is across the slice."
        )
    return int(flat[0])


def _coverage(vertices: Numbers, rows: int, columns: int) -> Numbers:
    """Part of each pixel inside a polygon in pixel coordinates, shape (rows, columns)."""
    area = np.zeros((rows, columns))
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    top, bottom = max(int(np.floor(low[0])), 0), min(int(np.ceil(high[0])), rows)
    left, right = max(int(np.floor(low[1])), 0), min(int(np.ceil(high[1])), columns)
    if top >= bottom or left >= right:
        return area
    # Between two cuts no edge ends, so that a line half way stands for all between them.
    even = np.arange(top * LINES, bottom * LINES + 1) / LINES
    cuts = np.unique(np.concatenate([even, np.clip(vertices[:, 0], top, bottom)]))
    crossings = _crossings(vertices, (cuts[:-1] + cuts[1:]) / 2)
    covered = np.zeros((len(cuts) - 1, right - left))
    for start in range(0, crossings.shape[1] - 1, 2):
        covered += overlaps(crossings[:, start], crossings[:, start + 1], left, right).T
    covered *= np.diff(cuts)[:, None]
    area[top:bottom, left:right] = np.add.reduceat(
        covered, np.searchsorted(cuts, np.arange(top, bottom)), axis=0
    )
    return area


def _crossings(vertices: Numbers, lines: Numbers) -> Numbers:
    """Where the outline crosses each line, increasing, infinite where there is no more."""
    row, column = vertices.T
    next_row, next_column = np.roll(row, -1), np.roll(column, -1)
    across = (lines[:, None] >= np.minimum(row, next_row)) & (
        lines[:, None] < np.maximum(row, next_row)
    )
    rise = np.where(next_row == row, 1.0, next_row - row)
    at = column + (lines[:, None] - row) / rise * (next_column - column)
    most = int(across.sum(axis=1).max(initial=0))
    return np.sort(np.where(across, at, np.inf), axis=1)[:, : most + most % 2]


def _empty_message(
    vertices: Numbers, axis: int, depth_um: tuple[float, float], atlas: Atlas
) -> str:
    low, high = vertices.min(axis=0).tolist(), vertices.max(axis=0).tolist()
    low.insert(axis, depth_um[0])
    high.insert(axis, depth_um[1])
    spans = zip(AXIS_LABELS, low, high, strict=True)
    where = ", ".join(f"{name} {a:.0f} to {b:.0f}" for name, a, b in spans)
    extent = ", ".join(f"{n * atlas.resolution_um:.0f}" for n in atlas.shape)
    return (
        f"The polygon encloses no part of the atlas: it spans {where} µm; the box of the atlas is "
        f"0 to ({extent}) µm. Draw it inside, and wider than a line."
    )
