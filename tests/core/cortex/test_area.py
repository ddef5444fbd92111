"""Areas of a map: the voxels under them, and the pixels over voxels."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.cortex.area import area_drawing, area_pixels
from napari_connectome.core.cortex.view import CorticalView
from napari_connectome.core.errors import SourceError

BOX = (4, 6, 8)


def slab() -> CorticalView:
    """A path of four voxels straight down under each pixel of a 4 × 8 map; the corner has none."""
    ap, ml = np.meshgrid(np.arange(4), np.arange(8), indexing="ij")
    depths = [np.ravel_multi_index((ap, np.full_like(ap, dv), ml), BOX) for dv in range(1, 5)]
    paths = np.stack(depths, axis=-1).reshape(-1, 4).astype(np.int32)
    lookup = np.arange(32, dtype=np.int32).reshape(4, 8)
    lookup[0, 0] = -1
    return CorticalView("top", "Top view", BOX, paths, lookup, "test", 100.0)


def pixels(*places: tuple[int, int]) -> np.ndarray:
    chosen = np.zeros((4, 8), dtype=bool)
    for place in places:
        chosen[place] = True
    return chosen


def voxels(view: CorticalView, chosen: np.ndarray, *depth: tuple[float, float]) -> list:
    drawing = area_drawing(view, chosen, *depth)
    np.testing.assert_array_equal(drawing.strengths, 1)
    return [tuple(map(int, np.unravel_index(i, BOX))) for i in drawing.indices]


def test_the_whole_depth_under_the_pixels():
    found = voxels(slab(), pixels((1, 2), (3, 7)))
    assert found == [(1, dv, 2) for dv in range(1, 5)] + [(3, dv, 7) for dv in range(1, 5)]


def test_a_part_of_the_depth():
    assert voxels(slab(), pixels((1, 2)), (0.5, 1.0)) == [(1, 3, 2), (1, 4, 2)]


def test_a_path_without_a_voxel_in_the_range_gives_the_nearest():
    assert voxels(slab(), pixels((1, 2)), (0.9, 0.95)) == [(1, 4, 2)]


def test_an_area_beside_the_cortex_is_refused():
    with pytest.raises(SourceError, match="holds no cortex"):
        area_drawing(slab(), pixels((0, 0)))
    with pytest.raises(SourceError, match="holds no cortex"):
        area_drawing(slab(), pixels())


def test_there_and_back():
    view, chosen = slab(), pixels((1, 2), (1, 3), (3, 7))
    np.testing.assert_array_equal(area_pixels(view, area_drawing(view, chosen).indices), chosen)
    assert not area_pixels(view, np.array([0], dtype=np.int64)).any()
