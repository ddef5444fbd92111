"""Which columns of a matrix can be told apart: others are left out until the condition is good.

Regions that were injected only together, or with next to no tracer, make regional injections
ill-conditioned; their weights would be noise (Knox et al. 2018, section 4.3.1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import qr

from napari_connectome.core.errors import ModelError
from napari_connectome.core.parallel import single_threaded_blas

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ColumnChoice:
    """The columns that stay.

    Parameters
    ----------
    kept : ndarray of int64, shape (k,)
        In increasing order.
    left_out : ndarray of int64
        The others, in the order in which they left; columns of zeros are the first.
    condition : float
        Condition number of the kept columns: largest singular value by smallest.
    """

    kept: npt.NDArray[np.int64]
    left_out: npt.NDArray[np.int64]
    condition: float


def well_conditioned_columns(matrix: Matrix, kappa: float) -> ColumnChoice:
    """Take columns away, one after the other, until the condition number is at most `kappa`.

    Columns leave in the reverse order of a QR factorisation with column pivoting: first the
    one that lies nearest to what all the others span, as far as pivoting can tell. The
    condition number never rises on the way, so that the first stop is found by bisection.

    Parameters
    ----------
    matrix : ndarray of float64, shape (m, p)
        Regional injections, one column per region.
    kappa : float
        At least 1. Infinite: only columns of zeros are left out.

    Returns
    -------
    ColumnChoice
        At least one column is kept, unless all are zero.

    Raises
    ------
    ModelError
        When `kappa` is below 1 or not a number.
    """
    if not kappa >= 1:
        raise ModelError(f"kappa must be at least 1 (it may be infinite); {kappa} came.")
    lengths = np.sqrt(np.einsum("ij,ij->j", matrix, matrix))
    empty, filled = np.flatnonzero(lengths == 0), np.flatnonzero(lengths > 0)
    if not len(filled):
        return ColumnChoice(filled, empty, 1.0)
    with single_threaded_blas():
        triangle, order = qr(matrix[:, filled], mode="r", pivoting=True, check_finite=False)
        root = np.asarray(triangle, dtype=np.float64)
        count = _most_columns(root, kappa)
        condition = _condition(root, count)
    kept, gone = filled[order[:count]], filled[order[count:]]
    return ColumnChoice(np.sort(kept), np.concatenate([empty, gone[::-1]]), condition)


def _most_columns(triangle: Matrix, kappa: float) -> int:
    """How many leading columns of R may stay."""
    high = int(triangle.shape[1])
    if np.isinf(kappa) or _condition(triangle, high) <= kappa:
        return high
    low = 1
    while high - low > 1:
        middle = (low + high) // 2
        if _condition(triangle, middle) <= kappa:
            low = middle
        else:
            high = middle
    return low


def _condition(triangle: Matrix, count: int) -> float:
    """Condition number of the leading columns; infinite when they are dependent."""
    if count > triangle.shape[0]:
        return float("inf")
    values = np.linalg.svd(triangle[:count, :count], compute_uv=False)
    return float(values[0] / values[-1]) if values[-1] > 0 else float("inf")
