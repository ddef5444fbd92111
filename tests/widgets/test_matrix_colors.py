from __future__ import annotations

import numpy as np

from napari_connectome.core.color_limits import ColorLimits
from napari_connectome.widgets.matrix.colors import (
    ZERO_RGBA,
    block_means,
    cell_colors,
    scale_colors,
)


def test_zero_and_missing_have_colours_of_their_own():
    colors = cell_colors(np.array([[0.0, np.nan, 1e-3, 1.0]]), ColorLimits(1e-3, 1.0, log=True))
    table = (255 * np.array(scale_colors()) + 0.5).astype(int)
    assert tuple(colors[0, 0]) == ZERO_RGBA
    assert colors[0, 1, 3] == 0
    assert tuple(colors[0, 2]) == tuple(table[0])
    assert tuple(colors[0, 3]) == tuple(table[-1])
    assert np.abs(table[0, :3] - ZERO_RGBA[:3]).sum() > 60


def test_the_logarithm_and_the_line_put_a_value_where_it_belongs():
    table = (255 * np.array(scale_colors()) + 0.5).astype(int)
    log = cell_colors(np.array([[1e-2]]), ColorLimits(1e-4, 1.0, log=True))
    line = cell_colors(np.array([[0.25, 7.0]]), ColorLimits(0.0, 1.0, log=False))
    assert tuple(log[0, 0]) == tuple(table[128])
    assert tuple(line[0, 0]) == tuple(table[64])
    assert tuple(line[0, 1]) == tuple(table[-1])


def test_block_means_are_means_of_the_known_cells():
    rng = np.random.default_rng(0)
    values = rng.random((7, 12))
    values[rng.random(values.shape) < 0.3] = np.nan
    values[0:2, 0:3] = np.nan
    means = block_means(values, (4, 4))
    rows = np.rint(np.linspace(0, 7, 5)).astype(int)
    for i in range(4):
        for j in range(4):
            block = values[rows[i] : rows[i + 1], 3 * j : 3 * j + 3]
            known = block[np.isfinite(block)]
            expected = known.mean() if known.size else np.nan
            np.testing.assert_allclose(means[i, j], expected)
    assert np.isnan(means[0, 0])


def test_as_many_blocks_as_cells_are_the_cells():
    values = np.array([[1.0, np.nan], [0.0, 2.0]])
    np.testing.assert_array_equal(block_means(values, (2, 2)), values)


def test_differences_have_two_hues_and_zero_keeps_its_own():
    limits = ColorLimits(-2.0, 2.0, log=False)
    colors = cell_colors(np.array([[-2.0, -9.0, 0.0, np.nan, 2.0]]), limits).astype(int)
    assert tuple(colors[0, 0]) == tuple(colors[0, 1])
    assert tuple(colors[0, 2]) == ZERO_RGBA
    assert colors[0, 3, 3] == 0
    assert colors[0, 0, 2] > colors[0, 0, 0], "A is smaller: blue"
    assert colors[0, 4, 0] > colors[0, 4, 2], "A is larger: red"
