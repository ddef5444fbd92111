"""Flattening a cylinder loses nothing; a sphere cannot be flattened without loss."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.cortex.flat_grid import FlatGrid, flat_grid
from napari_connectome.core.cortex.flatten import flatten
from napari_connectome.core.cortex.geodesics import (
    Surface,
    distances_from,
    pial_surface,
    spread_out,
)
from napari_connectome.core.cortex.potential import descent_of, solve_potential
from napari_connectome.core.cortex.sheet import Sheet, sheets_of
from napari_connectome.core.progress import run_to_end
from tests.core.cortex.shapes import half_pipe, shell_atlas

OUTER, LENGTH = 14.0, 30


def surface_of(sheet: Sheet) -> Surface:
    return pial_surface(sheet, descent_of(sheet, run_to_end(solve_potential(sheet))))


@pytest.fixture(scope="module")
def pipe() -> Surface:
    return surface_of(half_pipe(OUTER, 8.0, LENGTH))


def laid_out(surface: Surface) -> FlatGrid:
    plane, stress = run_to_end(flatten(surface))
    return flat_grid(surface, plane, stress, 1)


@pytest.fixture(scope="module")
def flat_pipe(pipe: Surface) -> FlatGrid:
    return laid_out(pipe)


def test_the_pia_lies_where_it_should(pipe: Surface) -> None:
    ap, dv, ml = pipe.points.T
    middle = (2 * int(OUTER) + 4) / 2
    radius = np.hypot(int(OUTER) + 2 - dv, ml - middle)
    assert abs(np.median(radius) - OUTER) < 0.3
    assert np.percentile(np.abs(radius - OUTER), 95) < 0.6
    assert (ap.min(), ap.max()) == (
        pytest.approx(0.5, abs=0.3),
        pytest.approx(LENGTH - 0.5, abs=0.3),
    )


def test_distances_run_along_the_surface(pipe: Surface) -> None:
    middle = (2 * int(OUTER) + 4) / 2
    ap, dv, ml = pipe.points.T
    angle = np.arctan2(ml - middle, int(OUTER) + 2 - dv)
    first = np.array([int(np.argmin(ap + 50 * np.abs(angle + 1.2)))])
    found = run_to_end(distances_from(pipe, first))[0]
    true = np.hypot(ap - ap[first], OUTER * (angle - angle[first]))
    far = true > 10
    ratio = found[far] / true[far]
    assert 0.98 < np.median(ratio) < 1.04
    assert np.percentile(np.abs(ratio - np.median(ratio)), 95) < 0.03


def test_a_cylinder_lies_flat(flat_pipe: FlatGrid) -> None:
    grid = flat_pipe
    assert grid.distortion.length_stress < 0.02
    assert 0.93 < grid.distortion.area_median < 1.07
    assert grid.distortion.area_low > 0.8
    assert grid.distortion.area_high < 1.2
    rows, columns = (np.flatnonzero(grid.pixels.any(axis=axis)) for axis in (1, 0))
    assert abs(len(rows) - LENGTH) <= 3
    assert abs(len(columns) - np.pi * OUTER) <= 4
    assert grid.pixels.sum() > 0.9 * len(rows) * len(columns)


def test_rows_run_backwards_and_columns_outward(flat_pipe: FlatGrid) -> None:
    grid = flat_pipe
    row, column = np.argwhere(grid.pixels).T
    assert np.corrcoef(row, grid.starts[:, 0])[0, 1] > 0.99
    assert np.corrcoef(column, grid.starts[:, 2])[0, 1] > 0.9


def test_a_dome_does_not_lie_flat_and_that_is_said() -> None:
    right, _left = sheets_of(shell_atlas())
    distortion = laid_out(surface_of(right)).distortion
    assert distortion.length_stress > 0.03
    assert distortion.area_low < 0.95
    assert f"{distortion.length_stress:.0%}" in distortion.label


def test_points_are_spread_evenly() -> None:
    line = np.linspace(0, 1, 101)[:, None]
    assert sorted(spread_out(line, 3).tolist()) == [0, 50, 100]
    assert len(spread_out(line, 1000)) == 101
