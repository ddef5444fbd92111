"""Back and forth between sources."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from napari_connectome.core.sources import VoxelSource
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.history import LONGEST, SourceHistory


def place(number: int) -> VoxelSource:
    return VoxelSource((float(number), 0.0, 0.0))


@pytest.fixture
def state() -> ExplorerState:
    return ExplorerState()


@pytest.fixture
def history(state: ExplorerState) -> Iterator[SourceHistory]:
    made = SourceHistory(state)
    yield made
    made.close()


def test_back_and_forth(state: ExplorerState, history: SourceHistory) -> None:
    history.undo()
    assert (state.source, state.steps) == (None, (0, 0))
    for number in range(3):
        state.source = place(number)
    assert state.steps == (2, 0)
    history.undo()
    history.undo()
    history.undo()
    assert (state.source, state.steps) == (place(0), (0, 2))
    history.redo()
    assert (state.source, state.steps) == (place(1), (1, 1))


def test_a_new_source_drops_what_was_ahead(state: ExplorerState, history: SourceHistory) -> None:
    for number in range(3):
        state.source = place(number)
    history.undo()
    state.source = place(7)
    assert state.steps == (2, 0)
    history.redo()
    assert state.source == place(7)
    history.undo()
    assert state.source == place(1)


@pytest.mark.parametrize("gesture", ["dragging", "drawing"])
def test_a_gesture_is_one_step(state: ExplorerState, history: SourceHistory, gesture: str) -> None:
    state.source = place(0)
    for first in (10, 20):
        setattr(state, gesture, True)
        for number in range(first, first + 8):
            state.source = place(number)
        setattr(state, gesture, False)
    assert state.steps == (2, 0)
    history.undo()
    assert state.source == place(17)
    history.undo()
    assert state.source == place(0)
    history.redo()
    history.redo()
    assert state.source == place(27)


def test_a_gesture_without_a_source_is_no_step(
    state: ExplorerState, history: SourceHistory
) -> None:
    state.source = place(0)
    state.dragging = True
    state.dragging = False
    state.source = place(1)
    assert state.steps == (1, 0)
    history.undo()
    assert state.source == place(0)


def test_at_least_fifty_steps_are_kept(state: ExplorerState, history: SourceHistory) -> None:
    for number in range(LONGEST + 30):
        state.source = place(number)
    assert LONGEST >= 50
    assert state.steps == (LONGEST - 1, 0)
    for _ in range(LONGEST + 30):
        history.undo()
    assert state.source == place(30)


def test_the_direction_comes_back_with_the_source(
    state: ExplorerState, history: SourceHistory
) -> None:
    state.source = place(0)
    state.direction = "retrograde"
    with state.together():
        state.direction = "anterograde"
        state.source = place(1)
    history.undo()
    assert (state.source, state.direction) == (place(0), "retrograde")
    history.redo()
    assert (state.source, state.direction) == (place(1), "anterograde")


def test_nothing_is_kept_once_it_is_closed(state: ExplorerState) -> None:
    history = SourceHistory(state)
    history.close()
    state.source = place(0)
    assert state.steps == (0, 0)
