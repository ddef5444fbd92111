"""From values to colours, zero and missing cells apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from napari.utils.colormaps import ensure_colormap
from numpy.typing import NDArray

from napari_connectome.core.color_limits import ColorLimits
from napari_connectome.layers.evidence_styles import difference_rgba
from napari_connectome.layers.styles import PROJECTION

DARKEST = 0.16
"""Where in the colormap the smallest values start, so that they stand out from zero."""
ZERO_RGBA = (6, 6, 10, 255)
N_COLORS = 256
MARK_ALPHA = (255, 192, 128, 64)
"""Opacity that stands for each mark in the colours of the cells; missing cells have 0."""


def scale_colors() -> Sequence[tuple[float, float, float, float]]:
    """Colours of the scale from low to high, RGBA between 0 and 1."""
    steps = np.linspace(DARKEST, 1.0, N_COLORS)
    colors = ensure_colormap(PROJECTION["colormap"]).map(steps)
    return [(float(r), float(g), float(b), float(a)) for r, g, b, a in colors]


def difference_colors() -> Sequence[tuple[float, float, float, float]]:
    """Colours of a difference from low to high, those of the volume without transparency."""
    return [(float(r), float(g), float(b), 1.0) for r, g, b, _ in difference_rgba(N_COLORS)]


def cell_colors(values: NDArray[np.float64], limits: ColorLimits | None) -> NDArray[np.uint8]:
    """Colour of every cell.

    Parameters
    ----------
    values : ndarray of float64 (rows, columns)
        NaN where missing.
    limits : ColorLimits or None
        None: no value is above zero.

    Returns
    -------
    ndarray of uint8 (rows, columns, 4)
        RGBA; zero has a colour of its own, missing cells are transparent.
    """
    known = np.isfinite(values)
    colors = np.empty((*values.shape, 4), np.uint8)
    colors[...] = ZERO_RGBA
    colors[~known] = 0
    if limits is not None:
        shown = known & (values != 0 if limits.signed else values > 0)
        scale = difference_colors() if limits.signed else scale_colors()
        table = (255 * np.array(scale) + 0.5).astype(np.uint8)
        colors[shown] = table[_steps(values[shown], limits)]
    return colors


def mark_cells(colors: NDArray[np.uint8], marks: NDArray[np.int8]) -> None:
    """Write marks into the opacity of colours, where the picture finds them; missing cells stay."""
    known = colors[..., 3] > 0
    colors[..., 3][known] = np.array(MARK_ALPHA, np.uint8)[marks[known]]


def block_marks(marks: NDArray[np.int8], shape: tuple[int, int]) -> NDArray[np.int8]:
    """Largest marks of equal blocks of cells, as :func:`block_means` makes means."""
    if shape == marks.shape:
        return marks
    for axis, edges in enumerate(_block_edges(marks.shape, shape)):
        marks = np.maximum.reduceat(marks, edges, axis=axis)
    return marks


def _block_edges(shape: tuple[int, ...], blocks: tuple[int, int]) -> list[NDArray[np.intp]]:
    """First row and column of each block."""
    return [
        np.rint(np.linspace(0, size, count + 1)).astype(np.intp)[:-1]
        for size, count in zip(shape, blocks, strict=True)
    ]


def _steps(values: NDArray[np.float64], limits: ColorLimits) -> NDArray[np.intp]:
    """Number of the colour of each value."""
    low, high = limits.low, limits.high
    if limits.log:
        values, low, high = np.log10(values), float(np.log10(low)), float(np.log10(high))
    part = np.clip((values - low) / (high - low), 0.0, 1.0)
    return np.rint(part * (N_COLORS - 1)).astype(np.intp)


def block_means(values: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[np.float64]:
    """Means of blocks of cells; missing cells do not count.

    Parameters
    ----------
    values : ndarray of float64 (rows, columns)
        NaN where missing.
    shape : tuple of int
        Blocks down and across, at most as many as there are rows and columns.

    Returns
    -------
    ndarray of float64, of that shape
        NaN where every cell of a block is missing.
    """
    if shape == values.shape:
        return values
    known = np.isfinite(values)
    sums, counts = np.where(known, values, 0.0), known.astype(np.float64)
    for axis, edges in enumerate(_block_edges(values.shape, shape)):
        sums = np.add.reduceat(sums, edges, axis=axis)
        counts = np.add.reduceat(counts, edges, axis=axis)
    means = np.full(shape, np.nan)
    np.divide(sums, counts, out=means, where=counts > 0)
    return means
