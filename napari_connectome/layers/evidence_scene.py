"""Binds what says how far to trust an answer to a viewer."""

from __future__ import annotations

from napari.components import ViewerModel
from napari.layers import Layer

from napari_connectome.layers.evidence_layers import ComparedLayers, MeasuredLayers
from napari_connectome.layers.projection_layer import ProjectionLayer
from napari_connectome.layers.support_layer import SupportLayer, shown_support
from napari_connectome.state.explorer import ExplorerState


class EvidenceScene:
    """Keeps measured volumes, support and comparison in step with the state.

    Parameters
    ----------
    viewer : ViewerModel
        The viewer; only layers made here, and the visibility of the projection, are changed.
    state : ExplorerState
        Observed; a measured volume that a person removes is taken out of it.
    projection : ProjectionLayer
        The layer of the present answer.
    """

    def __init__(
        self, viewer: ViewerModel, state: ExplorerState, projection: ProjectionLayer
    ) -> None:
        self._viewer, self._state = viewer, state
        self.measured = MeasuredLayers(viewer)
        self.compared = ComparedLayers(viewer, projection)
        self.support = SupportLayer(viewer)
        events = state.events
        self._connections = (
            (events.measured, self._show_measured),
            (events.support, self._show_support),
            (events.support_shown, self._show_support),
            (events.hypothetical_support, self._show_support),
            (events.compared, self._show_compared),
            (events.compared_side, self._show_side),
            (events.limits, self._show_limits),
            (events.difference_limits, self._show_limits),
            (events.log_scale, self._on_log_scale),
        )
        for signal, slot in self._connections:
            signal.connect(slot)
        viewer.layers.events.removed.connect(self._on_removed)

    @property
    def own_layers(self) -> list[Layer]:
        """Layers that were made here."""
        return [*self.measured.layers, *self.compared.layers, *self.support.layers]

    def close(self) -> None:
        """Stop observing; the layers stay."""
        self._viewer.layers.events.removed.disconnect(self._on_removed)
        for signal, slot in self._connections:
            signal.disconnect(slot, missing_ok=True)

    def _show_measured(self) -> None:
        state = self._state
        self.measured.show(state.measured, state.limits, log_scale=state.log_scale)

    def _show_support(self) -> None:
        state = self._state
        maps = shown_support(state)
        if maps is None or state.support_shown == "off" or state.model is None:
            self.support.clear()
        else:
            self.support.show(maps, state.support_shown, state.model)

    def _show_compared(self) -> None:
        state = self._state
        if state.compared is None:
            self.compared.clear()
            return
        self.compared.show(
            state.compared,
            state.compared_side,
            state.limits,
            state.difference_limits,
            log_scale=state.log_scale,
        )

    def _show_side(self) -> None:
        self.compared.set_side(self._state.compared_side)

    def _show_limits(self) -> None:
        state = self._state
        self.measured.set_limits(state.limits, log_scale=state.log_scale)
        self.compared.set_limits(state.limits, state.difference_limits, log_scale=state.log_scale)

    def _on_log_scale(self) -> None:
        self._show_measured()
        self._show_compared()

    def _on_removed(self) -> None:
        """A measured volume that is removed in napari's list is no longer shown."""
        gone = self.measured.removed_by_hand()
        if gone:
            shown = self._state.measured
            self._state.measured = tuple(m for m in shown if m.experiment_id not in gone)
