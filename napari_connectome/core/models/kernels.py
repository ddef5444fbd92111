"""Kernels of distance: how much an injection says about a voxel some way off.

Distances are in voxels. Both families are written on the *logarithm* of the
kernel and on the squared distance: weights are normalised afterwards, and the
logarithm lets that be done without underflow, however narrow the kernel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import ModelError

Array = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class GaussianKernel:
    """K(d) = exp(-γ d²) (the kernel of the released Knox et al. 2018 model).

    Parameters
    ----------
    gamma : float
        Larger than 0, in 1 / voxel². A width σ as in Harris et al. 2016 and Knox et al. 2018
        means γ = 1 / σ², without a factor of two.
    """

    gamma: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.gamma) and self.gamma > 0):
            raise ModelError(
                f"gamma must be a number larger than 0 (1 / voxel²); {self.gamma} came."
            )

    def __call__(self, distance: npt.ArrayLike) -> Array:
        """Value at distances in voxels."""
        return _value(self, distance)

    def log(self, squared_distance: Array) -> Array:
        """Logarithm of the kernel; it may be written over the argument."""
        return np.multiply(squared_distance, -self.gamma, out=squared_distance)

    @property
    def bandwidth(self) -> float:
        """σ = 1 / √γ, the distance at which the kernel has fallen to 1/e."""
        return float(self.gamma**-0.5)

    @property
    def reach(self) -> float:
        """Distance beyond which it is zero: none."""
        return float("inf")

    @property
    def parameters(self) -> dict[str, Any]:
        """Plain values, for reports and files."""
        return {"kernel": "gaussian", "gamma": self.gamma}


@dataclass(frozen=True)
class PolynomialKernel:
    """K(d) = (1 - (d / h)²)^λ for d ≤ h, else 0 (Knox et al. 2018, Eq. 3).

    Parameters
    ----------
    bandwidth : float
        h, larger than 0, in voxels.
    degree : float
        λ, at least 0; 0 is the uniform kernel, which ends at h like the others.
    """

    bandwidth: float
    degree: float = 1.0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.bandwidth) and self.bandwidth > 0):
            raise ModelError(
                f"bandwidth must be a number of voxels larger than 0; {self.bandwidth} came."
            )
        if not (np.isfinite(self.degree) and self.degree >= 0):
            raise ModelError(f"degree must be a number of at least 0; {self.degree} came.")

    def __call__(self, distance: npt.ArrayLike) -> Array:
        """Value at distances in voxels."""
        return _value(self, distance)

    def log(self, squared_distance: Array) -> Array:
        """Logarithm of the kernel, -inf outside; it may be written over the argument."""
        if self.degree == 0:
            return np.where(squared_distance <= self.bandwidth**2, 0.0, -np.inf).astype(
                squared_distance.dtype
            )
        inner = np.multiply(squared_distance, -(self.bandwidth**-2), out=squared_distance)
        inner += 1.0
        with np.errstate(divide="ignore"):
            np.log(np.maximum(inner, 0.0, out=inner), out=inner)
        inner *= self.degree
        return inner

    @property
    def reach(self) -> float:
        """Distance beyond which it is zero."""
        return self.bandwidth

    @property
    def parameters(self) -> dict[str, Any]:
        """Plain values, for reports and files."""
        return {"kernel": "polynomial", "bandwidth": self.bandwidth, "degree": self.degree}


Kernel = GaussianKernel | PolynomialKernel


def _value(kernel: Kernel, distance: npt.ArrayLike) -> Array:
    squared = np.array(distance, dtype=np.float64)
    squared *= squared
    return np.asarray(np.exp(kernel.log(squared)))


def kernel_of(parameters: Mapping[str, Any]) -> Kernel:
    """The kernel that has these :attr:`parameters`; others among them are not looked at.

    Raises
    ------
    ModelError
        When they are those of no kernel.
    """
    family = parameters.get("kernel")
    if family == "gaussian":
        return GaussianKernel(parameters["gamma"])
    if family == "polynomial":
        return PolynomialKernel(parameters["bandwidth"], parameters["degree"])
    raise ModelError(f"A gaussian or polynomial kernel was expected; {family!r} came.")


def gaussian_of_width(width: float) -> GaussianKernel:
    """Gaussian that has fallen to 1/e at a distance in voxels."""
    if not (np.isfinite(width) and width > 0):
        raise ModelError(f"bandwidth must be a number of voxels larger than 0; {width} came.")
    return GaussianKernel(float(width**-2))


def gamma_of_bandwidth(bandwidth: float, degree: float) -> float:
    """γ of the Gaussian that a polynomial kernel tends to, γ = λ / h².

    With λ → ∞ at this γ the polynomial kernel becomes exp(-γ d²).
    """
    return degree / bandwidth**2


def bandwidth_of_gamma(gamma: float, degree: float) -> float:
    """Support h of the polynomial kernel of a degree that looks like a Gaussian, h² = λ / γ."""
    return float(np.sqrt(degree / gamma))
