"""The regional model that Harris et al. 2016 compare with: W constant over pairs of regions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.errors import ModelError
from napari_connectome.core.region_sums import region_indicator
from napari_connectome.core.spline.problem import SplineProblem

Matrix = npt.NDArray[np.float64]
Keys = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class RegionalWeights:
    """Connectivity that is the same for all voxels of a region, connections within it included.

    Parameters
    ----------
    densities : ndarray of float64, shape (source regions, target regions)
        W between voxels of two regions. 0 from a region that was never injected.
    source_keys, target_keys : ndarray of int64, shapes (n_source,) and (n_target,)
        Row and column of each voxel, -1 for a voxel without region: it sends or receives nothing.
    """

    densities: Matrix
    source_keys: Keys
    target_keys: Keys

    def predict(self, injections: csr_array) -> Matrix:
        """X W for injections of shape (k, n_source), shape (k, n_target)."""
        regional = _regional_injections(injections, self.source_keys, len(self.densities))
        # The key -1 finds the zero at the end.
        padded = np.pad(regional @ self.densities, ((0, 0), (0, 1)))
        return np.asarray(padded[:, self.target_keys])


def fit_regional(problem: SplineProblem, source_keys: Keys, target_keys: Keys) -> RegionalWeights:
    """Nonnegative least squares on the observed voxels of every target region.

    What is minimised is the misfit ‖P_Ω(X W - Y)‖² of the spline model, without penalty: a
    region of which an experiment shows n voxels has n equal equations with its mean.

    Parameters
    ----------
    problem : SplineProblem
        Its λ and Laplacians are not used.
    source_keys, target_keys : ndarray of int64, shapes (n_source,) and (n_target,)
        Region number of each voxel, -1 for none.

    Raises
    ------
    ModelError
        When there is no region or keys and voxels disagree.

    References
    ----------
    Harris et al. 2016, section 5.
    """
    m, n_source = problem.injections.shape
    came, expected = (len(source_keys), len(target_keys)), (n_source, problem.projections.shape[1])
    if came != expected:
        raise ModelError(
            f"Every one of {expected[0]} source and {expected[1]} target voxels needs a region "
            f"number; {came[0]} and {came[1]} came."
        )
    regions = int(source_keys.max(initial=-1)) + 1
    if regions == 0:
        raise ModelError("No source voxel lies in a region, so there is no regional model.")
    from scipy.optimize import nnls  # slow to load

    injected = _regional_injections(problem.injections, source_keys, regions)
    indicator = csr_array(region_indicator(target_keys).T)
    seen = np.ones(problem.projections.shape)
    seen[problem.hidden.nonzero()] = 0.0
    observed, sums = seen @ indicator, (seen * problem.projections) @ indicator
    densities = np.zeros((regions, indicator.shape[1]))
    for target in range(indicator.shape[1]):
        weight = np.sqrt(observed[:, target])
        means = np.divide(sums[:, target], weight, out=np.zeros(m), where=weight > 0)
        densities[:, target] = nnls(weight[:, None] * injected, means)[0]
    return RegionalWeights(densities, source_keys, target_keys)


def _regional_injections(injections: csr_array, keys: Keys, regions: int) -> Matrix:
    """Tracer of each experiment in each region, shape (k, regions)."""
    found = csr_array(injections @ csr_array(region_indicator(keys, regions).T))
    return np.asarray(found.toarray())
