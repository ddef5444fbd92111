"""A solution that is kept as its misfit, and the products with W that this is enough for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.progress import Job, run_to_end
from napari_connectome.core.spline.operator.fields import Fields
from napari_connectome.core.spline.operator.filters import MatrixFilter
from napari_connectome.core.spline.operator.moments import Moments, moments_job
from napari_connectome.core.spline.operator.preparation import Prepared
from napari_connectome.core.spline.operator.steps import Steps

Array = npt.NDArray[Any]
Float = npt.NDArray[np.float64]
CUT = 1e-7
"""Of the polynomials that products with W take, as part of the largest coefficient."""


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
    def penalty(self) -> float:
        """λ m / n_source."""
        return self.prepared.penalty(self.lam)

    @property
    def gap(self) -> float:
        """How far the objective is above its lower bound, as part of it."""
        return (self.objective - self.lower_bound) / abs(self.objective or 1.0)

    def project_job(self, sources: Fields) -> Job[Fields]:
        """Projections of weighted sources, the rows of S W, as columns.

        Parameters
        ----------
        sources : Fields
            Sᵀ on the source lattice, shape (n_source, k).

        Returns
        -------
        Fields
            On the target lattice, shape (n_target, k).
        """
        source = self.prepared.geometry.source
        injections = self.prepared.injection_fields()
        moments = yield from moments_job(source, injections, sources, "Projections: moments")
        return (yield from self.project_moments_job(moments))

    def project_moments_job(self, moments: Moments) -> Job[Fields]:
        """The same from moments of the injections with the sources, such as a fold's."""
        target = self.prepared.geometry.target
        found = yield from _respond_job(target, moments, self.misfit, "Projections")
        found.smooth[: len(self.constants.T)] += self.constants.T @ moments.constants[1]
        return found

    def gather_job(self, targets: Fields) -> Job[Fields]:
        """What sources send to weighted targets, the columns of W T.

        Parameters
        ----------
        targets : Fields
            T on the target lattice, shape (n_target, k).

        Returns
        -------
        Fields
            On the source lattice, shape (n_source, k).
        """
        geometry = self.prepared.geometry
        misfit = Fields(self.misfit.smooth, self.misfit.rough.copy())
        moments = yield from moments_job(geometry.target, misfit, targets, "Sources: moments")
        injections = self.prepared.injection_fields()
        found = yield from _respond_job(geometry.source, moments, injections, "Sources")
        found.smooth[: len(self.constants)] += self.constants @ moments.constants[1]
        return found

    def predict(self, sources: Array) -> Float:
        """Projections of weighted sources.

        Parameters
        ----------
        sources : ndarray, shape (k, n_source)
            Weights.

        Returns
        -------
        ndarray of float64, shape (k, n_target)
        """
        spectrum = self.prepared.geometry.source.spectrum
        found = run_to_end(self.project_job(Fields.of(spectrum, np.atleast_2d(sources).T.copy())))
        whole = found.whole(self.prepared.geometry.target.spectrum)
        return np.ascontiguousarray(whole.T, dtype=np.float64)

    def onto_target(self, targets: Array) -> Float:
        """What every source sends to weighted targets, shapes (k, n_target) to (k, n_source)."""
        spectrum = self.prepared.geometry.target.spectrum
        found = run_to_end(self.gather_job(Fields.of(spectrum, np.atleast_2d(targets).T.copy())))
        whole = found.whole(self.prepared.geometry.source.spectrum)
        return np.ascontiguousarray(whole.T, dtype=np.float64)

    def misfit_check_job(self) -> Job[float]:
        """‖P_Ω(X W - Y + μ Λ)‖ / ‖Y‖ with X W computed anew: 0 at the solution."""
        prepared = self.prepared
        found = yield from self.project_moments_job(prepared.moments)
        spectrum = prepared.geometry.target.spectrum
        difference = found.whole(spectrum) - prepared.observed
        scaled = self.misfit.whole(spectrum)
        scaled *= self.penalty
        difference += scaled
        difference[prepared.hidden_rows, prepared.hidden_columns] = 0.0
        seen = float(np.linalg.norm(prepared.observed))
        return float(np.linalg.norm(difference)) / seen if seen > 0 else 0.0


def _respond_job(steps: Steps, moments: Moments, columns: Fields, text: str) -> Job[Fields]:
    """Columns (n, m) times F(A), F (m, k) that of the moments."""
    spectrum = steps.spectrum
    pieces = spectrum.pieces
    smooth = np.empty((len(spectrum.values), *moments.rough.shape[1:]))
    smooth[:pieces] = moments.response_at_zero()
    smooth[pieces:] = moments.response(spectrum.values[pieces:])
    found = MatrixFilter(steps, moments.response, smooth, CUT)
    copied = Fields(columns.smooth, columns.rough.copy())
    return (yield from found.apply_job(copied, text))
