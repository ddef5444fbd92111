"""Downloads that a person asks for from the window."""

from __future__ import annotations

from collections.abc import Callable

from napari_connectome.data.download import (
    DownloadPlan,
    DownloadReport,
    DownloadRequest,
    download_job,
    plan_job,
)
from napari_connectome.state.comparison_results import Start
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.recording.opening import Download
from napari_connectome.state.recording.record import record

NAMED = 3
"""Files that failed are named up to this number."""


class DownloadResults:
    """Plans and runs downloads.

    Parameters
    ----------
    state : ExplorerState
        What is told.
    start : callable
        Starts what a person asks for.
    """

    def __init__(self, state: ExplorerState, start: Start) -> None:
        self._state, self._start = state, start

    def plan(self, request: DownloadRequest, told: Callable[[DownloadPlan], None]) -> None:
        """Find out how much a request comes to."""
        self._start("plan", "Asking the Allen Institute", lambda: plan_job(request), told)

    def run(self, request: DownloadRequest, done: Callable[[DownloadReport], None]) -> None:
        """Download what is missing, say what did not come, and hand the report over."""

        def ended(report: DownloadReport) -> None:
            record(self._state, Download(request))
            if report.failed:
                self._state.notice = failed_text(report)
            done(report)

        title = f"Downloading into {request.folder.name}"
        self._start("download", title, lambda: download_job(request), ended)


def failed_text(report: DownloadReport) -> str:
    """Which files did not come, and why."""
    named = [f"{name}: {why}" for name, why in list(report.failed.items())[:NAMED]]
    more = len(report.failed) - len(named)
    rest = f" And {more} more." if more else ""
    return (
        f"{len(report.failed)} files did not come; download again to go on. {' '.join(named)}{rest}"
    )
