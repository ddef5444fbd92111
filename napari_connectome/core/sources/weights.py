"""What a source becomes: weights on the rows of a mask, on one side of the brain or on both.

Models live on the right hemisphere. What lies on the left is answered by its mirror
image: its rows are those of the right-hemisphere twins, and it says that it is mirrored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, get_args, runtime_checkable

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import SourceError
from napari_connectome.core.masks import VoxelMask

Scale = Literal["unit-sum", "as drawn"]
"""Whether weights are made to sum to one, or are the strengths that were drawn."""


@dataclass(frozen=True, eq=False)
class SourceWeights:
    """A source in one hemisphere, on the rows of a source mask.

    Parameters
    ----------
    rows : ndarray of int, shape (k,)
        Rows of the source mask, increasing.
    values : ndarray of float, shape (k,)
        Weight per row.
    mirrored : bool
        Whether the source was in the left hemisphere: volumes that answer it
        are flipped along ML before they are shown.
    inside_fraction : float
        Part of what was drawn that lies on voxels of the mask; the rest is left out.
    """

    rows: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    mirrored: bool = False
    inside_fraction: float = 1.0

    @property
    def parts(self) -> tuple[SourceWeights, ...]:
        """The source by hemispheres: itself."""
        return (self,)

    @property
    def together(self) -> SourceWeights:
        """The source on the rows of both hemispheres' voxels: itself."""
        return self


@dataclass(frozen=True, eq=False)
class TwoSidedWeights:
    """A source in both hemispheres.

    Parameters
    ----------
    right, left : SourceWeights
        The two parts. Rows of both are right-hemisphere voxels; those of `left` are mirrored.
    inside_fraction : float
        Part of what was drawn that lies on voxels of the mask; the rest is left out.
    """

    right: SourceWeights
    left: SourceWeights
    inside_fraction: float = 1.0

    @property
    def parts(self) -> tuple[SourceWeights, ...]:
        """The source by hemispheres."""
        return self.right, self.left

    @property
    def together(self) -> SourceWeights:
        """Both parts as one, for what is asked of a voxel and its twin alike (the evidence)."""
        return SourceWeights(
            np.concatenate([self.right.rows, self.left.rows]),
            np.concatenate([self.right.values, self.left.values]),
        )


Weights = SourceWeights | TwoSidedWeights


@runtime_checkable
class Source(Protocol):
    """Anything that can be turned into weights over source voxels."""

    @property
    def label(self) -> str:
        """Short text for lists and titles."""

    def weights(self, atlas: Atlas, mask: VoxelMask) -> Weights:
        """Weights on the rows of `mask`, which lies in the right hemisphere.

        They sum to one, over both sides together, unless the source is taken as drawn.

        Raises
        ------
        SourceError
            When the source touches no voxel of the mask.
        """


def check_scale(scale: Scale) -> Scale:
    """Give back a scale that there is.

    Raises
    ------
    SourceError
        For any other.
    """
    if scale not in get_args(Scale):
        raise SourceError(f"The scale 'unit-sum' or 'as drawn' was expected; {scale!r} came.")
    return scale


def gathered(parts: Sequence[SourceWeights], scale: Scale, inside_fraction: float) -> Weights:
    """One source of several parts, each in one hemisphere; at least one of them has a row.

    Rows that occur more than once are summed.
    """
    total = sum(float(part.values.sum()) for part in parts)
    factor = 1.0 / total if scale == "unit-sum" else 1.0
    right, left = (
        _one_side([part for part in parts if part.mirrored == side], factor, side, inside_fraction)
        for side in (False, True)
    )
    if not len(left.rows):
        return right
    if not len(right.rows):
        return left
    return TwoSidedWeights(right, left, inside_fraction)


def _one_side(
    parts: Sequence[SourceWeights], factor: float, mirrored: bool, inside_fraction: float
) -> SourceWeights:
    if len(parts) == 1:
        rows, values = parts[0].rows, parts[0].values
    else:
        every = np.concatenate([np.zeros(0, dtype=np.int64), *(part.rows for part in parts)])
        rows, place = np.unique(every, return_inverse=True)
        weights = np.concatenate([np.zeros(0), *(part.values for part in parts)])
        values = np.zeros(len(rows))
        np.add.at(values, place, weights)
    return SourceWeights(rows, values * factor, mirrored, inside_fraction)
