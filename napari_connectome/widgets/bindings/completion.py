"""Completion and the state."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from napari_connectome.core.progress import Job, Progress
from napari_connectome.data.curve_files import write_curve
from napari_connectome.state.completion_values import Completed, write_completed
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.recording.completing import SaveCompleted
from napari_connectome.state.recording.figures import SaveFigure, completion_drawing
from napari_connectome.state.recording.steps import FileStep
from napari_connectome.widgets.bindings.figures import Make, PageBinding
from napari_connectome.widgets.completion import contents
from napari_connectome.widgets.completion.view import CompletionView

TABLE_KINDS = "Tables (*.csv *.xlsx)"
PRINT_MM = 180.0


class CompletionBinding(PageBinding):
    """Keeps a completion view in step with the state.

    Parameters
    ----------
    view : CompletionView
        What is kept.
    state : ExplorerState
        Observed; the parameters of the completion are written.
    controller : Controller
        Completes.
    ask_open : callable
        Asks for a file by title and kinds; empty when the person changed their mind.
    """

    def __init__(
        self,
        view: CompletionView,
        state: ExplorerState,
        controller: Controller,
        ask_open: Callable[[str, str], str],
    ) -> None:
        super().__init__(view.figure, state, controller)
        self.view, self._ask_open = view, ask_open
        self._take_requests()
        events = state.events
        self.watch(events.completion, self._show_result)
        self.watch(events.completion_curve, self._show_result)
        self.watch(events.completion_series, self._show_result)
        self.watch(events.completion_params, self._show_params)
        self.watch(events.job, self._show_job)

    def refresh(self) -> None:
        """Show parameters and results."""
        self._show_params()
        self._show_job()
        self._show_result()

    def save_job(self, what: str, path: Path) -> Job[Path]:
        """Write the completed table or the curve ("csv"), or the figure of the page.

        Of several completions it is that with the least removed.
        """
        curve = self.state.completion_curve if self.view.page == "curve" else None
        made = self._maker() if what == "figure" else None
        found = self.state.completion
        if self._saves_series:
            found = self.state.completion_series[-1]
        return _saved(path, found, curve, made)

    def save_step(self, what: str, path: Path) -> FileStep:
        """How a script writes the same file."""
        if what == "figure":
            return SaveFigure(path, "The completion", completion_drawing(self.view.page, PRINT_MM))
        page, state = self.view.page, self.state
        if page == "curve" and state.completion_curve is not None:
            return SaveCompleted(path, "curve")
        return SaveCompleted(path, "series" if self._saves_series else "completed")

    @property
    def _saves_series(self) -> bool:
        return self.view.page == "removed" and bool(self.state.completion_series)

    def _show_params(self) -> None:
        self.view.set_params(self.state.completion_params)
        self.view.set_words(self._words())

    def _show_job(self) -> None:
        self.view.set_can_run(self.state.job is None)

    def _show_result(self) -> None:
        view, maker = self.view, self._maker()
        found = self.state.completion
        regional, why_not = (
            (False, "") if found is None else (found.regional is not None, found.why_not)
        )
        view.set_has_result(maker is not None, regional=regional, why_not=why_not)
        view.set_words(self._words())
        if maker is None:
            empty = {"curve": contents.NO_CURVE, "removed": contents.NO_SERIES}
            self._drawer.say(empty.get(view.page, contents.NOTHING))
        else:
            self._drawer.show(maker)

    def _words(self) -> str:
        params = self.state.completion_params
        painted = ""
        follows_pattern = self.view.page not in ("removed", "curve")
        if follows_pattern and params.pattern == "painted" and params.matrix == "model":
            painted = contents.painted_words(len(params.painted))
        return " ".join(part for part in (painted, self._result_words()) if part)

    def _result_words(self) -> str:
        state, page = self.state, self.view.page
        if page == "curve":
            curve = state.completion_curve
            return "" if curve is None else contents.curve_words(curve)
        if page == "removed":
            series = state.completion_series
            return contents.series_words(series) if series else ""
        return "" if state.completion is None else contents.words(state.completion)

    def _maker(self) -> Make | None:
        state, page = self.state, self.view.page
        if page == "removed":
            series = state.completion_series
            return partial(contents.series_figure_of, series) if series else None
        if page == "curve":
            curve = state.completion_curve
            return None if curve is None else partial(contents.curve_figure_of, curve)
        found = state.completion
        return None if found is None else partial(contents.figure_of, page, found)

    def _take_requests(self) -> None:
        view = self.view
        view.params_changed.connect(self._on_params)
        view.open_requested.connect(self._on_open)
        view.run_requested.connect(self._on_run)
        view.curve_requested.connect(self._on_curve)
        view.whole_curve_requested.connect(lambda: self._on_curve(whole=True))
        view.matrix_requested.connect(self.controller.completion.go_on_with_completed)
        view.model_requested.connect(self.controller.completion.use_as_model)
        view.page_changed.connect(self._show_result)

    def _on_params(self, params: object) -> None:
        self.state.completion_params = params  # type: ignore[assignment]

    def _on_open(self) -> None:
        """A table, or the model's matrix again when none was chosen."""
        path = self._ask_open("Open a table to complete", TABLE_KINDS)
        params = self.state.completion_params
        if path:
            update: dict[str, object] = {"path": Path(path), "matrix": "file"}
            self.state.completion_params = params.model_copy(update=update)
        elif params.path is None:
            self.state.completion_params = params.model_copy(update={"matrix": "model"})

    def _on_run(self) -> None:
        if self.view.page == "removed":
            self.controller.completion.run_series()
            return
        if self.view.page == "curve":
            self.view.set_page("matrices")
        self.controller.completion.run()

    def _on_curve(self, *, whole: bool = False) -> None:
        self.view.set_page("curve")
        self._show_result()
        self.controller.completion.run_curve(whole=whole)


def _saved(path: Path, found: Completed | None, curve: object, make: Make | None) -> Job[Path]:
    from napari_connectome.core.completion.curve import Curve

    yield Progress(0, 0, f"Writing {path.name}")
    if make is not None:
        from napari_connectome.figures.saving import save_figure

        save_figure(make(PRINT_MM), path)
    elif isinstance(curve, Curve):
        write_curve(path, curve)
    elif found is not None:
        write_completed(path, found)
    return path
