"""The comparison and the state."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

from napari_connectome.state.controller import Controller
from napari_connectome.state.evidence_values import ComparedSide
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import Selection
from napari_connectome.widgets import compare_contents as contents
from napari_connectome.widgets.bindings.binding import Binding
from napari_connectome.widgets.compare.view import CompareView

MODELS = "Models (*.h5)"


class CompareBinding(Binding):
    """Keeps a view of a comparison in step with the state.

    Parameters
    ----------
    view : CompareView
        What is kept.
    state : ExplorerState
        Observed; the answer that is shown and the selection are written.
    controller : Controller
        Keeps, compares and holds out.
    ask_open_path : callable
        Asks for a file by title and kinds; empty when the person changed their mind.
    """

    def __init__(
        self,
        view: CompareView,
        state: ExplorerState,
        controller: Controller,
        ask_open_path: Callable[[str, str], str],
    ) -> None:
        super().__init__(state, controller)
        self.view = view
        self._ask_open_path = ask_open_path
        view.keep_requested.connect(self._on_keep)
        view.hold_out_requested.connect(self._on_hold_out)
        view.end_requested.connect(controller.comparison.drop)
        view.side_changed.connect(self._on_side)
        view.region_chosen.connect(self._on_region)
        events = state.events
        self.watch(events.kept, self._show_compared)
        self.watch(events.compared, self._show_compared)
        self.watch(events.experiment, self._show_experiment)
        self.watch(events.selection, self._show_selection)
        for signal in (
            events.compared_side,
            events.limits,
            events.difference_limits,
            events.log_scale,
        ):
            self.watch(signal, self._show_side)

    def refresh(self) -> None:
        """Show everything."""
        self._show_experiment()
        self._show_compared()
        self._show_selection()

    def _show_compared(self) -> None:
        compared, atlas = self.state.compared, self.atlas
        if compared is None or atlas is None:
            self._show_nothing()
            return
        self.view.show_comparison(
            contents.titles_of(compared),
            contents.agreement_texts(compared.comparison),
            contents.region_points(compared.comparison, atlas.tree),
            contents.captions_of(compared),
        )
        self._show_side()

    def _show_nothing(self) -> None:
        kept = self.state.kept
        if kept is None:
            self.view.show_nothing("")
        else:
            title = contents.kept_title(kept)
            self.view.show_nothing(f"A is {title}. Choose a source: its answer is compared with A.")

    def _show_side(self) -> None:
        state, compared = self.state, self.state.compared
        self.view.set_side(state.compared_side)
        if compared is None:
            return
        signed = state.compared_side == "difference"
        limits, log = contents.scale_limits(state.limits, log=state.log_scale)
        self.view.set_scale(
            state.difference_limits if signed else limits,
            contents.side_colors(state.compared_side),
            contents.side_unit(state.compared_side, compared.b.model.connectivity.unit),
            log=log and not signed,
        )

    def _show_experiment(self) -> None:
        self.view.set_experiment(self.state.experiment)

    def _show_selection(self) -> None:
        self.view.set_regions(self.selected_regions())

    def _on_keep(self, what: str) -> None:
        comparison = self.controller.comparison
        if what == "file":
            path = self._ask_open_path("Open a model as A", MODELS)
            if path:
                comparison.open_model(Path(path))
        elif what == "model":
            comparison.keep_model()
        elif what == "experiment" and self.state.experiment is not None:
            comparison.keep_measured(self.state.experiment)
        elif what == "answer":
            comparison.keep()

    def _on_hold_out(self) -> None:
        if self.state.experiment is not None:
            self.controller.comparison.hold_out(self.state.experiment)

    def _on_side(self, side: str) -> None:
        self.state.compared_side = cast(ComparedSide, side)

    def _on_region(self, structure_id: int) -> None:
        self.state.selection = Selection(ids=(structure_id,))
