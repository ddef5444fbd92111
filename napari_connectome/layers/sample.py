"""The demo brain as plain layers, for napari's File > Open Sample."""

from __future__ import annotations

from typing import Any

from napari_connectome.data.allen_cache import open_cache
from napari_connectome.layers.atlas_layers import atlas_layers
from napari_connectome.state.jobs import demo_folder


def open_demo_brain() -> list[tuple[Any, dict[str, Any], str]]:
    """Template and regions of the demo brain, as layer data tuples."""
    atlas = open_cache(demo_folder()).atlas
    return [layer.as_layer_data_tuple() for layer in atlas_layers(atlas)]
