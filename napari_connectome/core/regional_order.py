"""Orders of a regional matrix: like beside like."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from napari_connectome.core.measures import Measure
from napari_connectome.core.regional_matrix import RegionalMatrix

Order = Literal["ontology", "clustered"]
DECADES = 6.0
"""Values more than this many powers of ten below the largest count as nothing."""
Numbers = npt.NDArray[np.int64]


def clustered_order(values: npt.NDArray[np.float64]) -> Numbers:
    """Order of rows in which similar ones are neighbours.

    Profiles are compared on a logarithmic scale from six decades below the largest value
    up to it (zero and missing cells are at the bottom), by Euclidean distance; clusters
    are joined by Ward's criterion, and leaves ordered so that the distances between
    neighbours are smallest in sum (Bar-Joseph et al. 2001).

    Parameters
    ----------
    values : ndarray of float64, shape (r, t)
        Any measure; NaN is missing. Give the transpose to order columns.

    Returns
    -------
    ndarray of int64, shape (r,)
        Rows in their new order: always the same for the same values. Rows without any
        connection come last, missing rows at the very end, both as they were.
    """
    known = np.isfinite(values).any(axis=1)
    profiles = _profiles(values)
    full = profiles.any(axis=1)
    rows = np.flatnonzero(full)
    found = rows[_leaves(profiles[rows])]
    return np.concatenate([found, np.flatnonzero(known & ~full), np.flatnonzero(~known)])


def _profiles(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Decades above the floor, 0 at the floor and below."""
    positive = np.where(values > 0, values, 0.0)
    top = positive.max(initial=0.0)
    if top == 0.0:
        return np.zeros_like(positive)
    with np.errstate(divide="ignore"):
        decades = np.log10(positive / top) + DECADES
    return np.asarray(np.maximum(decades, 0.0), dtype=np.float64)


def _leaves(profiles: npt.NDArray[np.float64]) -> Numbers:
    if len(profiles) < 3:
        return np.arange(len(profiles))
    from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
    from scipy.spatial.distance import pdist

    distances = pdist(profiles)
    joined = optimal_leaf_ordering(linkage(distances, "ward"), distances)
    leaves = leaves_list(joined).astype(np.int64)
    # An order and its reverse are equally good: take the one that starts further up.
    return leaves if leaves[0] < leaves[-1] else leaves[::-1]


def matrix_order(matrix: RegionalMatrix, measure: Measure, order: Order) -> tuple[Numbers, Numbers]:
    """Order of the rows and of the columns of a matrix.

    Parameters
    ----------
    matrix : RegionalMatrix
        Whose regions.
    measure : Measure
        What is compared when regions are clustered.
    order : {"ontology", "clustered"}
        As they are, or similar ones beside each other.

    Returns
    -------
    rows, columns : ndarray of int64
        Both blocks of columns have the same order of regions: that of what they receive
        on the two sides taken together. Ipsilateral columns stay first.
    """
    rows, columns = (np.arange(n) for n in matrix.shape)
    if order == "ontology":
        return rows, columns
    values = matrix.values(measure)
    regions, where = np.unique(matrix.target_ids, return_inverse=True)
    received = np.full((len(regions), 2, matrix.shape[0]), np.nan)
    received[where, matrix.contra.astype(int)] = values.T
    rank = np.empty(len(regions), dtype=np.int64)
    rank[clustered_order(received.reshape(len(regions), -1))] = np.arange(len(regions))
    return clustered_order(values), np.lexsort((rank[where], matrix.contra))


def arranged(
    matrix: RegionalMatrix, measure: Measure, order: Order, *, like: RegionalMatrix | None = None
) -> RegionalMatrix:
    """A matrix with its rows and columns in an order.

    Parameters
    ----------
    matrix : RegionalMatrix
        What is put in order.
    measure, order
        As for :func:`matrix_order`.
    like : RegionalMatrix, optional
        A matrix of the same regions whose order is taken; by default its own.
    """
    return matrix.part(*matrix_order(matrix if like is None else like, measure, order))
