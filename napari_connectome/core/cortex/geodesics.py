"""The pial surface as points, and distances along it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import KDTree

from napari_connectome.core.cortex.potential import Descent
from napari_connectome.core.cortex.sheet import Sheet, Tissue
from napari_connectome.core.progress import Job, Progress

REACH = 3.0
"""Longest edge between neighbours on the surface, in voxels."""
LEAST_AGREEMENT = -0.2
"""Cosine between the normals of neighbours: two sheets back to back are none."""
SOURCES_AT_ONCE = 64
Points = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Surface:
    """Points on the pia, in one piece.

    Parameters
    ----------
    points : ndarray, shape (n, 3)
        Place in voxels of the half box: voxel i covers [i, i + 1).
    edges : csr_array, shape (n, n)
        Lengths of the edges between neighbours, symmetric.
    """

    points: Points
    edges: csr_array


def pial_surface(sheet: Sheet, descent: Descent) -> Surface:
    """Pial voxels moved outward onto the pia; of several pieces the largest."""
    inside = sheet.inside
    pial = np.any([kind == Tissue.BEYOND for kind in sheet.neighbours()], axis=0)
    normals = descent.directions[inside][pial].astype(np.float64)
    back = np.minimum(descent.surface_distance[pial], 1.5)
    # Without the padding, the centre of voxel i lies at i + 0.5.
    points = np.argwhere(inside)[pial] - 0.5 - back[:, None] * normals
    pairs = KDTree(points).query_pairs(REACH, output_type="ndarray")
    agree = np.einsum("ij,ij->i", *(normals[pairs[:, end]] for end in range(2)))
    pairs = pairs[agree > LEAST_AGREEMENT]
    edges = _edges(points, pairs)
    _count, piece = connected_components(edges, directed=False)
    kept = np.flatnonzero(piece == np.bincount(piece).argmax())
    return Surface(points[kept], edges[kept][:, kept])


def _edges(points: Points, pairs: npt.NDArray[np.intp]) -> csr_array:
    # Points that coincide must stay joined, and sparse graphs know no edge of length 0.
    length = np.maximum(np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1), 1e-6)
    shape = (len(points), len(points))
    half = csr_array((length, (pairs[:, 0], pairs[:, 1])), shape=shape)
    return csr_array(half + half.T)


def spread_out(points: Points, count: int) -> npt.NDArray[np.int64]:
    """Numbers of `count` points that lie far from one another, each as far as can be."""
    chosen = [int(np.argmin(points @ np.ones(points.shape[1])))]
    nearest = np.linalg.norm(points - points[chosen[0]], axis=1)
    while len(chosen) < min(count, len(points)):
        chosen.append(int(nearest.argmax()))
        nearest = np.minimum(nearest, np.linalg.norm(points - points[chosen[-1]], axis=1))
    return np.array(chosen)


def distances_from(surface: Surface, sources: npt.NDArray[np.int64]) -> Job[Points]:
    """Shortest distance along the surface from some of its points to all.

    Returns
    -------
    ndarray, shape (len(sources), n)
        In voxels.
    """
    found = np.empty((len(sources), len(surface.points)))
    for first in range(0, len(sources), SOURCES_AT_ONCE):
        yield Progress(first, len(sources), "Flatmap: distances along the pia")
        block = slice(first, first + SOURCES_AT_ONCE)
        found[block] = dijkstra(surface.edges, directed=False, indices=sources[block])
    return found
