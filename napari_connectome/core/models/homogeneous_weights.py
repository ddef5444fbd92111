"""Weights between regions by nonnegative least squares: the core of the homogeneous model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import ModelError
from napari_connectome.core.models.block_pivoting import nonnegative_solutions
from napari_connectome.core.models.conditioning import well_conditioned_columns
from napari_connectome.core.parallel import single_threaded_blas
from napari_connectome.core.progress import Job, Progress

Matrix = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
KAPPA = 1000.0
"""Largest condition number of the regional injections (Knox et al. 2018)."""
PERCENTILE = 5.0
"""Percentile of the injections below which the published code sets them to zero, when asked."""


@dataclass(frozen=True)
class HomogeneousOptions:
    """How regional injections are made ready, and how the weights are held back.

    Parameters
    ----------
    kappa : float
        Regions are left out until the condition number of the regional injections is at
        most this. Infinite keeps all that were injected.
    threshold : bool
        Whether regional injections below the 5th percentile of those above zero are set to zero.
    min_injected_voxels : int
        Fewest voxels of a region that tracer must have reached, in all experiments together.
    ridge : float
        λ of nonnegative ridge regression, in units of the mean of the diagonal of X Xᵀ over
        the regions that stay; 0 is plain least squares.

    Raises
    ------
    ModelError
        When a value is out of bounds.
    """

    kappa: float = KAPPA
    threshold: bool = False
    min_injected_voxels: int = 1
    ridge: float = 0.0

    def __post_init__(self) -> None:
        if not self.kappa >= 1:
            raise ModelError(f"kappa must be at least 1 (it may be infinite); {self.kappa} came.")
        if not (np.isfinite(self.ridge) and self.ridge >= 0):
            raise ModelError(f"ridge must be a number of at least 0; {self.ridge} came.")
        if self.min_injected_voxels < 1:
            raise ModelError(
                f"min_injected_voxels must be at least 1; {self.min_injected_voxels} came."
            )


@dataclass(frozen=True, eq=False)
class RegionalWeights:
    """Weights from some of the source regions to all targets.

    Parameters
    ----------
    kept : ndarray of int64, shape (k,)
        Source regions that have weights.
    uninjected, ill_conditioned : ndarray of int64
        Source regions without: never injected (or in too few voxels), and those that left
        for the condition number, in the order in which they did.
    condition : float
        Condition number of the injections into the kept regions.
    weights : ndarray of float64, shape (k, t)
        What one unit of tracer in a source region yields in a target, not negative.
    """

    kept: Numbers
    uninjected: Numbers
    ill_conditioned: Numbers
    condition: float
    weights: Matrix

    def predict(self, injected: Matrix) -> Matrix:
        """Targets of injections into the source regions, shape (n, t).

        Parameters
        ----------
        injected : ndarray of float64, shape (n, r)
            Columns are all source regions; tracer in those without weights yields nothing.
        """
        with single_threaded_blas():
            return injected[:, self.kept] @ self.weights


def regional_weights(
    injected: Matrix,
    received: Matrix,
    options: HomogeneousOptions,
    reached: npt.NDArray[np.integer] | None = None,
    start: RegionalWeights | None = None,
) -> Job[RegionalWeights]:
    """Fit W ≥ 0 to ‖X W - Y‖² + λ ‖W‖², one nonnegative least squares per target.

    Parameters
    ----------
    injected : ndarray of float64, shape (m, r)
        X: tracer of each experiment in each source region.
    received : ndarray of float64, shape (m, t)
        Y: projection of each experiment in each target.
    options : HomogeneousOptions
        What is left out before.
    reached : ndarray of int, shape (r,), optional
        Voxels of each region that tracer has reached; needed to ask for a least number.
    start : RegionalWeights, optional
        Of nearly the same experiments: the search starts at its zeros. The result is the same.

    Returns
    -------
    job of RegionalWeights

    Raises
    ------
    ModelError
        When no region was injected.

    References
    ----------
    Oh et al. 2014; Knox et al. 2018, section 4.3.1.
    """
    yield Progress(0, 0, "Choosing source regions")
    x = thresholded(injected) if options.threshold else injected
    usable = x.any(axis=0)
    if reached is not None:
        usable = usable & (reached >= options.min_injected_voxels)
    if not usable.any():
        raise ModelError(
            "No region of the atlas holds tracer of these experiments, so there is nothing to fit. "
            "Load more experiments, or ask for fewer injected voxels per region."
        )
    columns = np.flatnonzero(usable)
    choice = well_conditioned_columns(x[:, columns], options.kappa)
    kept = columns[choice.kept]
    with single_threaded_blas():
        gram, products = x[:, kept].T @ x[:, kept], x[:, kept].T @ received
    if options.ridge > 0:
        gram[np.diag_indices(len(kept))] += options.ridge * float(np.trace(gram)) / len(kept)
    weights = yield from nonnegative_solutions(gram, products, _free(start, kept))
    return RegionalWeights(
        kept=kept,
        uninjected=np.flatnonzero(~usable),
        ill_conditioned=columns[choice.left_out],
        condition=choice.condition,
        weights=weights,
    )


def thresholded(injected: Matrix, percentile: float = PERCENTILE) -> Matrix:
    """Set to zero what is below a percentile of the values above zero."""
    positive = injected[injected > 0]
    if not positive.size:
        return injected
    return np.where(injected < np.percentile(positive, percentile), 0.0, injected)


def _free(start: RegionalWeights | None, kept: Numbers) -> npt.NDArray[np.bool_] | None:
    """Coefficients that a start has above zero, on the regions of this fit."""
    if start is None:
        return None
    free = np.zeros((int(max(kept.max(), start.kept.max())) + 1, start.weights.shape[1]), bool)
    free[start.kept] = start.weights > 0
    return free[kept]
