"""A regional matrix for print: both blocks side by side, divisions, colour scale and unit."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure

from napari_connectome.core.measures import Measure
from napari_connectome.core.regional_matrix import Marks, RegionalMatrix
from napari_connectome.core.regional_order import Order, arranged
from napari_connectome.figures.cell_colors import (
    MISSING,
    MISSING_HATCH,
    ZERO,
    CellColors,
    cell_colors,
)
from napari_connectome.figures.cell_marks import NAMES, draw_mark_key, draw_marks
from napari_connectome.figures.matrix_axis import draw_columns_axis, draw_rows_axis
from napari_connectome.figures.matrix_layout import (
    BLOCK_TITLES,
    CAPTION_LINE_MM,
    EDGE_MM,
    LABEL_PT,
    LEGEND_LINE_MM,
    SMALL_PT,
    SPACE_MM,
    MatrixLayout,
    layout_of,
    runs,
)
from napari_connectome.figures.page import Page, check_width, text_width_mm

LEAST_WIDTH_MM = 60.0
SCALE_MM, KEYS_MM, KEY_LINE_MM = (60.0, 2.4), 34.0, 3.6
FRAME = "0.35"
BORDER = "0.6"
HATCHED = {"facecolor": MISSING, "edgecolor": "0.55", "hatch": MISSING_HATCH}


def matrix_figure(
    matrix: RegionalMatrix,
    measure: Measure,
    *,
    log: bool = True,
    order: Order = "ontology",
    width_mm: float = 180.0,
) -> Figure:
    """Draw a regional matrix.

    Parameters
    ----------
    matrix : RegionalMatrix
        Sources become rows, targets columns.
    measure : Measure
        Which of its measures.
    log : bool
        Colours on a logarithmic scale.
    order : {"ontology", "clustered"}
        Rows and columns as the matrix has them, or similar ones beside each other.
    width_mm : float
        Most width on paper. Acronyms are written where they get at least 4 pt.

    Returns
    -------
    Figure
        For :func:`~napari_connectome.figures.saving.save_figure`.

    Raises
    ------
    ModelError
        When the matrix does not have the measure.
    DataError
        When the paper is too narrow.
    """
    check_width(width_mm, LEAST_WIDTH_MM, "A matrix figure")
    shown = arranged(matrix, measure, order)
    values, layout = shown.values(measure), layout_of(shown, matrix.unit(measure), width_mm)
    page, colors = Page(layout.width, layout.height), cell_colors(values, log=log)
    draw_rows_axis(page, layout, shown)
    for x, columns in layout.blocks:
        draw_columns_axis(page, layout, shown, x, columns)
        _draw_cells(page, layout, shown, colors.rgba(values[:, columns]), x, columns)
    _write_titles(page, layout, shown)
    _draw_scale(page, layout, shown, measure, colors, values)
    _draw_legend(page, layout, shown)
    return page.figure


def _draw_cells(
    page: Page,
    layout: MatrixLayout,
    matrix: RegionalMatrix,
    rgba: npt.NDArray[np.float64],
    x: float,
    columns: npt.NDArray[np.int64],
) -> None:
    size = (len(columns) * layout.cell, layout.rows * layout.cell)
    axes = page.axes(x, layout.top, *size)
    # Missing cells are transparent: the hatched ground shows through.
    axes.patch.set(linewidth=0, **HATCHED)
    axes.imshow(rgba, interpolation="nearest", aspect="auto", zorder=1)
    if matrix.marks is not None:
        draw_marks(axes, matrix.marks[:, columns], rgba)
    if layout.names:
        _draw_borders(axes, matrix, columns)
    for spine in axes.spines.values():
        spine.set(linewidth=0.5, color=FRAME)


def _draw_borders(axes: Axes, matrix: RegionalMatrix, columns: npt.NDArray[np.int64]) -> None:
    """Thin lines between divisions."""
    for _, first, _ in runs(matrix.row_divisions)[1:]:
        axes.axhline(first - 0.5, linewidth=0.25, color=BORDER, zorder=2)
    for _, first, _ in runs(matrix.column_divisions[columns])[1:]:
        axes.axvline(first - 0.5, linewidth=0.25, color=BORDER, zorder=2)


def _write_titles(page: Page, layout: MatrixLayout, matrix: RegionalMatrix) -> None:
    line = EDGE_MM + 1.2
    for x, columns in layout.blocks:
        title, block = BLOCK_TITLES[bool(matrix.contra[columns[0]])], len(columns) * layout.cell
        if text_width_mm(f"{title} targets", LABEL_PT) < block:
            title = f"{title} targets"
        width = max(block, text_width_mm(title, LABEL_PT))
        page.text(x + width / 2, line, title, LABEL_PT, ha="center")
    middle = (layout.top + layout.bottom) / 2
    page.text(line, middle, "Sources", LABEL_PT, ha="center", rotation=90)


def _draw_scale(
    page: Page,
    layout: MatrixLayout,
    matrix: RegionalMatrix,
    measure: Measure,
    colors: CellColors,
    values: npt.NDArray[np.float64],
) -> None:
    """Colour scale with what it means, and the colours beside it that mean no value."""
    x, y = layout.left, layout.bottom + 2.5
    width = min(SCALE_MM[0], layout.width - x - EDGE_MM - KEYS_MM)
    if (values > 0).any():
        axes = page.axes(x, y, width, SCALE_MM[1])
        bar = page.figure.colorbar(
            ScalarMappable(colors.norm, colors.colormap),
            cax=axes,
            orientation="horizontal",
            extend=colors.extend,
        )
        bar.outline.set_linewidth(0.4)
        axes.tick_params(labelsize=SMALL_PT, length=1.5, width=0.4, pad=1)
        axes.tick_params(which="minor", length=0.8, width=0.3)
    else:
        page.text(x, y + SCALE_MM[1] / 2, "No connection is larger than zero.", SMALL_PT)
    _draw_keys(page, x + width + 5.0, y, values, matrix.marks)
    page.text(x, y + 8.0, matrix.title(measure), LABEL_PT)
    for number, line in enumerate((*layout.unit, matrix.origin)):
        color = "black" if number < len(layout.unit) else "0.4"
        page.text(x, y + 11.2 + number * CAPTION_LINE_MM, line, SMALL_PT, color=color)


def _draw_keys(
    page: Page, x: float, y: float, values: npt.NDArray[np.float64], marks: Marks | None
) -> None:
    """Looks of the cells without a value on the scale, and of marked ones, where there are such."""
    left = x
    keys = (
        ("zero", bool((values == 0).any()), {"facecolor": ZERO, "edgecolor": FRAME}),
        ("missing", bool(np.isnan(values).any()), HATCHED),
    )
    for text, present, style in keys:
        if present:
            page.box(x, y, 3.6, SCALE_MM[1], linewidth=0.4, **style)
            page.text(x + 4.4, y + SCALE_MM[1] / 2, text, SMALL_PT)
            x += 7.5 + text_width_mm(text, SMALL_PT)
    for mark, text in NAMES.items():
        if marks is not None and (marks == mark).any():
            y += KEY_LINE_MM
            draw_mark_key(page, mark, left, y, 3.6, SCALE_MM[1])
            page.text(left + 4.4, y + SCALE_MM[1] / 2, text, SMALL_PT)


def _draw_legend(page: Page, layout: MatrixLayout, matrix: RegionalMatrix) -> None:
    """Names of the divisions where no stretch of an axis stands for one."""
    lines = max((y for _, y, _ in layout.legend), default=0.0)
    top = layout.height - lines - LEGEND_LINE_MM + 0.5
    for x, y, division_id in layout.legend:
        division = matrix.tree[division_id]
        color = [part / 255 for part in division.rgb]
        page.box(x, top + y - 1.0, 2.0, 2.0, facecolor=color, linewidth=0)
        page.text(x + 2.0 + SPACE_MM, top + y, division.acronym, SMALL_PT)
