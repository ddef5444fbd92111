"""The finite-difference Laplacian of a set of lattice points, and the pieces that it falls into."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array, diags_array
from scipy.sparse.csgraph import connected_components

from napari_connectome.core.errors import ModelError


def lattice_laplacian(
    coordinates: npt.NDArray[np.integer], keys: npt.NDArray[np.integer] | None = None
) -> csr_array:
    """Laplacian L of points on a lattice in any number of dimensions, Neumann at the border.

    The 3-, 5- or 7-point stencil of one, two or three dimensions with unit spacing: L f at a
    point is the sum of f over its neighbours, less f there times their number. Rows sum to
    zero and -L is positive semidefinite.

    Parameters
    ----------
    coordinates : ndarray of int, shape (n, d)
        Points, each once, in any order. Two are neighbours at distance 1 along an axis.
    keys : ndarray of int, shape (n,), optional
        Points of different key are no neighbours: nothing is smoothed across that border.

    Returns
    -------
    csr_array of float64, shape (n, n)

    Raises
    ------
    ModelError
        When there is no point, a point comes twice, or shapes disagree.

    Examples
    --------
    >>> lattice_laplacian(np.array([[0], [1], [2]])).toarray()
    array([[-1.,  1.,  0.],
           [ 1., -2.,  1.],
           [ 0.,  1., -1.]])
    """
    points = np.asarray(coordinates)
    if points.ndim != 2 or not points.size or not np.issubdtype(points.dtype, np.integer):
        raise ModelError(
            "A lattice needs points with whole-number coordinates, shape (points, dimensions); "
            f"shape {points.shape} of type {points.dtype} came."
        )
    if keys is not None and np.shape(keys) != (len(points),):
        raise ModelError(f"Every one of {len(points)} points needs a key; {np.shape(keys)} came.")
    first, second = _neighbours(points.astype(np.int64))
    if keys is not None:
        together = np.asarray(keys)[first] == np.asarray(keys)[second]
        first, second = first[together], second[together]
    pairs = (np.concatenate([first, second]), np.concatenate([second, first]))
    shape = (len(points), len(points))
    adjacency = csr_array(coo_array((np.ones(len(pairs[0])), pairs), shape=shape))
    return csr_array(adjacency - diags_array(np.asarray(adjacency.sum(axis=1)).reshape(-1)))


def _neighbours(
    points: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Pairs of points of which the second follows the first along an axis."""
    low = points.min(axis=0)
    # One column of room at the end of each axis: no wrapping around to the next line.
    sizes = points.max(axis=0) - low + 2
    steps = np.append(np.cumprod(sizes[:0:-1])[::-1], 1)
    numbers = (points - low) @ steps
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    if np.any(np.diff(ordered) == 0):
        raise ModelError("Lattice points must differ; some came more than once.")
    firsts, seconds = [], []
    for step in steps.tolist():
        places = np.minimum(np.searchsorted(ordered, numbers + step), len(ordered) - 1)
        found = np.flatnonzero(ordered[places] == numbers + step)
        firsts.append(found)
        seconds.append(order[places[found]])
    return np.concatenate(firsts), np.concatenate(seconds)


def components(laplacian: csr_array) -> npt.NDArray[np.int64]:
    """Connected piece of each point, 0, 1, … in the order of first appearance, shape (n,)."""
    labels = connected_components(laplacian, directed=False)[1]
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse].astype(np.int64)
