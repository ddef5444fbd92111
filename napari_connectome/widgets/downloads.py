"""The download dialog in the explorer: opened, answered, and what came is opened."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtCore import QObject, Signal
from qtpy.QtWidgets import QWidget

from napari_connectome.data.download import DownloadReport, DownloadRequest
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.widgets.download_dialog import DownloadDialog


class Downloads(QObject):
    """Opens the dialog and hands its requests to the controller.

    Parameters
    ----------
    window : QWidget
        What the dialog belongs to.
    state : ExplorerState
        Observed.
    controller : Controller
        Downloads.
    """

    downloaded = Signal(object)
    """Folder (Path) that something was downloaded into."""

    def __init__(self, window: QWidget, state: ExplorerState, controller: Controller) -> None:
        super().__init__(window)
        self._window, self._state, self._controller = window, state, controller
        self.dialog: DownloadDialog | None = None
        self._on_job = self._show_job
        state.events.job.connect(self._on_job)

    def open(self, base_uri: str | None = None, archive_uri: str | None = None) -> None:
        """Show the dialog; other servers than the Allen Institute's can be named."""
        if self.dialog is None:
            self.dialog = DownloadDialog(self._window, base_uri=base_uri, archive_uri=archive_uri)
            self.dialog.plan_requested.connect(self._on_plan)
            self.dialog.download_requested.connect(self._on_download)
        self._show_job()
        self.dialog.show()
        self.dialog.raise_()

    def close(self) -> None:
        """Stop observing; the dialog goes with its window."""
        self._state.events.job.disconnect(self._on_job, missing_ok=True)
        if self.dialog is not None:
            self.dialog.close()
            self.dialog.deleteLater()
            self.dialog = None

    def _show_job(self) -> None:
        if self.dialog is not None:
            self.dialog.set_busy(self._state.job is not None)

    def _on_plan(self, request: DownloadRequest) -> None:
        if self.dialog is not None:
            self._controller.downloads.plan(request, self.dialog.show_plan)

    def _on_download(self, request: DownloadRequest) -> None:
        if self.dialog is not None:
            self.dialog.close()
        self._controller.downloads.run(request, self._on_done)

    def _on_done(self, report: DownloadReport) -> None:
        if report.downloaded or not report.failed:
            self.downloaded.emit(Path(report.folder))
