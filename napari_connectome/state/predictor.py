"""Predictions off the main thread, the newest request winning."""

from __future__ import annotations

from collections.abc import Callable

from napari_connectome.core.models.fitted import Direction, FittedModel, Prediction
from napari_connectome.core.sources import Source
from napari_connectome.state.runner import Runner


class Predictor:
    """Answers the newest source; what was asked in between is never computed.

    While a source is dragged, one prediction runs and at most one waits. A
    finished prediction is delivered even when a newer one waits, so that the
    overlay follows the drag, unless :meth:`forget` was called meanwhile.

    Parameters
    ----------
    runner : Runner
        Where predictions are computed.
    on_prediction, on_error : callable
        Called on the main thread.
    """

    def __init__(
        self,
        runner: Runner,
        on_prediction: Callable[[Prediction], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        self._runner = runner
        self._deliver = on_prediction
        self._fail = on_error
        self._waiting: tuple[FittedModel, Source, Direction] | None = None
        self._busy = False
        self._generation = 0

    def request(self, model: FittedModel, source: Source, direction: Direction) -> None:
        """Ask for a prediction; an older request that has not started is dropped."""
        self._waiting = (model, source, direction)
        self._start_next()

    def forget(self) -> None:
        """Drop what waits and what is being computed."""
        self._waiting = None
        self._generation += 1

    def close(self) -> None:
        """Deliver nothing from now on."""
        self.forget()

    def _start_next(self) -> None:
        if self._busy or self._waiting is None:
            return
        (model, source, direction), self._waiting = self._waiting, None
        generation = self._generation
        self._busy = True

        def result(prediction: Prediction) -> None:
            self._busy = False
            if generation == self._generation:
                self._deliver(prediction)
            self._start_next()

        def error(error: Exception) -> None:
            self._busy = False
            if generation == self._generation:
                self._fail(error)
            self._start_next()

        self._runner.call(lambda: model.answer(source, direction), on_result=result, on_error=error)
