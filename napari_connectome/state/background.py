"""What views need, made in the background beside whatever a person has asked for."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from napari_connectome.core.errors import ConnectomeError
from napari_connectome.core.progress import Job, Progress
from napari_connectome.state.runner import Handle, Runner

log = logging.getLogger(__name__)


class Background:
    """One job at a time whose result only one view waits for; a new one replaces it.

    Parameters
    ----------
    runner : Runner
        Where it runs.
    """

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._handle: Handle | None = None
        self._generation = 0
        self._is_running = False

    @property
    def is_running(self) -> bool:
        """Whether a job has neither ended nor been dropped."""
        return self._is_running

    def start(
        self,
        job: Job[Any],
        title: str,
        tell: Callable[[str], None],
        done: Callable[[Any], None],
        refused: Callable[[str], None] | None = None,
    ) -> None:
        """Start a job in place of the one before.

        Parameters
        ----------
        job : generator of Progress
            What is run.
        title : str
            For a bar of progress, and for an unexpected fault.
        tell : callable
            Hears in words how far it is, and why it failed.
        done : callable
            Takes the result.
        refused : callable, optional
            Hears why it failed, in place of `tell`.
        """
        self.stop()
        generation = self._generation

        def current(act: Callable[[Any], None], *, last: bool) -> Callable[[Any], None]:
            def heard(value: Any) -> None:
                if generation == self._generation:
                    self._is_running = not last
                    act(value)

            return heard

        def failed(error: Exception) -> None:
            if not isinstance(error, ConnectomeError):
                log.error("%s failed", title, exc_info=error)
            known = isinstance(error, ConnectomeError)
            (refused or tell)(str(error) if known else f"{title}: {type(error).__name__}: {error}")

        self._is_running = True
        self._handle = self._runner.start(
            job,
            title=title,
            on_progress=current(lambda moment: tell(_words(moment)), last=False),
            on_result=current(done, last=True),
            on_error=current(failed, last=True),
            on_cancelled=lambda: None,
        )

    def stop(self) -> None:
        """Drop the job that runs, if any; nothing more is heard of it."""
        self._generation += 1
        self._is_running = False
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None


def _words(moment: Progress) -> str:
    return f"{moment.text} … {moment.fraction:.0%}" if moment.total else f"{moment.text} …"
