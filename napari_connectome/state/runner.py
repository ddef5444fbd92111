"""How jobs leave the main thread, without knowing what kind of thread that is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from napari_connectome.core.progress import Job, Progress, run_to_end


class Handle(Protocol):
    """A running job."""

    def cancel(self) -> None:
        """Stop at the next report of progress."""


class Runner(Protocol):
    """Runs jobs elsewhere; every callback comes back on the main thread."""

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
        """Start a job. Exactly one of `on_result`, `on_error`, `on_cancelled` is called."""

    def call(
        self,
        function: Callable[[], Any],
        *,
        on_result: Callable[[Any], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        """Run a short function (tens of milliseconds) off the main thread, in order."""


class _Done:
    """Handle of a job that has already ended."""

    def cancel(self) -> None:
        """Do nothing: the job is over."""


class ImmediateRunner:
    """Runs everything at once in the calling thread: for scripts and tests."""

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
        """Drain the job before returning."""
        del title, on_cancelled
        self.call(lambda: run_to_end(job, on_progress), on_result=on_result, on_error=on_error)
        return _Done()

    def call(
        self,
        function: Callable[[], Any],
        *,
        on_result: Callable[[Any], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        """Run the function before returning."""
        try:
            result = function()
        except Exception as error:
            on_error(error)
        else:
            on_result(result)
