from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.widgets.matrix.colors import (
    ZERO_RGBA,
    ColorLimits,
    block_means,
    cell_colors,
    color_limits,
    scale_colors,
)


def test_a_logarithmic_scale_spans_the_positive_values():
    assert color_limits(np.array([[0.0, 0.5, np.nan, 20.0]]), log=True) == ColorLimits(
        0.5, 20.0, log=True
    )


def test_a_logarithmic_scale_ends_six_decades_down():
    limits = color_limits(np.array([[1e-20, 1.0]]), log=True)
    assert limits.low == pytest.approx(1e-6)


def test_equal_values_still_have_a_scale():
    limits = color_limits(np.full((2, 3), 0.2), log=True)
    assert limits.low < limits.high == 0.2


def test_a_linear_scale_leaves_out_the_brightest_half_percent():
    values = np.append(np.arange(1.0, 1001.0), [0.0] * 500).reshape(1, -1)
    limits = color_limits(values, log=False)
    assert limits == ColorLimits(0.0, pytest.approx(np.percentile(np.arange(1, 1001), 99.5)), False)


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_without_positive_values_there_is_no_scale(value):
    for log in (True, False):
        assert color_limits(np.full((2, 2), value), log) is None


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
