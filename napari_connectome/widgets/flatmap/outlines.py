"""Borders and label places of the regions of a map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from napari_connectome.widgets.flatmap.content import FlatmapContent, MapRegion

Segments = npt.NDArray[np.float32]
CENTRE_PULL = 0.15
"""How much a label prefers the middle of its region to the widest place, pixels per pixel."""


def border_segments(labels: npt.NDArray[np.int64]) -> Segments:
    """Edges between pixels of different labels, and of labels with the outside.

    Parameters
    ----------
    labels : ndarray, shape (rows, columns)
        0 is the outside.

    Returns
    -------
    ndarray of float32, shape (2 * edges, 2)
        x, y of both ends of one edge after the other; pixel (row, column) covers
        column to column + 1 and row to row + 1. Edges in one line are joined.
    """
    framed = np.pad(labels, 1)
    upright = framed[1:-1, 1:] != framed[1:-1, :-1]
    level = framed[1:, 1:-1] != framed[:-1, 1:-1]
    row, column, length = _runs(level)
    levels = np.stack([column, row, column + length, row], axis=1)
    column, row, length = _runs(upright.T)
    uprights = np.stack([column, row, column, row + length], axis=1)
    return np.concatenate([levels, uprights]).reshape(-1, 2).astype(np.float32)


def _runs(
    edges: npt.NDArray[np.bool_],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Line, start and length of the stretches of edges that follow one another in a line."""
    steps = np.diff(np.pad(edges, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    line, start = np.nonzero(steps == 1)
    _line, end = np.nonzero(steps == -1)
    return line, start, end - start


def map_labels(content: FlatmapContent) -> npt.NDArray[np.int64]:
    """A label for every region in every hemisphere; 0 outside the map."""
    sided = 2 * (content.region_ids.astype(np.int64) + 1) + content.left
    return np.where(content.has_path | content.missing, sided, 0)


def regions_mask(content: FlatmapContent, ids: Sequence[int]) -> npt.NDArray[np.bool_]:
    """Pixels that show one of the regions."""
    return np.isin(content.region_ids, np.asarray(ids, dtype=np.uint32)) & content.has_path


@dataclass(frozen=True)
class LabelPlace:
    """Where a region's acronym is written in one hemisphere, in pixels of the map.

    ``width`` and ``height`` are the room that the region has there, ``area`` its size.
    """

    region: MapRegion
    x: float
    y: float
    width: float
    height: float
    area: int


def label_places(content: FlatmapContent) -> tuple[LabelPlace, ...]:
    """Visual centre of every region in every hemisphere, largest region first.

    It is the pixel farthest from the region's border, drawn a little to its centroid.
    """
    labels = map_labels(content)
    # A pixel beside another label is at distance 1; the frame counts as outside.
    framed = np.pad(labels, 1)
    inside = np.ones(labels.shape, dtype=bool)
    for shifted in (framed[:-2, 1:-1], framed[2:, 1:-1], framed[1:-1, :-2], framed[1:-1, 2:]):
        inside &= shifted == labels
    depth = ndimage.distance_transform_edt(np.pad(inside, 1))[1:-1, 1:-1] + 1.0
    places = []
    for label, rows, columns in _pixels_by_label(labels):
        region = content.regions.get(label // 2 - 1)
        if region is None:
            continue
        away = np.hypot(rows - rows.mean(), columns - columns.mean())
        best = int(np.argmax(depth[rows, columns] - CENTRE_PULL * away))
        row, column = int(rows[best]), int(columns[best])
        left, right = _stretch(labels[row] == label, column)
        top, bottom = _stretch(labels[:, column] == label, row)
        places.append(
            LabelPlace(
                region,
                x=column + 0.5,
                y=row + 0.5,
                width=2.0 * min(column - left, right - column) + 1.0,
                height=float(bottom - top + 1),
                area=len(rows),
            )
        )
    return tuple(sorted(places, key=lambda place: -place.area))


def _pixels_by_label(
    labels: npt.NDArray[np.int64],
) -> Iterator[tuple[int, npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
    """Every label with the rows and columns of its pixels, sorted once for all of them."""
    rows, columns = np.nonzero(labels)
    order = np.argsort(labels[rows, columns], kind="stable")
    rows, columns = rows[order], columns[order]
    sorted_labels = labels[rows, columns]
    starts = np.flatnonzero(np.diff(sorted_labels, prepend=0))
    for start, end in pairwise([*starts.tolist(), len(order)]):
        yield int(sorted_labels[start]), rows[start:end], columns[start:end]


def _stretch(line: npt.NDArray[np.bool_], at: int) -> tuple[int, int]:
    """First and last index of the stretch of True around a place."""
    gaps = np.flatnonzero(~line)
    after = int(np.searchsorted(gaps, at))
    first = int(gaps[after - 1]) + 1 if after > 0 else 0
    last = int(gaps[after]) - 1 if after < len(gaps) else len(line) - 1
    return first, last
