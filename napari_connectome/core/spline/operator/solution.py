"""A solution without a matrix, and how well it solves its problem."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_connectome.core.progress import Job
from napari_connectome.core.spline.operator.fields import Fields
from napari_connectome.core.spline.operator.preparation import Prepared
from napari_connectome.core.spline.operator.weights import OperatorWeights

Float = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class OperatorSolution:
    """W = (A_x ⊕ A_y)⁻² [XᵀΛ] plus a constant for each pair of pieces.

    Where no experiment tells constants apart, because fewer inject pieces of the sources
    than there are, they are the smallest that fit; 0 where nothing was injected.

    Parameters
    ----------
    prepared : Prepared
        The data.
    lam : float
        λ.
    misfit : Fields
        Λᵀ, shape (n_target, m): (Y - X W) / μ where Y was observed.
    constants : ndarray of float64, shape (pieces of sources, pieces of targets)
        Coefficients of the normalised constants.
    missing : ndarray of float64, shape (h,)
        Hidden projections that were solved for, at ``prepared.hidden_rows``.
    objective : float
        Of (P1) at W.
    lower_bound : float
        The objective can be no lower with or without W >= 0, as far as the least curvature
        that the solver met on its way tells.
    residual : float
        Norm of Λ on hidden places, where it should be 0, as part of that of Λ.
    steps : int
        Of conjugate gradients.
    """

    prepared: Prepared
    lam: float
    misfit: Fields
    constants: Float
    missing: Float
    objective: float
    lower_bound: float
    residual: float
    steps: int

    @property
    def weights(self) -> OperatorWeights:
        """W, to multiply with."""
        geometry = self.prepared.geometry
        return OperatorWeights(
            geometry.source, geometry.target, self.prepared.injections, self.misfit, self.constants
        )

    @property
    def penalty(self) -> float:
        """λ m / n_source."""
        return self.prepared.penalty(self.lam)

    @property
    def gap(self) -> float:
        """How far the objective is above its lower bound, as part of it."""
        return (self.objective - self.lower_bound) / abs(self.objective or 1.0)

    def misfit_check_job(self) -> Job[float]:
        """‖P_Ω(X W - Y + μ Λ)‖ / ‖Y‖ with X W computed anew: 0 at the solution."""
        prepared = self.prepared
        found = yield from self.weights.project_moments_job(prepared.moments)
        spectrum = prepared.geometry.target.spectrum
        difference = found.whole(spectrum) - prepared.observed
        scaled = self.misfit.whole(spectrum)
        scaled *= self.penalty
        difference += scaled
        difference[prepared.hidden_rows, prepared.hidden_columns] = 0.0
        seen = float(np.linalg.norm(prepared.observed))
        return float(np.linalg.norm(difference)) / seen if seen > 0 else 0.0
