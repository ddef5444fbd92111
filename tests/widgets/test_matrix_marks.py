"""Marks on the matrix: completed cells, blind ones, and what a person marks as missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from qtpy.QtCore import QPoint, Qt
from qtpy.QtWidgets import QApplication, QPushButton

from napari_connectome.core.regional_matrix import COMPLETED, MEASURED, UNDETERMINED
from napari_connectome.widgets.matrix.block_image import HATCH_PERIOD_PX
from napari_connectome.widgets.matrix.cell_key import CellKey
from napari_connectome.widgets.matrix.colors import (
    MARK_ALPHA,
    block_marks,
    cell_colors,
    mark_cells,
)
from napari_connectome.widgets.matrix.content import PAINTED, AxisRegion, MatrixContent
from napari_connectome.widgets.matrix.view import PAINT_HELP, MatrixView

LEFT = Qt.MouseButton.LeftButton
ROWS = tuple(AxisRegion(i, f"R{i}", f"Region {i}", (9, 9, 9), "TH", (9, 9, 9)) for i in range(4))
SIDES = ("ipsi",) * 4 + ("contra",) * 4


def content(marks: np.ndarray | None) -> MatrixContent:
    values = np.full((4, 8), 1.0)
    values[0, 0] = 100.0
    values[3, 7] = np.nan
    return MatrixContent(ROWS, ROWS * 2, SIDES, values, "Density", "1/voxel", marks)


def marks() -> np.ndarray:
    found = np.zeros((4, 8), np.int8)
    found[1, 1], found[1, 3], found[1, 5] = COMPLETED, UNDETERMINED, PAINTED
    found[3, 7] = PAINTED
    return found


@pytest.fixture
def view(qtbot):
    view = MatrixView()
    qtbot.addWidget(view)
    view.resize(700, 460)
    view.set_content(content(marks()))
    with qtbot.waitExposed(view):
        view.show()
    for _ in range(3):
        QApplication.processEvents()
        qtbot.wait(1)
    return view


def middle(view: MatrixView, row: int, column: int) -> QPoint:
    picture = view.picture
    return QPoint(round(picture.columns.middle_of(column)), round(picture.rows.middle_of(row)))


def colors_in(view: MatrixView, row: int, column: int) -> np.ndarray:
    """Colours of the pixels well inside a cell, shape (n, n, 3)."""
    image = view.picture.cells.grab().toImage()
    at, reach = middle(view, row, column), 12
    return np.array(
        [
            [image.pixelColor(at.x() + x, at.y() + y).getRgb()[:3] for x in range(-reach, reach)]
            for y in range(-reach, reach)
        ]
    )


def test_marks_have_patterns_over_the_colour_of_the_value(view):
    assert view.picture.rows.cell_px > 5 * HATCH_PERIOD_PX
    plain = colors_in(view, 2, 2)
    color = plain[0, 0]
    assert (plain == color).all()

    def changed(column: int) -> np.ndarray:
        return (colors_in(view, 1, column) != color).any(axis=2)

    dot, cross, stripes = changed(1), changed(3), changed(5)
    # One dot, in the middle; lines and stripes all over, with the value's colour between.
    assert dot[11:13, 11:13].all()
    assert not dot[:8].any()
    assert 0.15 < cross.mean() < 0.6
    assert 0.15 < stripes.mean() < 0.5
    assert cross[:8].any()
    assert (cross != stripes).any()
    # A missing cell stays missing whatever its mark.
    assert not (colors_in(view, 3, 7) == color).all(axis=2).any()


def test_what_is_under_the_mouse_is_told_with_its_mark(qtbot, view):
    for column, words in ((1, "1 (completed)"), (3, "not determined"), (5, "(marked missing)")):
        qtbot.mouseMove(view.picture.cells, middle(view, 1, column))
        qtbot.waitUntil(lambda w=words: w in view.info.text, timeout=2000)
    qtbot.mouseMove(view.picture.cells, middle(view, 2, 2))
    qtbot.waitUntil(lambda: "(" not in view.info.value, timeout=2000)


def test_the_legend_explains_the_marks_that_there_are(view):
    def shown() -> set[str]:
        keys = view.legend.findChildren(CellKey)
        return {key.toolTip().split(":")[0] for key in keys if key.isVisible()}

    assert len(shown()) == 5
    view.set_content(content(None))
    assert len(shown()) == 2


def test_a_stroke_marks_a_block_and_one_from_a_marked_cell_wipes_it(qtbot, view):
    told = []
    view.cells_painted.connect(lambda *block: told.append(block))
    view.set_paintable(True)
    cells = view.picture.cells
    paint = view.findChild(QPushButton, "matrix_paint")
    assert paint.isChecked()
    assert view.info.text == PAINT_HELP
    before = view.picture.columns.start_of(0)

    def drag(start, stop):
        qtbot.mousePress(cells, LEFT, pos=middle(view, *start))
        qtbot.mouseMove(cells, middle(view, *stop))
        assert cells.sheet.shown
        qtbot.mouseRelease(cells, LEFT, pos=middle(view, *stop))

    drag((0, 4), (2, 2))
    drag((1, 5), (1, 5))
    assert told == [
        ((0, 1, 2), ((2, "ipsi"), (3, "ipsi"), (0, "contra")), True),
        ((1,), ((1, "contra"),), False),
    ]
    assert view.picture.columns.start_of(0) == before
    # A stroke that leaves the cells reaches to the last of them.
    qtbot.mousePress(cells, LEFT, pos=middle(view, 3, 6))
    qtbot.mouseRelease(cells, LEFT, pos=QPoint(cells.width() + 50, cells.height() + 50))
    assert told[-1] == ((3,), ((2, "contra"), (3, "contra")), True)
    # Clicks choose cells again when painting is over, and the button goes with the mode.
    qtbot.mouseClick(paint, LEFT)
    with qtbot.waitSignal(view.cell_chosen):
        qtbot.mouseClick(cells, LEFT, pos=middle(view, 2, 2))
    view.set_paintable(False)
    assert not paint.isVisible()
    assert len(told) == 3


def test_marks_travel_in_the_opacity_of_the_colours():
    given = content(marks())
    colors = cell_colors(given.values, None)
    mark_cells(colors, marks())
    assert colors[1, 1, 3] == MARK_ALPHA[COMPLETED]
    assert colors[0, 0, 3] == MARK_ALPHA[MEASURED] == 255
    assert colors[3, 7, 3] == 0
    assert sorted(MARK_ALPHA, reverse=True) == list(MARK_ALPHA)


def test_the_largest_mark_of_a_block_counts():
    rng = np.random.default_rng(0)
    found = rng.integers(0, 4, (12, 9)).astype(np.int8)
    blocks = found.reshape(4, 3, 3, 3).max(axis=(1, 3))
    np.testing.assert_array_equal(block_marks(found, (4, 3)), blocks)
    np.testing.assert_array_equal(block_marks(found, (12, 9)), found)


def test_marks_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="marks"):
        replace(content(None), marks=np.zeros((2, 2), np.int8))
