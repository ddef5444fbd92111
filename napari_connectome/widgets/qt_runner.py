"""Jobs in Qt threads; every callback comes back on the main thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from napari.qt.threading import create_worker
from napari.utils import progress
from qtpy.QtCore import QObject, Signal

from napari_connectome.core.progress import Job, Progress
from napari_connectome.state.runner import Handle


class _Cancel:
    """Asks a worker to stop at its next report of progress."""

    def __init__(self) -> None:
        self._stop = threading.Event()

    def cancel(self) -> None:
        """Ask; the job ends within its own reporting interval."""
        self._stop.set()

    @property
    def asked(self) -> bool:
        """Whether cancel was called."""
        return self._stop.is_set()


@dataclass(frozen=True)
class _Outcome:
    """How a job ended: `value` or `error`, or neither when it was cancelled."""

    value: Any = None
    error: Exception | None = None
    cancelled: bool = False


def _until_cancelled(job: Job[Any], cancel: _Cancel) -> Generator[Progress, None, _Outcome]:
    """The same job, ending early (and closed) when a cancel was asked for.

    Errors are returned, not raised: napari would show them a second time.
    """
    try:
        while not cancel.asked:
            try:
                moment = next(job)
            except StopIteration as stop:
                return _Outcome(value=stop.value)
            except Exception as error:
                return _Outcome(error=error)
            yield moment
        return _Outcome(cancelled=True)
    finally:
        # A worker that quits leaves its generator open: files would stay open with it.
        job.close()


class QtRunner(QObject):
    """Runs long jobs in napari's workers and short calls in one thread of its own.

    Parameters
    ----------
    parent : QObject, optional
        Callbacks stop when it is destroyed.
    """

    _called_back = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="prediction")
        self._called_back.connect(lambda callback, value: callback(value))
        self._open = True
        self._cancels: set[_Cancel] = set()

    def start(
        self,
        job: Job[Any],
        *,
        title: str,
        on_progress: Callable[[Progress], None],
        on_result: Callable[[Any], None],
        on_error: Callable[[Exception], None],
        on_cancelled: Callable[[], None],
    ) -> Handle:
        """Run a job in a worker, with a bar in napari's activity dock."""
        cancel = _Cancel()
        self._cancels.add(cancel)
        bar = progress(total=0, desc=title)

        def returned(outcome: _Outcome) -> None:
            self._cancels.discard(cancel)
            bar.close()
            if not self._open:
                return
            if outcome.cancelled:
                on_cancelled()
            elif outcome.error is not None:
                on_error(outcome.error)
            else:
                on_result(outcome.value)

        def yielded(moment: Progress) -> None:
            # The activity dock's bar only shows that work goes on: writing to it handles
            # waiting events at once, and with many reports those calls would nest.
            if self._open:
                on_progress(moment)

        create_worker(
            _until_cancelled,
            job,
            cancel,
            _connect={"yielded": yielded, "returned": returned},
        )
        return cancel

    def call(
        self,
        function: Callable[[], Any],
        *,
        on_result: Callable[[Any], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        """Run a short function in order; the callback comes as a queued signal."""

        def run() -> None:
            try:
                value = function()
            except Exception as error:
                self._post(on_error, error)
            else:
                self._post(on_result, value)

        if self._open:
            self._pool.submit(run)

    def close(self) -> None:
        """Cancel everything and deliver nothing any more."""
        self._open = False
        for cancel in tuple(self._cancels):
            cancel.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _post(self, callback: Callable[[Any], None], value: Any) -> None:
        if self._open:
            self._called_back.emit(callback, value)
