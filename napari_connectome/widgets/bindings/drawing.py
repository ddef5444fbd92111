"""The drawing panel, the layers of the viewer and the state."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari.layers import Image, Labels, Layer, Points, Shapes
from qtpy.QtWidgets import QFileDialog

from napari_connectome.data.mask_files import ImportedMask
from napari_connectome.layers import drawing_layers
from napari_connectome.layers.drawing_follower import DrawingFollower
from napari_connectome.layers.drawing_reading import can_be_drawn_in
from napari_connectome.state import source_jobs
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.widgets.drawing_panel import Tool
from napari_connectome.widgets.object_table import ObjectRow
from napari_connectome.widgets.source_panel import SourcePanel

if TYPE_CHECKING:
    from napari import Viewer

MASKS = "Masks (*.nrrd *.nii *.nii.gz *.npy)"
LIST_EVENTS = ("inserted", "removed", "reordered", "renamed")
SIZES = ("brush_size", "current_size", "n_edit_dimensions")


class DrawingBinding:
    """Keeps the drawing panel in step with the layer that is followed.

    Parameters
    ----------
    panel : SourcePanel
        Whose drawing panel it is.
    viewer : napari.Viewer
        Where new layers are added, and layers are offered from.
    state : ExplorerState
        Observed; the drawing parameters are written.
    controller : Controller
        Reads masks.
    follower : DrawingFollower
        Makes the source of a layer.
    own : callable
        Layers that show results and are not offered.
    """

    def __init__(
        self,
        panel: SourcePanel,
        viewer: Viewer,
        state: ExplorerState,
        controller: Controller,
        follower: DrawingFollower,
        own: Callable[[], Collection[Layer]],
    ) -> None:
        self._panel, self._view = panel, panel.drawing
        self._viewer, self._state, self._controller = viewer, state, controller
        self._follower, self._own = follower, own
        self._watched: Layer | None = None
        self._take_requests()
        for name in LIST_EVENTS:
            getattr(viewer.layers.events, name).connect(self._show_layers)
        follower.changed.connect(self._show_layer)
        state.events.drawing_params.connect(self._view.set_params)
        self._show_layers()

    def close(self) -> None:
        """Stop observing."""
        for name in LIST_EVENTS:
            getattr(self._viewer.layers.events, name).disconnect(self._show_layers)
        self._follower.changed.disconnect(self._show_layer)
        self._state.events.drawing_params.disconnect(self._view.set_params, missing_ok=True)
        self._watch(None)

    def ask_open_path(self, title: str, kinds: str) -> str:
        """Ask what to open; empty when the person changed their mind."""
        return QFileDialog.getOpenFileName(self._panel, title, "", kinds)[0]

    def _take_requests(self) -> None:
        view = self._view
        view.tool_requested.connect(self._on_tool)
        view.layer_chosen.connect(self._on_layer)
        view.params_changed.connect(lambda p: setattr(self._state, "drawing_params", p))
        view.size_changed.connect(self._on_size)
        view.volume_brush_toggled.connect(self._on_ball)
        view.objects.strength_changed.connect(
            lambda number, value: self._change(drawing_layers.set_strength, number, value)
        )
        view.objects.radius_changed.connect(
            lambda number, value: self._change(drawing_layers.set_radius, number, value)
        )
        view.objects.failed.connect(lambda text: setattr(self._state, "error", text))
        self._panel.drawing_requested.connect(self._on_drawing)

    def _layers(self) -> list[Layer]:
        own = self._own()
        return [
            layer for layer in self._viewer.layers if layer not in own and can_be_drawn_in(layer)
        ]

    def _show_layers(self) -> None:
        layers, followed = self._layers(), self._follower.layer
        current = layers.index(followed) if followed in layers else -1
        self._view.set_layers([layer.name for layer in layers], current)

    def _show_layer(self) -> None:
        follower = self._follower
        self._show_layers()
        self._watch(follower.layer)
        self._show_size()
        made = follower.made
        if follower.layer is None or made is None:
            self._view.set_objects(())
            return
        rows = [ObjectRow(o.number, o.title, o.strength, o.radius_um) for o in made.drawn.objects]
        self._view.set_objects(rows, status_text(made.n_voxels, made.inside))

    def _show_size(self) -> None:
        layer = self._follower.layer
        ball = isinstance(layer, Labels) and layer.n_edit_dimensions == 3
        size = None if layer is None else drawing_layers.size_um(layer)
        self._view.set_tool(tool_of(layer), size, ball=ball)

    def _watch(self, layer: Layer | None) -> None:
        """Follow the size of the brush as it is set among napari's own controls."""
        if layer is self._watched:
            return
        before, self._watched = self._watched, layer
        for name in SIZES:
            if before is not None and name in before.events.emitters:
                getattr(before.events, name).disconnect(self._show_size)
            if layer is not None and name in layer.events.emitters:
                getattr(layer.events, name).connect(self._show_size)

    def _on_drawing(self) -> None:
        if self._follower.layer is not None:
            self._follower.ask_again()

    def _on_tool(self, tool: Any) -> None:
        dataset = self._state.dataset
        if dataset is None:
            return
        if tool == "mask":
            path = self.ask_open_path("Open a mask", MASKS)
            if path:
                self.open_mask(Path(path))
            return
        self._view.set_tool(tool)
        layer = drawing_layers.add_drawing_layer(
            self._viewer, dataset.atlas, tool, self._view.size_um
        )
        self._follower.follow(layer, own=True, ask=False)

    def open_mask(self, path: Path) -> None:
        """Read a mask, show it as a layer, and make it the source."""
        dataset = self._state.dataset
        if dataset is None:
            return

        def done(mask: ImportedMask) -> None:
            if self._state.dataset is not dataset:
                return
            layer = drawing_layers.add_mask_layer(
                self._viewer, dataset.atlas, mask.values, path.name
            )
            self._follower.follow(layer)
            self._state.notice = f"{path.name}: {mask.assumed}."

        self._controller.read(path, lambda: source_jobs.open_mask(path, dataset.atlas), done)

    def _on_layer(self, number: int) -> None:
        layers = self._layers()
        self._follower.follow(layers[number] if 0 <= number < len(layers) else None)

    def _on_size(self, diameter_um: float) -> None:
        if self._follower.layer is not None:
            drawing_layers.set_size(self._follower.layer, diameter_um)

    def _on_ball(self, on: bool) -> None:
        layer = self._follower.layer
        if isinstance(layer, Labels):
            layer.n_edit_dimensions = 3 if on else 2

    def _change(
        self, change: Callable[[Layer, int, float], None], number: int, value: float
    ) -> None:
        if self._follower.layer is not None:
            change(self._follower.layer, number, value)


def tool_of(layer: Layer | None) -> Tool | None:
    """What a layer is drawn in with."""
    if isinstance(layer, Labels):
        return "paint"
    if isinstance(layer, Shapes):
        return "polygon"
    if isinstance(layer, Points):
        return "points"
    return "image" if isinstance(layer, Image) else None


def status_text(n_voxels: int, inside: float) -> str:
    """How much of a drawing counts; empty while there is no model to say."""
    if not n_voxels:
        return ""
    voxels = "1 source voxel" if n_voxels == 1 else f"{n_voxels:,} source voxels"
    return voxels if inside > 0.995 else f"{voxels}; {1 - inside:.0%} left out"
