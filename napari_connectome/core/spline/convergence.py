"""How far a fit has come: its objective, what no fit can go below, and the time it took."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields

import numpy as np
import numpy.typing as npt


def relative_gap(objective: float, lower_bound: float) -> float:
    """How far an objective lies above a lower bound, relative to the bound; at least 0.

    Infinite when the bound is not above zero, unless the objective is zero: then nothing is
    better.

    Examples
    --------
    >>> relative_gap(125.0, 100.0)
    0.25
    """
    if objective <= max(lower_bound, 0.0):
        return 0.0
    return float(objective / lower_bound - 1) if lower_bound > 0 else float("inf")


@dataclass(frozen=True)
class Moment:
    """Where a fit stands.

    Parameters
    ----------
    elapsed_s : float
        Seconds since it began.
    objective : float
        At the best feasible weights so far.
    lower_bound : float
        No W >= 0 has a lower objective.
    residual : float
        Projected gradient, as a part of the gradient at W = 0.
    """

    elapsed_s: float
    objective: float
    lower_bound: float
    residual: float

    @property
    def gap(self) -> float:
        """Objective above the bound, relative to the bound."""
        return relative_gap(self.objective, self.lower_bound)

    @property
    def figures(self) -> dict[str, float]:
        """What is plotted while the fit runs."""
        return {
            "objective": self.objective,
            "lower_bound": self.lower_bound,
            "gap": self.gap,
            "residual": self.residual,
        }


@dataclass(frozen=True)
class Trace:
    """The moments of a fit, in order.

    Parameters
    ----------
    moments : tuple of Moment
        As they came.
    """

    moments: tuple[Moment, ...] = ()

    def then(self, moment: Moment) -> Trace:
        """The trace with one moment more."""
        return Trace((*self.moments, moment))

    @property
    def last(self) -> Moment:
        """Where the fit stands now."""
        return self.moments[-1]

    def seconds_to(self, gap: float) -> float | None:
        """Seconds until the gap was that small, None when it never was."""
        return next((m.elapsed_s for m in self.moments if m.gap <= gap), None)

    def table(self) -> dict[str, npt.NDArray[np.float64]]:
        """Columns `elapsed_s`, `objective`, `lower_bound`, `residual` and `gap`."""
        names = [field.name for field in fields(Moment)]
        rows = np.array([astuple(m) for m in self.moments]).reshape(-1, len(names))
        columns = dict(zip(names, rows.T, strict=True))
        return columns | {"gap": np.array([m.gap for m in self.moments])}
