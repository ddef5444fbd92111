"""The Hessian of (P1) in the smoothest patterns of both lattices, and what it makes of a slope.

There Ω apart the Hessian falls into one matrix for each pattern of the targets: a diagonal
plus what m experiments see. Beyond the patterns it is replaced by a number.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.spline.nonneg.objective import over_rows
from napari_connectome.core.spline.operator.spectrum import Spectrum
from napari_connectome.core.spline.problem import SplineProblem

Array = npt.NDArray[Any]
Float = npt.NDArray[np.float64]
FLAT = 1e-3
"""Constants cost nothing; to invert, they cost this part of the least that others do."""


class SmoothPatterns:
    """W restricted to W = Q_x S Q_yᵀ, Q the patterns of the spectra.

    Parameters
    ----------
    problem : SplineProblem
        Of the same lattices.
    source, target : Spectrum
        Their patterns.
    """

    def __init__(self, problem: SplineProblem, source: Spectrum, target: Spectrum) -> None:
        self.source, self.target, self.penalty = source, target, problem.penalty
        self.injected = np.asarray(problem.injections @ source.modes, dtype=np.float64)
        self.bends = np.add.outer(source.values, target.values)
        self.stiffen(0.0)

    def stiffen(self, spring: float) -> None:
        """Add a number to all curvatures that :meth:`solve` inverts."""
        least = self.bends[self.bends > 0].min(initial=np.inf)
        least = 1.0 if np.isinf(least) else FLAT * least
        curvatures = 2 * self.penalty * np.maximum(self.bends, least) ** 2 + spring
        self._inverse_bends = 1.0 / curvatures
        # One after another: all at once would take memory for every pair of experiments.
        seen = [(self.injected * bent) @ self.injected.T for bent in self._inverse_bends.T]
        self._inverses = np.linalg.inv(np.array(seen) + 0.5 * np.eye(len(self.injected)))

    @property
    def next_bend(self) -> float:
        """No pair of patterns that is left out bends less: least eigenvalue of A_x ⊕ A_y."""
        left_out = [s.low for s in (self.source, self.target) if not s.complete]
        return min(left_out, default=np.inf)

    @property
    def middle_bend(self) -> float:
        """Where the patterns end, or the middle of them, in logarithms, if all are there."""
        if np.isfinite(self.next_bend):
            return self.next_bend
        bends = self.bends[self.bends > 0]
        return float(np.sqrt(bends.min() * bends.max())) if bends.size else 1.0

    def solve(self, slopes: Float) -> Float:
        """Inverse of the Hessian without Ω, shapes (r_source, r_target)."""
        bent = self._inverse_bends * slopes
        seen = self._inverses @ (self.injected @ bent).T[:, :, None]
        return np.asarray(bent - self._inverse_bends * (self.injected.T @ seen[:, :, 0].T))

    def down(self, matrix: Array) -> Float:
        """Q_xᵀ R Q_y of a matrix, shape (r_source, r_target)."""
        modes, right = self.source.modes.astype(matrix.dtype), self.target.modes
        right = right.astype(matrix.dtype)
        parts: dict[int, Array] = {}

        def work(rows: slice) -> float:
            parts[rows.start] = modes[rows].T @ (matrix[rows] @ right)
            return 0.0

        over_rows(work, len(matrix))
        return np.asarray(sum(parts[at].astype(np.float64) for at in sorted(parts)))

    def precondition(self, slope: Array, beyond: float, out: Array) -> float:
        """Put an approximate inverse of the Hessian times `slope` into `out`.

        Parameters
        ----------
        slope : ndarray, shape (n_source, n_target)
            What it is applied to.
        beyond : float
            Curvature of all that is not made of the patterns.
        out : ndarray, shape (n_source, n_target)
            The result.

        Returns
        -------
        float
            Inner product of the result with `slope`.
        """
        inverse = 1.0 / beyond
        slopes = self.down(slope)
        small = (self.solve(slopes) - slopes / beyond).astype(slope.dtype)
        left = self.source.modes.astype(slope.dtype) @ small
        right = np.ascontiguousarray(self.target.modes.T, dtype=slope.dtype)

        def work(rows: slice) -> float:
            found = left[rows] @ right
            found += slope[rows] * inverse
            out[rows] = found
            return float(np.vdot(found, slope[rows]))

        return over_rows(work, len(out))
