from __future__ import annotations

import pytest

from napari_connectome.widgets.matrix.axis_scale import GAP_PX, LARGEST_CELL_PX, AxisScale


def scale_of(count, room, split=None, zoom=1.0, at=0.0):
    scale = AxisScale()
    scale.set_cells(count, split)
    scale.set_room(room)
    scale.set_zoom(zoom, at)
    return scale


def test_the_whole_fills_the_view():
    scale = scale_of(100, 400.0)
    assert scale.cell_px == 4.0
    assert (scale.start_of(0), scale.end_px) == (0.0, 400.0)


def test_two_blocks_leave_a_gap_and_still_fill_the_view():
    scale = scale_of(100, 406.0, split=60)
    assert scale.stop_of(59) == 240.0
    assert scale.start_of(60) == 240.0 + GAP_PX
    assert scale.end_px == pytest.approx(406.0)
    assert scale.index_at(243.0) is None


@pytest.mark.parametrize("zoom", [1.0, 2.7, 9.0])
def test_every_pixel_finds_the_cell_that_covers_it(zoom):
    scale = scale_of(50, 300.5, split=20, zoom=zoom, at=130.0)
    for px in range(300):
        covering = [i for i in range(50) if scale.start_of(i) <= px < scale.stop_of(i)]
        assert scale.index_at(float(px)) == (covering[0] if covering else None)


def test_nothing_lies_outside_the_cells():
    scale = scale_of(3, 500.0)
    assert scale.cell_px == LARGEST_CELL_PX
    assert scale.index_at(-1.0) is None
    assert scale.index_at(3 * LARGEST_CELL_PX + 1) is None
    assert scale_of(0, 100.0).index_at(5.0) is None


@pytest.mark.parametrize("split", [None, 30, 80])
def test_zoom_keeps_what_lies_at_the_mouse(split):
    scale = scale_of(100, 500.0, split)
    before = scale.position_at(317.0)
    for zoom in (1.5, 3.0, 8.0, 2.0):
        scale.set_zoom(zoom, 317.0)
        assert scale.position_at(317.0) == pytest.approx(before)


def test_panning_ends_at_the_first_and_the_last_cell():
    scale = scale_of(100, 400.0, zoom=4.0)
    scale.pan(1e6)
    assert scale.start_of(0) == 0.0
    scale.pan(-1e6)
    assert scale.end_px == pytest.approx(400.0)


def test_another_size_shows_the_same_first_cells():
    scale = scale_of(100, 400.0, split=50, zoom=4.0)
    scale.pan(-700.0)
    first = scale.position_at(0.0)
    scale.set_room(600.0)
    assert scale.position_at(0.0) == pytest.approx(first)
    assert scale.zoom == 4.0


def test_a_cell_outside_is_brought_to_the_middle_and_one_inside_stays():
    scale = scale_of(100, 400.0, zoom=5.0)
    assert scale.show(70)
    assert scale.middle_of(70) == pytest.approx(200.0)
    assert not scale.show(73)
    assert scale.middle_of(70) == pytest.approx(200.0)


def test_visible_cells_are_those_that_reach_into_the_view():
    scale = scale_of(100, 400.0, split=50, zoom=5.0, at=390.0)
    seen = scale.visible()
    for index in range(100):
        reaches = scale.stop_of(index) > 0 and scale.start_of(index) < 400.0
        assert (index in seen) == reaches
