"""Bars of two sides that start at one axis: which they are and how long. Draws nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

Rgb = tuple[int, int, int]
Order = Literal["larger", "ipsi", "contra"]
MOST_DECADES = 3.0
"""How far below the largest value a logarithmic axis reaches, at most."""
CONTRA_PARTS = (0.5, 0.35, 0.2, 0.65, 0.8)
"""Parts of the width that the contralateral side can have: few, so that the axis stands still
while the values change."""
ROUND = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
LOG_ROUND = (1.0, 2.0, 5.0, 10.0)


class PairedBar(NamedTuple):
    """A region with its values on both sides.

    Parameters
    ----------
    structure_id : int
        Allen structure id.
    acronym, name : str
        Short and full name.
    rgb : tuple of int
        Atlas colour, 0 to 255.
    ipsi, contra : float
        Values on the source's side and on the other one; 0 for nothing.
    """

    structure_id: int
    acronym: str
    name: str
    rgb: Rgb
    ipsi: float
    contra: float

    @property
    def larger(self) -> float:
        """The larger one of the two values."""
        return max(self.ipsi, self.contra)


def ranked(bars: Iterable[PairedBar], order: Order = "larger") -> list[PairedBar]:
    """Largest first; equal ones stay in their order."""
    return sorted(bars, key=lambda bar: -float(getattr(bar, order)))


@dataclass(frozen=True)
class PairedScale:
    """How long bars are; both sides have the same scale.

    Parameters
    ----------
    contra_part : float
        Part of the width left of the axis.
    span : float
        What the whole width stands for: a value, or decades on a logarithmic scale.
    low : float
        Value at the axis: 0 on a linear scale.
    """

    contra_part: float
    span: float
    low: float = 0.0

    @property
    def log(self) -> bool:
        """Whether equal lengths are equal ratios."""
        return self.low > 0

    @property
    def contra_end(self) -> float:
        """Value at the left end."""
        return self._value(self.span * self.contra_part)

    @property
    def ipsi_end(self) -> float:
        """Value at the right end."""
        return self._value(self.span * (1 - self.contra_part))

    def length(self, value: float) -> float:
        """Length of a bar as part of the whole width, 0 at or below the axis's own value."""
        return _measured(value, self.low) / self.span

    def _value(self, measured: float) -> float:
        return self.low * 10.0**measured if self.log else measured


def scale_of(bars: Sequence[PairedBar], *, log: bool = False) -> PairedScale | None:
    """Scale that holds every bar and uses the width well; None when nothing is above zero.

    Parameters
    ----------
    bars : sequence of PairedBar
        What is shown.
    log : bool
        Logarithmic, at most :data:`MOST_DECADES` decades.
    """
    ipsi = max((bar.ipsi for bar in bars), default=0.0)
    contra = max((bar.contra for bar in bars), default=0.0)
    top = _round_up(max(ipsi, contra))
    if top <= 0:
        return None
    low = 0.0
    if log:
        positive = (v for bar in bars for v in (bar.ipsi, bar.contra) if v > 0)
        least = _round_up(top * 10.0**-MOST_DECADES, LOG_ROUND)
        low = max(least, min(_round_down(min(positive)), top / 10))
    lengths = _measured(_round_up(ipsi), low), _measured(_round_up(contra), low)

    def span(part: float) -> float:
        return max(lengths[0] / (1 - part), lengths[1] / part)

    part = min(CONTRA_PARTS, key=span)
    return PairedScale(part, span(part), low)


def _measured(value: float, low: float) -> float:
    if low <= 0:
        return max(value, 0.0)
    return math.log10(value / low) if value > low else 0.0


def _round_up(value: float, steps: Sequence[float] = ROUND) -> float:
    """The next round number, so that the scale seldom changes while a source moves."""
    if value <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(value))
    return next((f * power for f in steps if f * power >= value * (1 - 1e-9)), 10.0 * power)


def _round_down(value: float) -> float:
    """A round number below, so that the smallest bar has a length."""
    power = 10.0 ** math.floor(math.log10(value / 1.25))
    return max(f for f in LOG_ROUND if f == 1.0 or f * power <= value / 1.25) * power
