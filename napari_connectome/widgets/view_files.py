"""Files of the views: asks where to, and hands the work to a job."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.recording.asking import DrawTargets, SaveTargets
from napari_connectome.state.recording.figures import SaveFigure
from napari_connectome.state.recording.steps import FileStep
from napari_connectome.widgets import exports
from napari_connectome.widgets.appearance import there
from napari_connectome.widgets.bindings.flatmap import FlatmapBinding
from napari_connectome.widgets.compare_contents import movie_frame, shown_answer
from napari_connectome.widgets.saved_steps import map_step, matrix_step
from napari_connectome.widgets.source_words import question
from napari_connectome.widgets.target_chart import TargetChart

FIGURES = "Figures (*.png *.svg *.pdf)"
TABLES = "Tables (*.csv)"
ARRAYS = "Arrays (*.npy)"
RECORDS = "Records (*.json)"


class Dialogs(Protocol):
    """Asks a person for files; answers are empty when they changed their mind."""

    def ask_save_path(self, title: str, name: str, kinds: str) -> str:
        """Where to save."""

    def ask_open_path(self, title: str, kinds: str) -> str:
        """What to open."""


class Page(Protocol):
    """Results that can be saved."""

    def save_job(self, what: str, path: Path) -> exports.SaveJob:
        """Write numbers ("csv"), everything ("json") or a figure to a file."""

    def save_step(self, what: str, path: Path) -> FileStep:
        """How a script writes the same file."""


class ViewFiles:
    """Takes the requests of views for files.

    Parameters
    ----------
    dialogs : Dialogs
        Asks for paths.
    state : ExplorerState
        What is written.
    controller : Controller
        Runs the jobs.
    """

    def __init__(self, dialogs: Dialogs, state: ExplorerState, controller: Controller) -> None:
        self._dialogs, self._state, self._controller = dialogs, state, controller

    def open_matrix(self) -> None:
        """Show a matrix from a file."""
        path = self._dialogs.ask_open_path("Open a regional matrix", TABLES)
        if path:
            self._controller.open_matrix(Path(path))

    def export_matrix(self, what: str) -> None:
        """Save the matrix: "csv" or "figure"."""
        shown, log = self._state.shown_matrix, self._state.matrix_params.log
        if shown is None:
            self._state.error = "There is no matrix to save yet: fit a model, or open one."
        elif what == "csv":
            model = self._state.model
            provenance = {} if model is None else model.provenance
            self._save(
                "Save the matrix",
                "matrix.csv",
                TABLES,
                lambda path: exports.matrix_table(shown, path, provenance),
                matrix_step(self._state, shown, what),
            )
        else:
            self._save(
                "Save the figure",
                "matrix.png",
                FIGURES,
                lambda path: exports.matrix_picture(shown, path, log=log),
                matrix_step(self._state, shown, what),
            )

    def export_map(self, binding: FlatmapBinding, what: str) -> None:
        """Save the map: "array" or "figure"."""
        state, image = self._state, binding.image()
        prediction = movie_frame(state) or state.prediction
        projector = None if prediction is None else binding.projector(prediction)
        if image is None:
            state.error = "There is nothing on the map yet: click a source first."
        elif what == "array":
            self._save(
                "Save the map",
                "map.npy",
                ARRAYS,
                lambda path: exports.map_array(image, path),
                map_step(state, there(binding.shown).view.name),
            )
        elif prediction is None or projector is None or shown_answer(state) is not prediction:
            state.error = (
                "Figures are made of the present answer: choose B in Compare, or end the "
                "comparison. The values that the map shows can be saved as an array."
            )
        else:
            limits = state.limits if state.map_params.linked_limits else None
            look = exports.map_look(projector, prediction, log=state.log_scale, limits=limits)
            is_present = prediction is state.prediction
            self._save(
                "Save the figure",
                "map.png",
                FIGURES,
                lambda path: exports.map_picture(projector, prediction, path, look),
                lambda path: SaveFigure(
                    path,
                    "The map of the cortex",
                    exports.map_drawing(projector, prediction, look) if is_present else None,
                ),
            )

    def export_targets(self, chart: TargetChart, what: str) -> None:
        """Save the targets: "csv" or "figure"."""
        prediction = self._state.prediction
        if prediction is None:
            self._state.error = "There are no targets yet: click a source first."
        elif what == "csv":
            self._save(
                "Save the targets",
                "targets.csv",
                TABLES,
                lambda path: exports.target_table(prediction, path),
                SaveTargets,
            )
        else:
            self._save(
                "Save the figure",
                "targets.png",
                FIGURES,
                lambda path: exports.target_picture(prediction, path, chart.bars, log=chart.log),
                lambda path: DrawTargets(
                    path, question(prediction), chart.order, chart.top, chart.log
                ),
            )

    def export_page(self, name: str, page: Page, what: str) -> None:
        """Save what a page of results shows: "csv", "json" or "figure"."""
        title, suffix, kinds = {
            "csv": ("Save the numbers", "csv", TABLES),
            "json": ("Save everything", "json", RECORDS),
            "figure": ("Save the figure", "png", FIGURES),
        }[what]
        self._save(
            title,
            f"{name}.{suffix}",
            kinds,
            lambda path: page.save_job(what, path),
            lambda path: page.save_step(what, path),
        )

    def _save(
        self,
        title: str,
        name: str,
        kinds: str,
        job: Callable[[Path], exports.SaveJob],
        step: Callable[[Path], FileStep],
    ) -> None:
        path = self._dialogs.ask_save_path(title, name, kinds)
        if path:
            self._controller.save(step(Path(path)), lambda: job(Path(path)))
