"""Lengths in turn, a centre that moves to the side that is behind, a spread that ends."""

from __future__ import annotations

import pytest

from napari_connectome.core.completion.steps import TURN, StepLengths


def test_lengths_come_in_turn() -> None:
    steps = StepLengths(2.0)
    taken = []
    for _ in TURN:
        taken.append(steps.current)
        steps.advance(1.0, 1.0)
    assert taken == pytest.approx([2.0 * part for part in TURN])
    assert StepLengths(2.0, warm=True).current == pytest.approx(taken[1])


def test_the_centre_goes_where_the_gap_is() -> None:
    for parts, sign in (((9.0, 1.0), -1), ((1.0, 9.0), 1), ((1.0, 2.0), 0)):
        steps = StepLengths(1.0)
        for _ in TURN:
            steps.advance(*parts)
        assert (steps.centre > 1) - (steps.centre < 1) == sign


def test_in_the_end_there_is_one_length() -> None:
    steps = StepLengths(1.0)
    assert steps.iterations < 60
    for _ in range(600):
        steps.advance(1.0, 1.0)
    found = []
    for _ in TURN:
        found.append(steps.current)
        steps.advance(1.0, 1.0)
    assert max(found) / min(found) < 1.001
    assert steps.iterations == 60
