"""Paths listed by index get back their order."""

from __future__ import annotations

import numpy as np

from napari_connectome.core.cortex.ordering import ordered, sorted_by_index
from napari_connectome.core.progress import run_to_end
from tests.core.cortex.shapes import shell_atlas, shell_views


def test_paths_sorted_by_index_are_put_in_order() -> None:
    atlas = shell_atlas()
    _top, dorsal = shell_views()
    by_index = np.sort(np.where(dorsal.paths >= 0, dorsal.paths, np.iinfo(np.int32).max), axis=1)
    by_index = np.where(by_index == np.iinfo(np.int32).max, -1, by_index).astype(np.int32)
    assert sorted_by_index(by_index)
    assert not sorted_by_index(dorsal.paths)
    again = run_to_end(ordered(by_index, atlas))
    assert not sorted_by_index(again)
    # The middle of the shell is the middle of the box: paths go straight to it.
    for path in again:
        found = path[path >= 0]
        places = np.stack(np.unravel_index(found, atlas.shape), axis=1) + 0.5
        radius = np.linalg.norm(places - np.array(atlas.shape) / 2, axis=1)
        assert np.all(np.diff(radius) < 0.8)
    same = (again == dorsal.paths) | (dorsal.paths < 0)
    assert same.mean() > 0.9
