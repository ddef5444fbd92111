"""A lower bound of (P1): how far the objective may lie above the minimum over W >= 0.

Let g be the gradient of f at any W, and Z = g - r >= 0. Whatever E (zero where hidden) and R
solve XᵀE + A_x R + R A_y = -r, every V >= 0 has

    f(V) >= f(W) - <Z, W> - ‖E‖² / 4 - ‖R‖² / (4 c),   A = -L.

E is chosen in the smoothest patterns. R is known there, and beyond them bounded by r and the
least eigenvalue that is left out: no inverse of the whole is needed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.spline.low_rank_objective import hidden_positions
from napari_connectome.core.spline.nonneg.patterns import SmoothPatterns
from napari_connectome.core.spline.problem import SplineProblem

Array = npt.NDArray[Any]
Float = npt.NDArray[np.float64]
MOST_STEPS = 60
ENOUGH = 1e-6
"""Part of its first size at which the residual in the patterns no longer matters."""


class DualBound:
    """What a slope that is left over may cost.

    Parameters
    ----------
    problem : SplineProblem
        What is fitted.
    patterns : SmoothPatterns
        Of its lattices.
    """

    def __init__(self, problem: SplineProblem, patterns: SmoothPatterns) -> None:
        self._patterns, self._penalty = patterns, problem.penalty
        self._injections = problem.injections
        self._hidden = hidden_positions(problem)
        self._shared = (problem.injections @ csr_array(problem.injections.T)).toarray()

    def cost(self, left_over: Array, square: float) -> float:
        """‖E‖² / 4 + ‖R‖² / (4 c) for r; infinite where constants cannot be made to agree.

        Parameters
        ----------
        left_over : ndarray, shape (n_source, n_target)
            r.
        square : float
            ‖r‖².
        """
        patterns = self._patterns
        slopes = patterns.down(left_over)
        change = self._explained(slopes)
        change += self._for_constants(slopes + self._seen(change))
        rest = slopes + self._seen(change)
        flat = patterns.bends == 0
        if np.any(np.abs(rest[flat]) > 1e-6 * (np.abs(slopes[flat]) + np.sqrt(square) * 1e-6)):
            return float("inf")
        cross = float(np.vdot(self._injections @ left_over, change))
        total = square + 2 * cross + float(np.vdot(change, self._shared @ change))
        beyond = max(total - float(np.vdot(rest, rest)), 0.0)
        bends = np.where(flat, np.inf, patterns.bends)
        rough = float(((rest / bends) ** 2).sum()) + beyond / patterns.next_bend**2
        return float(np.vdot(change, change)) / 4 + rough / (4 * self._penalty)

    def _seen(self, change: Float) -> Float:
        """Xᵀ E in the patterns."""
        return np.asarray(self._patterns.injected.T @ (change @ self._patterns.target.modes))

    def _projected(self, small: Float) -> Float:
        """2 P_Ω(X S) of S in the patterns, shape (m, n_target)."""
        patterns = self._patterns
        found = 2 * (patterns.injected @ small) @ patterns.target.modes.T
        return self._observed(np.asarray(found, dtype=np.float64))

    def _observed(self, values: Float) -> Float:
        values.ravel()[self._hidden] = 0.0
        return values

    def _explained(self, slopes: Float) -> Float:
        """E of the S in the patterns that the Hessian turns into -r: conjugate gradients."""
        patterns = self._patterns
        found = np.zeros_like(slopes)
        residual = -slopes
        patterns.stiffen(0.0)
        step = patterns.solve(residual)
        along, size = step, float(np.vdot(residual, step))
        first = size
        for _ in range(MOST_STEPS):
            if not size > ENOUGH**2 * first:
                break
            bent = self._seen(self._projected(along))
            bent += 2 * self._penalty * patterns.bends**2 * along
            length = size / float(np.vdot(along, bent))
            found += length * along
            residual = residual - length * bent
            step = patterns.solve(residual)
            before, size = size, float(np.vdot(residual, step))
            along = step + size / before * along
        return self._projected(found)

    def _for_constants(self, slopes: Float) -> Float:
        """A change that takes the constants of all pairs of pieces off, as exactly as it goes."""
        patterns = self._patterns
        sources, targets = patterns.source.pieces, patterns.target.pieces
        constants = patterns.injected[:, :sources]
        flat = patterns.target.modes[:, :targets].astype(np.float64)
        change = np.zeros((len(constants), len(flat)))
        for piece in range(targets):
            observed = self._observed(np.repeat(flat[None, :, piece], len(constants), axis=0))
            sizes = (observed**2).sum(axis=1)
            matrix = constants.T @ (sizes[:, None] * constants)
            wanted = np.linalg.lstsq(matrix, -slopes[:sources, piece], rcond=1e-12)[0]
            change += (constants @ wanted)[:, None] * observed
        return change
