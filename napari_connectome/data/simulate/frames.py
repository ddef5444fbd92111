"""Frames: where a place lies within its area, and the same place within another area."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from napari_connectome.data.simulate.half_brain import Floats, HalfBrain

_SMALLEST_MM = 0.1
_REACH = 1.8
"""Places farther out than this many standard deviations are drawn in."""


@dataclass(frozen=True, eq=False)
class Frame:
    """Centre and extent of a set of areas in frame coordinates.

    Parameters
    ----------
    center : ndarray, shape (3,)
        Mean position.
    extent : ndarray, shape (3, 3)
        Symmetric square root of the covariance: places standard coordinates
        without turning the axes more than needed.
    flat : bool
        Whether the set is a piece of cortical sheet, without a third axis.
    """

    center: Floats
    extent: Floats
    flat: bool

    def standard(self, places: Floats) -> Floats:
        """Standard coordinates of places, within ±1.8, shape (k, 3)."""
        inside: Floats = np.clip((places - self.center) @ self._inverse, -_REACH, _REACH)
        return inside

    def places(self, standard: Floats) -> Floats:
        """Places with given standard coordinates; a sheet ignores the third."""
        moved: Floats = self.center + standard @ self.extent
        if self.flat:
            moved[:, 2] = self.center[2]
        return moved

    @cached_property
    def _inverse(self) -> Floats:
        return np.asarray(np.linalg.inv(self.extent), dtype=np.float64)

    @cached_property
    def smallest_width_mm(self) -> float:
        """Standard deviation along the narrowest axis (of the sheet, where it is one)."""
        widths = np.linalg.eigvalsh(self.extent[:2, :2] if self.flat else self.extent)
        return float(widths[0])


class FrameBook:
    """Makes frames of any union of areas from sums that are taken once.

    Parameters
    ----------
    brain : HalfBrain
        The voxels.
    """

    def __init__(self, brain: HalfBrain) -> None:
        n = len(brain.area_ids)
        points = brain.frame_mm
        squares = np.einsum("ij,ik->ijk", points, points).reshape(-1, 9)
        self._counts = np.bincount(brain.areas, minlength=n).astype(np.float64)
        self._sums = _sum_by(brain.areas, points, n)
        self._squares = _sum_by(brain.areas, squares, n).reshape(-1, 3, 3)
        self._flat = np.bincount(brain.areas, weights=brain.in_cortex, minlength=n) > 0
        self._made: dict[bytes, Frame] = {}

    def frame(self, areas: npt.NDArray[np.int64]) -> Frame:
        """Frame of the union of some areas."""
        key = areas.tobytes()
        if key not in self._made:
            self._made[key] = self._make(areas)
        return self._made[key]

    def _make(self, areas: npt.NDArray[np.int64]) -> Frame:
        count = self._counts[areas].sum()
        center = self._sums[areas].sum(axis=0) / count
        covariance = self._squares[areas].sum(axis=0) / count - np.outer(center, center)
        values, vectors = np.linalg.eigh(covariance)
        widths = np.sqrt(np.maximum(values, _SMALLEST_MM**2))
        extent = (vectors * widths) @ vectors.T
        return Frame(center, extent, bool(self._flat[areas].all()))


def _sum_by(keys: npt.NDArray[np.int64], values: Floats, n: int) -> Floats:
    """Sums of the rows of `values` for each key, shape (n, columns)."""
    return np.stack([np.bincount(keys, weights=v, minlength=n) for v in values.T], axis=1)
