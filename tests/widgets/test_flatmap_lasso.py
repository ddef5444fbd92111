from __future__ import annotations

import numpy as np
import pytest
from qtpy.QtCore import QPoint, Qt

from napari_connectome.widgets.flatmap.lasso import pixels_inside
from napari_connectome.widgets.flatmap.view import FlatmapView
from tests.widgets.flatmap_content import make_content

LEFT, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier
CORNERS = ((11, 18), (11, 24), (15, 24), (15, 18))
"""Row and column; the outline runs through the corners of these pixels, clockwise."""


@pytest.fixture
def view(qtbot):
    view = FlatmapView()
    qtbot.addWidget(view)
    view.resize(420, 500)
    view.set_content(make_content())
    with qtbot.waitExposed(view):
        view.show()
    qtbot.wait(50)
    return view


def place(view, row, column):
    x, y = view.canvas.frame.screen_point(column, row)
    return QPoint(round(x), round(y))


def outline(qtbot, view, modifier=SHIFT):
    canvas = view.canvas
    places = [place(view, *corner) for corner in CORNERS]
    qtbot.mousePress(canvas, LEFT, modifier, pos=places[0])
    for at in places[1:]:
        qtbot.mouseMove(canvas, at)
    qtbot.mouseRelease(canvas, LEFT, modifier, pos=places[-1])


def test_a_shift_drag_outlines_pixels(qtbot, view):
    with (
        qtbot.assertNotEmitted(view.place_picked),
        qtbot.assertNotEmitted(view.place_dragged),
        qtbot.waitSignal(view.area_drawn) as drawn,
    ):
        outline(qtbot, view)
    expected = np.zeros(view.canvas.content.shape, dtype=bool)
    expected[11:15, 18:24] = True
    np.testing.assert_array_equal(drawn.args[0], expected)
    assert not view.lasso.is_drawing


def test_a_drag_without_shift_moves_the_source(qtbot, view):
    with qtbot.assertNotEmitted(view.area_drawn), qtbot.waitSignal(view.place_dragged):
        outline(qtbot, view, Qt.KeyboardModifier.NoModifier)


def test_a_shift_click_is_nothing(qtbot, view):
    with (
        qtbot.assertNotEmitted(view.area_drawn, wait=30),
        qtbot.assertNotEmitted(view.place_picked),
    ):
        qtbot.mouseClick(view.canvas, LEFT, SHIFT, pos=place(view, 11, 18))


def test_an_outline_ends_when_the_map_is_put_away(qtbot, view):
    qtbot.mousePress(view.canvas, LEFT, SHIFT, pos=place(view, 11, 18))
    qtbot.mouseMove(view.canvas, place(view, 11, 24))
    assert view.lasso.is_drawing
    view.hide()
    assert not view.lasso.is_drawing


def test_pixels_inside_agree_with_the_area():
    """A slanted outline against its exact area; an outline twice around is empty."""
    corners = np.array([(10.0, 10.0), (90.0, 20.0), (70.0, 80.0), (20.0, 60.0)])
    x, y = corners.T
    area = abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
    inside = pixels_inside(corners, (100, 100))
    assert inside.sum() == pytest.approx(area, rel=0.01)
    assert inside[45, 40]
    assert not inside[45, 95]
    assert not pixels_inside(np.concatenate([corners, corners]), (100, 100)).any()
