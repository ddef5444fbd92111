"""W of many voxels, kept as a misfit and never formed: products with many columns at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.linalg import LinearOperator

from napari_connectome.core.progress import Job, run_to_end
from napari_connectome.core.spline.operator.fields import Fields
from napari_connectome.core.spline.operator.filters import MatrixFilter
from napari_connectome.core.spline.operator.moments import Moments, moments_job
from napari_connectome.core.spline.operator.steps import Steps

Array = npt.NDArray[Any]
Float = npt.NDArray[np.float64]
CUT = 1e-7
"""Of the polynomials that products with W take, as part of the largest coefficient."""


@dataclass(frozen=True, eq=False)
class OperatorWeights:
    """W = (A_x ⊕ A_y)⁻² [XᵀΛ] plus a constant for each pair of pieces.

    Parameters
    ----------
    source, target : Steps
        Polynomials of A_x and A_y; one where sources are targets.
    injections : csr_array of float64, shape (m, n_source)
        X.
    misfit : Fields
        Λᵀ, shape (n_target, m).
    constants : ndarray of float64, shape (pieces of sources, pieces of targets)
        Coefficients of the normalised constants.
    """

    source: Steps
    target: Steps
    injections: csr_array
    misfit: Fields
    constants: Float

    @property
    def matrix(self) -> LinearOperator:
        """W, to multiply with, shape (n_source, n_target)."""
        onto, back = _of_columns(self.onto_target), _of_columns(self.predict)
        return LinearOperator(
            (len(self.source.spectrum), len(self.target.spectrum)),
            matvec=onto,
            matmat=onto,
            rmatvec=back,
            rmatmat=back,
            dtype=np.float64,
        )

    def injection_fields(self) -> Fields:
        """Xᵀ in parts, made anew: (n_source, m)."""
        return Fields.of_rows(self.source.spectrum, self.injections)

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
        injections = self.injection_fields()
        moments = yield from moments_job(self.source, injections, sources, "Projections: moments")
        return (yield from self.project_moments_job(moments))

    def project_moments_job(self, moments: Moments) -> Job[Fields]:
        """The same from moments of the injections with the sources, such as a fold's."""
        found = yield from _respond_job(self.target, moments, self.misfit, "Projections")
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
        misfit = Fields(self.misfit.smooth, self.misfit.rough.copy())
        moments = yield from moments_job(self.target, misfit, targets, "Sources: moments")
        found = yield from _respond_job(self.source, moments, self.injection_fields(), "Sources")
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
        spectrum = self.source.spectrum
        found = run_to_end(self.project_job(Fields.of(spectrum, np.atleast_2d(sources).T.copy())))
        whole = found.whole(self.target.spectrum)
        return np.ascontiguousarray(whole.T, dtype=np.float64)

    def onto_target(self, targets: Array) -> Float:
        """What every source sends to weighted targets, shapes (k, n_target) to (k, n_source)."""
        spectrum = self.target.spectrum
        found = run_to_end(self.gather_job(Fields.of(spectrum, np.atleast_2d(targets).T.copy())))
        whole = found.whole(self.source.spectrum)
        return np.ascontiguousarray(whole.T, dtype=np.float64)


def _of_columns(multiply: Callable[[Float], Float]) -> Callable[[Float], Float]:
    """A product with rows as one with columns, of which there may be one, shape (n,)."""

    def multiplied(columns: Float) -> Float:
        return multiply(columns.reshape(len(columns), -1).T).T.reshape(-1, *columns.shape[1:])

    return multiplied


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
