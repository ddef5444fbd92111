"""Layers that are redrawn many times a second."""

from __future__ import annotations

from napari.components import ViewerModel
from napari.layers import Layer


def redraw(viewer: ViewerModel, layer: Layer) -> None:
    """Draw a layer's new data on the canvas, and do nothing else.

    The viewer does not measure its layers again, and the layer list, which would be
    painted for every drawing of any layer, does not hear of it.
    """
    with viewer.layers.events.blocker():
        layer.refresh(thumbnail=False, extent=False, highlight=False)
