"""Short questions off the main thread, the newest one winning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from napari_connectome.state.runner import Runner


class Newest:
    """Answers the newest question; what was asked in between is never computed.

    One question is being answered and at most one waits. An answer is delivered even when
    a newer question waits, so that views follow a drag, unless :meth:`forget` was called
    meanwhile.

    Parameters
    ----------
    runner : Runner
        Where questions are answered.
    on_answer, on_error : callable
        Called on the main thread.
    """

    def __init__(
        self,
        runner: Runner,
        on_answer: Callable[[Any], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        self._runner = runner
        self._deliver = on_answer
        self._fail = on_error
        self._waiting: Callable[[], Any] | None = None
        self._busy = False
        self._generation = 0

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._busy or self._waiting is not None

    def ask(self, question: Callable[[], Any]) -> None:
        """Have a function called; an older one that has not started is dropped."""
        self._waiting = question
        self._start_next()

    def forget(self) -> None:
        """Drop what waits and what is being computed."""
        self._waiting = None
        self._generation += 1

    def _start_next(self) -> None:
        if self._busy or self._waiting is None:
            return
        question, self._waiting = self._waiting, None
        generation = self._generation
        self._busy = True

        def ended(tell: Callable[[Any], None], value: Any) -> None:
            self._busy = False
            if generation == self._generation:
                tell(value)
            self._start_next()

        self._runner.call(
            question,
            on_result=lambda answer: ended(self._deliver, answer),
            on_error=lambda error: ended(self._fail, error),
        )
