"""A spline problem made ready for solvers without a matrix: what all λ and folds share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.errors import ModelError
from napari_connectome.core.progress import Job
from napari_connectome.core.spline.operator.fields import Fields
from napari_connectome.core.spline.operator.moments import Moments, own_moments_job
from napari_connectome.core.spline.operator.spectrum import Spectrum
from napari_connectome.core.spline.operator.steps import Steps
from napari_connectome.core.spline.problem import SplineProblem

Array = npt.NDArray[Any]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Geometry:
    """The lattices of sources and targets; one where they are the same.

    Parameters
    ----------
    source, target : Steps
        Polynomials of A_x and A_y.
    """

    source: Steps
    target: Steps

    @classmethod
    def of(cls, source: Spectrum, target: Spectrum | None = None) -> Geometry:
        """From spectra; without a target, the sources are the targets."""
        steps = Steps(source)
        return cls(steps, steps if target is None else Steps(target))

    def check(self, problem: SplineProblem) -> None:
        """Raise ModelError unless it belongs to a problem."""
        for name, steps, laplacian in (
            ("source", self.source, problem.source_laplacian),
            ("target", self.target, problem.target_laplacian),
        ):
            matrix = steps.spectrum.roughness
            if matrix.shape != laplacian.shape or abs(matrix + laplacian).max() > 1e-5:
                raise ModelError(
                    f"The smooth patterns of the {name} voxels belong to another lattice. "
                    "Compute them for these voxels."
                )


@dataclass(frozen=True, eq=False)
class Prepared:
    """Data of a problem; λ has no part in it.

    Parameters
    ----------
    geometry : Geometry
        Of the problem.
    injections : csr_array of float64, shape (m, n_source)
        X.
    moments : Moments
        Of X with itself.
    observed : ndarray, shape (n_target, m)
        Yᵀ with 0 where it is hidden, in the precision of the geometry.
    hidden_rows, hidden_columns : ndarray of int64, shape (h,)
        Target voxel and experiment of what is hidden, by voxel.
    """

    geometry: Geometry
    injections: csr_array
    moments: Moments
    observed: Array
    hidden_rows: Rows
    hidden_columns: Rows

    def penalty(self, lam: float) -> float:
        """λ m / n_source."""
        return lam * self.injections.shape[0] / self.injections.shape[1]

    def filled(self, missing: npt.NDArray[np.float64]) -> Array:
        """Yᵀ with values for what is hidden, a copy."""
        out = self.observed.copy()
        out[self.hidden_rows, self.hidden_columns] = missing
        return out

    def subset(self, rows: Rows) -> Prepared:
        """Of some of the experiments, in increasing order."""
        m = self.injections.shape[0]
        place = np.full(m, -1, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        columns = place[self.hidden_columns]
        kept = columns >= 0
        return replace(
            self,
            injections=csr_array(self.injections[rows]),
            moments=self.moments.subset(rows, rows),
            observed=np.ascontiguousarray(self.observed[:, rows]),
            hidden_rows=self.hidden_rows[kept],
            hidden_columns=columns[kept],
        )

    def hidden_of(self, rows: Rows) -> npt.NDArray[np.bool_]:
        """Which of the hidden places belong to some of the experiments, shape (h,)."""
        return np.isin(self.hidden_columns, rows)


def prepare_job(problem: SplineProblem, geometry: Geometry) -> Job[Prepared]:
    """Do all that does not depend on λ.

    Raises
    ------
    ModelError
        When the geometry is that of another problem.
    """
    geometry.check(problem)
    dtype = geometry.target.spectrum.modes.dtype
    observed = np.ascontiguousarray(problem.projections.T, dtype=dtype)
    columns, rows = (places.astype(np.int64) for places in problem.hidden.nonzero())
    order = np.lexsort((columns, rows))
    rows, columns = rows[order], columns[order]
    observed[rows, columns] = 0.0
    fields = Fields.of_rows(geometry.source.spectrum, problem.injections)
    moments = yield from own_moments_job(geometry.source, fields)
    return Prepared(geometry, problem.injections, moments, observed, rows, columns)
