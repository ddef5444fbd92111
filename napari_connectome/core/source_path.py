"""A line through the brain along which a source moves: the time axis of a movie."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.cortex.view import CorticalView
from napari_connectome.core.errors import OutsideError, SourceError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.sources import Source, format_um, moved_to

MOST_FRAMES = 2000
Points = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SourcePath:
    """Places of a source, one for each frame.

    Parameters
    ----------
    points_um : ndarray of float64, shape (n, 3)
        CCF coordinates (AP, DV, ML), from the first frame to the last.
    """

    points_um: Points

    def __len__(self) -> int:
        return len(self.points_um)

    @property
    def length_um(self) -> float:
        """From frame to frame in straight lines."""
        return float(np.linalg.norm(np.diff(self.points_um, axis=0), axis=1).sum())

    def source(self, frame: int, like: Source | None = None) -> Source:
        """The source of a frame: a sphere or a Gaussian when `like` is one, else a voxel."""
        ap, dv, ml = self.points_um[frame].tolist()
        return moved_to(like, (ap, dv, ml))


def path_through(
    points_um: npt.ArrayLike,
    atlas: Atlas,
    mask: VoxelMask,
    *,
    frames: int | None = None,
    step_um: float | None = None,
) -> SourcePath:
    """Straight lines from point to point, divided into equal steps.

    Parameters
    ----------
    points_um : array, shape (k, 3)
        CCF coordinates (AP, DV, ML) in µm of at least two places, in either hemisphere.
    atlas : Atlas
        The brain.
    mask : VoxelMask
        Source voxels of the right hemisphere; their mirror images can be passed as well.
    frames : int, optional
        Number of places, both ends included.
    step_um : float, optional
        Without `frames`: length of a step, rounded so that steps are equal; by default
        the edge of a voxel.

    Raises
    ------
    SourceError
        When there are fewer than two places, or a number makes no sense.
    OutsideError
        When a point, or a place between two points, is no source voxel.
    """
    corners = _checked_points(points_um)
    for number, corner in enumerate(corners, 1):
        _check_inside(atlas, mask, corner, f"Point {number} of the path")
    length_um = _lengths(corners)[-1]
    count = _frame_count(length_um, frames, atlas.resolution_um if step_um is None else step_um)
    places = _resampled(corners, count)
    for number, place in enumerate(places, 1):
        _check_inside(atlas, mask, place, f"Frame {number} of {count}")
    return SourcePath(places)


def path_on_map(
    pixels: npt.ArrayLike,
    view: CorticalView,
    atlas: Atlas,
    mask: VoxelMask,
    *,
    depth: float = 0.5,
    frames: int | None = None,
    step_um: float | None = None,
) -> SourcePath:
    """A line on a map of the cortex, divided into steps that are equal on the map.

    Parameters
    ----------
    pixels : array, shape (k, 2)
        Row and column of at least two places of the line; pixel (row, column) covers
        row to row + 1 and column to column + 1.
    view : CorticalView
        The map.
    atlas, mask : Atlas, VoxelMask
        As for :func:`path_through`.
    depth : float
        0 at the pia, 1 at the white matter. Where that is no source voxel, the nearest
        one of the same path through the cortex is taken.
    frames, step_um : optional
        As for :func:`path_through`; the step is measured on the map.

    Raises
    ------
    SourceError
        When there are fewer than two places, or a number makes no sense.
    OutsideError
        When the line leaves the map, or passes a pixel that has no source voxel.
    """
    corners = _checked_points(pixels, axes=2)
    length_um = _lengths(corners)[-1] * view.pixel_um
    count = _frame_count(length_um, frames, view.pixel_um if step_um is None else step_um)
    # Half a pixel apart: nothing that the line passes is stepped over.
    dense = _resampled(corners, max(count, int(2 * _lengths(corners)[-1]) + 1))
    if any(view.voxel_at(int(row), int(column)) is None for row, column in np.floor(dense)):
        raise OutsideError(
            f"The line leaves the map ({view.title}). Draw one that stays on the cortex; "
            "lines from one hemisphere to the other must cross where the two meet."
        )
    return SourcePath(
        np.array(
            [
                _place_under(view, atlas, mask, (int(row), int(column)), depth)
                for row, column in np.floor(_resampled(corners, count))
            ]
        )
    )


def read_points(text: str) -> Points:
    """Points that a person has written: AP, DV, ML in µm, separated by ``;`` or lines.

    Returns
    -------
    ndarray of float64, shape (k, 3)

    Raises
    ------
    SourceError
        Naming what cannot be read.
    """
    points: list[tuple[float, float, float]] = []
    for part in filter(str.strip, text.replace("\n", ";").split(";")):
        try:
            ap, dv, ml = (float(word) for word in part.replace(",", " ").split())
        except ValueError:
            raise SourceError(
                f"Point {len(points) + 1} of the path: three numbers AP,DV,ML in µm were "
                f"expected, such as 9250,1150,8650; {part.strip()!r} came."
            ) from None
        points.append((ap, dv, ml))
    return np.array(points, dtype=np.float64).reshape(-1, 3)


def _checked_points(points: npt.ArrayLike, axes: int = 3) -> Points:
    """Points of a line without those that repeat the one before."""
    found = np.asarray(points, dtype=np.float64)
    if found.ndim != 2 or found.shape[1] != axes:
        raise SourceError(f"Points of {axes} coordinates were expected; shape {found.shape} came.")
    if not np.isfinite(found).all():
        raise SourceError("A point of the path is not finite. Give every coordinate as a number.")
    if len(found) < 2:
        came = "one point" if len(found) else "no point"
        raise SourceError(
            f"A path needs at least two points; {came} came. Add another one, or ask for "
            "a single source instead."
        )
    moves = np.any(np.diff(found, axis=0) != 0, axis=1)
    if not moves.any():
        raise SourceError(
            f"All {len(found)} points of the path are the same place. Choose two that differ."
        )
    kept: Points = found[np.concatenate([[True], moves])]
    return kept


def _frame_count(length_um: float, frames: int | None, step_um: float) -> int:
    if frames is None:
        if not (isfinite(step_um) and step_um > 0):
            raise SourceError(f"A step larger than 0 µm was expected; {step_um} came.")
        frames = max(round(length_um / step_um), 1) + 1
    if not 2 <= frames <= MOST_FRAMES:
        raise SourceError(f"A path has 2 to {MOST_FRAMES} frames; {frames} were asked for.")
    return frames


def _lengths(points: Points) -> Points:
    """Distance of each point from the first one along the line."""
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    return np.concatenate([[0.0], np.cumsum(steps)])


def _resampled(points: Points, count: int) -> Points:
    """Places at equal distances along a line, both ends included."""
    along = _lengths(points)
    wanted = np.linspace(0.0, along[-1], count)
    return np.stack([np.interp(wanted, along, axis) for axis in points.T], axis=1)


def _check_inside(atlas: Atlas, mask: VoxelMask, place: Points, name: str) -> None:
    index = atlas.index_of_um(place.tolist())
    if atlas.contains(index):
        twin = atlas.mirror_index(index) if atlas.is_left(index) else index
        if mask.row_of(twin) >= 0:
            return
        structure_id = int(atlas.annotation[index])
        where = atlas.tree[structure_id].name if structure_id else "outside the brain"
    else:
        where = "outside the atlas"
    nearest, distance_um = _nearest(atlas, mask, place)
    raise OutsideError(
        f"{name} ({format_um(place)}) is {where}: no source voxel there. The nearest one is at "
        f"{format_um(nearest)}, {distance_um:.0f} µm away. Move the point, or add points "
        "so that the lines between them stay in grey matter."
    )


def _nearest(atlas: Atlas, mask: VoxelMask, place: Points) -> tuple[Points, float]:
    """Centre of the source voxel (or mirror image of one) nearest to a place; how far it is."""
    centres = (mask.coordinates + 0.5) * atlas.resolution_um
    width_um = atlas.shape[2] * atlas.resolution_um
    both = np.concatenate([centres, centres * [1, 1, -1] + [0, 0, width_um]])
    distances = np.linalg.norm(both - place, axis=1)
    nearest = int(np.argmin(distances))
    return both[nearest], float(distances[nearest])


def _place_under(
    view: CorticalView, atlas: Atlas, mask: VoxelMask, pixel: tuple[int, int], depth: float
) -> tuple[float, float, float]:
    """Centre of the source voxel under a pixel that is nearest to a depth."""
    number = view.lookup[pixel]
    path = view.paths[number, : view.lengths[number]]
    voxels = np.stack(np.unravel_index(path, view.box), axis=1)
    left = voxels[:, 2] < atlas.midline
    twins = np.where(left, view.box[2] - 1 - voxels[:, 2], voxels[:, 2])
    inside = np.flatnonzero(mask.row_volume[voxels[:, 0], voxels[:, 1], twins] >= 0)
    if not len(inside):
        raise OutsideError(
            f"Under the place at row {pixel[0]}, column {pixel[1]} of the map "
            f"({format_um(atlas.um_of_index(voxels[len(voxels) // 2].tolist()))}) the model has "
            "no source voxel. Lead the line around it."
        )
    wanted = min(max(int(depth * len(path)), 0), len(path) - 1)
    nearest = inside[np.argmin(np.abs(inside - wanted))]
    return atlas.um_of_index(voxels[nearest].tolist())
