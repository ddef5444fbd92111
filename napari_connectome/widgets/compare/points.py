"""Regions as points: what they have in one answer, and in another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from napari_connectome.widgets.appearance import Rgb


@dataclass(frozen=True)
class RegionPoint:
    """A region on one side.

    Parameters
    ----------
    structure_id : int
        Allen structure id.
    acronym, name : str
        Short and full name.
    rgb : tuple of int
        Atlas colour.
    left : bool
        Whether it is the part in the left hemisphere.
    a, b : float
        Mean values in the two answers, not negative.
    """

    structure_id: int
    acronym: str
    name: str
    rgb: Rgb
    left: bool
    a: float
    b: float


@dataclass(frozen=True)
class PointScale:
    """The logarithmic axis that both answers share.

    Parameters
    ----------
    low, high : float
        Its two ends, ``0 < low < high``; smaller values stand with 0 in a strip of their own.
    """

    low: float
    high: float


MOST_DECADES = 6.0
"""How far below its top the axis reaches, at most."""


def scale_of(points: Sequence[RegionPoint]) -> PointScale | None:
    """The axis that suits some points; None when nothing is above zero."""
    values = [value for point in points for value in (point.a, point.b) if value > 0]
    if not values:
        return None
    high = max(values)
    low = max(min(values), high * 10.0**-MOST_DECADES)
    # A little room, so that no disc is cut in two.
    return PointScale(low / 1.3 if low < high else high / 10.0, high * 1.3)
