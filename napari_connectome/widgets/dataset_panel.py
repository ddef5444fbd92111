"""Choosing data, and what is in it."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from pathlib import Path

from qtpy.QtCore import QSettings, Qt, Signal
from qtpy.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from superqt import QElidingLabel

from napari_connectome.data.needs import Needs
from napari_connectome.widgets.appearance import HintLabel, text_label, there
from napari_connectome.widgets.resolution_box import ResolutionBox

RECENT_KEY = "recent_folders"
MAX_RECENT = 8
OPENED_MODEL = "A model is open, without its experiments, from"
"""The place stands in the line below."""


@dataclass(frozen=True)
class DatasetSummary:
    """What a dataset holds, as the panel shows it.

    Parameters
    ----------
    title : str
        Name of the dataset.
    folder : Path or None
        Where it is, None for data without a folder of its own (the demo brain).
    resolution_um : float
        Edge of a voxel.
    shape : tuple of int
        Voxels along AP, DV, ML.
    n_regions : int
        Structures that occur in the annotation.
    n_experiments : int
        Experiments in the table.
    n_with_volumes : int
        Experiments whose volumes are there.
    notes : tuple of str
        What was left out and why.
    needs : tuple of Needs
        What the resolutions of the folder need; a choice where there are several.
    of_model : bool
        Whether a model was opened from `folder` (then it may be a file), and no experiments.
    """

    title: str
    folder: Path | None
    resolution_um: float
    shape: tuple[int, int, int]
    n_regions: int
    n_experiments: int
    n_with_volumes: int
    notes: tuple[str, ...] = ()
    needs: tuple[Needs, ...] = ()
    of_model: bool = False

    @property
    def text(self) -> str:
        """Two lines with the numbers a person asks for first."""
        box = " × ".join(str(n) for n in self.shape)
        first = f"{self.resolution_um:g} µm, {box} voxels, {self.n_regions} regions"
        if self.of_model:
            return f"{first}\n{OPENED_MODEL}"
        return f"{first}\n{self.n_with_volumes} of {self.n_experiments} experiments have volumes"


class RecentFolders:
    """The folders opened last, kept in the person's settings.

    Parameters
    ----------
    settings : QSettings
        Where they are stored.
    """

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def folders(self) -> list[Path]:
        """Latest first; folders that are gone are left out."""
        try:
            stored = json.loads(str(self._settings.value(RECENT_KEY, "[]")))
        except json.JSONDecodeError:
            return []
        texts = stored if isinstance(stored, list) else []
        return [Path(p) for p in texts if isinstance(p, str) and Path(p).is_dir()]

    def add(self, folder: Path) -> None:
        """Put a folder first."""
        others = [f for f in self.folders() if f != folder]
        texts = [str(f) for f in [folder, *others][:MAX_RECENT]]
        self._settings.setValue(RECENT_KEY, json.dumps(texts))

    def clear(self) -> None:
        """Forget them all."""
        self._settings.remove(RECENT_KEY)


class DatasetPanel(QWidget):
    """Buttons that ask for data, above what the present data hold.

    Parameters
    ----------
    settings : QSettings
        Keeps the recent folders.
    """

    load_requested = Signal(object)
    """Folder to open (Path), or None for the demo brain."""
    download_requested = Signal()
    """Data are to be downloaded."""
    open_requested = Signal()
    """An exploration or a model is to be opened."""
    save_requested = Signal()
    """The exploration is to be saved."""
    resolution_requested = Signal(int)
    """The folder is to be opened at this resolution (µm)."""

    def __init__(self, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dataset_panel")
        self._recent = RecentFolders(settings)
        self._menu = QMenu(self)
        self._menu.setObjectName("recent_menu")
        self._menu.aboutToShow.connect(self._fill_menu)
        self._title = text_label("dataset_title")
        self._facts = text_label("dataset_facts")
        self._path = QElidingLabel()
        self._path.setIndent(0)
        self._path.setObjectName("dataset_path")
        self._resolution = ResolutionBox()
        self._resolution.requested.connect(self.resolution_requested)
        self._hint = HintLabel()
        self._hint.setObjectName("dataset_hint")
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self._arrange()
        self.show_dataset(None)

    def show_dataset(self, summary: DatasetSummary | None) -> None:
        """Show what is open; a folder of data is remembered among the recent ones."""
        self._holds_data = summary is not None
        for label in (self._title, self._facts):
            label.setVisible(summary is not None)
        folder = None if summary is None else summary.folder
        self._path.setVisible(folder is not None)
        if folder is not None:
            self._path.setText(str(folder))
            self._path.setToolTip(str(folder))
        if summary is not None and folder is not None and not summary.of_model:
            self._recent.add(folder)
        self._resolution.show_needs(
            () if summary is None else summary.needs,
            0 if summary is None else round(summary.resolution_um),
        )
        if summary is None:
            self._show_hint("Open the demo brain or an Allen cache folder.")
            return
        self._title.setText(f"<b>{html.escape(summary.title)}</b>")
        self._facts.setText(summary.text)
        self._show_hint("\n".join(summary.notes))

    def set_busy(self, busy: bool) -> None:
        """Switch the buttons off while data are being opened."""
        for widget in (*self._buttons, self._resolution):
            widget.setEnabled(not busy)

    def _show_hint(self, text: str) -> None:
        self._hint.setText(text)
        self._hint.setVisible(bool(text))

    def _arrange(self) -> None:
        demo = QPushButton("Demo brain")
        demo.setToolTip("Open the synthetic brain that comes with the program.")
        demo.clicked.connect(lambda: self.load_requested.emit(None))
        folder = QPushButton("Open folder …")
        folder.setToolTip("Open a folder that the AllenSDK's MouseConnectivityCache made.")
        folder.clicked.connect(self._on_open)
        recent = QPushButton("More")
        recent.setToolTip("Open or save an exploration, download data, open a folder again.")
        recent.setMenu(self._menu)
        self._buttons = (demo, folder, recent)
        row = QHBoxLayout()
        for button, name in zip(self._buttons, ("demo", "folder", "recent"), strict=True):
            button.setObjectName(f"open_{name}")
            row.addWidget(button, 2 if button is folder else 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        for part in (self._title, self._facts, self._path, self._resolution, self._hint):
            column.addWidget(part)

    def _on_open(self) -> None:
        folder = self._ask_folder()
        if folder is not None:
            self.load_requested.emit(folder)

    def _ask_folder(self) -> Path | None:
        """Let the person choose a folder, starting near the last one."""
        known = self._recent.folders()
        start = str(known[0].parent) if known else str(Path.home())
        chosen = QFileDialog.getExistingDirectory(self, "Open an Allen cache folder", start)
        return Path(chosen) if chosen else None

    def _fill_menu(self) -> None:
        self._menu.clear()
        for name, text, signal in (
            ("open_exploration", "Open an exploration or a model…", self.open_requested),
            ("save_exploration", "Save this exploration…", self.save_requested),
        ):
            action = there(self._menu.addAction(text))
            action.setObjectName(name)
            action.triggered.connect(lambda _checked, s=signal: s.emit())
        action.setEnabled(self._holds_data)
        self._menu.addSeparator()
        folders = self._recent.folders()
        for folder in folders:
            action = there(self._menu.addAction(str(folder)))
            action.triggered.connect(lambda _checked, f=folder: self.load_requested.emit(f))
        if folders:
            self._menu.addSeparator()
            forget = there(self._menu.addAction("Forget these folders"))
            forget.triggered.connect(self._recent.clear)
        else:
            there(self._menu.addAction("No folder opened yet")).setEnabled(False)
        self._menu.addSeparator()
        download = there(self._menu.addAction("Download Allen data…"))
        download.setObjectName("download_data")
        download.triggered.connect(lambda _checked: self.download_requested.emit())
