"""A drawing: the voxels of a box that are above 0, with their strengths."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Index
from napari_connectome.core.errors import SourceError


@dataclass(frozen=True, eq=False)
class Drawing:
    """Voxels with strengths; most of a box is empty, so that only these are kept.

    Parameters
    ----------
    shape : tuple of int
        Atlas box, axes AP, DV, ML.
    indices : ndarray of int64, shape (k,)
        Flat C-order voxel indices, strictly increasing.
    strengths : ndarray of float64, shape (k,)
        Larger than 0.

    Raises
    ------
    SourceError
        When there is no voxel, indices do not fit the box, or a strength is not larger than 0.
    """

    shape: Index
    indices: npt.NDArray[np.int64]
    strengths: npt.NDArray[np.float64]

    def __post_init__(self) -> None:
        count = len(self.indices)
        if not count:
            raise SourceError("Nothing is drawn: at least one voxel above 0 was expected.")
        inside = self.indices[0] >= 0 and self.indices[-1] < prod(self.shape)
        if not inside or np.any(np.diff(self.indices) <= 0):
            raise SourceError(
                f"Increasing voxel indices inside the box {self.shape} were expected; "
                f"{count} came that are not."
            )
        good = np.isfinite(self.strengths) & (self.strengths > 0)
        if self.strengths.shape != (count,) or not good.all():
            raise SourceError(
                f"{count} finite strengths above 0 were expected, one per voxel; "
                f"{np.count_nonzero(good)} such came."
            )

    @classmethod
    def of(cls, values: npt.NDArray[Any]) -> Drawing:
        """The voxels of a volume that are above 0.

        Raises
        ------
        SourceError
            When the array is no volume of finite numbers of at least 0, or is empty.
        """
        n_ap, n_dv, n_ml = check_values(values).shape
        flat = values.reshape(-1)
        indices = np.flatnonzero(flat > 0)
        return cls((n_ap, n_dv, n_ml), indices, flat[indices].astype(np.float64))

    def volume(self) -> npt.NDArray[np.float32]:
        """The whole box, 0 where nothing is drawn."""
        volume = np.zeros(self.shape, dtype=np.float32)
        volume.reshape(-1)[self.indices] = self.strengths
        return volume

    def mirrored(self) -> Drawing:
        """The same drawing in the other hemisphere."""
        n_ml = self.shape[2]
        ml = self.indices % n_ml
        indices = self.indices - ml + (n_ml - 1 - ml)
        order = np.argsort(indices)
        return Drawing(self.shape, indices[order], self.strengths[order])


def check_values(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Give back an array that is a volume of finite numbers of at least 0.

    Raises
    ------
    SourceError
        For any other, saying what is wrong with it.
    """
    if values.ndim != 3 or values.dtype.kind not in "buif":
        raise SourceError(
            "A volume of numbers with three axes was expected; an array of "
            f"{values.ndim} axes and type {values.dtype} came."
        )
    if not values.size or values.dtype.kind in "bu":
        return values
    # The least of numbers is NaN where one of them is.
    if not np.isfinite(values.min()) or not np.isfinite(values.max()):
        strange = np.count_nonzero(~np.isfinite(values))
        raise SourceError(f"Finite values were expected; {strange} voxels are NaN or infinite.")
    if values.min() < 0:
        negative = np.count_nonzero(values < 0)
        raise SourceError(f"Values of at least 0 were expected; {negative} voxels are negative.")
    return values
