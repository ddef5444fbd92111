"""What to download, and how much that is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_connectome.core.errors import DataError
from napari_connectome.data.download import RESOLUTIONS_UM, DownloadPlan, DownloadRequest
from napari_connectome.widgets.appearance import HintLabel

HINT = (
    "The AllenSDK downloads into a folder of its own kind; the first time it is fetched, too. "
    "Files that are there are kept: a stopped download goes on where it was. Data are under the "
    "Allen Institute's terms of use."
)


class DownloadDialog(QDialog):
    """Choices of a download. It starts nothing: it says what is asked for.

    Parameters
    ----------
    base_uri, archive_uri : str, optional
        Other servers than the Allen Institute's.
    """

    plan_requested = Signal(object)
    """A DownloadRequest whose size is to be told."""
    download_requested = Signal(object)
    """A DownloadRequest."""

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        base_uri: str | None = None,
        archive_uri: str | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("download")
        self.setWindowTitle("Download Allen data")
        self._servers = (base_uri, archive_uri)
        self._folder, self._structures = QLineEdit(), QLineEdit()
        self._lines, self._ids = QLineEdit(), QLineEdit()
        self._resolution, self._wild_type = QComboBox(), QCheckBox("Wild type only")
        self._template = QCheckBox("Average brain, too")
        self.words = HintLabel(HINT)
        self.plan_button = QPushButton("How much?")
        self.start_button = QPushButton("Download")
        self._name_all()
        for resolution in reversed(RESOLUTIONS_UM):
            self._resolution.addItem(f"{resolution} µm", resolution)
        self._template.setChecked(True)
        self._arrange()
        self.plan_button.clicked.connect(lambda _on: self._ask(self.plan_requested.emit))
        self.start_button.clicked.connect(lambda _on: self._ask(self.download_requested.emit))

    def request(self) -> DownloadRequest:
        """What is asked for.

        Raises
        ------
        DataError
            When no folder is named, or an id is no number.
        """
        text = self._folder.text().strip()
        if not text:
            raise DataError("Name the folder to download into.")
        ids = self._ids.text().replace(",", " ").split()
        strangers = [one for one in ids if not one.isdecimal()]
        if strangers:
            raise DataError(f"Ids are whole numbers; {strangers[0]!r} came.")
        return DownloadRequest(
            folder=Path(text).expanduser(),
            resolution_um=int(self._resolution.currentData()),
            ids=tuple(map(int, ids)) or None,
            wild_type=self._wild_type.isChecked(),
            lines=_names(self._lines.text()),
            structures=_names(self._structures.text()),
            template=self._template.isChecked(),
            base_uri=self._servers[0],
            archive_uri=self._servers[1],
        )

    def show_plan(self, plan: DownloadPlan) -> None:
        """Tell how much it is."""
        room = "" if plan.fits else " That is more than there is room for."
        self.words.setText(
            f"{plan.experiments} experiments, {plan.files} files; {plan.missing} are missing, "
            f"about {plan.bytes / 1e6:,.0f} MB. {plan.free_bytes / 1e9:,.0f} GB are free.{room}"
        )

    def set_busy(self, busy: bool) -> None:
        """Switch the buttons off while something runs."""
        for button in (self.plan_button, self.start_button):
            button.setEnabled(not busy)

    def ask_folder(self) -> str:
        """Let the person choose a folder; empty when they changed their mind."""
        return QFileDialog.getExistingDirectory(self, "Download into", str(Path.home()))

    def _ask(self, tell: Callable[[DownloadRequest], object]) -> None:
        try:
            request = self.request()
        except DataError as error:
            self.words.setText(str(error))
            return
        tell(request)

    def _on_folder(self) -> None:
        chosen = self.ask_folder()
        if chosen:
            self._folder.setText(chosen)

    def _name_all(self) -> None:
        for name, part, tip in (
            ("folder", self._folder, "Made when it is not there"),
            ("resolution", self._resolution, "Edge of a voxel; half of it is eight times as much"),
            ("structures", self._structures, "Acronyms such as VISp, TH: injected there or below"),
            ("lines", self._lines, "Transgenic lines, separated by commas"),
            ("ids", self._ids, "Experiment ids, separated by commas or spaces"),
            ("wild_type", self._wild_type, "Experiments without a transgenic line"),
            ("template", self._template, "The average brain of the atlas"),
            ("plan", self.plan_button, "Ask for the number of files and their size"),
            ("start", self.start_button, "Download what is missing, then open the folder"),
            ("words", self.words, ""),
        ):
            part.setObjectName(f"download_{name}")
            part.setToolTip(tip)

    def _arrange(self) -> None:
        browse = QPushButton("…")
        browse.setObjectName("download_browse")
        browse.setToolTip("Choose a folder")
        browse.clicked.connect(lambda _on: self._on_folder())
        folder = QHBoxLayout()
        folder.addWidget(self._folder, 1)
        folder.addWidget(browse)
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.addRow("Folder", folder)
        form.addRow("Resolution", self._resolution)
        form.addRow("Structures", self._structures)
        form.addRow("Lines", self._lines)
        form.addRow("Ids", self._ids)
        form.addRow("", self._wild_type)
        form.addRow("", self._template)
        note = QLabel("Empty fields ask for nothing in particular.")
        buttons = QHBoxLayout()
        buttons.addWidget(self.plan_button)
        buttons.addWidget(self.start_button, 1)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(note)
        column.addWidget(self.words)
        column.addLayout(buttons)
        self.setMinimumWidth(30 * self.fontMetrics().horizontalAdvance("m"))


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
