from __future__ import annotations

import pytest

from napari_connectome.widgets.flatmap.content import Extent
from napari_connectome.widgets.flatmap.frame import FOOT, HEAD, LARGEST_SCALE, MARGIN, Frame

EXTENT = Extent(top=10, left=5, rows=40, columns=60)
SIZE = (400.0, 300.0)


def corners(frame):
    left, top = frame.screen_point(EXTENT.left, EXTENT.top)
    right, bottom = frame.screen_point(EXTENT.left + EXTENT.columns, EXTENT.top + EXTENT.rows)
    return left, top, right, bottom


def test_the_whole_map_fills_the_canvas_but_for_its_margins():
    left, top, right, bottom = corners(Frame.whole(EXTENT, SIZE))
    assert left + right == pytest.approx(400)
    assert left >= MARGIN - 1e-9
    assert top >= 15 - 1e-9
    assert bottom <= 285 + 1e-9
    assert (right - left) / (bottom - top) == pytest.approx(60 / 40)
    assert left == pytest.approx(MARGIN) or top == pytest.approx(15)


def test_a_high_canvas_leaves_room_for_the_writing():
    frame = Frame.whole(EXTENT, (900.0, 600.0))
    _left, top, _right, bottom = corners(frame)
    assert top == pytest.approx(HEAD)
    assert bottom == pytest.approx(600 - FOOT)


def test_zooming_keeps_what_is_under_the_cursor():
    frame = Frame.whole(EXTENT, SIZE)
    before = frame.map_point(123, 77)
    after = frame.zoomed(2.5, 123, 77)
    assert after.scale == pytest.approx(2.5 * frame.scale)
    assert after.map_point(123, 77) == pytest.approx(before)


def test_zooming_ends():
    assert Frame.whole(EXTENT, SIZE).zoomed(1e6, 0, 0).scale == LARGEST_SCALE


def test_a_map_is_never_smaller_than_whole():
    whole = Frame.whole(EXTENT, SIZE)
    assert whole.zoomed(0.3, 10, 10).moved(50, 50).kept_in(EXTENT, SIZE) == whole


@pytest.mark.parametrize("push", [(1e5, 0), (-1e5, 0), (0, 1e5), (0, -1e5)])
def test_a_map_cannot_be_pushed_out_of_sight(push):
    frame = Frame.whole(EXTENT, SIZE).zoomed(3, 200, 150).moved(*push).kept_in(EXTENT, SIZE)
    left, top, right, bottom = corners(frame)
    assert min(right, 400) - max(left, 0) >= 39.9
    assert min(bottom, 300) - max(top, 0) >= 39.9


def test_pixels_and_places_on_the_screen():
    frame = Frame(scale=4.0, left=-10.0, top=20.0)
    assert frame.pixel_at(*frame.screen_point(7.5, 3.5)) == (3, 7)
    assert frame.pixel_at(*frame.screen_point(-0.5, 3.5)) == (3, -1)
