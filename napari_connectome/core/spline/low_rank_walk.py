"""The steps of (P2): both factors in turn, with momentum that is taken back when it overshoots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import ModelError
from napari_connectome.core.spline.factors import Factors
from napari_connectome.core.spline.low_rank_objective import HalfStep, LowRankObjective

Matrix = npt.NDArray[np.float64]
State = dict[str, npt.NDArray[Any]]


@dataclass(eq=False)
class Walk:
    """Where the minimisation stands.

    Parameters
    ----------
    sources, targets : ndarray of float64, shapes (n_source, r) and (n_target, r)
        The factors.
    ahead_sources, ahead_targets : ndarray of float64, of the same shapes
        Where momentum carries them: the next step starts there.
    momentum : float
        Nesterov's t, at least 1.
    objective : float
        At the factors of the last check.
    steps : int
        Steps taken.
    """

    sources: Matrix
    targets: Matrix
    ahead_sources: Matrix
    ahead_targets: Matrix
    momentum: float
    objective: float
    steps: int

    def __post_init__(self) -> None:
        self.residual = np.inf
        self._checked = (self.sources, self.targets)

    @classmethod
    def start(cls, objective: LowRankObjective, factors: Factors) -> Walk:
        """At factors, without momentum."""
        u, v = factors.sources, factors.targets
        return cls(u, v, u, v, 1.0, objective.terms(u, v).objective, 0)

    def step(self, objective: LowRankObjective) -> None:
        """Move both factors, the second with the first already moved."""
        half = objective.source_step(self.ahead_sources, self.ahead_targets)
        sources = half.apply(self.ahead_sources)
        left = _pull(half, self.ahead_sources, sources)
        backwards = float(np.vdot(left, sources - self.sources))
        squared = float(np.vdot(left, self.ahead_sources - sources))

        half = objective.target_step(sources, self.ahead_targets)
        targets = half.apply(self.ahead_targets)
        left = _pull(half, self.ahead_targets, targets)
        backwards += float(np.vdot(left, targets - self.targets))
        squared += float(np.vdot(left, self.ahead_targets - targets))

        self.residual = float(np.sqrt(squared / self.objective)) if self.objective > 0 else 0.0
        # O'Donoghue and Candès 2015: momentum that points uphill starts anew.
        momentum = 1.0 if backwards > 0 else self.momentum
        self.momentum = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        weight = (momentum - 1) / self.momentum
        self.ahead_sources = np.maximum(sources + weight * (sources - self.sources), 0.0)
        self.ahead_targets = np.maximum(targets + weight * (targets - self.targets), 0.0)
        self.sources, self.targets = sources, targets
        self.steps += 1

    def check(self, objective: LowRankObjective) -> None:
        """Look at the objective; go back to the last check, without momentum, if it rose."""
        found = objective.terms(self.sources, self.targets).objective
        if found <= self.objective:
            self.objective = found
            self._checked = (self.sources, self.targets)
            return
        self.sources, self.targets = self._checked
        self.ahead_sources, self.ahead_targets = self._checked
        self.momentum = 1.0

    def state(self) -> State:
        """All that is needed to go on; to be taken right after a check."""
        return {
            "sources": self.sources,
            "targets": self.targets,
            "ahead_sources": self.ahead_sources,
            "ahead_targets": self.ahead_targets,
            "momentum": np.array(self.momentum),
            "objective": np.array(self.objective),
            "steps": np.array(self.steps),
        }

    @classmethod
    def restored(cls, state: Mapping[str, npt.NDArray[Any]]) -> Walk:
        """Go on from what :meth:`state` gave.

        Raises
        ------
        ModelError
            When a part is missing, of the wrong shape or not finite.
        """
        names = ("sources", "targets", "ahead_sources", "ahead_targets")
        try:
            u, v, ahead_u, ahead_v = (np.array(state[name], dtype=np.float64) for name in names)
            momentum, objective = float(state["momentum"]), float(state["objective"])
            steps = int(state["steps"])
        except KeyError as missing:
            raise ModelError(
                f"The state of a low-rank fit needs the part {missing}. Start the fit anew."
            ) from None
        ranks = {part.shape[1:] for part in (u, v, ahead_u, ahead_v)}
        fits = len(ranks) == 1 and u.shape == ahead_u.shape and v.shape == ahead_v.shape
        finite = all(np.isfinite(part).all() for part in (u, v, ahead_u, ahead_v))
        if not (fits and finite and u.ndim == 2 and momentum >= 1 and objective >= 0):
            raise ModelError(
                "The state of a low-rank fit is damaged: its factors are not finite or do not fit "
                "each other. Start the fit anew."
            )
        return cls(u, v, ahead_u, ahead_v, momentum, objective, steps)


def relative_residual(objective: LowRankObjective, sources: Matrix, targets: Matrix) -> float:
    """Projected gradient at factors, as a part of the objective's root; 0 at a stationary point.

    sqrt(Σ curvature · step² / objective) over the steps that each entry would take. Its
    square is about the part of the objective that one more step gains.
    """
    squared = 0.0
    for half, factor in (
        (objective.source_step(sources, targets), sources),
        (objective.target_step(sources, targets), targets),
    ):
        moved = half.apply(factor)
        squared += float(np.vdot(_pull(half, factor, moved), factor - moved))
    size = objective.terms(sources, targets).objective
    return float(np.sqrt(squared / size)) if size > 0 else 0.0


def _pull(half: HalfStep, before: Matrix, after: Matrix) -> Matrix:
    """The projected gradient: curvature times the step back."""
    pull = before - after
    pull *= half.curvature
    return pull
