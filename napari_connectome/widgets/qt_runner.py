"""Jobs in Qt threads; every callback comes back on the main thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from napari.utils import progress
from qtpy.QtCore import QObject, Signal

from napari_connectome.core.progress import Job, Progress
from napari_connectome.state.runner import Handle

JOBS_AT_ONCE = 3
"""What a person asked for, and what two views need for themselves."""
REPORT_EVERY_S = 0.05
"""Reports of progress that come faster are not shown: drawing them would slow the job down."""


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


def _drain(job: Job[Any], cancel: _Cancel, report: Callable[[Progress], None]) -> _Outcome:
    """Run a job to its end, or to the first report after a cancel was asked for."""
    told = _Told(report)
    try:
        while not cancel.asked:
            try:
                moment = next(job)
            except StopIteration as stop:
                told.finish()
                return _Outcome(value=stop.value)
            except Exception as error:
                return _Outcome(error=error)
            told.hear(moment)
        return _Outcome(cancelled=True)
    finally:
        # Files that a cancelled job has open are closed with it.
        job.close()


class _Told:
    """Passes on as many reports as can be drawn, and the latest figures with one of them."""

    def __init__(self, report: Callable[[Progress], None]) -> None:
        self._report = report
        self._at = -REPORT_EVERY_S
        self._waiting: Progress | None = None

    def hear(self, moment: Progress) -> None:
        """A report of the job."""
        if moment.figures:
            self._waiting = moment
        now = time.monotonic()
        if now - self._at >= REPORT_EVERY_S:
            self._at = now
            figures = moment.figures if self._waiting is None else self._waiting.figures
            self._waiting = None
            self._report(replace(moment, figures=figures))

    def finish(self) -> None:
        """The job is done: figures that nobody has seen are the ones that it ended with."""
        if self._waiting is not None:
            self._report(self._waiting)


class QtRunner(QObject):
    """Runs long jobs in a few threads, and short calls one after the other in another.

    A job starts at once, even when the main thread is busy drawing.

    Parameters
    ----------
    parent : QObject, optional
        Callbacks stop when it is destroyed.
    """

    _called_back = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calls = ThreadPoolExecutor(1, thread_name_prefix="prediction")
        self._jobs = ThreadPoolExecutor(JOBS_AT_ONCE, thread_name_prefix="job")
        self._called_back.connect(self._deliver)
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
        """Run a job in a thread, with a bar in napari's activity dock."""
        cancel = _Cancel()
        self._cancels.add(cancel)
        # The bar only shows that work goes on: writing to it handles waiting events at
        # once, and with many reports those calls would nest.
        bar = progress(total=0, desc=title)

        def returned(outcome: _Outcome) -> None:
            self._cancels.discard(cancel)
            bar.close()
            if outcome.cancelled:
                on_cancelled()
            elif outcome.error is not None:
                on_error(outcome.error)
            else:
                on_result(outcome.value)

        def run() -> None:
            outcome = _drain(job, cancel, lambda moment: self._post(on_progress, moment))
            self._post(returned, outcome)

        if self._open:
            self._jobs.submit(run)
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
            self._calls.submit(run)

    def close(self) -> None:
        """Cancel everything and deliver nothing any more."""
        self._open = False
        for cancel in tuple(self._cancels):
            cancel.cancel()
        self._calls.shutdown(wait=True, cancel_futures=True)
        self._jobs.shutdown(wait=True, cancel_futures=True)

    def _deliver(self, callback: Callable[[Any], None], value: Any) -> None:
        if self._open:
            callback(value)

    def _post(self, callback: Callable[[Any], None], value: Any) -> None:
        if self._open:
            self._called_back.emit(callback, value)
