"""Marks of completed cells on paper."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from matplotlib.figure import Figure

from napari_connectome.core.regional import regional_matrix
from napari_connectome.core.regional_matrix import COMPLETED, MEASURED, UNDETERMINED
from napari_connectome.figures.cell_marks import FINE, draw_marks
from napari_connectome.figures.matrix import matrix_figure
from tests.core.regional_data import region_model

LIGHT, DARK, MISSING = (1.0, 1.0, 0.9, 1.0), (0.1, 0.0, 0.2, 1.0), (0.0, 0.0, 0.0, 0.0)


def test_each_mark_lies_on_its_cell_in_an_ink_that_stands_out() -> None:
    axes = Figure().add_subplot()
    marks = np.array([[MEASURED, COMPLETED], [UNDETERMINED, COMPLETED], [COMPLETED, MEASURED]])
    rgba = np.array([[LIGHT, LIGHT], [DARK, DARK], [MISSING, DARK]])
    draw_marks(axes, marks.astype(np.int8), rgba)
    overlay = np.asarray(axes.images[0].get_array())
    assert tuple(axes.images[0].get_extent()) == (-0.5, 1.5, 2.5, -0.5)
    cells = overlay.reshape(3, FINE, 2, FINE, 4).swapaxes(1, 2)
    ink = cells[..., 3] > 0
    middle, corner = (FINE // 2, FINE // 2), (0, 0)
    assert not ink[0, 0].any()
    assert not ink[2].any()
    for place in ((0, 1), (1, 1)):
        assert ink[place][middle]
        assert not ink[place][corner]
        assert 0.03 < ink[place].mean() < 0.15
    assert ink[1, 0][middle]
    assert ink[1, 0][corner]
    assert (cells[0, 1][ink[0, 1]][:, :3] == 0).all()
    assert (cells[1, 1][ink[1, 1]][:, :3] == 1).all()


def test_the_key_names_the_marks_that_there_are() -> None:
    matrix = regional_matrix(region_model())
    marks = np.zeros(matrix.shape, np.int8)

    def texts() -> set[str]:
        shown = matrix_figure(replace(matrix, marks=marks), "connection_strength")
        return {text.get_text() for text in shown.texts}

    assert not texts() & {"completed", "not determined"}
    marks[0, 0] = COMPLETED
    assert texts() & {"completed", "not determined"} == {"completed"}
    marks[0, 1] = UNDETERMINED
    assert texts() >= {"completed", "not determined"}
