"""Which labels an axis has room for, and where they stand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from napari_connectome.widgets.matrix.axis_scale import AxisScale
from napari_connectome.widgets.matrix.content import AxisRegion, Run

SMALLEST_STEP = 0.3
"""Cells of less than this part of a line carry the names of divisions only."""
FURTHEST = 1.6
"""Lines that the name of a division may stand away from its block."""


class Detail(Enum):
    """How closely an axis is labelled."""

    DIVISIONS = "divisions"
    SOME = "some"
    ALL = "all"


@dataclass(frozen=True)
class Label:
    """A text that stands across the axis.

    Parameters
    ----------
    text : str
        What is written.
    middle : float
        Where along the axis, pixels.
    anchor : float
        What it points to, pixels.
    index : int
        The region, or the first region of the division.
    """

    text: str
    middle: float
    anchor: float
    index: int


def detail_of(scale: AxisScale, line: float, has_divisions: bool) -> Detail:
    """How closely cells of this size can be labelled in lines of that height."""
    if scale.cell_px >= line:
        return Detail.ALL
    if scale.cell_px >= line * SMALLEST_STEP or not has_divisions:
        return Detail.SOME
    return Detail.DIVISIONS


def region_labels(
    scale: AxisScale, regions: Sequence[AxisRegion], line: float, first: Sequence[int] = ()
) -> list[Label]:
    """Acronyms of the cells in view: all, or every second, third ..., never over one another.

    Parameters
    ----------
    scale : AxisScale
        Where the cells lie.
    regions : sequence of AxisRegion
        One for each cell.
    line : float
        Height of a text, pixels.
    first : sequence of int
        Cells that get their label before others.
    """
    seen = scale.visible()
    step = max(math.ceil(line / scale.cell_px - 1e-9), 1)
    others = range(-(-seen.start // step) * step, seen.stop, step)
    room, placed = _Room(line), []
    for index in (*(i for i in first if i in seen), *others):
        middle = scale.middle_of(index)
        inside = line / 2 <= middle <= scale.room_px - line / 2
        if inside and room.take(middle):
            placed.append(Label(regions[index].acronym, middle, middle, index))
    return placed


def division_labels(scale: AxisScale, runs: Sequence[Run], line: float) -> list[Label]:
    """Names of the divisions in view, moved apart; the smallest are left out where it is full."""
    kept = [(run, *_seen(scale, run)) for run in runs if run.key]
    kept = [(run, start, stop) for run, start, stop in kept if stop - start >= 1.0]
    while kept:
        anchors = [(start + stop) / 2 for _run, start, stop in kept]
        middles = spread(anchors, line, line / 2, scale.room_px - line / 2)
        away = max(abs(m - a) for m, a in zip(middles, anchors, strict=True))
        if away <= FURTHEST * line and len(kept) * line <= scale.room_px:
            rows = zip(kept, middles, anchors, strict=True)
            return [Label(run.key, m, a, run.first) for (run, _s, _e), m, a in rows]
        kept.remove(min(kept, key=lambda entry: entry[2] - entry[1]))
    return []


def visible_runs(scale: AxisScale, runs: Sequence[Run]) -> list[tuple[Run, float, float]]:
    """Runs in view, and the part of the view that each takes."""
    seen = [(run, *_seen(scale, run)) for run in runs]
    return [(run, start, stop) for run, start, stop in seen if stop > start]


def spread(anchors: Sequence[float], line: float, low: float, high: float) -> list[float]:
    """Places `line` apart or more, as near to ascending anchors as that allows.

    Least squares under the distance, by pooling neighbours that would touch.
    """
    pools: list[tuple[float, int]] = []
    for i, anchor in enumerate(anchors):
        pools.append((anchor - i * line, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (mean_b, n_b), (mean_a, n_a) = pools.pop(), pools.pop()
            pools.append(((mean_a * n_a + mean_b * n_b) / (n_a + n_b), n_a + n_b))
    last = high - (len(anchors) - 1) * line
    flat = [max(min(mean, last), low) for mean, n in pools for _ in range(n)]
    return [base + i * line for i, base in enumerate(flat)]


def _seen(scale: AxisScale, run: Run) -> tuple[float, float]:
    start = max(scale.start_of(run.first), 0.0)
    return start, min(scale.stop_of(run.stop - 1), scale.room_px)


class _Room:
    """Places that are taken along the axis."""

    def __init__(self, line: float) -> None:
        self._line = line
        self._taken: list[float] = []

    def take(self, middle: float) -> bool:
        """Take a place if no other text reaches into it."""
        free = all(abs(middle - other) >= self._line - 1e-6 for other in self._taken)
        if free:
            self._taken.append(middle)
        return free
