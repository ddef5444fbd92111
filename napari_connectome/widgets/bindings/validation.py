"""The cross-validation and the state."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pandas as pd

from napari_connectome.core.errors import ConnectomeError
from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.validation import ValidationResult, write_result, write_scores
from napari_connectome.core.validation.comparison_table import comparison
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import Selection
from napari_connectome.state.recording.figures import SaveFigure, scores_drawing
from napari_connectome.state.recording.scores import SaveScores
from napari_connectome.state.recording.steps import FileStep
from napari_connectome.state.validation_values import Validated
from napari_connectome.widgets.bindings.figures import (
    COLUMN_MM,
    NARROWEST_MM,
    Make,
    PageBinding,
)
from napari_connectome.widgets.validation import contents
from napari_connectome.widgets.validation.view import TABLES, ValidationView

NOTHING = "Nothing cross-validated yet: choose models, then press Cross-validate."
PRINT_MM = 180.0


class ValidationBinding(PageBinding):
    """Keeps a cross-validation view in step with the state.

    Parameters
    ----------
    view : ValidationView
        What is kept.
    state : ExplorerState
        Observed; the parameters of the validation and the selection are written.
    controller : Controller
        Runs it.
    """

    def __init__(self, view: ValidationView, state: ExplorerState, controller: Controller) -> None:
        super().__init__(view.figure, state, controller)
        self.view = view
        self._scattered: pd.DataFrame | None = None
        self._shown: Validated | None = None
        self._take_requests()
        events = state.events
        self.watch(events.validation, self._show_result)
        self.watch(events.validation_params, self._show_params)
        self.watch(events.job, self._show_job)
        self.watch(events.dataset, self._show_job)
        self.watch(events.selection, self._follow_selection)

    def refresh(self) -> None:
        """Show parameters and result."""
        self._show_params()
        self._show_job()
        self._show_result()

    def save_job(self, what: str, path: Path) -> Job[Path]:
        """Write the scores ("csv"), everything ("json") or the figure of the page to a file."""
        result = self._result
        made = self._maker() if what == "figure" else None
        return _saved(path, what, result, made)

    def save_step(self, what: str, path: Path) -> FileStep:
        """How a script writes the same file."""
        if what == "figure":
            drawing = scores_drawing(self.view.page, PRINT_MM)
            return SaveFigure(path, "The cross-validation", drawing)
        return SaveScores(path, "csv" if what == "csv" else "json")

    @property
    def _result(self) -> ValidationResult | None:
        validated = self.state.validation
        return None if validated is None else validated.result

    def _show_params(self) -> None:
        self.view.controls.set_params(self.state.validation_params)

    def _show_job(self) -> None:
        dataset, job, controls = self.state.dataset, self.state.job, self.view.controls
        there = dataset is not None and dataset.experiments is not None
        controls.set_can_run(there and job is None)
        if job is not None and job.kind == "validate":
            controls.set_progress(job.progress, job.elapsed_s)
        else:
            controls.set_progress(None)

    def _show_result(self) -> None:
        validated, view = self.state.validation, self.view
        view.set_can_export(validated is not None)
        if validated is None:
            self._shown = None
            view.controls.set_words("")
            view.show_figure()
            self._drawer.say(NOTHING)
            return
        if validated is not self._shown:
            self._shown = validated
            view.controls.set_words(contents.words(validated))
            is_first = view.source_id is None
            view.set_sources(contents.sources(validated.result))
            most = contents.most_injected(validated.result)
            if is_first and most is not None:
                view.set_source(most)
        self._show_page(validated)

    def _show_page(self, validated: Validated) -> None:
        view, page = self.view, self.view.page
        if page in TABLES:
            self._show_table(validated)
            view.show_table()
            return
        view.show_figure()
        try:
            maker = self._maker()
        except ConnectomeError as error:
            self._drawer.say(str(error))
            return
        if maker is not None:
            table = self._scattered
            places = None if table is None else partial(contents.scatter_places, table)
            least_mm = COLUMN_MM if page == "sources" else NARROWEST_MM
            self._drawer.show(maker, places, narrowest_mm=least_mm)

    def _show_table(self, validated: Validated) -> None:
        table = self.view.table
        if self.view.page == "scores":
            frame, best = comparison(validated.scores)
            table.set_frame(frame, contents.TIPS, lambda row, name: (row, name) in best)
        else:
            table.set_frame(contents.details(validated, self.view.details))

    def _maker(self) -> Make | None:
        """What makes the figure of the page."""
        result, source = self._result, self.view.source_id
        self._scattered = None
        if result is None:
            return None
        if self.view.page != "scatter":
            return partial(contents.figure_of, self.view.page, result)
        if source is None:
            return None
        table = contents.scatter(result, source)
        contents.scatter_rows(table)
        self._scattered = table
        return partial(contents.scatter_figure, table, result, result.tree[source].acronym)

    def _take_requests(self) -> None:
        view = self.view
        view.controls.run_requested.connect(self.controller.validation.run)
        view.controls.cancel_requested.connect(self.controller.cancel)
        view.controls.params_changed.connect(self._on_params)
        view.page_changed.connect(self._show_result)
        view.figure.pointed.connect(self._on_pointed)
        view.figure.clicked.connect(self._on_clicked)

    def _on_params(self, params: object) -> None:
        self.state.validation_params = params  # type: ignore[assignment]

    def _target(self, place: int) -> dict[str, object] | None:
        if self._scattered is None or place < 0:
            return None
        rows = contents.scatter_rows(self._scattered)
        found = rows.iloc[place].to_dict() if place < len(rows) else None
        return None if found is None else {str(key): value for key, value in found.items()}

    def _on_pointed(self, place: int) -> None:
        row, atlas = self._target(place), self.atlas
        if row is None or atlas is None:
            self.view.set_info("")
            return
        structure = atlas.tree[int(str(row["region_id"]))]
        self.view.set_info(
            f"{structure.acronym}  {structure.name} ({row['side']}): measured "
            f"{row['measured']:.3g}, predicted {row['predicted']:.3g} ({row['model']}, "
            f"experiment {row['experiment_id']})"
        )

    def _on_clicked(self, place: int) -> None:
        row = self._target(place)
        if row is not None:
            self.view.figure.mark(place)
            self.state.selection = Selection(ids=(int(str(row["region_id"])),))

    def _follow_selection(self) -> None:
        """A selected connection shows its source."""
        connection = self.state.selection.connection
        is_scatter = self.view.page == "scatter"
        if connection is not None and self.view.set_source(connection.source_id) and is_scatter:
            self._show_result()


def _saved(path: Path, what: str, result: ValidationResult | None, make: Make | None) -> Job[Path]:
    yield Progress(0, 0, f"Writing {path.name}")
    if make is not None:
        from napari_connectome.figures.saving import save_figure

        save_figure(make(PRINT_MM), path)
    elif result is not None:
        (write_scores if what == "csv" else write_result)(path, result)
    return path
