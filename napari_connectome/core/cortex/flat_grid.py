"""Pixels on a flattened surface: which there are, and the point of the surface under each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import binary_closing, binary_opening, label
from scipy.spatial import Delaunay

from napari_connectome.core.cortex.distortion import Distortion
from napari_connectome.core.cortex.geodesics import Surface

LONGEST_EDGE = 4.0
"""Longest side, in sheet voxels, of a triangle that is part of the surface."""
LEAST_AREA = 0.05
"""Triangles smaller than this, in squared sheet voxels, say nothing about areas."""
GAP = 3
"""Half the width, in sheet voxels, of gaps in the map that are closed."""
MARGIN = 2
"""Empty pixels around each hemisphere."""
Plane = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FlatGrid:
    """The map of one hemisphere, as a right one.

    Parameters
    ----------
    pixels : ndarray of bool, shape (rows, columns)
        Pixels that the surface covers. Rows run from front to back, columns outward from
        the midline.
    starts : ndarray, shape (n, 3)
        Point of the surface under each of them, in C order; voxels of the half box.
    distortion : Distortion
        How far areas and lengths are from the truth.
    """

    pixels: npt.NDArray[np.bool_]
    starts: npt.NDArray[np.float64]
    distortion: Distortion


def flat_grid(surface: Surface, plane: Plane, length_stress: float, every: int) -> FlatGrid:
    """Lay pixels of the size of an atlas voxel over a flattened surface.

    Parameters
    ----------
    surface : Surface
        What was flattened.
    plane : ndarray, shape (n, 2)
        Where its points went, in sheet voxels.
    length_stress : float
        From the flattening.
    every : int
        Pixels per sheet voxel.
    """
    upright = _upright(plane, surface.points)
    mesh = Delaunay(upright)
    whole = _short(upright, mesh.simplices) & _short(surface.points, mesh.simplices)
    extent = np.ceil(upright.max(axis=0) * every).astype(int) + 2 * MARGIN
    centres = (np.argwhere(np.ones(extent, dtype=bool)) + 0.5 - MARGIN) / every
    triangle = mesh.find_simplex(centres)
    under = triangle >= 0
    covered = under & whole[triangle]
    pixels = _tidy(covered.reshape(extent), every) & under.reshape(extent)
    kept = pixels.reshape(-1)
    starts = _points_under(mesh, surface.points, triangle[kept], centres[kept])
    areas = _area_ratios(upright, surface.points, mesh.simplices[whole])
    return FlatGrid(pixels, starts, Distortion(*areas, length_stress))


def _upright(plane: Plane, points: npt.NDArray[np.float64]) -> Plane:
    """Turn and, if need be, reflect: down is backwards, right is outward; the corner at 0, 0."""
    centred = plane - plane.mean(axis=0)
    places = points - points.mean(axis=0)
    down = np.linalg.lstsq(centred, places[:, 0], rcond=None)[0]
    down /= np.linalg.norm(down)
    right = np.array([-down[1], down[0]])
    if np.linalg.lstsq(centred, places[:, 2], rcond=None)[0] @ right < 0:
        right = -right
    turned = np.stack([centred @ down, centred @ right], axis=1)
    return np.asarray(turned - turned.min(axis=0))


def _short(
    places: npt.NDArray[np.float64], triangles: npt.NDArray[np.int32]
) -> npt.NDArray[np.bool_]:
    corners = places[triangles]
    sides = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2)
    return np.asarray(sides.max(axis=1) <= LONGEST_EDGE)


def _tidy(covered: npt.NDArray[np.bool_], every: int) -> npt.NDArray[np.bool_]:
    """Close gaps and drop spikes of a few sheet voxels, then all but the largest piece."""
    closed = binary_closing(covered, iterations=GAP * every) | covered
    opened = binary_opening(closed, iterations=every)
    pieces, _count = label(opened)
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0
    return np.asarray(opened & (pieces == sizes.argmax()))


def _points_under(
    mesh: Delaunay,
    points: npt.NDArray[np.float64],
    triangle: npt.NDArray[np.int32],
    centres: Plane,
) -> npt.NDArray[np.float64]:
    """Points of the surface, linear within each triangle."""
    frame = mesh.transform[triangle]
    first_two = np.einsum("ijk,ik->ij", frame[:, :2], centres - frame[:, 2])
    shares = np.column_stack([first_two, 1.0 - first_two.sum(axis=1)])
    return np.asarray(np.einsum("ij,ijk->ik", shares, points[mesh.simplices[triangle]]))


def _area_ratios(
    plane: Plane, points: npt.NDArray[np.float64], triangles: npt.NDArray[np.int32]
) -> tuple[float, float, float]:
    """5th, 50th and 95th percentile of flat area over true area, weighted by true area."""
    flat, true = _areas(plane, triangles), _areas(points, triangles)
    counted = true > LEAST_AREA
    ratio, weight = flat[counted] / true[counted], true[counted]
    order = np.argsort(ratio)
    reached = np.cumsum(weight[order]) / weight.sum()
    low, median, high = (
        float(ratio[order][np.searchsorted(reached, q)]) for q in (0.05, 0.5, 0.95)
    )
    return low, median, high


def _areas(
    places: npt.NDArray[np.float64], triangles: npt.NDArray[np.int32]
) -> npt.NDArray[np.float64]:
    one, other = (places[triangles[:, i]] - places[triangles[:, 0]] for i in (1, 2))
    along = np.einsum("ij,ij->i", one, other)
    squared = (one**2).sum(axis=1) * (other**2).sum(axis=1) - along**2
    return np.asarray(0.5 * np.sqrt(np.maximum(squared, 0.0)))
