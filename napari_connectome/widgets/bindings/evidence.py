"""The evidence and the state: experiments behind answers and cells, support in the volume."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from napari_connectome.layers.support_layer import UNITS, shown_support, support_limits
from napari_connectome.state.controller import Controller
from napari_connectome.state.evidence_values import SupportKind
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.values import Dataset
from napari_connectome.widgets import evidence_contents as contents
from napari_connectome.widgets.bindings.binding import Binding
from napari_connectome.widgets.evidence.view import EvidenceView
from napari_connectome.widgets.source_words import question


class EvidenceBinding(Binding):
    """Keeps an evidence view in step with the state.

    Parameters
    ----------
    view : EvidenceView
        What is kept.
    state : ExplorerState
        Observed; the support that is shown is written.
    controller : Controller
        Finds the evidence, and shows what was measured.
    """

    def __init__(self, view: EvidenceView, state: ExplorerState, controller: Controller) -> None:
        super().__init__(state, controller)
        self.view = view
        self._injected: Mapping[int, contents.Injected] = {}
        self._injected_of: Dataset | None = None
        view.experiment_toggled.connect(controller.evidence.toggle_measured)
        view.hold_out_requested.connect(controller.comparison.hold_out)
        view.keep_requested.connect(controller.comparison.keep_measured)
        view.support_changed.connect(self._on_support)
        events = state.events
        self.watch(events.dataset, self.refresh)
        self.watch(events.prediction, self._on_prediction)
        self.watch(events.contributions, self._show_answer)
        self.watch(events.selection, self._on_selection)
        self.watch(events.matrix, controller.evidence.need_cell)
        self.watch(events.cell, self._show_cell)
        self.watch(events.measured, self._show_shown)
        self.watch(events.experiment, self._show_experiment)
        for signal in (
            events.model,
            events.support_shown,
            events.no_support,
            events.support,
            events.hypothetical_support,
        ):
            self.watch(signal, self._show_support)

    def refresh(self) -> None:
        """Show everything; ask for the evidence that is not there."""
        self._on_prediction()
        self.controller.evidence.need_cell()
        self._show_answer()
        self._show_cell()
        self._show_shown()
        self._show_experiment()
        self._show_support()

    def _known(self) -> Mapping[int, contents.Injected]:
        dataset = self.state.dataset
        if dataset is not self._injected_of:
            self._injected = {} if dataset is None else contents.injected(dataset)
            self._injected_of = dataset
        return self._injected

    def _on_prediction(self) -> None:
        """Rows stay until those of the new answer are there."""
        self.controller.evidence.need_contributions()
        prediction = self.state.prediction
        if prediction is None:
            self.view.answer.show_words("", contents.NO_SOURCE)
        elif prediction.support is None:
            title = question(prediction)
            self.view.answer.show_words(title, contents.BACKWARDS)

    def _show_answer(self) -> None:
        found = self.state.contributions
        if found is not None:
            self.view.answer.show_rows(
                question(found.prediction),
                contents.answer_facts(found.prediction),
                contents.answer_rows(found, self._known()),
            )
            self._show_experiment()

    def _on_selection(self) -> None:
        self.controller.evidence.need_cell()
        if self.state.selection.connection is not None:
            self.view.set_page("cell")

    def _show_cell(self) -> None:
        found, atlas = self.state.cell, self.atlas
        if found is None or atlas is None:
            self.view.cell.show_cell("", (), (), contents.NO_CELL)
            return
        self.view.cell.show_cell(
            contents.cell_title(found.cell, atlas.tree),
            contents.cell_lines(found.cell),
            contents.cell_rows(found, self._known()),
            found.words,
        )
        self._show_experiment()

    def _show_shown(self) -> None:
        self.view.set_shown(contents.shown_colors(self.state.measured))

    def _show_experiment(self) -> None:
        self.view.select(self.state.experiment)

    def _show_support(self) -> None:
        state, bar = self.state, self.view.support
        kind, maps = state.support_shown, shown_support(state)
        bar.set_kind(kind)
        if kind == "off":
            bar.show_nothing("")
        elif maps is None:
            no_model = "Fit a model to see how well its data support each voxel."
            bar.show_nothing(no_model if state.model is None else state.no_support or "")
        else:
            bar.show_scale(
                support_limits(maps, kind),
                contents.support_colors(kind),
                UNITS[kind],
                hatched=bool(maps.unsupported.any()),
                note=contents.hypothetical_words(state.hypothetical_support),
            )

    def _on_support(self, kind: str) -> None:
        self.state.support_shown = cast(SupportKind, kind)
