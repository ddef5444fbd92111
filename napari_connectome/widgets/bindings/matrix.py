"""The regional matrix and the state: rows are asked forwards, columns backwards."""

from __future__ import annotations

from napari_connectome.core.sides import Side
from napari_connectome.core.sources import RegionSource
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.painted_cells import repainted
from napari_connectome.state.params import PaintedCell, Selection
from napari_connectome.state.values import ShownMatrix
from napari_connectome.widgets import view_contents
from napari_connectome.widgets.bindings.binding import Binding
from napari_connectome.widgets.matrix.view import MatrixView
from napari_connectome.widgets.source_words import marked_regions

NO_MODEL = "Fit a model to see how its regions are connected, or open a matrix from a file."


class MatrixBinding(Binding):
    """Keeps a matrix view in step with the state.

    Parameters
    ----------
    view : MatrixView
        What is kept.
    state : ExplorerState
        Observed; source, selection and the parameters of the matrix are written.
    controller : Controller
        Makes the matrix.
    """

    def __init__(self, view: MatrixView, state: ExplorerState, controller: Controller) -> None:
        super().__init__(state, controller)
        self.view = view
        self._shown: tuple[ShownMatrix, frozenset[PaintedCell]] | None = None
        self._take_requests()
        events = state.events
        self.watch(events.model, self._need)
        self.watch(events.matrix, self._need)
        self.watch(events.no_matrix, self._show_matrix)
        self.watch(events.shown_matrix, self._show_matrix)
        self.watch(events.matrix_params, self._show_params)
        self.watch(events.completion_params, self._show_painted)
        self.watch(events.selection, self._show_selection)
        self.watch(events.prediction, self._show_source)

    def refresh(self) -> None:
        """Show matrix, selection and source; ask for the matrix where there is none."""
        self._need()
        self._show_params()
        self._show_painted()
        self._show_selection()
        self._show_source()

    def _need(self) -> None:
        self.controller.views.need_matrix()

    def _show_matrix(self) -> None:
        shown = self.state.shown_matrix
        if shown is None:
            self._shown = None
            self.view.set_content(None, self.state.no_matrix or NO_MODEL)
            return
        painted = self._painted()
        if self._shown is None or shown is not self._shown[0]:
            self.view.set_measures(view_contents.measure_names(shown.matrix))
            self.view.set_measure(shown.measure)
        elif painted == self._shown[1]:
            return
        self._shown = shown, painted
        self.view.set_content(view_contents.matrix_content(shown, self._prefix(), painted))

    def _show_painted(self) -> None:
        self.view.set_paintable(self._is_paintable())
        self._show_matrix()

    def _is_paintable(self) -> bool:
        """Whether cells of the matrix are being chosen to be completed."""
        params = self.state.completion_params
        return params.pattern == "painted" and params.matrix == "model"

    def _painted(self) -> frozenset[PaintedCell]:
        return self.state.completion_params.painted if self._is_paintable() else frozenset()

    def _prefix(self) -> str:
        """Which of two compared models the matrix is of."""
        if self.state.compared_matrix is None:
            return ""
        return "A: " if self.state.compared_side == "a" else "A − B: "

    def _show_params(self) -> None:
        params = self.state.matrix_params
        self.view.set_order(params.order)
        self.view.set_log(params.log)

    def _show_selection(self) -> None:
        connection = self.state.selection.connection
        self.view.set_regions(self.selected_regions())
        self.view.set_cell(
            None
            if connection is None
            else (connection.source_id, connection.target_id, connection.side)
        )

    def _show_source(self) -> None:
        prediction = self.state.prediction
        regions: tuple[int, ...] = ()
        if prediction is not None and prediction.direction == "anterograde":
            regions = marked_regions(prediction)
        self.view.mark_source(regions)

    def _take_requests(self) -> None:
        view = self.view
        view.row_chosen.connect(self._on_row)
        view.column_chosen.connect(self._on_column)
        view.cell_chosen.connect(self._on_cell)
        view.measure_changed.connect(lambda name: self._change(measure=name))
        view.order_changed.connect(lambda name: self._change(order=name))
        view.log_changed.connect(lambda on: self._change(log=on))
        view.cells_painted.connect(self._on_painted)
        view.wipe_requested.connect(lambda: self._paint(frozenset()))

    def _change(self, **values: object) -> None:
        self.state.matrix_params = self.state.matrix_params.model_copy(update=values)

    def _on_painted(
        self, sources: tuple[int, ...], targets: tuple[tuple[int, Side], ...], missing: bool
    ) -> None:
        painted = self.state.completion_params.painted
        self._paint(repainted(painted, sources, targets, missing=missing))

    def _paint(self, cells: frozenset[PaintedCell]) -> None:
        update: dict[str, object] = {"painted": cells}
        self.state.completion_params = self.state.completion_params.model_copy(update=update)

    def _on_row(self, structure_id: int) -> None:
        self.controller.ask(RegionSource((structure_id,)), "anterograde")

    def _on_column(self, structure_id: int, side: str) -> None:
        del side  # the answer shows both: what is ipsilateral on the right, the rest on the left
        self.controller.ask(RegionSource((structure_id,)), "retrograde")

    def _on_cell(self, source_id: int, target_id: int, side: str) -> None:
        self.state.selection = Selection.of_connection(
            source_id, target_id, "ipsi" if side == "ipsi" else "contra"
        )
