"""Two regional matrices of the same regions, and what the second takes from the first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from napari_connectome.core.regional_matrix import RegionalMatrix


def are_alike(first: RegionalMatrix, second: RegionalMatrix) -> bool:
    """Whether cells of the same place can be compared, in the same measures."""
    if first.shape != second.shape or first.measures != second.measures:
        return False
    same_regions = (
        np.array_equal(first.source_ids, second.source_ids)
        and np.array_equal(first.target_ids, second.target_ids)
        and np.array_equal(first.contra, second.contra)
    )
    return same_regions and all(
        np.all((a == b) | (a == 0) | (b == 0))
        for a, b in (
            (first.source_counts, second.source_counts),
            (first.target_counts, second.target_counts),
        )
    )


def matrix_difference(first: RegionalMatrix, second: RegionalMatrix) -> RegionalMatrix:
    """A - B in every measure: both are divided by the same voxel counts. NaN where one is.

    Parameters
    ----------
    first, second : RegionalMatrix
        Matrices of which :func:`are_alike` is true.
    """
    return replace(
        first,
        strength=first.strength - second.strength,
        source_counts=np.maximum(first.source_counts, second.source_counts),
        target_counts=np.maximum(first.target_counts, second.target_counts),
        origin=f"{first.origin} minus {second.origin}",
    )
