"""How many patterns a connectivity is made of: singular values of W and the energy they hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import ModelError
from napari_connectome.core.parallel import single_threaded_blas
from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.spline.factors import Factors
from napari_connectome.core.spline.low_rank_start import Multiplied, leading_spectrum

Matrix = npt.NDArray[np.float64]
MOST_VALUES = 200
"""Singular values that are looked for where W is not made of factors."""
PROBES = 16
"""Random vectors that measure what the found patterns leave out."""
PROBE_SEED = 20160906


@dataclass(frozen=True, eq=False)
class EnergySpectrum:
    """The largest singular values of W, and what they hold of it.

    Parameters
    ----------
    values : ndarray of float64, shape (k,)
        Singular values, largest first.
    squared_norm : float
        ‖W‖²_F of all of W.
    shape : tuple of int
        Source and target voxels.
    """

    values: Matrix
    squared_norm: float
    shape: tuple[int, int]

    @property
    def cumulative(self) -> Matrix:
        """Part of ‖W‖² that the first 1 … k patterns hold, shape (k,); 0 where W is 0."""
        total = np.cumsum(self.values**2)
        return np.asarray(total / self.squared_norm if self.squared_norm > 0 else total)

    def components(self, level: float) -> int | None:
        """Patterns that hold a part of ‖W‖², None when all that are known hold less.

        Examples
        --------
        >>> EnergySpectrum(np.array([2.0, 1.0]), 5.0, (9, 9)).components(0.8)
        1
        """
        found = int(np.searchsorted(self.cumulative, level * (1 - 1e-12))) + 1
        return found if found <= len(self.values) else None

    def compression(self, rank: int) -> float:
        """How many times fewer numbers factors of a rank are than W."""
        n_source, n_target = self.shape
        return n_source * n_target / (rank * (n_source + n_target))


def energy_spectrum_job(
    weights: Factors | Multiplied, count: int = MOST_VALUES
) -> Job[EnergySpectrum]:
    """Singular values of W, as a job.

    Parameters
    ----------
    weights : Factors, array or linear operator, shape (n_source, n_target)
        W. Factors are decomposed exactly; of anything else only products are formed, and what
        the patterns found leave out of ‖W‖² is measured with random vectors.
    count : int
        How many values, where W is not made of factors.

    References
    ----------
    Harris et al. 2016, section 5.3; Meyer et al. 2021 (Hutch++) for the norm.
    """
    if isinstance(weights, Factors):
        yield Progress(0, 0, "Patterns of the factors")
        with single_threaded_blas():
            return _of_factors(weights)
    yield Progress(0, 2, "Largest patterns of the connectivity")
    shape = (int(weights.shape[0]), int(weights.shape[1]))
    with single_threaded_blas():
        spectrum = leading_spectrum(weights, min(count, *shape))
    yield Progress(1, 2, "What the patterns leave out")
    with single_threaded_blas():
        probes = np.random.default_rng(PROBE_SEED).standard_normal((shape[1], PROBES))
        rest = np.asarray(weights @ probes, dtype=np.float64)
        rest -= spectrum.left @ (spectrum.left.T @ rest)
    found = float(spectrum.values @ spectrum.values)
    missing = float(np.vdot(rest, rest)) / PROBES if len(spectrum.values) < min(shape) else 0.0
    return EnergySpectrum(spectrum.values, found + missing, shape)


def distance_job(factors: Factors, weights: Multiplied, squared_norm: float) -> Job[float]:
    """‖U Vᵀ - W‖ / ‖W‖ through products with W, as a job.

    Parameters
    ----------
    factors : Factors
        U Vᵀ.
    weights : array or linear operator, shape (n_source, n_target)
        W.
    squared_norm : float
        ‖W‖², see :func:`energy_spectrum_job`.

    Raises
    ------
    ModelError
        When the shapes disagree or W is zero.
    """
    expected = len(factors.sources), len(factors.targets)
    if tuple(weights.shape) != expected:
        raise ModelError(
            f"The models have different voxels: {expected} sources and targets, and "
            f"{tuple(weights.shape)}. Compare models of the same regions and data."
        )
    if not squared_norm > 0:
        raise ModelError("W is zero everywhere: there is nothing to compare the factors with.")
    yield Progress(0, 0, "Comparing factors with the full connectivity")
    with single_threaded_blas():
        grams = factors.sources.T @ factors.sources, factors.targets.T @ factors.targets
        own, shared = (
            float(np.vdot(*grams)),
            float(np.vdot(factors.sources, weights @ factors.targets)),
        )
    return float(np.sqrt(max(own - 2 * shared + squared_norm, 0.0) / squared_norm))


def _of_factors(factors: Factors) -> EnergySpectrum:
    """Through the triangles of both QR decompositions."""
    left, right = (np.linalg.qr(part)[1] for part in (factors.sources, factors.targets))
    values = np.linalg.svd(left @ right.T, compute_uv=False)
    shape = len(factors.sources), len(factors.targets)
    return EnergySpectrum(values, float(values @ values), shape)
