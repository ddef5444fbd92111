"""What stands beside the cells of a matrix: division colours and names, acronyms."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from napari_connectome.core.regional_matrix import RegionalMatrix
from napari_connectome.core.structures import StructureTree
from napari_connectome.figures.matrix_layout import (
    LEADER_MM,
    LINE,
    SMALL_PT,
    SPACE_MM,
    STRIP_MM,
    MatrixLayout,
    runs,
)
from napari_connectome.figures.page import POINT_MM, Page, spread

NO_DIVISION = (0.9, 0.9, 0.9)
LEADER = {"color": "0.5", "linewidth": 0.3}


def draw_rows_axis(page: Page, layout: MatrixLayout, matrix: RegionalMatrix) -> None:
    """Left of the cells: names, leaders, a strip of division colours, acronyms."""
    x = layout.left - layout.acronyms - SPACE_MM - STRIP_MM
    strip = page.axes(x, layout.top, STRIP_MM, layout.rows * layout.cell)
    colors = _division_colors(matrix.tree, matrix.row_divisions)
    strip.imshow(colors[:, None], interpolation="nearest", aspect="auto")
    strip.set_axis_off()
    if layout.names:
        for name, middle, place in _placed(layout, matrix.tree, matrix.row_divisions, layout.top):
            page.text(x - LEADER_MM - SPACE_MM, place, name, SMALL_PT, ha="right")
            page.line((x - LEADER_MM, place), (x - 0.2, middle), **LEADER)
    if layout.acronym_pt:
        for row, structure_id in enumerate(matrix.source_ids.tolist()):
            y = layout.top + (row + 0.5) * layout.cell
            text = matrix.tree[structure_id].acronym
            page.text(layout.left - SPACE_MM, y, text, layout.acronym_pt, ha="right")


def draw_columns_axis(
    page: Page,
    layout: MatrixLayout,
    matrix: RegionalMatrix,
    left: float,
    columns: npt.NDArray[np.int64],
) -> None:
    """Above a block of cells: the same, turned by 90 degrees."""
    y = layout.top - layout.acronyms - SPACE_MM - STRIP_MM
    strip = page.axes(left, y, len(columns) * layout.cell, STRIP_MM)
    divisions = matrix.column_divisions[columns]
    strip.imshow(
        _division_colors(matrix.tree, divisions)[None], interpolation="nearest", aspect="auto"
    )
    strip.set_axis_off()
    upright = {"rotation": 90, "ha": "center", "va": "bottom"}
    if layout.names:
        for name, middle, place in _placed(layout, matrix.tree, divisions, left):
            page.text(place, y - LEADER_MM - SPACE_MM, name, SMALL_PT, **upright)
            page.line((place, y - LEADER_MM), (middle, y - 0.2), **LEADER)
    if layout.acronym_pt:
        for column, structure_id in enumerate(matrix.target_ids[columns].tolist()):
            x = left + (column + 0.5) * layout.cell
            text = matrix.tree[structure_id].acronym
            page.text(x, layout.top - SPACE_MM, text, layout.acronym_pt, **upright)


def _placed(
    layout: MatrixLayout, tree: StructureTree, divisions: npt.NDArray[np.int64], start: float
) -> list[tuple[str, float, float]]:
    """Names of divisions, the middle of their stretches, and where there is room for the name."""
    found = [run for run in runs(divisions) if run[0]]
    middles = np.array([start + (first + last) / 2 * layout.cell for _, first, last in found])
    spacing = SMALL_PT * LINE * POINT_MM
    end = start + len(divisions) * layout.cell
    places = spread(middles, spacing, start + spacing / 2, end - spacing / 2)
    names = [tree[division].acronym for division, _, _ in found]
    return list(zip(names, middles.tolist(), places.tolist(), strict=True))


def _division_colors(
    tree: StructureTree, divisions: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Atlas colour of the division of each region, shape (n, 3), 0 to 1."""
    known = {i: np.array(tree[i].rgb) / 255.0 for i in set(divisions.tolist()) if i}
    return np.array([known.get(i, NO_DIVISION) for i in divisions.tolist()]).reshape(-1, 3)
