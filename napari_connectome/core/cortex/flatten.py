"""Flattening a surface: a plane on which distances are nearly those along the surface."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.linalg import eigh, inv

from napari_connectome.core.cortex.geodesics import Surface, distances_from, spread_out
from napari_connectome.core.progress import Job, Progress

LANDMARKS = 1000
"""At most; a small surface has half as many as it has points."""
MOST_ROUNDS = 100
ROUNDS_BETWEEN_YIELDS = 10
ENOUGH = 1e-4
"""Relative gain of a round at which the refinement stops."""
NEAR = 40
"""Landmarks that place each of the other points."""
PLACING_ROUNDS = 60
Plane = npt.NDArray[np.float64]


def flatten(surface: Surface) -> Job[tuple[Plane, float]]:
    """Lay a surface flat.

    Landmarks spread over the surface are placed by classical scaling of their distances
    along it, then moved until the stress Σ (|xᵢ - xⱼ| - dᵢⱼ)² / dᵢⱼ² no longer falls
    (majorisation, de Leeuw 1977): a near distance off by a tenth counts as much as a far
    one. Other points are placed the same way by the landmarks nearest to them.

    Parameters
    ----------
    surface : Surface
        In one piece.

    Returns
    -------
    ndarray, shape (n, 2)
        Place of each surface point, in voxels.
    float
        Length stress of the landmarks: root mean square of |xᵢ - xⱼ| - dᵢⱼ over
        root mean square of dᵢⱼ.
    """
    landmarks = spread_out(surface.points, min(LANDMARKS, len(surface.points) // 2))
    to_all = yield from distances_from(surface, landmarks)
    distances = to_all[:, landmarks]
    placed = yield from _refined(_scaled(distances), distances)
    plane = _placed_by(placed, to_all.T)
    plane[landmarks] = placed
    off = _pairwise(placed) - distances
    return plane, float(np.sqrt((off**2).sum() / (distances**2).sum()))


def _scaled(distances: Plane) -> Plane:
    """Classical multidimensional scaling in two dimensions."""
    squared = distances**2
    centred = squared - squared.mean(axis=0) - squared.mean(axis=1)[:, None] + squared.mean()
    n = len(distances)
    values, vectors = eigh(-0.5 * centred, subset_by_index=(n - 2, n - 1))
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))


def _refined(start: Plane, distances: Plane) -> Job[Plane]:
    weights = 1.0 / np.maximum(distances, 1e-6) ** 2
    np.fill_diagonal(weights, 0.0)
    n = len(start)
    laplacian = np.diag(weights.sum(axis=0)) - weights
    inverse = inv(laplacian + 1.0 / n) - 1.0 / n
    place, before = start, np.inf
    for done in range(MOST_ROUNDS):
        if done % ROUNDS_BETWEEN_YIELDS == 0:
            yield Progress(0, 0, "Flatmap: flattening the pia")
        flat = _pairwise(place)
        stress = float((weights * (flat - distances) ** 2).sum())
        if before - stress < ENOUGH * stress:
            break
        before = stress
        pull = weights * distances / np.maximum(flat, 1e-9)
        place = inverse @ (pull.sum(axis=1)[:, None] * place - pull @ place)
    return place


def _pairwise(place: Plane) -> Plane:
    across, along = (place[:, axis][:, None] - place[:, axis] for axis in range(2))
    return np.asarray(np.hypot(across, along), dtype=np.float64)


def _placed_by(landmarks: Plane, distances: Plane) -> Plane:
    """Place points by their distances to landmarks, shape (n, landmarks)."""
    near = np.argsort(distances, axis=1)[:, :NEAR]
    target = np.take_along_axis(distances, near, axis=1)
    weights = 1.0 / np.maximum(target, 0.1) ** 2
    weights /= weights.sum(axis=1, keepdims=True)
    anchors = landmarks[near]
    place: Plane = np.einsum("ij,ijk->ik", weights, anchors)
    for _ in range(PLACING_ROUNDS):
        away = place[:, None, :] - anchors
        length = np.maximum(np.linalg.norm(away, axis=2), 1e-9)
        aims = anchors + away * (target / length)[..., None]
        place = np.einsum("ij,ijk->ik", weights, aims)
    return place
