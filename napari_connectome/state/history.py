"""Back and forth between the sources that were asked."""

from __future__ import annotations

from napari_connectome.core.models.fitted import Direction
from napari_connectome.core.sources import Source
from napari_connectome.state.explorer import ExplorerState

LONGEST = 100
"""Steps that are kept."""


class SourceHistory:
    """Remembers questions, a drag or a stroke of a pen counting as one step.

    A question is a source and the direction in which it was asked last. A new question after
    going back drops those that were ahead; another brain drops them all.

    Parameters
    ----------
    state : ExplorerState
        Observed; `source`, `direction` and `steps` are written.
    """

    def __init__(self, state: ExplorerState) -> None:
        self._state = state
        self._steps: list[tuple[Source, Direction]] = []
        self._now = -1
        self._in_gesture = False
        self._moving = False
        self._connections = (
            (state.events.source, self._on_source),
            (state.events.direction, self._on_direction),
            (state.events.dragging, self._on_gesture),
            (state.events.drawing, self._on_gesture),
            (state.events.dataset, self._on_dataset),
        )
        for signal, slot in self._connections:
            signal.connect(slot)

    def close(self) -> None:
        """Stop observing."""
        for signal, slot in self._connections:
            signal.disconnect(slot, missing_ok=True)

    def undo(self) -> None:
        """Ask the question before; nothing happens at the first one."""
        self._go(self._now - 1)

    def redo(self) -> None:
        """Ask the question after; nothing happens at the last one."""
        self._go(self._now + 1)

    def _go(self, step: int) -> None:
        if not 0 <= step < len(self._steps):
            return
        self._now = step
        source, direction = self._steps[step]
        self._moving = True
        try:
            with self._state.together():
                self._state.direction = direction
                self._state.source = source
        finally:
            self._moving = False
        self._tell()

    def _on_source(self, source: Source | None) -> None:
        if self._moving or source is None:
            return
        step = (source, self._state.direction)
        if self._in_gesture:
            self._steps[self._now] = step
            return
        self._steps[self._now + 1 :] = [step]
        del self._steps[:-LONGEST]
        self._now = len(self._steps) - 1
        self._in_gesture = self._is_in_gesture()
        self._tell()

    def _on_direction(self, direction: Direction) -> None:
        if self._moving or self._now < 0:
            return
        source, _before = self._steps[self._now]
        # A direction that came together with another source is none of this one's.
        if source == self._state.source:
            self._steps[self._now] = (source, direction)

    def _on_gesture(self) -> None:
        self._in_gesture = self._in_gesture and self._is_in_gesture()

    def _is_in_gesture(self) -> bool:
        return self._state.dragging or self._state.drawing

    def _on_dataset(self) -> None:
        self._steps, self._now, self._in_gesture = [], -1, False
        self._tell()

    def _tell(self) -> None:
        self._state.steps = (max(self._now, 0), max(len(self._steps) - 1 - self._now, 0))
