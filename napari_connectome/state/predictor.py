"""Predictions off the main thread, the newest request winning."""

from __future__ import annotations

from collections.abc import Callable

from napari_connectome.core.models.fitted import Direction, FittedModel, Prediction
from napari_connectome.core.sources import Source
from napari_connectome.state.newest import Newest
from napari_connectome.state.runner import Runner


class Predictor:
    """Answers the newest source; what was asked in between is never computed.

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
        self._newest = Newest(runner, on_prediction, on_error)

    def request(self, model: FittedModel, source: Source, direction: Direction) -> None:
        """Ask for a prediction; an older request that has not started is dropped."""
        self._newest.ask(lambda: model.answer(source, direction))

    def forget(self) -> None:
        """Drop what waits and what is being computed."""
        self._newest.forget()

    def close(self) -> None:
        """Deliver nothing from now on."""
        self.forget()
