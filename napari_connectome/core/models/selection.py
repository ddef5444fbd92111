"""Which kernel a division gets: given, chosen by leave-one-out, or the stated default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import ModelError
from napari_connectome.core.io.stored_matrix import StoredMatrix
from napari_connectome.core.models.kernels import Array, Kernel, PolynomialKernel, gaussian_of_width
from napari_connectome.core.models.leave_one_out import gram_matrix, leave_one_out_scores
from napari_connectome.core.progress import Job

CANDIDATES = 50
SIGMA_RANGE_UM = (200.0, 2512.0)
"""Gaussian widths that are tried: the range of the released Knox et al. 2018 scripts."""
BANDWIDTH_STEPS = (1.0, 1.25, 1.6, 2.0, 3.0)
"""Polynomial supports that are tried, as multiples of the smallest one that reaches every voxel."""
DEGREES = (0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0, 34.0, 55.0)
"""Polynomial degrees that are tried; beyond 55 the kernel is a Gaussian for all purposes."""
FEWEST_FOR_CHOICE = 3
"""With two experiments each is predicted from the other alone, whatever the kernel."""


@dataclass(frozen=True)
class KernelOptions:
    """What was asked of the kernel; None is left to the data.

    Parameters
    ----------
    family : {"gaussian", "polynomial"}
        Kernel family.
    bandwidth : float, optional
        Width in voxels: support h of the polynomial kernel, σ = 1 / √γ of the Gaussian.
    degree : float, optional
        Of the polynomial kernel.
    voxel_um : float
        Edge of a voxel, which places the Gaussian widths that are tried.

    Raises
    ------
    ModelError
        When the family is unknown or a value is out of bounds.
    """

    family: str = "gaussian"
    bandwidth: float | None = None
    degree: float | None = None
    voxel_um: float = 100.0

    def __post_init__(self) -> None:
        if self.family not in ("gaussian", "polynomial"):
            raise ModelError(f"kernel must be gaussian or polynomial; {self.family!r} came.")
        if not (np.isfinite(self.voxel_um) and self.voxel_um > 0):
            raise ModelError(f"voxel_um must be larger than 0 µm; {self.voxel_um} came.")
        self.default(1.0)

    def default(self, reach: float) -> Kernel:
        """The kernel without a choice from the data.

        The polynomial kernel ends at `reach` with λ = 1. The Gaussian is half as wide:
        at `reach` it has fallen to exp(-4), 2 %.
        """
        if self.family == "gaussian":
            return gaussian_of_width(reach / 2 if self.bandwidth is None else self.bandwidth)
        return PolynomialKernel(
            reach if self.bandwidth is None else self.bandwidth,
            1.0 if self.degree is None else self.degree,
        )

    def candidates(self, reach: float) -> list[Kernel]:
        """Kernels to choose from; a single one when everything was given.

        Parameters
        ----------
        reach : float
            Smallest support that leaves no voxel of the division without weight.
        """
        if self.family == "gaussian":
            if self.bandwidth is not None:
                return [gaussian_of_width(self.bandwidth)]
            widths = np.geomspace(*SIGMA_RANGE_UM, CANDIDATES) / self.voxel_um
            return [gaussian_of_width(width) for width in widths.tolist()]
        supports = (
            [reach * step for step in BANDWIDTH_STEPS]
            if self.bandwidth is None
            else [self.bandwidth]
        )
        degrees = DEGREES if self.degree is None else (self.degree,)
        return [PolynomialKernel(h, degree) for h in supports for degree in degrees]


@dataclass(frozen=True)
class KernelChoice:
    """The kernel of a division and why it is that one.

    Parameters
    ----------
    kernel : Kernel
        What is used.
    experiments : int
        Experiments of the division.
    mse_rel : float or None
        Leave-one-out MSE_rel of the kernel; None when nothing was chosen.
    candidates : int
        Kernels compared.
    how : str
        For people: how the kernel came about.
    """

    kernel: Kernel
    experiments: int
    mse_rel: float | None
    candidates: int
    how: str

    def summary(self) -> Mapping[str, Any]:
        """Plain values, for reports and files."""
        return {
            **self.kernel.parameters,
            "experiments": self.experiments,
            "leave_one_out_mse_rel": self.mse_rel,
            "candidates": self.candidates,
            "how": self.how,
        }


def choose_kernel(
    centroids: Array,
    projections: npt.NDArray[np.floating] | StoredMatrix,
    reach: float,
    options: KernelOptions,
) -> Job[KernelChoice]:
    """Choose a division's kernel by leave-one-out.

    Parameters
    ----------
    centroids : ndarray, shape (m, 3)
        The division's centroids, voxels.
    projections : ndarray or StoredMatrix, shape (m, n_target)
        Their projections.
    reach : float
        Smallest support that leaves no voxel without weight.
    options : KernelOptions
        What was given and what is left to the data.
    """
    m = len(centroids)
    candidates = options.candidates(reach)
    if len(candidates) == 1:
        return KernelChoice(candidates[0], m, None, 1, "parameters as given")
    if m == 1:
        how = "one experiment: every voxel of the division takes its projection"
        return KernelChoice(options.default(reach), m, None, 0, how)
    if m < FEWEST_FOR_CHOICE:
        how = f"{m} experiments are too few to choose from: default kernel"
        return KernelChoice(options.default(reach), m, None, 0, how)
    gram = yield from gram_matrix(projections)
    scores = yield from leave_one_out_scores(centroids, gram, candidates)
    best = int(np.argmin(scores))
    how = f"smallest leave-one-out error of {len(candidates)} kernels"
    return KernelChoice(candidates[best], m, float(scores[best]), len(candidates), how)
