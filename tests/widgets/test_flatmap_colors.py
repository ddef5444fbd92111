from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.color_limits import robust_limits
from napari_connectome.widgets.flatmap.colors import ColorMapping


def colored(values, low, high, *, log=False):
    mapping = ColorMapping()
    mapping.set_scale(low, high, log=log)
    return mapping.colored(np.array([values], dtype=np.float32))[0]


def test_greys_between_linear_limits():
    np.testing.assert_array_equal(colored([0, 1, 2, 4, 9], 0, 4)[:, 0], [0, 63, 127, 255, 255])


def test_greys_between_logarithmic_limits():
    greys = colored([0, 1e-5, 1e-3, 10**-1.5, 1], 1e-3, 1, log=True)[:, 0]
    np.testing.assert_allclose(greys.astype(int), [0, 0, 0, 127, 255], atol=1)


def test_no_data_is_transparent_and_zero_is_not():
    np.testing.assert_array_equal(
        colored([np.nan, 0.0, np.inf, -1.0], 0, 1)[:, 3], [0, 255, 255, 255]
    )


def test_a_logarithmic_scale_reaches_three_decades_down():
    mapping = ColorMapping()
    mapping.set_scale(0.0, 1.0, log=True)
    assert mapping.limits == (pytest.approx(1e-3), 1.0)


@pytest.mark.parametrize("limits", [(0.0, 0.0), (2.0, 1.0), (0.0, np.nan), (np.nan, 1.0)])
def test_limits_without_room_become_0_to_1(limits):
    mapping = ColorMapping()
    mapping.set_scale(*limits, log=False)
    assert mapping.limits == (0.0, 1.0)


def test_colours_are_interpolated_from_low_to_high():
    mapping = ColorMapping()
    mapping.set_colors([(1, 0, 0, 1), (0, 1, 0, 1), (0, 0, 1, 1)])
    found = mapping.colored(np.array([[0.0, 0.5, 1.0]], dtype=np.float32))[0]
    np.testing.assert_allclose(
        found.astype(int), [[255, 0, 0, 255], [1, 254, 0, 255], [0, 0, 255, 255]], atol=2
    )


def test_robust_limits_are_those_of_the_positive_values():
    image = np.full((10, 101), np.nan, dtype=np.float32)
    image[0] = np.arange(101)
    image[1] = 0
    assert robust_limits(image) == (0.0, pytest.approx(np.percentile(np.arange(1, 101), 99.5)))
    assert robust_limits(np.zeros((2, 2), dtype=np.float32)) == (0.0, 1.0)
