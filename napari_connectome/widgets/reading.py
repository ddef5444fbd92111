"""Cache folders, models and explorations that are dropped onto napari open in the explorer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import napari

from napari_connectome.core.errors import DataError
from napari_connectome.core.io import is_own_file
from napari_connectome.data.allen_cache import open_cache
from napari_connectome.data.manifest import Manifest
from napari_connectome.data.model_files import read_model
from napari_connectome.data.published_model import find_published
from napari_connectome.layers.atlas_layers import atlas_layers
from napari_connectome.state.exploration_file import is_exploration
from napari_connectome.state.exploration_jobs import open_exploration
from napari_connectome.widgets.explorer import ExplorerWidget

if TYPE_CHECKING:
    from napari.window import Window

PLUGIN, WIDGET = "napari-connectome", "Connectome Explorer"
LayerData = tuple[Any, ...]
NO_LAYERS: list[LayerData] = [(None,)]
"""What tells napari that a file was taken care of: the explorer makes its layers itself."""


def get_brain_reader(path: str | list[str]) -> Callable[[str], list[LayerData]] | None:
    """Napari's question whether a place is one of ours; others are left to other plugins."""
    if not isinstance(path, str) or not is_ours(Path(path)):
        return None
    return open_in_explorer


def is_ours(place: Path) -> bool:
    """Whether a place is a cache folder, its manifest, a model or an exploration."""
    if find_published(place) is not None:
        return True
    if place.is_dir() or (place.suffix.lower() == ".json" and not is_exploration(place)):
        try:
            Manifest.open(place)
        except DataError:
            return False
        return True
    return is_exploration(place) or is_own_file(place)


def open_in_explorer(path: str) -> list[LayerData]:
    """Open a place in the explorer of the current viewer; without a window, give its atlas.

    Raises
    ------
    DataError
        When there is no window, and the place cannot be read.
    """
    viewer = napari.current_viewer()
    if viewer is None:
        return _atlas_of(Path(path))
    explorer_of(viewer.window).open(Path(path))
    return NO_LAYERS


def explorer_of(window: Window) -> ExplorerWidget:
    """The explorer that is docked in a window, opened when there is none."""
    for widget in window.dock_widgets.values():
        if isinstance(widget, ExplorerWidget):
            return widget
    explorer: ExplorerWidget = window.add_plugin_dock_widget(PLUGIN, WIDGET)[1]
    return explorer


def _atlas_of(place: Path) -> list[LayerData]:
    if is_exploration(place):
        atlas = open_exploration(place).dataset.atlas
    elif is_own_file(place) or find_published(place) is not None:
        atlas = read_model(place).atlas
    else:
        atlas = open_cache(place).atlas
    return [layer.as_layer_data_tuple() for layer in atlas_layers(atlas)]
