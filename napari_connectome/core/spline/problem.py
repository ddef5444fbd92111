"""The regression problem (P1) of Harris et al. 2016: what is fitted, and its objective."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.errors import ModelError

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SplineProblem:
    """Find W >= 0 with small ‖P_Ω(X W - Y)‖² + λ (m / n_source) ‖L_x W + W L_yᵀ‖².

    W[source, target]: experiments are rows of X and Y. The paper writes the transposes.

    Parameters
    ----------
    injections : csr_array of float64, shape (m, n_source)
        X, the tracer of each experiment in each source voxel.
    projections : ndarray of float64, shape (m, n_target)
        Y. What stands in hidden entries does not matter, as long as it is finite.
    hidden : ndarray of bool or csr_array of bool, shape (m, n_target)
        Where the projection is unknown, such as in an experiment's own injection site: the
        complement of Ω.
    source_laplacian, target_laplacian : csr_array of float64
        L_x and L_y; see :func:`~napari_connectome.core.laplacian.lattice_laplacian`.
    lam : float
        λ, weight of the smoothness.

    Raises
    ------
    ModelError
        When shapes disagree, a number is not finite, an injection is negative or empty, or λ is
        not above zero.

    References
    ----------
    Harris, Mihalas and Shea-Brown 2016, section 3.
    """

    injections: csr_array
    projections: Matrix
    hidden: npt.NDArray[np.bool_] | csr_array
    source_laplacian: csr_array
    target_laplacian: csr_array
    lam: float

    def __post_init__(self) -> None:
        m, n_source = self.injections.shape
        n_target = self.projections.shape[-1]
        wanted = {
            "projections": (self.projections.shape, (m, n_target)),
            "hidden": (self.hidden.shape, (m, n_target)),
            "source_laplacian": (self.source_laplacian.shape, (n_source, n_source)),
            "target_laplacian": (self.target_laplacian.shape, (n_target, n_target)),
        }
        for name, (came, expected) in wanted.items():
            if came != expected:
                raise ModelError(f"{name} must have shape {expected}; {came} came.")
        if m == 0:
            raise ModelError("A spline model needs at least one experiment; none came.")
        self._check_values()

    def _check_values(self) -> None:
        if not (np.isfinite(self.lam) and self.lam > 0):
            raise ModelError(f"λ must be a number above zero; {self.lam} came.")
        for name, values in (
            ("Injections", self.injections.data),
            ("Projections", self.projections),
            ("Laplacians", self.source_laplacian.data),
            ("Laplacians", self.target_laplacian.data),
        ):
            if not np.all(np.isfinite(values)):
                raise ModelError(f"{name} must be finite; NaN or infinity came. Check the data.")
        if np.any(self.injections.data < 0):
            raise ModelError("Injections must not be negative. Check the data.")
        empty = np.flatnonzero(np.asarray(self.injections.sum(axis=1)).reshape(-1) == 0)
        if len(empty):
            raise ModelError(
                f"Experiment number {int(empty[0]) + 1} has no tracer in the source voxels. "
                "Leave it out."
            )

    @property
    def penalty(self) -> float:
        """λ m / n_source, the factor before the roughness: alike for any number of experiments."""
        return self.lam * self.injections.shape[0] / self.injections.shape[1]

    def residual(self, weights: Matrix) -> Matrix:
        """P_Ω(X W - Y), shape (m, n_target); 0 where hidden."""
        found = np.asarray(self.injections @ weights - self.projections)
        found[self.hidden.nonzero()] = 0.0
        return found

    def roughness(self, weights: Matrix) -> Matrix:
        """L_x W + W L_yᵀ, shape (n_source, n_target)."""
        return np.asarray(self.source_laplacian @ weights + weights @ self.target_laplacian.T)

    def objective(self, weights: Matrix) -> float:
        """What is minimised, at a dense W of shape (n_source, n_target)."""
        misfit, rough = self.residual(weights), self.roughness(weights)
        return float(np.vdot(misfit, misfit) + self.penalty * np.vdot(rough, rough))

    def gradient(self, weights: Matrix) -> Matrix:
        """Slope of the objective at a dense W, shape (n_source, n_target)."""
        rough = self.roughness(weights)
        slope = self.source_laplacian.T @ rough + rough @ self.target_laplacian
        return np.asarray(
            2 * (self.injections.T @ self.residual(weights)) + 2 * self.penalty * slope
        )

    def with_lam(self, lam: float) -> SplineProblem:
        """The same data under another λ."""
        return replace(self, lam=lam)

    def subset(self, rows: npt.ArrayLike) -> SplineProblem:
        """The problem of some of the experiments, by row numbers or a mask."""
        chosen = np.atleast_1d(np.asarray(rows))
        if chosen.dtype == np.bool_:
            chosen = np.flatnonzero(chosen)
        return replace(
            self,
            injections=csr_array(self.injections[chosen]),
            projections=self.projections[chosen],
            hidden=self.hidden[chosen],
        )
