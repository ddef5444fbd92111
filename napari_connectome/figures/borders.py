"""Borders between labelled pixels as smooth lines."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import numpy.typing as npt

ROUNDS = 3
"""How often a line is smoothed; its ends stay where they are."""
Corner = tuple[int, int]
Line = npt.NDArray[np.float64]


def border_lines(labels: npt.NDArray[Any]) -> list[Line]:
    """Lines between pixels of different labels, the edge of the picture included.

    Lines run from one place where three labels meet to the next, or in a ring, so that
    each border is drawn once. The steps of the pixels are smoothed away.

    Parameters
    ----------
    labels : ndarray of int, shape (rows, columns)
        0 is the outside.

    Returns
    -------
    list of ndarray, shape (k, 2)
        x and y; pixel (row, column) covers column to column + 1 and row to row + 1.
    """
    neighbours = _graph(labels)
    ends = {corner for corner, others in neighbours.items() if len(others) != 2}
    lines = []
    # Rings have no end: they are what is left when all other lines are followed.
    for corner in [*sorted(ends), *neighbours]:
        while neighbours[corner]:
            line = _follow(neighbours, corner, ends)
            lines.append(_smooth(np.array(line, dtype=np.float64)))
    return lines


def _graph(labels: npt.NDArray[Any]) -> dict[Corner, list[Corner]]:
    """Corners of pixels, each with those that a piece of border joins it to."""
    framed = np.pad(labels, 1)
    level = np.argwhere(framed[1:, 1:-1] != framed[:-1, 1:-1])
    upright = np.argwhere(framed[1:-1, 1:] != framed[1:-1, :-1])
    neighbours: dict[Corner, list[Corner]] = defaultdict(list)
    for found, (down, right) in ((level, (0, 1)), (upright, (1, 0))):
        for row, column in found.tolist():
            one, other = (column, row), (column + right, row + down)
            neighbours[one].append(other)
            neighbours[other].append(one)
    return dict(neighbours)


def _follow(
    neighbours: dict[Corner, list[Corner]], start: Corner, ends: set[Corner]
) -> list[Corner]:
    """Walk to the next end, or around a ring; used pieces are removed."""
    line, here = [start], start
    while True:
        following = neighbours[here].pop()
        neighbours[following].remove(here)
        line.append(following)
        here = following
        if here == start or here in ends:
            return line


def _smooth(line: Line) -> Line:
    ring = bool(np.array_equal(line[0], line[-1]))
    for _ in range(ROUNDS):
        if len(line) < 3:
            return line
        before, after = np.roll(line, 1, axis=0), np.roll(line, -1, axis=0)
        if ring:
            before[0], after[-1] = line[-2], line[1]
        eased = (before + 2.0 * line + after) / 4.0
        line = eased if ring else np.concatenate([line[:1], eased[1:-1], line[-1:]])
    return line
