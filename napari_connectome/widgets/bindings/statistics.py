"""Statistics and the state: what is asked for is made while the dock can be seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from napari_connectome.core.measures import MEASURES
from napari_connectome.core.progress import Job, Progress
from napari_connectome.data.statistics_table import statistics_rows, summary_rows, write_rows
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.recording.figures import SaveFigure, statistics_drawing
from napari_connectome.state.recording.regional import SaveStatistics, SaveSummary
from napari_connectome.state.recording.steps import FileStep
from napari_connectome.widgets.bindings.figures import COLUMN_MM, Make, PageBinding
from napari_connectome.widgets.statistics import contents
from napari_connectome.widgets.statistics.view import StatisticsView

NO_MODEL = "Fit a model, or open a regional matrix, to see how its weights are distributed."
NO_DATA = "Open data to see how well experiments cover the brain."
PRINT_MM = 180.0


class StatisticsBinding(PageBinding):
    """Keeps the statistics in step with the state.

    Parameters
    ----------
    view : StatisticsView
        What is kept.
    state : ExplorerState
        Observed; the parameters of the statistics and the selection are written.
    controller : Controller
        Makes matrix and statistics.
    """

    def __init__(self, view: StatisticsView, state: ExplorerState, controller: Controller) -> None:
        super().__init__(view.figure, state, controller)
        self.view = view
        self._take_requests()
        events = state.events
        for signal in (events.model, events.matrix, events.dataset, events.statistics_params):
            self.watch(signal, self.refresh)
        for signal in (events.statistics, events.no_statistics):
            self.watch(signal, self._show_result)
        for signal in (events.data_summary, events.no_data_summary):
            self.watch(signal, self._show_result)
        self.watch(events.no_matrix, self._show_result)
        self.watch(events.selection, self._show_selection)

    def refresh(self) -> None:
        """Show the parameters, and have what is asked for made."""
        self._show_params()
        self._show_selection()
        self._show_result()
        self._need()

    def save_job(self, what: str, path: Path) -> Job[Path]:
        """Write the numbers ("csv") or the figure of the page to a file."""
        rows = self._rows() if what == "csv" else []
        return _saved(path, rows, None if what == "csv" else self._maker())

    def save_step(self, what: str, path: Path) -> FileStep:
        """How a script writes the same file."""
        if what == "figure":
            log, page = self.view.log_distance, self.view.page
            drawing = statistics_drawing(page, PRINT_MM, log_distance=log)
            return SaveFigure(path, "The statistics", drawing)
        return SaveSummary(path) if self.view.page == "data" else SaveStatistics(path)

    @property
    def has_result(self) -> bool:
        """Whether there is something on the page to save."""
        state = self.state
        if self.view.page == "data":
            return bool(state.data_summary)
        one = state.statistics
        return one is not None and (self.view.page != "distance" or one.distance is not None)

    def _need(self) -> None:
        if self.view.page == "data":
            self.controller.statistics.need_data()
        else:
            self.controller.views.need_matrix()
            self.controller.statistics.need()

    def _show_params(self) -> None:
        state, params, atlas = self.state, self.state.statistics_params, self.atlas
        tree = atlas.tree if state.matrix is None and atlas is not None else None
        tree = state.matrix.tree if state.matrix is not None else tree
        if tree is not None:
            known = state.matrix.divisions() if state.matrix is not None else tree.division_ids()
            strangers = [i for i in params.within if i not in known and i in tree]
            titles = {i: tree[i].acronym for i in (*known, *strangers)}
            self.view.within.set_entries(titles)
        self.view.within.set_keys(params.within)
        self.view.sides.set_key(params.side)
        measures = MEASURES if state.matrix is None else state.matrix.measures
        self.view.set_measures({m: MEASURES[m].short for m in measures}, params.measure)

    def _show_selection(self) -> None:
        atlas, ids = self.atlas, self.state.selection.ids
        names = "" if atlas is None else ", ".join(atlas.tree[i].acronym for i in ids[:6])
        self.view.set_selected(names + (" …" if len(ids) > 6 else ""))
        self._mark()

    def _mark(self) -> None:
        """Ring the selected connection in the figure of distance."""
        one, matrix = self.state.statistics, self.state.matrix
        if self.view.page == "distance" and one is not None and matrix is not None:
            self.view.figure.mark(contents.place_of(one, matrix, self.state.selection))

    def _show_result(self) -> None:
        self.view.set_can_export(self.has_result)
        making, is_data = self.controller.statistics, self.view.page == "data"
        self.view.set_job(
            is_running=making.are_fitting and not is_data,
            is_stopped=making.are_stopped and not is_data,
        )
        if is_data:
            self._show_data()
        else:
            self._show_weights()

    def _show_weights(self) -> None:
        one, page = self.state.statistics, self.view.page
        if one is None:
            self.view.set_words("")
            self.view.hide_table()
            state = self.state
            self._drawer.say(state.no_statistics or state.no_matrix or NO_MODEL)
            return
        words, maker = contents.words_of(page, one), self._maker()
        self.view.set_words(words)
        if page == "numbers":
            self.view.set_table(contents.numbers_frame(one))
            return
        self.view.hide_table()
        if maker is None:
            self._drawer.say(words)
        else:
            places = partial(contents.places_of, one) if page == "distance" else None
            self._drawer.show(maker, places, narrowest_mm=COLUMN_MM)

    def _show_data(self) -> None:
        atlas, maker = self.atlas, self._maker()
        self.view.set_words("")
        if atlas is None or maker is None:
            self.view.hide_table()
            self._drawer.say(self.state.no_data_summary or NO_DATA)
            return
        frame = contents.data_frame(self.state.data_summary, atlas.tree)
        self.view.set_table(frame, contents.DATA_TIPS)
        self._drawer.show(maker, narrowest_mm=COLUMN_MM)

    def _maker(self) -> Make | None:
        """What makes the figure of the page, whatever the state is by then."""
        one, atlas = self.state.statistics, self.atlas
        if not self.has_result:
            return None
        if self.view.page == "data" and atlas is not None:
            return partial(contents.data_figure, self.state.data_summary, atlas.tree)
        if one is None:
            return None
        log = self.view.log_distance
        return partial(contents.figure_of, self.view.page, one, log_distance=log)

    def _rows(self) -> list[dict[str, object]]:
        atlas, one = self.atlas, self.state.statistics
        if self.view.page == "data" and atlas is not None:
            return summary_rows(self.state.data_summary, atlas.tree)
        return [] if one is None else statistics_rows(one)

    def _take_requests(self) -> None:
        view = self.view
        view.page_changed.connect(lambda _page: self.refresh())
        view.within_changed.connect(lambda ids: self._change(within=ids))
        view.side_changed.connect(lambda side: self._change(side=side))
        view.measure_changed.connect(lambda measure: self._change(measure=measure))
        view.selected_wanted.connect(lambda: self._change(within=self.state.selection.ids))
        view.stop_requested.connect(self._on_stop)
        view.look_changed.connect(self._show_result)
        view.figure.shown.connect(self._mark)
        view.figure.pointed.connect(self._on_pointed)
        view.figure.clicked.connect(self._on_clicked)

    def _change(self, **values: object) -> None:
        self.state.statistics_params = self.state.statistics_params.model_copy(update=values)

    def _on_stop(self, stop: bool) -> None:
        making = self.controller.statistics
        (making.stop if stop else making.resume)()

    def _on_pointed(self, place: int) -> None:
        one, matrix = self.state.statistics, self.state.matrix
        if one is not None and matrix is not None:
            self.view.set_info(contents.info_at(one, matrix, place))

    def _on_clicked(self, place: int) -> None:
        one, matrix = self.state.statistics, self.state.matrix
        if one is not None and matrix is not None:
            self.state.selection = contents.selection_at(one, matrix, place)


def _saved(path: Path, rows: Sequence[Mapping[str, object]], make: Make | None) -> Job[Path]:
    yield Progress(0, 0, f"Writing {path.name}")
    if make is None:
        write_rows(path, rows)
    else:
        from napari_connectome.figures.saving import save_figure

        save_figure(make(PRINT_MM), path)
    return path
