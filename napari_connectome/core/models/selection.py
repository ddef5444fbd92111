"""Which kernel a division gets: given by the person, or chosen by leave-one-out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.models.kernels import Kernel, KernelName
from napari_connectome.core.models.leave_one_out import KernelScore, gram_matrix, score_kernels
from napari_connectome.core.models.nadaraya_watson import smallest_bandwidth

CANDIDATES = 50
GAUSSIAN_RANGE_UM = (200.0, 2500.0)
"""Bandwidths searched for the Gaussian kernel: those of the released model."""
POLYNOMIAL_WIDTHS = (1.0, 1.25, 1.5, 2.0, 3.0)
"""Multiples of the smallest allowed bandwidth searched for the polynomial kernel."""
POLYNOMIAL_DEGREES = (0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 15.0, 30.0, 60.0, 120.0)
FEWEST_FOR_CHOICE = 3
"""With fewer experiments leaving one out cannot compare widths."""
DEFAULT_GAUSSIAN_UM = 500.0


@dataclass(frozen=True)
class KernelRequest:
    """What the person asked for; None means chosen from the data.

    Parameters
    ----------
    name : {"gaussian", "polynomial"}
        Family.
    bandwidth : float or None
        In voxels.
    degree : float or None
        Of the polynomial kernel.
    resolution_um : float
        Edge of a voxel, for the ranges searched.
    """

    name: KernelName
    bandwidth: float | None
    degree: float | None
    resolution_um: float


@dataclass(frozen=True)
class KernelChoice:
    """The kernel of a division and how it came about.

    Parameters
    ----------
    kernel : Kernel
        Bandwidth in voxels.
    mse_rel : float or None
        Pooled leave-one-out error, None with fewer than two experiments.
    how : str
        "given", "leave-one-out", or why there was nothing to choose from.
    scores : tuple of KernelScore
        All candidates with their errors.
    """

    kernel: Kernel
    mse_rel: float | None
    how: str
    scores: tuple[KernelScore, ...] = ()


def choose_kernel(
    request: KernelRequest,
    centroids: npt.NDArray[np.float64],
    projections: npt.NDArray[np.floating[Any]],
    voxels: npt.NDArray[np.floating[Any]],
) -> KernelChoice:
    """Choose the kernel of one division.

    Parameters
    ----------
    request : KernelRequest
        What is fixed and what is free.
    centroids : ndarray of shape (m, 3)
        The division's experiments, m ≥ 1.
    projections : ndarray of shape (m, n)
        Their normalised projections.
    voxels : ndarray of shape (k, 3)
        The division's source voxels: no polynomial kernel may leave one without weight.

    Returns
    -------
    KernelChoice
    """
    smallest = smallest_bandwidth(voxels, centroids)
    kernels = candidates(request, smallest)
    if len(centroids) < FEWEST_FOR_CHOICE:
        kernel = kernels[0] if len(kernels) == 1 else _default(request, smallest)
        return KernelChoice(kernel, None, f"default: only {len(centroids)} experiment(s)")
    scores = score_kernels(kernels, centroids, gram_matrix(projections))
    best = min(scores, key=lambda score: score.mse_rel)
    how = "given" if len(kernels) == 1 else "leave-one-out"
    return KernelChoice(best.kernel, best.mse_rel, how, tuple(scores))


def candidates(request: KernelRequest, smallest: float) -> list[Kernel]:
    """Every kernel that a request leaves open; one when nothing is open."""
    if request.name == "gaussian":
        low, high = (um / request.resolution_um for um in GAUSSIAN_RANGE_UM)
        widths = [request.bandwidth] if request.bandwidth else np.geomspace(low, high, CANDIDATES)
        return [Kernel("gaussian", float(width)) for width in widths]
    widths = [request.bandwidth] if request.bandwidth else np.array(POLYNOMIAL_WIDTHS) * smallest
    degrees = POLYNOMIAL_DEGREES if request.degree is None else (request.degree,)
    return [Kernel("polynomial", float(w), float(d)) for w in widths for d in degrees]


def _default(request: KernelRequest, smallest: float) -> Kernel:
    if request.name == "gaussian":
        width = request.bandwidth or DEFAULT_GAUSSIAN_UM / request.resolution_um
        return Kernel("gaussian", float(width))
    degree = 1.0 if request.degree is None else request.degree
    return Kernel("polynomial", float(request.bandwidth or smallest), float(degree))
