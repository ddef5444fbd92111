"""Two answers beside each other: shared limits, signed difference, how well they agree.

Answers are compared where people see them, in the atlas box: a left-hemisphere source
is not laid over its right-hemisphere twin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_connectome.core.answers import Answer, VoxelValues
from napari_connectome.core.color_limits import robust_top
from napari_connectome.core.connectivity import Float
from napari_connectome.core.errors import ModelError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.regions import MaskRegions
from napari_connectome.core.scoring import mse_rel
from napari_connectome.core.targets import regions_of

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Agreement:
    """How well two sets of numbers agree.

    Parameters
    ----------
    correlation : float
        Pearson's r; NaN where one side is constant.
    mse_rel : float
        2 ‖a - b‖² / (‖a‖² + ‖b‖²).
    """

    correlation: float
    mse_rel: float


@dataclass(frozen=True, eq=False)
class RegionPairs:
    """Two answers summed over regions.

    Parameters
    ----------
    structure_ids : ndarray of int64, shape (k,)
        Summary structure of each row; only those with a voxel that both answers have.
    left : ndarray of bool, shape (k,)
        Whether it is the part in the left hemisphere.
    voxels : ndarray of int64, shape (k,)
        Voxels that both answers have.
    first, second : ndarray of float64, shape (k,)
        Sums over them. Divided by `voxels` they are mean densities.
    """

    structure_ids: npt.NDArray[np.int64]
    left: npt.NDArray[np.bool_]
    voxels: npt.NDArray[np.int64]
    first: Numbers
    second: Numbers


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two answers on one mask, and what lies between them.

    Parameters
    ----------
    first, second : VoxelValues
        The answers on all voxels that either has; NaN where it has none.
    difference : VoxelValues
        First minus second; NaN where one is missing.
    limits : tuple of float
        Contrast limits for both, ``(0, high)``.
    difference_limits : tuple of float
        Contrast limits for the difference, ``(-high, high)``.
    voxelwise, regional : Agreement
        Of the voxels that both have, and of the sums over regions and sides.
    regions : RegionPairs
        The sums.
    """

    first: VoxelValues
    second: VoxelValues
    difference: VoxelValues
    limits: tuple[float, float]
    difference_limits: tuple[float, float]
    voxelwise: Agreement
    regional: Agreement
    regions: RegionPairs


def compare(first: Answer, second: Answer) -> Comparison:
    """Compare two answers in the atlas box.

    Parameters
    ----------
    first, second : Prediction, Measured or VoxelValues
        Of two sources, of two models on one atlas, or predicted and measured. Where only
        one of them has a voxel, the other is missing, not zero.

    Raises
    ------
    ModelError
        When they lie in atlas boxes of other sizes, or have no voxel in common.
    """
    mask, mirrored, a, b = _aligned(first, second)
    both = np.isfinite(a) & np.isfinite(b)
    if not both.any():
        raise ModelError(
            "The two have no voxel in common, so there is nothing to compare. Choose answers "
            "about the same part of the brain."
        )
    complete = bool(both.all())
    pairs = _sums(regions_of(first.model, mask), mirrored, a, b, both)
    known = (a, b) if complete else (a[both], b[both])
    difference = a - b
    high = max(robust_top(known[0]), robust_top(known[1]))
    farthest = robust_top(np.abs(difference if complete else difference[both]))
    model = first.model
    return Comparison(
        first=VoxelValues(a, mask, mirrored, "first", model),
        second=VoxelValues(b, mask, mirrored, "second", second.model),
        difference=VoxelValues(difference, mask, mirrored, "difference", model),
        limits=(0.0, high),
        difference_limits=(-farthest, farthest),
        voxelwise=agreement(*known),
        regional=agreement(pairs.first, pairs.second),
        regions=pairs,
    )


def agreement(first: npt.ArrayLike, second: npt.ArrayLike) -> Agreement:
    """Correlation and MSE_rel of two sets of numbers of one shape.

    Examples
    --------
    >>> agreement([1.0, 2.0], [2.0, 4.0])
    Agreement(correlation=1.0, mse_rel=0.4)
    """
    a = np.array(first, dtype=np.float64)
    b = np.array(second, dtype=np.float64)
    error = mse_rel(a, b)
    if a.size == 0 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return Agreement(float("nan"), error)
    a -= a.mean()
    b -= b.mean()
    r = float(a @ b / np.sqrt((a @ a) * (b @ b)))
    return Agreement(min(1.0, max(-1.0, r)), error)


def _aligned(first: Answer, second: Answer) -> tuple[VoxelMask, bool, Float, Float]:
    """A mask for both, whether it is mirrored, and the two vectors on it."""
    if first.mask.shape != second.mask.shape:
        raise ModelError(
            f"The two lie in atlas boxes of {first.mask.shape} and {second.mask.shape} voxels. "
            "Compare answers of one atlas at one resolution."
        )
    same = first.mask is second.mask or first.mask == second.mask
    if same and first.mirrored == second.mirrored:
        return first.mask, first.mirrored, first.vector, second.vector
    a, b = _in_box(first), _in_box(second)
    mask = VoxelMask.from_volume(~(np.isnan(a) & np.isnan(b)))
    return mask, False, mask.to_vector(a), mask.to_vector(b)


def _in_box(answer: Answer) -> Float:
    out = np.full(answer.mask.shape, np.nan, dtype=np.float32)
    answer.mask.to_volume(answer.vector, out=out, mirrored=answer.mirrored)
    return out


def _sums(
    regions: MaskRegions, mirrored: bool, a: Float, b: Float, both: npt.NDArray[np.bool_]
) -> RegionPairs:
    if both.all():
        counts = regions.counts
    else:
        a, b = np.where(both, a, 0), np.where(both, b, 0)
        counts = regions.sums(both.astype(np.float32)).astype(np.int64)
    there = np.flatnonzero(counts)
    return RegionPairs(
        structure_ids=regions.structure_ids[there],
        left=regions.contra[there] != mirrored,
        voxels=counts[there],
        first=regions.sums(a)[there],
        second=regions.sums(b)[there],
    )
