"""The steps: a minimum under given multipliers, new multipliers, and what both certify.

    φ(W) = f(W) + (‖max(Z - γ W, 0)‖² - ‖Z‖²) / 2γ

is minimised over all W by Newton's method: where Z - γ W > 0, the spring is on.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.spline.nonneg.bound import DualBound
from napari_connectome.core.spline.nonneg.objective import DenseObjective, over_rows
from napari_connectome.core.spline.nonneg.patterns import SmoothPatterns

Array = npt.NDArray[Any]
AT_ONCE = 3
ENOUGH = 0.1
"""Conjugate gradients end when the last few gain less than this part of all."""
STIFFER = 0.1
"""Part of a spring that counts in all entries where the Hessian is inverted roughly."""
LOOKING = "how near it is"
LEAST_PART = 1e-3
"""Of a Newton step; no shorter one is tried."""


class Multipliers:
    """W without a sign, multipliers Z >= 0, and the best that is known.

    Parameters
    ----------
    objective, patterns, bound
        Of one problem.
    weights : ndarray, shape (n_source, n_target)
        Where to start; overwritten.
    multipliers : ndarray, shape (n_source, n_target)
        Z to start from; overwritten.
    spring : float
        γ.

    Attributes
    ----------
    value, lower_bound : float
        Objective at max(W, 0), and a bound that holds for every W >= 0.
    """

    def __init__(
        self,
        objective: DenseObjective,
        patterns: SmoothPatterns,
        bound: DualBound,
        weights: Array,
        multipliers: Array,
        spring: float,
    ) -> None:
        self.weights, self.multipliers, self.spring = weights, multipliers, spring
        self._objective, self._patterns, self._bound = objective, patterns, bound
        self._slope, self._rough, self._along, self._before = (
            np.empty_like(weights) for _ in range(4)
        )
        self._sprung = np.empty(weights.shape, dtype=bool)

    def look_job(self) -> Job[None]:
        """Value, bound, slope and springs at W; to be run before anything else."""
        free = self._objective.value_and_slope(self.weights, self._rough, self._slope)
        yield Progress(0, 0, LOOKING)
        weights, z, slope, on = self.weights, self.multipliers, self._slope, self._sprung
        spring, along = self.spring, self._along

        def work(rows: slice) -> npt.NDArray[np.float64]:
            w, force = weights[rows], np.maximum(z[rows] - spring * weights[rows], 0)
            on[rows] = force > 0
            slope[rows] -= force
            np.maximum(w, 0, out=along[rows])
            pairs = ((force, force), (force, w), (slope[rows], slope[rows]))
            return np.array([float(np.vdot(a, b)) for a, b in pairs])

        sums = over_rows(work, len(weights))
        yield Progress(0, 0, LOOKING)
        self.lagrangian = free + float(sums[0]) / (2 * self.spring)
        self.slack = self._bound.cost(slope, float(sums[2]))
        """What the slope that is left may cost the bound."""
        self.lower_bound = free - float(sums[1]) - self.slack
        yield Progress(0, 0, LOOKING)
        self.value = self._objective.value(along, self._rough)

    def residual(self) -> float:
        """Norm of the projected gradient at max(W, 0); to be asked right after a step.

        What a gradient step cut at zero, of the length that the largest curvature allows, moves
        times that curvature: it is the gradient where W is well above zero.
        """
        objective, along, rough, out = self._objective, self._along, self._rough, self._before
        out[:] = 0
        objective.add_slope(objective.residual(along), rough, 1.0, out)

        steepest = objective.largest_curvature

        def work(rows: slice) -> float:
            left = np.minimum(out[rows], along[rows] * steepest)
            return float(np.vdot(left, left))

        return float(np.sqrt(over_rows(work, len(out))))

    def newton_job(self) -> Job[bool]:
        """One Newton step by conjugate gradients; whether φ fell."""
        np.copyto(self._before, self.weights)
        lagrangian = self.lagrangian
        yield from self._gradients_job()
        yield from self.look_job()
        part = 1.0
        while not self.lagrangian <= lagrangian:
            part /= 2
            if part < LEAST_PART:
                np.copyto(self.weights, self._before)
                yield from self.look_job()
                return False
            yield Progress(0, 0, "a shorter step")
            _blend(self.weights, self._before, 0.5)
            yield from self.look_job()
        return self.lagrangian < lagrangian

    def _gradients_job(self) -> Job[None]:
        slope, along, rough = self._slope, self._along, self._rough
        patterns, objective = self._patterns, self._objective
        stiffness = STIFFER * self.spring
        beyond = _beyond(objective, patterns) + stiffness
        patterns.stiffen(stiffness)
        size = patterns.precondition(slope, beyond, rough)
        np.negative(rough, out=along)
        gains: list[float] = []
        while size > 0:
            misfit = objective.observed(along)
            curved = float(np.vdot(misfit, misfit))
            curved += patterns.penalty * objective.roughness(along, rough)
            curved += self.spring / 2 * _masked_square(along, self._sprung)
            length = size / (2 * curved)
            yield Progress(0, 0, f"step {len(gains) + 1}")
            objective.add_slope(misfit, rough, length, slope)
            self._move(length)
            gains.append(length * size / 2)
            yield Progress(0, 0, f"step {len(gains)}")
            before, size = size, patterns.precondition(slope, beyond, rough)
            _turn(along, size / before, rough)
            yield Progress(0, 0, f"step {len(gains)}")
            if len(gains) > AT_ONCE and sum(gains[-AT_ONCE:]) <= ENOUGH * sum(gains):
                break

    def _move(self, length: float) -> None:
        """W goes along, and the springs follow."""
        weights, slope, along, on = self.weights, self._slope, self._along, self._sprung
        pull = length * self.spring

        def work(rows: slice) -> float:
            weights[rows] += along[rows] * length
            slope[rows] += (along[rows] * pull) * on[rows]
            return 0.0

        over_rows(work, len(weights))

    def renew_job(self, factor: float) -> Job[None]:
        """Multipliers take over what the springs hold; new springs are stiffer by a factor."""
        weights, z = self.weights, self.multipliers
        spring = self.spring

        def work(rows: slice) -> float:
            np.maximum(z[rows] - spring * weights[rows], 0, out=z[rows])
            return 0.0

        over_rows(work, len(weights))
        self.spring *= factor
        yield from self.look_job()


def _beyond(objective: DenseObjective, patterns: SmoothPatterns) -> float:
    """Curvature between the least and the largest that no pattern takes part in."""
    bend = patterns.next_bend
    largest = objective.largest_curvature
    return largest if np.isinf(bend) else float(np.sqrt(largest * 2 * patterns.penalty)) * bend


def _masked_square(matrix: Array, mask: npt.NDArray[np.bool_]) -> float:
    def work(rows: slice) -> float:
        seen = matrix[rows] * mask[rows]
        return float(np.vdot(seen, seen))

    return over_rows(work, len(matrix))


def _turn(along: Array, keep: float, step: Array) -> None:
    """The next direction: part of the last one, less the preconditioned slope."""

    def work(rows: slice) -> float:
        along[rows] *= keep
        along[rows] -= step[rows]
        return 0.0

    over_rows(work, len(along))


def _blend(point: Array, other: Array, part: float) -> None:
    """Move a point part of the way to another."""

    def work(rows: slice) -> float:
        point[rows] += (other[rows] - point[rows]) * part
        return 0.0

    over_rows(work, len(point))
