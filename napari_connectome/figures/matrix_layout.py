"""Where everything of a matrix figure goes: sizes in millimetres, cells square."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from napari_connectome.core.regional_matrix import RegionalMatrix
from napari_connectome.figures.page import POINT_MM, text_width_mm, wrapped

LABEL_PT, SMALL_PT, LEAST_PT = 7.0, 6.0, 4.0
LINE, TIGHT_LINE = 1.25, 1.1
"""Distance of two lines of text in units of the font size; the acronyms stand closer."""
STRIP_MM, SPACE_MM, LEADER_MM, EDGE_MM = 1.8, 0.7, 1.8, 2.0
BETWEEN_MM = 3.0
LARGEST_CELL_MM, NARROWEST_MM = 6.0, 100.0
TALLEST_MM = 250.0
"""Most height, unless the paper is wider than that."""
BELOW_MM = 19.0
CAPTION_LINE_MM, LEGEND_LINE_MM = 3.0, 4.0
BLOCK_TITLES = {False: "Ipsilateral", True: "Contralateral"}


@dataclass(frozen=True)
class MatrixLayout:
    """Sizes of a matrix figure in millimetres.

    Parameters
    ----------
    width, height : float
        Of the page.
    left, top : float
        Where the cells begin.
    cell : float
        Edge of a cell.
    rows : int
        Number of rows.
    blocks : tuple of (float, ndarray of int64)
        Left edge of each block of columns, and its columns.
    acronym_pt : float
        Font size of the acronyms, 0 where they do not fit.
    acronyms : float
        Room for them.
    names : float
        Room for the names of the divisions; 0: a legend names them.
    legend : tuple of (float, float, int)
        Entries of that legend: left edge, distance below its first line, division.
    unit : tuple of str
        The unit in lines that fit.
    """

    width: float
    height: float
    left: float
    top: float
    cell: float
    rows: int
    blocks: tuple[tuple[float, npt.NDArray[np.int64]], ...]
    acronym_pt: float
    acronyms: float
    names: float
    legend: tuple[tuple[float, float, int], ...]
    unit: tuple[str, ...]

    @property
    def bottom(self) -> float:
        """Where the cells end."""
        return self.top + self.rows * self.cell


def layout_of(matrix: RegionalMatrix, unit: str, width_mm: float) -> MatrixLayout:
    """Sizes for a matrix on paper of a given width.

    Parameters
    ----------
    matrix : RegionalMatrix
        In the order in which it is drawn.
    unit : str
        Of its values, for the caption.
    width_mm : float
        Most width; a small matrix takes less.
    """
    names = _names_mm(matrix)
    cell = _cell(matrix, width_mm, names, 0.0)
    acronym_pt, acronyms = 0.0, 0.0
    room = _acronyms_mm(matrix, LEAST_PT)
    if (smaller := _cell(matrix, width_mm, names, room)) >= LEAST_PT * TIGHT_LINE * POINT_MM:
        acronym_pt = min(smaller / TIGHT_LINE / POINT_MM, SMALL_PT)
        acronyms = _acronyms_mm(matrix, acronym_pt)
        cell = _cell(matrix, width_mm, names, acronyms)
    before = _before(names, acronyms)
    blocks, x = [], before
    for contra in (False, True):
        columns = np.flatnonzero(matrix.contra == contra)
        if len(columns):
            blocks.append((x, columns))
            title = text_width_mm(BLOCK_TITLES[contra], LABEL_PT)
            x += max(len(columns) * cell, title) + BETWEEN_MM
    width = max(x - BETWEEN_MM + EDGE_MM, min(NARROWEST_MM, width_mm))
    lines = wrapped(unit, SMALL_PT, width - before - EDGE_MM)
    legend = () if names else tuple(_legend(matrix, before, width - EDGE_MM))
    below = BELOW_MM + CAPTION_LINE_MM * (len(lines) - 1)
    if legend:
        below += legend[-1][1] + LEGEND_LINE_MM
    return MatrixLayout(
        width=width,
        height=before + matrix.shape[0] * cell + below,
        left=before,
        top=before,
        cell=cell,
        rows=matrix.shape[0],
        blocks=tuple(blocks),
        acronym_pt=acronym_pt,
        acronyms=acronyms,
        names=names,
        legend=legend,
        unit=tuple(lines),
    )


def runs(divisions: npt.NDArray[np.int64]) -> list[tuple[int, int, int]]:
    """Stretches of equal divisions: (division, first, one past the last)."""
    cuts = np.flatnonzero(np.diff(divisions)) + 1
    starts = [0, *cuts.tolist(), len(divisions)] if len(divisions) else []
    return [(int(divisions[first]), first, last) for first, last in pairwise(starts)]


def _legend(
    matrix: RegionalMatrix, left: float, right: float
) -> Iterator[tuple[float, float, int]]:
    """Places of the divisions in a legend, in as many lines as they need."""
    x, y = left, 0.0
    for division_id in matrix.divisions():
        needed = 4.5 + text_width_mm(matrix.tree[division_id].acronym, SMALL_PT)
        if x > left and x + needed > right:
            x, y = left, y + LEGEND_LINE_MM
        yield x, y, division_id
        x += needed


def _names_mm(matrix: RegionalMatrix) -> float:
    """Room for division names beside their stretches, 0 where a division has several."""
    axes = [matrix.row_divisions]
    axes += [matrix.column_divisions[matrix.contra == side] for side in (False, True)]
    stretches = [[division for division, _, _ in runs(axis) if division] for axis in axes]
    if any(len(set(found)) < len(found) for found in stretches):
        return 0.0
    acronyms = [matrix.tree[i].acronym for i in matrix.divisions()]
    return max((text_width_mm(name, SMALL_PT) for name in acronyms), default=0.0)


def _acronyms_mm(matrix: RegionalMatrix, size_pt: float) -> float:
    ids = {*matrix.source_ids.tolist(), *matrix.target_ids.tolist()}
    longest = max((text_width_mm(matrix.tree[i].acronym, size_pt) for i in ids), default=0.0)
    return longest + SPACE_MM


def _before(names: float, acronyms: float) -> float:
    """Room above and left of the cells."""
    named = names + LEADER_MM + SPACE_MM if names else 0.0
    title = LABEL_PT * LINE * POINT_MM + SPACE_MM
    return EDGE_MM + title + named + STRIP_MM + SPACE_MM + acronyms


def _cell(matrix: RegionalMatrix, width_mm: float, names: float, acronyms: float) -> float:
    """Edge of a cell that makes the figure as wide as it may be."""
    rows, columns = matrix.shape
    before = _before(names, acronyms)
    across = (width_mm - before - EDGE_MM - BETWEEN_MM) / max(columns, 1)
    down = (max(TALLEST_MM, width_mm) - before - BELOW_MM) / max(rows, 1)
    return min(across, down, LARGEST_CELL_MM)
