"""Scale and order of bars to both sides: everything fits, one scale for both, steady."""

from __future__ import annotations

import math
import random

import pytest

from napari_connectome.figures.paired_bars import (
    CONTRA_PARTS,
    MOST_DECADES,
    PairedBar,
    ranked,
    scale_of,
)


def bar(number: int, ipsi: float, contra: float) -> PairedBar:
    return PairedBar(number, f"R{number}", f"Region {number}", (number, 0, 0), ipsi, contra)


def test_order_is_by_the_side_that_is_asked_for() -> None:
    bars = [bar(1, 0.5, 0.0), bar(2, 0.1, 0.9), bar(3, 0.7, 0.2), bar(4, 0.5, 0.0)]
    assert [b.structure_id for b in ranked(bars)] == [2, 3, 1, 4]
    assert [b.structure_id for b in ranked(bars, "ipsi")] == [3, 1, 4, 2]
    assert [b.structure_id for b in ranked(bars, "contra")] == [2, 3, 1, 4]


def test_a_linear_scale_by_hand() -> None:
    scale = scale_of([bar(1, 0.8, 0.2), bar(2, 0.4, 0.1)])
    # A fifth of the width on the left holds 0.2, the rest 0.8.
    assert (scale.contra_part, scale.span) == (0.2, pytest.approx(1.0))
    assert (scale.contra_end, scale.ipsi_end) == (pytest.approx(0.2), pytest.approx(0.8))
    assert scale.length(0.4) == pytest.approx(0.4)
    assert not scale.log


def test_a_logarithmic_scale_by_hand() -> None:
    scale = scale_of([bar(1, 10.0, 10.0), bar(2, 0.001, 0.1)], log=True)
    assert (scale.low, scale.contra_part) == (pytest.approx(0.01), 0.5)
    assert scale.ipsi_end == pytest.approx(10.0)
    # Three decades on each half of the width; what is below has no length.
    assert scale.length(0.1) == pytest.approx(1 / 6)
    assert scale.length(10.0) == pytest.approx(1 / 2)
    assert scale.length(0.001) == 0.0


@pytest.mark.parametrize("log", [False, True])
def test_every_bar_fits_whatever_the_values(log: bool) -> None:
    chance = random.Random(3)
    for _ in range(300):
        bars = [
            bar(i, 10 ** chance.uniform(-12, 3), chance.choice([0.0, 10 ** chance.uniform(-12, 3)]))
            for i in range(chance.randint(1, 9))
        ]
        scale = scale_of(bars, log=log)
        assert scale.contra_part in CONTRA_PARTS
        for b in bars:
            assert scale.length(b.ipsi) <= 1 - scale.contra_part + 1e-9
            assert scale.length(b.contra) <= scale.contra_part + 1e-9
        # One of the two sides uses most of its room.
        assert (
            max(
                max(scale.length(b.ipsi) for b in bars) / (1 - scale.contra_part),
                max(scale.length(b.contra) for b in bars) / scale.contra_part,
            )
            >= 0.74
        )
        if log:
            largest = max(b.larger for b in bars)
            assert math.log10(largest / scale.low) <= MOST_DECADES


def test_the_smallest_bar_can_be_seen_on_a_logarithmic_scale() -> None:
    scale = scale_of([bar(1, 1.0, 0.0), bar(2, 0.07, 0.0)], log=True)
    assert scale.length(0.07) > 0.05


def test_a_small_change_leaves_the_scale_alone() -> None:
    assert scale_of([bar(1, 0.71, 0.2)]) == scale_of([bar(1, 0.79, 0.18)])


@pytest.mark.parametrize("bars", [[], [bar(1, 0.0, 0.0)]])
def test_nothing_above_zero_has_no_scale(bars: list[PairedBar]) -> None:
    assert scale_of(bars) is None
    assert scale_of(bars, log=True) is None
