"""Errors of predictions where the projection is known: every norm is taken after P_Ω."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.errors import ModelError
from napari_connectome.core.region_sums import region_indicator
from napari_connectome.core.scoring import relative_errors
from napari_connectome.core.spline.problem import SplineProblem

Matrix = npt.NDArray[np.float64]
Keys = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ObservedSums:
    """‖P‖², P · Y and ‖Y‖² of each experiment, in voxels and in regions.

    Parameters
    ----------
    voxel, regional : ndarray of float64, shape (m, 3)
        Of predictions P and measurements Y after P_Ω; for regions both are summed over the
        observed voxels of each region first.
    """

    voxel: Matrix
    regional: Matrix

    @property
    def voxel_error(self) -> float:
        """MSE_rel in voxels, all experiments pooled into one ratio (Harris et al. 2016, Eq. 4)."""
        return float(relative_errors(self.voxel.sum(axis=0)))

    @property
    def regional_error(self) -> float:
        """MSE_rel in regions, all experiments pooled into one ratio."""
        return float(relative_errors(self.regional.sum(axis=0)))

    @classmethod
    def joined(cls, parts: list[ObservedSums]) -> ObservedSums:
        """The experiments of several, one after another."""
        return cls(
            np.concatenate([part.voxel for part in parts]),
            np.concatenate([part.regional for part in parts]),
        )


def observed_sums(problem: SplineProblem, predicted: Matrix, target_keys: Keys) -> ObservedSums:
    """Compare predictions with what a problem's experiments measured.

    Parameters
    ----------
    problem : SplineProblem
        Its projections are compared with, but for those that are hidden.
    predicted : ndarray of float64, shape (m, n_target)
        X W for the problem's injections.
    target_keys : ndarray of int64, shape (n_target,)
        Region number of each target voxel, -1 for none.

    Raises
    ------
    ModelError
        When shapes disagree or a prediction is not finite.
    """
    expected = problem.projections.shape
    if predicted.shape != expected or target_keys.shape != expected[1:]:
        raise ModelError(
            f"Predictions of shape {expected} and a region for each of {expected[1]} voxels were "
            f"expected; {predicted.shape} and {target_keys.shape} came."
        )
    p, y = np.array(predicted, dtype=np.float64), problem.projections.copy()
    for values in (p, y):
        values[problem.hidden.nonzero()] = 0.0
    if not np.all(np.isfinite(p)):
        raise ModelError("A score needs finite predictions; NaN or infinity came.")
    indicator = csr_array(region_indicator(target_keys).T)
    return ObservedSums(_sums(p, y), _sums(p @ indicator, y @ indicator))


def _sums(predicted: Matrix, measured: Matrix) -> Matrix:
    pairs = ((predicted, predicted), (predicted, measured), (measured, measured))
    return np.stack([np.einsum("ij,ij->i", a, b) for a, b in pairs], axis=1)
