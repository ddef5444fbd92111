"""From a volume of any grid to the atlas's: how much of each atlas voxel is covered.

Where the axes of both grids are parallel (scaled, moved, exchanged or flipped) the answer is
exact: cubes are cut by cubes, one axis after the other, so that an amount is neither lost
nor made. Grids that are turned against each other are sampled.
"""

from __future__ import annotations

from itertools import product
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.atlas import AXIS_LABELS, Atlas
from napari_connectome.core.errors import SourceError
from napari_connectome.core.sources.drawing import check_values

Kind = Literal["labels", "mask"]
Numbers = npt.NDArray[np.float64]
NEGLIGIBLE = 1e-6
"""Part of a voxel's edge below which two voxels only touch."""
SAMPLES = (4, 8)
"""Fewest and most samples along each edge of an atlas voxel on a grid that is turned."""


def resample_to_atlas(
    values: npt.NDArray[Any], atlas: Atlas, affine_um: npt.ArrayLike, how: Kind = "labels"
) -> npt.NDArray[np.float32]:
    """Bring a volume to the atlas's grid.

    Parameters
    ----------
    values : ndarray, 3-D
        Finite, at least 0; axes in any order.
    atlas : Atlas
        Whose grid is wanted. Its voxel i covers i to i + 1 times the resolution.
    affine_um : array, shape (4, 4)
        From an index of `values`, whole at voxel centres, to CCF micrometres (AP, DV, ML).
    how : {"labels", "mask"}
        Of labels, every number but 0 counts as painted. A mask is averaged as it is.

    Returns
    -------
    ndarray of float32, shape of the atlas
        The part of each atlas voxel that is painted, or the mean of the mask over it; there is
        nothing outside `values`.

    Raises
    ------
    SourceError
        When the values or the affine are unusable, nothing is drawn, or it lies outside
        the atlas box.
    """
    linear, origin = _checked_affine(affine_um)
    painted, first = _cropped(check_values(values))
    amounts = (painted != 0) if how == "labels" else painted
    start = origin + linear @ first
    axes = np.argmax(np.abs(linear), axis=0)
    steps = linear[axes, np.arange(3)]
    turned = linear.copy()
    turned[axes, np.arange(3)] = 0
    parallel = sorted(axes.tolist()) == [0, 1, 2]
    if parallel and np.abs(turned).max() <= NEGLIGIBLE * np.abs(steps).min():
        volume = _cut(amounts, atlas, start, steps, axes)
    else:
        volume = _sampled(amounts, atlas, start, linear)
    if volume.max() <= NEGLIGIBLE * amounts.max():
        raise SourceError(_no_overlap_message(amounts.shape, atlas, start, linear))
    return volume


def overlaps(low: Numbers, high: Numbers, first: int, last: int) -> Numbers:
    """Lengths that intervals share with the unit intervals from `first` to `last`.

    Parameters
    ----------
    low, high : ndarray of float64, shape (n,)
        Ends of the intervals.
    first, last : int
        Interval i covers i to i + 1.

    Returns
    -------
    ndarray of float64, shape (last - first, n)
    """
    edge = np.arange(first, last)[:, None]
    shared: Numbers = np.minimum(high, edge + 1) - np.maximum(low, edge)
    return np.maximum(shared, 0.0, out=shared)


def _checked_affine(affine_um: npt.ArrayLike) -> tuple[Numbers, Numbers]:
    affine = np.asarray(affine_um, dtype=np.float64)
    good = affine.shape == (4, 4) and bool(np.all(np.isfinite(affine)))
    if not good or not np.allclose(affine[3], [0, 0, 0, 1]) or np.linalg.det(affine[:3, :3]) == 0:
        raise SourceError(
            "A 4 × 4 affine from voxel indices to CCF micrometres was expected, its axes "
            f"independent; {affine.tolist()} came."
        )
    return affine[:3, :3], affine[:3, 3]


def _cropped(values: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
    """The part of a volume that holds all that is above 0, and its first index."""
    where = []
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        there = np.flatnonzero(values.any(axis=others))
        if not len(there):
            raise SourceError("Nothing is drawn: at least one voxel above 0 was expected.")
        where.append(slice(int(there[0]), int(there[-1]) + 1))
    return values[tuple(where)], np.array([part.start for part in where], dtype=np.int64)


def _cut(
    amounts: npt.NDArray[Any],
    atlas: Atlas,
    start: Numbers,
    steps: Numbers,
    axes: npt.NDArray[np.intp],
) -> npt.NDArray[np.float32]:
    """Cut cubes by cubes: data axis j runs along CCF axis ``axes[j]`` in steps of ``steps[j]``."""
    order = np.argsort(axes)
    part = amounts.transpose(order).astype(np.float32)
    volume = np.zeros(atlas.shape, dtype=np.float32)
    place = []
    for axis, n in enumerate(atlas.shape):
        step = steps[order[axis]] / atlas.resolution_um
        centers = start[axis] / atlas.resolution_um + step * np.arange(part.shape[axis])
        low, high = centers - abs(step) / 2, centers + abs(step) / 2
        first, last = max(int(np.floor(low.min())), 0), min(int(np.ceil(high.max())), n)
        if first >= last:
            return volume
        shared = overlaps(low, high, first, last)
        shared[shared < NEGLIGIBLE * min(abs(step), 1.0)] = 0.0
        part = _along(csr_array(shared.astype(np.float32)), part, axis)
        place.append(slice(first, last))
    volume[tuple(place)] = part
    return volume


def _along(
    operator: csr_array, values: npt.NDArray[np.float32], axis: int
) -> npt.NDArray[np.float32]:
    """Apply an operator to one axis of a volume."""
    front = np.moveaxis(values, axis, 0)
    applied = operator @ front.reshape(front.shape[0], -1)
    return np.moveaxis(applied.reshape(-1, *front.shape[1:]), 0, axis)


def _sampled(
    amounts: npt.NDArray[Any], atlas: Atlas, start: Numbers, linear: Numbers
) -> npt.NDArray[np.float32]:
    """Mean over samples in each atlas voxel that the volume may reach."""
    resolution = atlas.resolution_um
    corners = _corners(amounts.shape, start, linear) / resolution
    low = np.clip(np.floor(corners.min(axis=0)), 0, atlas.shape).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0)), low, atlas.shape).astype(int)
    box = tuple(slice(int(a), int(b)) for a, b in zip(low, high, strict=True))
    volume = np.zeros(atlas.shape, dtype=np.float32)
    finest = float(np.linalg.norm(linear, axis=0).min())
    count = int(np.clip(np.ceil(2 * resolution / finest), *SAMPLES))
    back = np.linalg.inv(linear)
    voxels = np.stack(np.meshgrid(*(np.arange(b.start, b.stop) for b in box), indexing="ij"))
    for offset in product((np.arange(count) + 0.5) / count, repeat=3):
        points = (voxels + np.reshape(offset, (3, 1, 1, 1))) * resolution
        place = np.rint(np.tensordot(back, points - start[:, None, None, None], axes=1))
        index = place.astype(np.int64)
        size = np.reshape(amounts.shape, (3, 1, 1, 1))
        inside = np.all((index >= 0) & (index < size), axis=0)
        volume[box][inside] += amounts[tuple(index[:, inside])]
    return volume / np.float32(count**3)


def _corners(shape: tuple[int, ...], start: Numbers, linear: Numbers) -> Numbers:
    """Outer corners of a volume in µm, shape (8, 3)."""
    ends = [(-0.5, n - 0.5) for n in shape]
    return np.array([start + linear @ np.array(corner) for corner in product(*ends)])


def _no_overlap_message(
    shape: tuple[int, ...], atlas: Atlas, start: Numbers, linear: Numbers
) -> str:
    corners = _corners(shape, start, linear)
    spans = zip(AXIS_LABELS, corners.min(axis=0), corners.max(axis=0), strict=True)
    where = ", ".join(f"{name} {low:.4g} to {high:.4g}" for name, low, high in spans)
    extent = ", ".join(f"{n * atlas.resolution_um:.0f}" for n in atlas.shape)
    return (
        f"The drawing covers no voxel of the atlas: it lies at {where} µm; the box of the atlas "
        f"is 0 to ({extent}) µm. Check the drawing's scale and translation, in micrometres."
    )
