"""Solids drawn by hand: outlines at a few stations along the brain, joined smoothly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline, PchipInterpolator
from scipy.spatial import cKDTree

from napari_connectome.data.demo_brain.grid import HalfGrid

Floats = NDArray[np.float64]

Station = tuple[float, Sequence[tuple[float, float]]]
"""AP position, and the outline there as (lateral, DV) points; tenths of a millimetre."""

_REFINE = 12
_SURFACE_STEP_MM = 0.1


def ellipsoid(points: Floats, centre: Sequence[float], radii: Sequence[float]) -> Floats:
    """Approximate signed distance in mm to an ellipsoid, negative inside.

    Parameters
    ----------
    points
        (..., 3) positions AP, DV, lateral in mm.
    centre, radii
        Centre and half-axes in mm, in the same order.
    """
    offset = (points - np.asarray(centre)) / np.asarray(radii)
    norm = np.sqrt(np.einsum("...i,...i->...", offset, offset))
    return np.asarray((norm - 1.0) * float(np.min(radii)))


@dataclass(frozen=True)
class Nearest:
    """Where the surface of a :class:`Loft` is nearest to each of some points."""

    distance_mm: Floats
    ap_mm: Floats
    along: Floats


@dataclass(frozen=True)
class Loft:
    """A closed solid through outlines given at stations along the AP axis.

    Point ``k`` of every outline means the same anatomical place, so that it can be followed from
    station to station; between them it moves on a shape-preserving cubic.

    Parameters
    ----------
    stations
        In order of AP; every outline has the same number of points, in the same sense.
    mirrored
        The outline runs from the midline above to the midline below and is closed by its own
        mirror image (an unpaired solid such as the brain stem).
    """

    stations: tuple[Station, ...]
    mirrored: bool = False

    @property
    def n_points(self) -> int:
        """Number of control points of an outline as given."""
        return len(self.stations[0][1])

    @property
    def ap_range_mm(self) -> tuple[float, float]:
        """First and last AP position."""
        return self.stations[0][0] / 10, self.stations[-1][0] / 10

    @cached_property
    def _follow(self) -> PchipInterpolator:
        ap = np.array([station[0] for station in self.stations]) / 10
        outlines = np.array([station[1] for station in self.stations], dtype=np.float64) / 10
        if self.mirrored:
            back = outlines[:, -2:0:-1] * np.array([-1.0, 1.0])
            outlines = np.concatenate([outlines, back], axis=1)
        return PchipInterpolator(ap, outlines, axis=0)

    def outlines(self, ap_mm: Floats) -> Floats:
        """Smooth closed outlines (n, points, 2) as (lateral, DV) in mm at AP positions in range."""
        control = self._follow(ap_mm)
        closed = np.concatenate([control, control[:, :1]], axis=1)
        n = control.shape[1]
        curve = CubicSpline(np.arange(n + 1), closed, axis=1, bc_type="periodic")
        return np.asarray(curve(np.arange(n * _REFINE) / _REFINE))

    def inside(self, grid: HalfGrid) -> NDArray[np.bool_]:
        """Which voxel centres of the half grid lie within the solid."""
        ap, dv, lateral = grid.axes_mm
        result = np.zeros(grid.shape, dtype=bool)
        low, high = self.ap_range_mm
        for i in np.flatnonzero((ap > low) & (ap < high)):
            result[i] = _inside_polygon(self.outlines(ap[i : i + 1])[0], dv, lateral)
        return result

    @cached_property
    def _surface(self) -> tuple[cKDTree, Floats, Floats]:
        low, high = self.ap_range_mm
        ap = np.linspace(low, high, int(np.ceil((high - low) / _SURFACE_STEP_MM)) + 1)
        outlines = self.outlines(ap)
        per_outline = outlines.shape[1]
        ap_of_point = np.repeat(ap, per_outline)
        xy = outlines.reshape(-1, 2)
        along = np.tile(np.arange(per_outline) / _REFINE, len(ap))
        return cKDTree(np.column_stack([ap_of_point, xy[:, 1], xy[:, 0]])), ap_of_point, along

    def nearest(self, points: Floats, limit_mm: float = np.inf) -> Nearest:
        """Nearest surface point of each of ``points`` (n, 3): distance, AP and place along.

        ``along`` counts control points (2.5: midway from the third to the fourth). Beyond
        ``limit_mm`` the distance is infinite and the place that of an arbitrary point.
        """
        tree, ap, along = self._surface
        distance, index = tree.query(points, distance_upper_bound=limit_mm)
        index = np.minimum(index, len(ap) - 1)
        return Nearest(np.asarray(distance), ap[index], along[index])

    def signed_distance(self, grid: HalfGrid, limit_mm: float = 0.8) -> Floats:
        """Distance in mm to the surface, negative inside; ``limit_mm`` where farther outside."""
        inside = self.inside(grid)
        near = inside | self._within_box(grid, limit_mm)
        distance = np.full(grid.shape, limit_mm)
        found = self.nearest(grid.points_mm[near]).distance_mm
        distance[near] = np.minimum(np.where(inside[near], -found, found), limit_mm)
        return distance

    def _within_box(self, grid: HalfGrid, margin_mm: float) -> NDArray[np.bool_]:
        points = self._surface[0].data
        low, high = points.min(axis=0) - margin_mm, points.max(axis=0) + margin_mm
        masks = [(a > lo) & (a < hi) for a, lo, hi in zip(grid.axes_mm, low, high, strict=True)]
        return np.asarray(masks[0][:, None, None] & masks[1][:, None] & masks[2])


def _inside_polygon(polygon: Floats, dv: Floats, lateral: Floats) -> NDArray[np.bool_]:
    """Even-odd rule on the lattice ``dv`` × ``lateral`` for a polygon of (lateral, DV) points."""
    start, stop = polygon, np.roll(polygon, -1, axis=0)
    crosses = (start[:, 1] > dv[:, None]) != (stop[:, 1] > dv[:, None])
    rise = np.where(stop[:, 1] == start[:, 1], 1.0, stop[:, 1] - start[:, 1])
    where = start[:, 0] + (dv[:, None] - start[:, 1]) * (stop[:, 0] - start[:, 0]) / rise
    left_of = np.where(crosses, where, np.inf)[:, :, None] < lateral
    return np.asarray(left_of.sum(axis=1) % 2 == 1)
