from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.widgets.flatmap.outlines import (
    border_segments,
    label_places,
    map_labels,
    regions_mask,
)
from tests.widgets.flatmap_content import AUD, MISSING, MOS, VISP, make_content


def unit_edges(segments):
    """Edges of one pixel that joined segments cover."""
    edges = set()
    for (x0, y0), (x1, y1) in segments.reshape(-1, 2, 2).astype(int).tolist():
        assert x0 == x1 or y0 == y1
        for x in range(x0, max(x1, x0 + 1)):
            for y in range(y0, max(y1, y0 + 1)):
                edges.add((x, y, "level" if y0 == y1 else "upright"))
    return edges


def edges_by_search(labels):
    """The same edges, found pixel by pixel."""
    rows, columns = labels.shape

    def label(row, column):
        return labels[row, column] if 0 <= row < rows and 0 <= column < columns else 0

    edges = set()
    for row in range(rows + 1):
        for column in range(columns + 1):
            if label(row, column) != label(row - 1, column):
                edges.add((column, row, "level"))
            if label(row, column) != label(row, column - 1):
                edges.add((column, row, "upright"))
    return edges


@pytest.mark.parametrize("seed", range(5))
def test_borders_are_those_that_a_search_finds(seed):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, size=(7, 11))
    assert unit_edges(border_segments(labels)) == edges_by_search(labels)


def test_edges_in_a_line_are_one_segment():
    labels = np.zeros((6, 9), dtype=np.int64)
    labels[2:5, 3:8] = 1
    found = {tuple(s) for s in border_segments(labels).reshape(-1, 4).tolist()}
    assert found == {(3, 2, 8, 2), (3, 5, 8, 5), (3, 2, 3, 5), (8, 2, 8, 5)}


def test_an_empty_map_has_no_borders():
    assert border_segments(np.zeros((3, 4), dtype=np.int64)).shape == (0, 2)


def test_hemispheres_have_a_border_between_them():
    content = make_content(
        region_ids=np.full((2, 4), VISP, dtype=np.uint32),
        has_path=np.ones((2, 4), dtype=bool),
        missing=np.zeros((2, 4), dtype=bool),
        left=np.broadcast_to(np.arange(4) < 2, (2, 4)),
    )
    assert (2, 0, "upright") in unit_edges(border_segments(map_labels(content)))


def test_a_missing_pixel_is_framed():
    row, column = MISSING
    edges = unit_edges(border_segments(map_labels(make_content())))
    assert {(column, row, "level"), (column, row + 1, "level")} <= edges
    assert {(column, row, "upright"), (column + 1, row, "upright")} <= edges


def test_every_region_has_a_place_in_each_hemisphere():
    content = make_content()
    places = label_places(content)
    assert sorted(p.region.structure_id for p in places) == sorted(2 * [AUD, MOS, VISP])
    assert [p.area for p in places] == sorted((p.area for p in places), reverse=True)
    for place in places:
        assert content.region_ids[int(place.y), int(place.x)] == place.region.structure_id


def test_the_visual_centre_of_a_rectangle_is_its_middle():
    place = next(p for p in label_places(make_content()) if p.region.acronym == "MOs" and p.x < 15)
    assert (place.x, place.y) == (7.5, 5.5)
    assert (place.width, place.height, place.area) == (13, 9, 117)


def test_the_centre_of_a_horseshoe_lies_inside_it():
    ids = np.zeros((9, 9), dtype=np.uint32)
    ids[1:8, 1:8] = VISP
    ids[3:8, 3:6] = 0
    blank = np.zeros(ids.shape, dtype=bool)
    content = make_content(region_ids=ids, has_path=ids > 0, missing=blank, left=blank)
    (place,) = label_places(content)
    assert ids[int(place.y), int(place.x)] == VISP


def test_selected_pixels_are_those_of_the_regions_in_both_hemispheres():
    content = make_content()
    mask = regions_mask(content, (AUD, VISP))
    np.testing.assert_array_equal(mask, np.isin(content.region_ids, [AUD, VISP]))
    assert not regions_mask(content, (12345,)).any()
