"""Polygons of a slice as volumes: areas known in closed form, on every axis."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import SourceError
from napari_connectome.core.polygons import polygon_volume
from tests.core.model_data import SHAPE, small_atlas

RECTANGLE = [(150.0, 300.0), (400.0, 300.0), (400.0, 525.0), (150.0, 525.0)]


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return small_atlas()


def rectangle(axis: int) -> np.ndarray:
    """Coverage by the rectangle, from 230 to 500 µm along an axis."""
    rows, columns = (n for i, n in enumerate(SHAPE) if i != axis)
    across, down, along = np.zeros(rows), np.zeros(columns), np.zeros(SHAPE[axis])
    across[1:4] = 0.5, 1, 1
    down[3:6] = 1, 1, 0.25
    along[2:5] = 0.7, 1, 1
    return np.moveaxis(np.einsum("a,b,c->abc", along, across, down), 0, axis)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("in_space", [False, True])
@pytest.mark.parametrize("backwards", [False, True])
def test_a_rectangle_covers_parts_of_voxels(atlas, axis, in_space, backwards) -> None:
    vertices = np.array(RECTANGLE[::-1] if backwards else RECTANGLE)
    if in_space:
        vertices = np.insert(vertices, axis, 350.0, axis=1)
    found = polygon_volume(
        vertices, atlas, depth_um=(230.0, 500.0), axis=None if in_space else axis
    )
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, rectangle(axis), atol=1e-6)


def test_left_stays_left(atlas) -> None:
    """A triangle in the coronal plane, nearer to the left edge and to the top."""
    triangle = [(600.0, 110.0, 20.0), (600.0, 110.0, 380.0), (600.0, 490.0, 20.0)]
    found = polygon_volume(triangle, atlas, depth_um=(600.0, 700.0))
    assert found.sum() == pytest.approx(3.6 * 3.8 / 2, rel=1e-3)
    place = np.argwhere(found)
    assert set(place[:, 0]) == {6}
    middle = ((place + 0.5) * found[tuple(place.T)][:, None]).sum(axis=0) / found.sum()
    np.testing.assert_allclose(middle[1:], [2.3667, 1.4], atol=0.05)
    assert found[6, 2, 1] == 1
    assert found[6, 4, 3] == 0


def test_a_circle_has_its_area(atlas) -> None:
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    circle = np.stack([500 + 310 * np.cos(angle), 430 + 310 * np.sin(angle)], axis=1)
    found = polygon_volume(circle, atlas, depth_um=(0.0, 100.0), axis=1)
    assert found.sum() == pytest.approx(np.pi * 3.1**2, rel=1e-3)
    assert found.max() == 1


def test_where_the_outline_crosses_itself_even_is_outside(atlas) -> None:
    """A star of five points has a hole in its middle."""
    angle = np.pi / 2 + np.arange(5) * 4 * np.pi / 5
    star = np.stack([550 + 300 * np.cos(angle), 450 + 300 * np.sin(angle)], axis=1)
    found = polygon_volume(star, atlas, depth_um=(0.0, 100.0), axis=1)
    assert found[5, 0, 4] == 0
    assert found[4:7, 0, 3:6].max() > 0


def test_what_lies_beyond_the_box_is_cut_off(atlas) -> None:
    square = [(-500.0, -500.0), (-500.0, 150.0), (100.0, 150.0), (100.0, -500.0)]
    found = polygon_volume(square, atlas, depth_um=(-100.0, 100.0), axis=0)
    expected = np.zeros(SHAPE)
    expected[0, 0, :2] = 1, 0.5
    np.testing.assert_allclose(found, expected, atol=1e-6)


SPATIAL = [(500.0, 100.0, 100.0), (500.0, 300.0, 100.0), (500.0, 300.0, 300.0)]


@pytest.mark.parametrize(
    ("vertices", "axis", "depth", "message"),
    [
        (RECTANGLE[:2], 0, (0, 100), "three vertices"),
        ([1.0, 2.0, 3.0], 0, (0, 100), "three vertices"),
        ([[0, 0, 0, 0]] * 3, 0, (0, 100), "three vertices"),
        ([(np.nan, 0), (1, 1), (2, 0)], 0, (0, 100), "Finite vertices"),
        (RECTANGLE, None, (0, 100), "Say which axis"),
        ([(500.0, 100.0, 100.0)] * 3, None, (0, 100), "3 such axes"),
        ([(1.0, 2.0, 3.0), (2.0, 3.0, 4.0), (0.0, 1.0, 5.0)], None, (0, 100), "0 such axes"),
        (RECTANGLE, 3, (0, 100), "An axis of 0"),
        (RECTANGLE, 0, (100, 100), "from a lower to a higher"),
        (RECTANGLE, 0, (0, np.inf), "from a lower to a higher"),
        (RECTANGLE, 0, (5000, 6000), "AP 5000 to 6000, DV 150 to 400, ML 300 to 525"),
        (np.add(RECTANGLE, 5000), 0, (0, 100), "encloses no part"),
        ([(100.0, 100.0), (200.0, 200.0), (300.0, 300.0)], 0, (0, 100), "wider than a line"),
    ],
)
def test_what_encloses_nothing_is_refused(atlas, vertices, axis, depth, message) -> None:
    with pytest.raises(SourceError, match=message):
        polygon_volume(vertices, atlas, depth_um=depth, axis=axis)


def test_the_axis_may_be_said_for_vertices_in_space(atlas) -> None:
    tilted = np.array(SPATIAL)
    tilted[0, 0] += 7
    by_hand = polygon_volume(tilted, atlas, depth_um=(400.0, 600.0), axis=0)
    found = polygon_volume(SPATIAL, atlas, depth_um=(400.0, 600.0))
    np.testing.assert_array_equal(found, by_hand)
