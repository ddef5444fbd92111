from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.color_limits import ColorLimits, color_limits


def test_a_logarithmic_scale_starts_at_the_smallest_value_above_zero():
    limits = color_limits(np.array([[0.0, 0.5, np.nan, 20.0]]), log=True)
    assert limits == ColorLimits(0.5, pytest.approx(0.5 + 0.995 * 19.5), log=True)


def test_a_logarithmic_scale_ends_six_decades_below_its_top():
    limits = color_limits(np.append(np.full(10_000, 1.0), 1e-20), log=True)
    assert (limits.low, limits.high) == (pytest.approx(1e-6), 1.0)


@pytest.mark.parametrize("log", [True, False])
def test_a_few_giant_values_do_not_move_the_top(log):
    values = np.append(np.linspace(1.0, 2.0, 1000), [1e9] * 4)
    assert color_limits(values, log=log).high < 2.01


def test_equal_values_still_have_a_scale():
    limits = color_limits(np.full((2, 3), 0.2), log=True)
    assert limits.low < limits.high == 0.2


def test_a_linear_scale_leaves_out_the_brightest_half_percent():
    values = np.append(np.arange(1.0, 1001.0), [0.0] * 500).reshape(1, -1)
    # Percentiles lie between neighbours: 0.995 of the way from the first to the last.
    assert color_limits(values, log=False) == ColorLimits(0.0, pytest.approx(995.005), log=False)


@pytest.mark.parametrize("value", [0.0, np.nan])
@pytest.mark.parametrize("log", [True, False])
def test_without_values_above_zero_there_is_no_scale(value, log):
    assert color_limits(np.full((2, 2), value), log=log) is None


@pytest.mark.parametrize(
    ("values", "log", "beyond"),
    [
        ([1e-3, 1.0], True, (False, False)),
        ([0.0, np.nan, 1.0], True, (False, False)),
        ([1e-4, 1.0], True, (True, False)),
        ([1e-4, 1.0], False, (False, False)),
        ([1.0, 2.0], True, (False, True)),
        ([1.0, 2.0], False, (False, True)),
        ([0.0], False, (False, False)),
    ],
)
def test_a_scale_knows_whether_values_lie_beyond_it(values, log, beyond):
    limits = ColorLimits(1e-3 if log else 0.0, 1.0, log=log)
    assert limits.goes_on(np.array(values)) == beyond


def test_a_difference_has_limits_on_both_sides_of_zero() -> None:
    values = np.array([[-3.0, np.nan, 0.0, 1.0]])
    for log in (False, True):
        limits = color_limits(values, log=log)
        assert limits.signed
        assert limits == ColorLimits(-limits.high, pytest.approx(1.0 + 0.995 * 2.0), log=False)
        assert limits.goes_on(values) == (True, False)
