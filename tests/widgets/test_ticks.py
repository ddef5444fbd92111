from __future__ import annotations

import math
from itertools import pairwise

import pytest

from napari_connectome.widgets.ticks import nice_ticks, number_text


@pytest.mark.parametrize(
    ("lo", "hi", "expected"),
    [
        (0, 1, [0, 0.25, 0.5, 0.75, 1]),
        (0, 0.00234, [0, 0.001, 0.002]),
        (0.3, 0.9, [0.4, 0.6, 0.8]),
        (-1, 1, [-1, -0.5, 0, 0.5, 1]),
        (0, 3e-7, [0, 1e-7, 2e-7, 3e-7]),
    ],
)
def test_linear_ticks_are_round(lo, hi, expected):
    assert nice_ticks(lo, hi) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("count", [3, 5, 8])
@pytest.mark.parametrize(("lo", "hi"), [(0, 7.3), (1.1e-6, 9e-4), (-3, 512), (100, 101)])
def test_linear_ticks_lie_inside_are_even_and_few(lo, hi, count):
    ticks = nice_ticks(lo, hi, count=count)
    steps = {round(b - a, 12) for a, b in pairwise(ticks)}
    assert 2 <= len(ticks) <= count + 1 or count == 3
    assert len(steps) <= 1
    assert all(lo <= t <= hi for t in ticks)


def test_logarithmic_ticks_are_decades():
    assert nice_ticks(1e-5, 1e-2, log=True) == [1e-5, 1e-4, 1e-3, 1e-2]
    assert nice_ticks(2e-6, 3e-3, log=True) == [1e-5, 1e-4, 1e-3]


def test_many_decades_are_thinned_out():
    ticks = nice_ticks(1e-12, 1.0, log=True)
    assert len(ticks) <= 5
    assert len({round(math.log10(b / a)) for a, b in pairwise(ticks)}) == 1


def test_a_short_logarithmic_scale_has_finer_ticks():
    assert nice_ticks(1.5, 8, log=True) == [2, 5]
    assert len(nice_ticks(2.1, 4.4, log=True)) >= 2


@pytest.mark.parametrize(
    ("lo", "hi", "log"), [(1, 1, False), (2, 1, False), (0, math.inf, False), (0, 1, True)]
)
def test_impossible_limits_are_refused(lo, hi, log):
    with pytest.raises(ValueError, match="came"):
        nice_ticks(lo, hi, log)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.25, "0.25"),
        (1200, "1200"),
        (12345, "12345"),
        (0.00888, "0.00888"),
        (1e-5, "10⁻⁵"),
        (-1e-5, "-10⁻⁵"),
        (3.1e-5, "3.1×10⁻⁵"),
        (2e7, "2×10⁷"),
    ],
)
def test_numbers_are_written_as_people_write_them(value, text):
    assert number_text(value) == text
