"""Saving and reopening explorations in the window, with help where data were moved."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, Qt
from qtpy.QtWidgets import QAbstractButton, QFileDialog, QMessageBox, QWidget

from napari_connectome.layers.view_settings import read_view, show_view
from napari_connectome.state.controller import Controller
from napari_connectome.state.exploration import Exploration
from napari_connectome.state.exploration_places import MovedError, Places
from napari_connectome.widgets.explorer_views import ExplorerViews

if TYPE_CHECKING:
    from napari import Viewer

KINDS = "Explorations (*.json)"
OPENABLE = "Explorations and models (*.json *.h5)"
_ASKED = {
    "data": ("The data were moved", "data folder"),
    "model": ("The model was moved", "model file"),
}


class Explorations(QObject):
    """Asks for files, and for places that were moved.

    Parameters
    ----------
    window : QWidget
        What dialogs belong to.
    viewer : napari.Viewer
        Whose slices and camera are saved.
    controller : Controller
        Saves and reopens.
    views : ExplorerViews
        Views that were open are opened again.
    """

    def __init__(
        self, window: QWidget, viewer: Viewer, controller: Controller, views: ExplorerViews
    ) -> None:
        super().__init__(window)
        self._window, self._viewer = window, viewer
        self._controller, self._views = controller, views
        self.dialog: MovedDialog | None = None

    def ask_save(self) -> None:
        """Ask for a file, and save the exploration there."""
        path = self.ask_save_path("Save this exploration", "exploration.json", KINDS)
        if path:
            self.save(Path(path))

    def save(self, path: Path) -> None:
        """Save the exploration as the window shows it."""
        self._controller.explorations.save(path, read_view(self._viewer, self._views.opened))

    def open(self, path: Path, places: Places | None = None) -> None:
        """Reopen an exploration; a person is asked about what was moved."""
        places = places or Places()
        self._controller.explorations.open(
            path, places, self._show, partial(self._ask_where, path, places)
        )

    def close(self) -> None:
        """Close the dialog."""
        if self.dialog is not None:
            self.dialog.close()
            self.dialog.deleteLater()
            self.dialog = None

    def _show(self, exploration: Exploration) -> None:
        if exploration.view is not None:
            self._views.open_only(exploration.view.open_views)
            show_view(self._viewer, exploration.view)

    def _ask_where(self, path: Path, places: Places, moved: MovedError) -> None:
        self.close()
        self.dialog = dialog = MovedDialog(moved, self._window)
        dialog.buttonClicked.connect(partial(self._on_answer, path, places, moved))
        dialog.open()

    def _on_answer(
        self, path: Path, places: Places, moved: MovedError, button: QAbstractButton
    ) -> None:
        if self.dialog is None:
            return
        if button is self.dialog.without:
            self.open(path, replace(places, without_data=True))
        elif button is self.dialog.locate:
            found = self.ask_folder() if moved.kind == "data" else self.ask_model_file()
            if found and moved.kind == "data":
                self.open(path, replace(places, data=Path(found)))
            elif found:
                self.open(path, replace(places, model_file=Path(found)))

    def ask_save_path(self, title: str, name: str, kinds: str) -> str:
        """Ask where to save; empty when the person changed their mind."""
        return QFileDialog.getSaveFileName(self._window, title, name, kinds)[0]

    def ask_open_path(self) -> str:
        """Ask what to open; empty when the person changed their mind."""
        title = "Open an exploration or a model"
        return QFileDialog.getOpenFileName(self._window, title, "", OPENABLE)[0]

    def ask_folder(self) -> str:
        """Ask where the data are now; empty when the person changed their mind."""
        return QFileDialog.getExistingDirectory(self._window, "Where is the data folder now?")

    def ask_model_file(self) -> str:
        """Ask where the model is now; empty when the person changed their mind."""
        title = "Where is the model now?"
        return QFileDialog.getOpenFileName(self._window, title, "", "Models (*.h5)")[0]


class MovedDialog(QMessageBox):
    """Says what is not where it was, and offers to locate it.

    Parameters
    ----------
    moved : MovedError
        What is missing.
    """

    def __init__(self, moved: MovedError, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title, noun = _ASKED[moved.kind]
        self.setObjectName("moved_dialog")
        self.setWindowTitle(title)
        self.setIcon(QMessageBox.Icon.Question)
        # A folder's name may look like markup.
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(f"The {noun} of this exploration is not where it was when it was saved:")
        without = " Or open its model, which is there, without the data." if moved.optional else ""
        self.setInformativeText(f"{moved.place}\n\nLocate it to go on.{without}")
        self.locate = self.addButton("Locate…", QMessageBox.ButtonRole.AcceptRole)
        self.without: QAbstractButton | None = None
        if moved.optional:
            self.without = self.addButton("Open without data", QMessageBox.ButtonRole.ActionRole)
        self.addButton(QMessageBox.StandardButton.Cancel)
