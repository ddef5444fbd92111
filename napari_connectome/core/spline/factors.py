"""Connectivity as pairs of nonnegative factors, W = U Vᵀ: where each sends from, and where to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import ModelError
from napari_connectome.core.parallel import single_threaded_blas

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Factors:
    """W[source, target] = Σ_k sources[source, k] · targets[target, k].

    Parameters
    ----------
    sources : ndarray of float64, shape (n_source, r)
        Where each pair sends from (V of Harris et al. 2016, who print targets as rows).
    targets : ndarray of float64, shape (n_target, r)
        Where it arrives (their U).

    Raises
    ------
    ModelError
        When the two differ in rank, or a value is negative or not finite.
    """

    sources: Matrix
    targets: Matrix

    def __post_init__(self) -> None:
        shapes = self.sources.shape, self.targets.shape
        if any(len(shape) != 2 for shape in shapes) or shapes[0][1:] != shapes[1][1:]:
            raise ModelError(
                "Factors need shapes (source voxels, rank) and (target voxels, rank) of one rank; "
                f"{shapes[0]} and {shapes[1]} came."
            )
        for name, values in (("Source", self.sources), ("Target", self.targets)):
            # NaN fails this comparison as well.
            if not (np.all(values >= 0) and np.all(np.isfinite(values))):
                raise ModelError(f"{name} factors must be finite and not negative.")

    @property
    def rank(self) -> int:
        """Number of pairs."""
        return int(self.sources.shape[1])

    @property
    def energies(self) -> Matrix:
        """Frobenius norm ‖u_k‖ ‖v_k‖ of each pair's part of W, shape (r,)."""
        lengths = np.linalg.norm(self.sources, axis=0) * np.linalg.norm(self.targets, axis=0)
        return np.asarray(lengths)

    @property
    def cumulative_energy(self) -> Matrix:
        """‖Σ_{j ≤ k} u_j v_jᵀ‖² / ‖W‖² for k = 1 … r, shape (r,).

        Nonnegative pairs are not orthogonal: what two share counts from the second on, so
        that the last value is 1. All 0 when W is 0.
        """
        with single_threaded_blas():
            shared = (self.sources.T @ self.sources) * (self.targets.T @ self.targets)
        steps = np.diag(shared) + 2 * np.tril(shared, -1).sum(axis=1)
        total = np.cumsum(steps)
        return np.asarray(total / total[-1] if total.size and total[-1] > 0 else total)

    def balanced(self) -> Factors:
        """The same W from pairs whose two vectors are equally long."""
        source_lengths = np.linalg.norm(self.sources, axis=0)
        target_lengths = np.linalg.norm(self.targets, axis=0)
        lengths = np.sqrt(source_lengths * target_lengths)
        # A pair of which one vector is zero adds nothing, and both become zero.
        return Factors(
            self.sources * (lengths / np.where(source_lengths > 0, source_lengths, 1.0)),
            self.targets * (lengths / np.where(target_lengths > 0, target_lengths, 1.0)),
        )

    def by_energy(self) -> Factors:
        """The same W with the pairs sorted, largest energy first."""
        order = np.argsort(-self.energies, kind="stable")
        return Factors(self.sources[:, order], self.targets[:, order])

    def distance(self, rows: npt.NDArray[np.floating]) -> float:
        """‖U Vᵀ - W‖ / ‖W‖ for a dense W, a block of rows at a time.

        Parameters
        ----------
        rows : ndarray, shape (n_source, n_target)
            W; it may lie on disk.

        Raises
        ------
        ModelError
            When the shapes disagree or W is zero.
        """
        expected = len(self.sources), len(self.targets)
        if rows.shape != expected:
            raise ModelError(f"W must have shape {expected}; {rows.shape} came.")
        error = size = 0.0
        for start in range(0, len(rows), 256):
            block = np.asarray(rows[start : start + 256], dtype=np.float64)
            size += float(np.vdot(block, block))
            with single_threaded_blas():
                block = block - self.sources[start : start + 256] @ self.targets.T
            error += float(np.vdot(block, block))
        if size == 0:
            raise ModelError("W is zero everywhere: there is nothing to compare the factors with.")
        return float(np.sqrt(error / size))
