"""The chart of target regions and the state."""

from __future__ import annotations

from napari_connectome.data.target_table import VALUE_TITLE, side_words, target_rows
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import Selection
from napari_connectome.widgets.bindings.binding import Binding
from napari_connectome.widgets.source_words import question
from napari_connectome.widgets.target_chart import TargetChart


class TargetBinding(Binding):
    """Keeps a chart of target regions in step with the state.

    Parameters
    ----------
    view : TargetChart
        What is kept.
    state : ExplorerState
        Observed; the selection is written.
    controller : Controller
        Acts on requests.
    """

    def __init__(self, view: TargetChart, state: ExplorerState, controller: Controller) -> None:
        super().__init__(state, controller)
        self.view = view
        view.region_chosen.connect(self._on_region)
        self.watch(state.events.prediction, self._show_targets)
        self.watch(state.events.selection, self._show_selection)

    def refresh(self) -> None:
        """Show targets and selection."""
        self._show_targets()
        self._show_selection()

    def _show_targets(self) -> None:
        prediction = self.state.prediction
        if prediction is None:
            self.view.set_targets((), "", "")
            return
        self.view.set_targets(
            target_rows(prediction),
            prediction.model.connectivity.unit,
            question(prediction),
            VALUE_TITLE,
            side_words(prediction),
        )

    def _show_selection(self) -> None:
        self.view.set_regions(self.selected_regions())

    def _on_region(self, structure_id: int) -> None:
        self.state.selection = Selection(ids=(structure_id,))
