"""Leave-one-out scores of many kernels in closed form, from one Gram matrix.

Leaving out experiment e, a Nadaraya-Watson model predicts at its centroid
``Σ_e' S[e, e'] Y[e']``, where S is the kernel among the centroids with its diagonal
set to zero and its rows normalised again (Knox et al. 2018, section 4.2.3).
Squared errors and norms then need only G = Y Yᵀ, never the projections.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import ModelError
from napari_connectome.core.models.kernels import (
    Array,
    Kernel,
    normalised_weights,
    squared_distances,
)

GRAM_COLUMNS = 65_536


@dataclass(frozen=True)
class KernelScore:
    """Leave-one-out error of a kernel.

    Parameters
    ----------
    kernel : Kernel
        The candidate.
    mse_rel : float
        Relative error pooled over all experiments left out, 0 to 2.
    """

    kernel: Kernel
    mse_rel: float


def gram_matrix(projections: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
    """Inner products of the rows, blocks in the data's precision, sums in float64.

    Returns
    -------
    ndarray of float64, shape (m, m)
    """
    count, columns = projections.shape
    gram = np.zeros((count, count))
    for start in range(0, columns, GRAM_COLUMNS):
        block = projections[:, start : start + GRAM_COLUMNS]
        gram += block @ block.T
    return gram


def leave_one_out_weights(kernel: Kernel, centroids: Array) -> npt.NDArray[np.float64]:
    """S of the module's docstring, shape (m, m); rows sum to one, the diagonal is 0.

    Raises
    ------
    ModelError
        With fewer than two experiments.
    """
    if len(centroids) < 2:
        raise ModelError(f"Leaving one out needs at least 2 experiments; {len(centroids)} came.")
    points = np.asarray(centroids, dtype=np.float64)
    squared = squared_distances(points, points)
    np.fill_diagonal(squared, np.inf)
    return np.asarray(normalised_weights(kernel, squared), dtype=np.float64)


def leave_one_out_mse_rel(kernel: Kernel, centroids: Array, gram: npt.NDArray[np.float64]) -> float:
    """Relative error of predicting each experiment from the others, pooled.

    Both sums of ``2 Σ|ŷ - y|² / (Σ|ŷ|² + Σ|y|²)`` run over all experiments.
    """
    weights = leave_one_out_weights(kernel, centroids)
    product = weights @ gram
    crossed = float(np.einsum("ii->", product))
    predicted = float(np.einsum("ij,ij->", product, weights))
    measured = float(np.trace(gram))
    total = predicted + measured
    return 2.0 * (predicted - 2.0 * crossed + measured) / total if total > 0 else 0.0


def score_kernels(
    kernels: Iterator[Kernel] | list[Kernel], centroids: Array, gram: npt.NDArray[np.float64]
) -> list[KernelScore]:
    """Leave-one-out errors of all candidates, in their order."""
    return [KernelScore(k, leave_one_out_mse_rel(k, centroids, gram)) for k in kernels]
