"""Paths in sheets where they are straight."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.cortex.potential import descent_of, solve_potential
from napari_connectome.core.cortex.sheet import Sheet
from napari_connectome.core.cortex.streamlines import trace
from napari_connectome.core.progress import run_to_end
from tests.core.cortex.shapes import ball_shell, slab


def traced(sheet: Sheet, starts: np.ndarray, every: int = 1) -> tuple[np.ndarray, tuple[int, ...]]:
    descent = descent_of(sheet, run_to_end(solve_potential(sheet)))
    shape = tuple(every * (n - 2) for n in sheet.tissue.shape)
    return run_to_end(trace(sheet, descent, starts, every, shape)), shape


@pytest.mark.parametrize("every", [1, 3])
def test_paths_through_a_plane_sheet_are_its_columns(every: int) -> None:
    starts = np.array([[4.2, 0.0, 2.9], [3.5, 0.4, 5.1], [4.5, -0.6, 4.5]])
    paths, shape = traced(slab(layers=6), starts, every)
    for path, start in zip(paths, starts, strict=True):
        ap, dv, ml = np.unravel_index(path[path >= 0], shape)
        assert np.array_equal(dv, np.arange(6 * every))
        assert set(ap) == {int(start[0] * every)}
        assert set(ml) == {int(start[2] * every)}


def test_paths_through_a_spherical_sheet_are_radii() -> None:
    outer, inner = 16.0, 9.0
    sheet = ball_shell(outer, inner)
    middle = np.array(sheet.tissue.shape) / 2 - 1
    rng = np.random.default_rng(0)
    outward = rng.normal(size=(60, 3))
    outward /= np.linalg.norm(outward, axis=1)[:, None]
    paths, shape = traced(sheet, middle + outer * outward)
    for path, direction in zip(paths, outward, strict=True):
        found = path[path >= 0]
        assert len(set(found.tolist())) == len(found)
        places = np.stack(np.unravel_index(found, shape), axis=1) + 0.5 - middle
        along = places @ direction
        aside = np.linalg.norm(places - along[:, None] * direction, axis=1)
        assert aside.max() < 1.6
        assert np.all(np.diff(along) < 0.9)
        assert along[0] > outer - 1.5
        assert along[-1] < inner + 1.5


def test_a_start_far_from_the_sheet_has_no_path() -> None:
    paths, _shape = traced(slab(), np.array([[4.0, 0.0, 4.0], [4.0, -9.0, 4.0]]))
    assert (paths >= 0).sum(axis=1).tolist() == [6, 0]
