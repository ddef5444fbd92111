"""What colours mean: one rule for projections, one for matrices, in the window and in figures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

TOP_PERCENTILE = 99.5
"""Part of the values above zero that the last colour does not saturate."""
FLOOR_DECADES = 6.0
"""How far below its top a logarithmic scale of a matrix reaches, at most."""
PROJECTION_DECADES = 3.0
"""The same for a projection, in the volume and on a map."""
SAMPLE = 50_000
"""A percentile is taken of up to twice as many values: it must keep up with a drag."""


@dataclass(frozen=True)
class ColorLimits:
    """What the first and the last colour mean.

    Parameters
    ----------
    low, high : float
        In the unit of the values, ``low < high``; both above 0 when `log`. Of a difference,
        ``low == -high``.
    log : bool
        Logarithmic between them.
    """

    low: float
    high: float
    log: bool

    @property
    def signed(self) -> bool:
        """Whether the values are differences, with colours on both sides of 0."""
        return self.low < 0

    def goes_on(self, values: npt.NDArray[np.float64]) -> tuple[bool, bool]:
        """Whether some values above zero lie below the scale, and whether some lie above it."""
        if self.signed:
            return bool(np.nanmin(values) < self.low), bool(np.nanmax(values) > self.high)
        positive = _positive(values)
        if not positive.size:
            return False, False
        below = self.log and float(positive.min()) < self.low
        return below, float(positive.max()) > self.high


def robust_top(values: npt.NDArray[np.floating]) -> float:
    """High percentile of the values above zero; 1 when there is none."""
    positive = values[values > 0]
    if not positive.size:
        return 1.0
    sample = positive[:: max(1, positive.size // SAMPLE)]
    return max(float(np.percentile(sample, TOP_PERCENTILE)), float(np.finfo("f4").tiny))


def robust_limits(values: npt.NDArray[np.floating]) -> tuple[float, float]:
    """Limits that show a projection well: from 0 to :func:`robust_top`."""
    return 0.0, robust_top(values)


def color_limits(values: npt.NDArray[np.float64], *, log: bool) -> ColorLimits | None:
    """Limits that suit a matrix: a few giant values wash nothing out.

    Where some values are below zero, as in a difference, limits are symmetric and linear:
    the 99.5th percentile of the sizes of what is not zero.

    Parameters
    ----------
    values : ndarray of float64
        NaN where missing.
    log : bool
        Linear: from zero to the 99.5th percentile of the values above zero. Logarithmic: up
        to the same, from the smallest value above zero, but at most six decades.

    Returns
    -------
    ColorLimits or None
        None where no value is above zero.
    """
    if np.any(values < 0):
        high = float(np.percentile(_positive(np.abs(values)), TOP_PERCENTILE))
        return ColorLimits(-high, high, log=False)
    positive = _positive(values)
    if not positive.size:
        return None
    high = float(np.percentile(positive, TOP_PERCENTILE))
    if not log:
        return ColorLimits(0.0, high, log=False)
    low = max(float(positive.min()), high * 10.0**-FLOOR_DECADES)
    return ColorLimits(low if low < high else high / 10.0, high, log=True)


def _positive(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return values[np.isfinite(values) & (values > 0)]
