"""The pair of patterns that is looked at, as two volumes."""

from __future__ import annotations

from napari.components import ViewerModel
from napari.layers import Layer

from napari_connectome.layers.evidence_styles import measured_style
from napari_connectome.layers.metadata import model_metadata
from napari_connectome.layers.projection_layer import ProjectionLayer
from napari_connectome.state.explorer import ExplorerState

FULL = (0.0, 1.0)
"""Patterns are scaled to a largest value of 1."""
LAYERS = {"Factor: sends from": 0, "Factor: arrives in": 2}
"""Names and colours."""


class FactorLayers:
    """Keeps two layers in step with the pair that is looked at.

    Parameters
    ----------
    viewer : ViewerModel
        Where they are added.
    state : ExplorerState
        Observed; when a person removes a layer the pair is no longer looked at.
    """

    def __init__(self, viewer: ViewerModel, state: ExplorerState) -> None:
        self._viewer, self._state = viewer, state
        self._owned = [
            ProjectionLayer(viewer, {**measured_style(color), "name": name})
            for name, color in LAYERS.items()
        ]
        state.events.factor_pair.connect(self._show)
        viewer.layers.events.removed.connect(self._on_removed)

    @property
    def own_layers(self) -> list[Layer]:
        """Layers that were made here."""
        return [one.layer for one in self._owned if one.layer is not None]

    def close(self) -> None:
        """Stop observing; the layers stay."""
        self._viewer.layers.events.removed.disconnect(self._on_removed)
        self._state.events.factor_pair.disconnect(self._show, missing_ok=True)

    def _show(self) -> None:
        pair = self._state.factor_pair
        if pair is None:
            for one in self._owned:
                one.clear()
            return
        for one, values in zip(self._owned, (pair.source, pair.target), strict=True):
            one.show(
                values,
                FULL,
                log_scale=False,
                metadata=model_metadata(values.model, factor=values.label),
            )

    def _on_removed(self) -> None:
        gone = any(one not in self._viewer.layers for one in self.own_layers)
        if gone and self._state.factor_pair is not None:
            self._state.factor_pair = None
