"""The one object that every view observes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psygnal import EventedModel
from pydantic import ConfigDict, PrivateAttr

from napari_connectome.core.models.fitted import FittedModel, Prediction
from napari_connectome.state.params import DatasetParams, FitParams
from napari_connectome.state.values import Dataset, JobStatus


class ExplorerState(EventedModel):
    """What was asked, and what came of it.

    Views write intent; only the controller writes results. Results are frozen
    and compared by identity. Everything is changed on the main thread, since
    the signals run in the thread that makes the change.

    Attributes
    ----------
    fit_params : FitParams
        Intent: what the model form shows.
    source : Source or None
        Intent: the place that is asked where it projects to.
    dragging : bool
        Intent: whether the source is being dragged (contrast limits stay put meanwhile).
    selected_ids : tuple of int
        Intent: structures selected in any view.
    only_selected : bool
        Intent: whether only selected structures are shown and can be picked.
    picking : bool
        Intent: whether clicks in the canvas move the source.
    log_scale, lock_limits : bool
        Intent: how the projection is shown.
    limits : tuple of float
        Contrast limits of the projection, in its unit.
    dataset, model, prediction, job : optional
        Results.
    dataset_params, model_params : optional
        The requests that `dataset` and `model` answer.
    error, notice : str or None
        Results: what to tell the person, None when there is nothing to say.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True, validate_assignment=True, extra="forbid"
    )

    fit_params: FitParams = FitParams()
    source: Any = None
    dragging: bool = False
    selected_ids: tuple[int, ...] = ()
    only_selected: bool = False
    picking: bool = True
    log_scale: bool = False
    lock_limits: bool = False
    limits: tuple[float, float] = (0.0, 1.0)

    dataset_params: DatasetParams | None = None
    dataset: Dataset | None = None
    model_params: FitParams | None = None
    model: FittedModel | None = None
    prediction: Prediction | None = None
    job: JobStatus | None = None
    error: str | None = None
    notice: str | None = None

    _waiting: int = PrivateAttr(default=0)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make several changes that views hear of afterwards, once per field.

        They are told in the order in which the fields stand above, and find every
        field at its new value.
        """
        signals = [self.events[name] for name in self.events]
        if not self._waiting:
            for signal in signals:
                signal.pause()
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1
            if not self._waiting:
                for signal in signals:
                    signal.resume(_latest)

    @property
    def is_stale(self) -> bool:
        """Whether the fitted model is not the one that the form asks for."""
        return self.model is not None and self.model_params != self.fit_params


def _latest(before: tuple[Any, ...], after: tuple[Any, ...]) -> tuple[Any, ...]:
    """What is left of two changes of one field."""
    del before
    return after
