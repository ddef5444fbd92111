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

Seen = tuple[Run, float, float]
"""A run, and from where to where it is in view, pixels."""


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


def detail_of(scale: AxisScale, line: float, has_blocks: bool) -> Detail:
    """How closely cells can be labelled in lines of that height.

    Without blocks of divisions some acronyms stand for all, however small the cells are.
    """
    if scale.cell_px >= line:
        return Detail.ALL
    if scale.cell_px >= line * SMALLEST_STEP or not has_blocks:
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
    seen = [entry for entry in visible_runs(scale, runs) if entry[0].key and _size(entry) >= 1.0]
    by_size = sorted(seen, key=_size, reverse=True)[: int(scale.room_px / line)]
    while by_size:
        kept = sorted(by_size, key=lambda entry: entry[1])
        anchors = [(start + stop) / 2 for _run, start, stop in kept]
        middles = spread(anchors, line, line / 2, scale.room_px - line / 2)
        if max(abs(m - a) for m, a in zip(middles, anchors, strict=True)) <= FURTHEST * line:
            rows = zip(kept, middles, anchors, strict=True)
            return [Label(entry[0].key, m, a, entry[0].first) for entry, m, a in rows]
        by_size.pop()
    return []


def visible_runs(scale: AxisScale, runs: Sequence[Run]) -> list[Seen]:
    """Runs in view, and the part of the view that each takes."""
    return [entry for run in runs if _size(entry := _seen(scale, run)) > 0]


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


def _seen(scale: AxisScale, run: Run) -> Seen:
    start = max(scale.start_of(run.first), 0.0)
    return run, start, min(scale.stop_of(run.stop - 1), scale.room_px)


def _size(entry: Seen) -> float:
    return entry[2] - entry[1]


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
