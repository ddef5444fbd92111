"""Predictions off the main thread, the newest request winning."""

from __future__ import annotations

from collections.abc import Callable

from napari_connectome.core.models.fitted import Direction, FittedModel, Prediction
from napari_connectome.core.overlay_volume import is_large, write_ahead
from napari_connectome.core.sources import Source
from napari_connectome.data.target_table import target_rows
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

    def request(
        self, model: FittedModel, source: Source, direction: Direction, *, log_scale: bool
    ) -> None:
        """Ask for a prediction; an older request that has not started is dropped.

        Parameters
        ----------
        model : FittedModel
            Answers.
        source : Source
            The place that is asked about.
        direction : {"anterograde", "retrograde"}
            Whether it sends or receives.
        log_scale : bool
            The scale that the overlay is to show, for which its volume is written ahead.
        """
        self._newest.ask(lambda: _answer(model, source, direction, log_scale=log_scale))

    def forget(self) -> None:
        """Drop what waits and what is being computed."""
        self._newest.forget()

    def close(self) -> None:
        """Deliver nothing from now on."""
        self.forget()


def _answer(
    model: FittedModel, source: Source, direction: Direction, *, log_scale: bool
) -> Prediction:
    """A prediction with all that takes the main thread long to find, so that it finds it ready."""
    prediction = model.answer(source, direction)
    target_rows(prediction)
    if is_large(prediction):
        _ = prediction.limits
        write_ahead(prediction, log_scale=log_scale)
    return prediction
