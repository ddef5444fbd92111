"""Solve (P1) with W >= 0, W in full, until a gap is certified."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import ModelError
from napari_connectome.core.progress import Job, Progress, told_as
from napari_connectome.core.spline.convergence import Moment, Trace
from napari_connectome.core.spline.nonneg.bound import DualBound
from napari_connectome.core.spline.nonneg.multipliers import Multipliers
from napari_connectome.core.spline.nonneg.objective import DenseObjective
from napari_connectome.core.spline.nonneg.patterns import SmoothPatterns
from napari_connectome.core.spline.operator.preparation import Geometry
from napari_connectome.core.spline.problem import SplineProblem

Array = npt.NDArray[Any]
State = dict[str, Array]
GAP = 1e-2
DOUBLE_SIZE = 6_500_000
"""Entries of W up to which it is held in double precision: 2,500 voxels on either side."""
FIRST_SPRING = 0.01
"""As a part of the curvature where the patterns of the lattices end."""
STIFFER = 10.0
"""From one spring to the next, up to that curvature, and where multipliers gain little."""
ENOUGH = 0.1
"""Part of the gap below which a minimum under given multipliers need be known no better."""
PATIENCE = 12
"""Steps without a better gap before rounding is blamed."""


@dataclass(frozen=True)
class NonnegativeLimits:
    """When a fit is done.

    Parameters
    ----------
    gap : float
        Certified gap of a converged fit, relative to the bound.
    max_seconds : float, optional
        Longest time; a fit that is stopped by it says that it has not converged.

    Raises
    ------
    ModelError
        When a number is not above zero.
    """

    gap: float = GAP
    max_seconds: float | None = None

    def __post_init__(self) -> None:
        for name in ("gap", "max_seconds"):
            value = getattr(self, name)
            if value is not None and not (np.isfinite(value) and value > 0):
                raise ModelError(f"{name} must be a number above zero; {value} came.")


@dataclass(frozen=True, eq=False)
class NonnegativeSolution:
    """W >= 0, and how good it is.

    Parameters
    ----------
    weights : ndarray, shape (n_source, n_target)
        W, in single precision where it is large.
    trace : Trace
        How the fit came to it; the last moment is that of `weights`.
    converged : bool
        Whether the gap met its limit; otherwise time ran out, or rounding allows no better.
    """

    weights: Array
    trace: Trace
    converged: bool


def fit_nonnegative_job(
    problem: SplineProblem,
    geometry: Geometry,
    start: Array | Mapping[str, Array],
    limits: NonnegativeLimits | None = None,
    *,
    lower_bound: float = 0.0,
    keep: Callable[[State], None] | None = None,
) -> Job[NonnegativeSolution]:
    """Minimise the objective over W >= 0, as a job.

    Parameters
    ----------
    problem : SplineProblem
        What is fitted.
    geometry : Geometry
        Smooth patterns of its lattices.
    start : ndarray, shape (n_source, n_target), or mapping of str to ndarray
        W to start from, best the solution without W >= 0, or a state that `keep` was given:
        the fit goes on as if it had never stopped.
    limits : NonnegativeLimits, optional
        When it is done.
    lower_bound : float
        A bound that is known already, such as the objective without W >= 0.
    keep : callable, optional
        Takes the state after every step: arrays that are overwritten with the next one.

    Raises
    ------
    ModelError
        When the start does not fit the problem.
    """
    limits = limits or NonnegativeLimits()
    geometry.check(problem)
    yield Progress(0, 0, "Preparing the nonnegative fit")
    search = _Search(problem, geometry, start, lower_bound)
    yield from search.begin_job()
    while not (search.gap <= limits.gap or search.stalled or search.late(limits)):
        yield from search.step_job(limits)
        if keep is not None:
            keep(search.state())
    return search.solution(limits)


class _Search:
    """The steps, the best bound and the way so far."""

    def __init__(
        self,
        problem: SplineProblem,
        geometry: Geometry,
        start: Array | Mapping[str, Array],
        lower_bound: float,
    ) -> None:
        self._began = time.monotonic()
        expected = problem.injections.shape[1], problem.projections.shape[1]
        self._objective = DenseObjective(problem, precision(expected))
        patterns = SmoothPatterns(problem, geometry.source.spectrum, geometry.target.spectrum)
        self._enough_spring = 2 * problem.penalty * patterns.middle_bend**2
        state = _first_state(start, FIRST_SPRING * self._enough_spring, lower_bound)
        weights, multipliers = (
            np.array(state[name], dtype=self._objective.dtype)
            for name in ("weights", "multipliers")
        )
        if not weights.shape == multipliers.shape == expected:
            raise ModelError(
                f"A start of shape {expected} was expected; {weights.shape} came. Start anew, "
                "or from a fit of these data."
            )
        bound, spring = DualBound(problem, patterns), float(state["spring"])
        self._at = Multipliers(self._objective, patterns, bound, weights, multipliers, spring)
        self._bound, self._missing = float(state["lower_bound"]), float(state["missing"])
        self._scale = self._objective.slope_at_zero()
        self._trace, self._best, self._idle = Trace(), np.inf, 0

    def begin_job(self) -> Job[None]:
        """Where the start lies."""
        yield from self._at.look_job()
        self._note()

    @property
    def gap(self) -> float:
        """Certified, relative to the bound."""
        return self._trace.last.gap

    @property
    def stalled(self) -> bool:
        """Whether steps have long been in vain."""
        return self._idle >= PATIENCE

    def late(self, limits: NonnegativeLimits) -> bool:
        """Whether time has run out."""
        longest = limits.max_seconds
        return longest is not None and time.monotonic() - self._began > longest

    def step_job(self, limits: NonnegativeLimits) -> Job[None]:
        """A Newton step, and new multipliers when the minimum is known well enough."""
        at = self._at
        told = partial(self._during, limits)
        fell = yield from told_as(at.newton_job(), told)
        self._note()
        missing = max(at.value - self._bound, 0.0)
        if self.gap > limits.gap and (not fell or at.slack <= ENOUGH * missing):
            slow = missing > 0.5 * self._missing
            stiffer = STIFFER if slow or at.spring < self._enough_spring else 1.0
            yield from told_as(at.renew_job(stiffer), told)
            self._bound = max(self._bound, at.lower_bound)
            self._missing = missing
        yield self._progress("", limits)

    def _note(self) -> None:
        at = self._at
        self._bound = max(self._bound, at.lower_bound)
        elapsed = time.monotonic() - self._began
        residual = at.residual() / self._scale if self._scale > 0 else 0.0
        moment = Moment(elapsed, at.value, self._bound, residual)
        self._trace = self._trace.then(moment)
        self._idle = 0 if moment.gap < 0.99 * self._best else self._idle + 1
        self._best = min(self._best, moment.gap)

    def _during(self, limits: NonnegativeLimits, moment: Progress) -> Progress:
        return self._progress(moment.text, limits)

    def _progress(self, text: str, limits: NonnegativeLimits) -> Progress:
        first, last = self._trace.moments[0].gap, self._trace.last
        way = np.log(max(first / max(last.gap, 1e-300), 1.0))
        whole = np.log(max(first / limits.gap, 1.0 + 1e-9))
        done = round(1000 * min(float(way / whole), 1.0)) if np.isfinite(way) else 0
        told = f"Nonnegative fit: gap {last.gap:.2g}" + (f", {text}" if text else "")
        return Progress(done, 1000, told, {} if text else last.figures)

    def state(self) -> State:
        """All that is needed to go on."""
        return {
            "weights": self._at.weights,
            "multipliers": self._at.multipliers,
            "spring": np.array(self._at.spring),
            "lower_bound": np.array(self._bound),
            "missing": np.array(self._missing),
        }

    def solution(self, limits: NonnegativeLimits) -> NonnegativeSolution:
        """What was found, cut at zero."""
        weights = self._at.weights
        np.maximum(weights, 0, out=weights)
        return NonnegativeSolution(weights, self._trace, self.gap <= limits.gap)


def precision(shape: tuple[int, int]) -> type[np.floating]:
    """Of W of a shape, and of all that is of its size."""
    return np.float64 if shape[0] * shape[1] <= DOUBLE_SIZE else np.float32


def _first_state(
    start: Array | Mapping[str, Array], spring: float, lower_bound: float
) -> Mapping[str, Any]:
    if isinstance(start, Mapping):
        return start
    return {
        "weights": start,
        "multipliers": np.zeros_like(start),
        "spring": spring,
        "lower_bound": lower_bound,
        "missing": np.inf,
    }
