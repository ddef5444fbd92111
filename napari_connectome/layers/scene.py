"""Binds the state to a viewer: what the canvas shows, and what the mouse asks for."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from napari.components import ViewerModel
from napari.layers import Layer

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.fitted import Prediction
from napari_connectome.core.sources import Source, moved_to
from napari_connectome.layers.atlas_layers import AtlasLayers
from napari_connectome.layers.metadata import answer_metadata
from napari_connectome.layers.picking import Point, SourcePicker
from napari_connectome.layers.projection_layer import ProjectionLayer
from napari_connectome.layers.selection_layer import SelectionLayer
from napari_connectome.layers.source_layers import SourceLayer, marker_of
from napari_connectome.state.explorer import ExplorerState

FIRST_VIEW = (0.62, 0.35, 0.70)
"""Where the slices start, as parts of the box: through visual cortex and thalamus."""


class Scene:
    """Keeps the layers of a viewer in step with the state.

    Parameters
    ----------
    viewer : ViewerModel
        The viewer; only layers made here are ever changed.
    state : ExplorerState
        Observed; the source, the drag flag, the limits and the notice are written.
    source_at : callable, optional
        Makes the source of a picked place; the same kind as the present source when left out.
    """

    def __init__(
        self,
        viewer: ViewerModel,
        state: ExplorerState,
        source_at: Callable[[Point], Source] | None = None,
    ) -> None:
        self._viewer = viewer
        self._state = state
        self._source_at = source_at or (lambda point: moved_to(state.source, point))
        self.atlas_layers = AtlasLayers(viewer)
        self.projection = ProjectionLayer(viewer)
        self.selection_layer = SelectionLayer(viewer)
        self.source_layer = SourceLayer(viewer)
        self.picker = SourcePicker(viewer, self._pickable, self._marker)
        # A dragged source whose answer comes only after the drag: the limits wait for it.
        self._dragged_to: Source | None = None
        self._pickable_key: tuple[object, ...] = ()
        self._pickable_volume: npt.NDArray[np.bool_] | None = None
        self._marker_waits = False
        self._connections = (
            (state.events.dataset, self._on_dataset),
            (state.events.source, self._on_source),
            (state.events.dragging, self._on_dragging),
            (state.events.prediction, self._on_prediction),
            (state.events.limits, self._on_scale),
            (state.events.log_scale, self._on_log_scale),
            (state.events.lock_limits, self._on_lock),
            (state.events.selection, self._on_selection),
            (state.events.only_selected, self._on_selection),
            (state.events.picking, self._on_picking),
        )
        for signal, slot in self._connections:
            signal.connect(slot)
        viewer.dims.events.ndisplay.connect(self._on_ndisplay)
        # napari slices before it tells; the outlines are switched off a moment later.
        warnings.filterwarnings("ignore", "Contours are not displayed", UserWarning)
        self.picker.picked.connect(self._on_picked)
        self.picker.dragged.connect(self._on_picked)
        self.picker.missed.connect(self._on_missed)
        self.picker.region_picked.connect(self._on_region_picked)
        self.picker.drag_started.connect(lambda: setattr(state, "dragging", True))
        self.picker.drag_ended.connect(self._on_drag_ended)
        self.picker.hovered.connect(self._on_hover)

    @property
    def own_layers(self) -> list[Layer]:
        """Layers that were made here."""
        single = (self.projection.layer, self.selection_layer.layer, self.source_layer.layer)
        return [*self.atlas_layers.layers, *(layer for layer in single if layer is not None)]

    def close(self) -> None:
        """Stop observing; the layers stay."""
        self._viewer.dims.events.ndisplay.disconnect(self._on_ndisplay)
        self.picker.close()
        for signal, slot in self._connections:
            signal.disconnect(slot, missing_ok=True)

    def _on_dataset(self) -> None:
        dataset = self._state.dataset
        for layer in (self.projection, self.selection_layer, self.source_layer):
            layer.clear()
        if dataset is None:
            return
        self.atlas_layers.show(dataset.atlas, dataset.provenance)
        self.picker.atlas = dataset.atlas
        self._first_view(dataset.atlas)

    def _on_ndisplay(self) -> None:
        self.atlas_layers.draw_in(self._viewer.dims.ndisplay)
        self.selection_layer.draw_in(self._viewer.dims.ndisplay)

    def _first_view(self, atlas: Atlas) -> None:
        viewer = self._viewer
        for axis, part in enumerate(FIRST_VIEW):
            index = int(part * atlas.shape[axis])
            viewer.dims.set_point(axis, (index + 0.5) * atlas.resolution_um)
        viewer.canvas.overlays.scale_bar.visible = True
        viewer.reset_view()

    def _on_source(self, source: Source | None) -> None:
        # Marker and overlay move together while dragging: the canvas is drawn once, not twice.
        self._marker_waits = self._state.dragging and self.projection.layer is not None
        if not self._marker_waits:
            self._mark(source)
        marker = marker_of(source)
        if marker is not None and not self._state.dragging:
            self._show_slice_of(marker[0])

    def _mark(self, source: Source | None) -> None:
        dataset = self._state.dataset
        self.source_layer.show(source, None if dataset is None else dataset.atlas)

    def _on_dragging(self, dragging: bool) -> None:
        if self._marker_waits and not dragging:
            self._marker_waits = False
            self._mark(self._state.source)

    def _show_slice_of(self, point: Point) -> None:
        dims = self._viewer.dims
        if dims.ndisplay == 2:
            # Layers of time, a person's or a movie's, have axes ahead of the brain's.
            for axis in (a for a in dims.not_displayed if a >= dims.ndim - 3):
                dims.set_point(axis, point[axis - dims.ndim + 3])

    def _on_prediction(self, prediction: Prediction | None) -> None:
        state = self._state
        if prediction is None:
            self.projection.clear()
            return
        if self._marker_waits:
            self._mark(prediction.source)
        # While answers are compared, the limits come with the comparison: they suit both.
        if not (self._is_of_a_drag(prediction) or state.lock_limits or state.kept is not None):
            with state.events.limits.blocked():
                state.limits = prediction.limits
        self.projection.show(
            prediction,
            state.limits,
            log_scale=state.log_scale,
            metadata=answer_metadata(prediction),
        )

    def _is_of_a_drag(self, prediction: Prediction) -> bool:
        """Whether a prediction was asked for by a drag that is going on or has just ended."""
        awaited = self._dragged_to is not None and self._dragged_to == self._state.source
        if not awaited or prediction.source == self._dragged_to:
            self._dragged_to = None
        # A drag that gives the first answer of all has no limits to keep.
        return (awaited or self._state.dragging) and self.projection.layer is not None

    def _on_scale(self) -> None:
        self.projection.set_limits(self._state.limits, log_scale=self._state.log_scale)

    def _on_log_scale(self) -> None:
        if self._state.prediction is not None:
            self._redraw(self._state.prediction)

    def _on_lock(self, locked: bool) -> None:
        if not locked and self._state.prediction is not None:
            self._state.limits = self._state.prediction.limits

    def _redraw(self, prediction: Prediction) -> None:
        self.projection.show(
            prediction,
            self._state.limits,
            log_scale=self._state.log_scale,
            metadata=answer_metadata(prediction),
        )

    def _on_selection(self) -> None:
        state, regions = self._state, self.atlas_layers.regions
        if state.dataset is None or regions is None:
            return
        ids = state.selection.ids
        self.atlas_layers.show_only(ids if state.only_selected else ())
        self.selection_layer.show(state.dataset.atlas, regions, ids)

    def _on_picking(self, on: bool) -> None:
        self.picker.enabled = on

    def _on_picked(self, point: Point) -> None:
        self._state.source = self._source_at(point)

    def _on_region_picked(self, point: Point) -> None:
        dataset = self._state.dataset
        structure_id = 0 if dataset is None else structure_at(dataset.atlas, point)
        if structure_id:
            self._state.selection = self._state.selection.toggled(structure_id)

    def _on_missed(self) -> None:
        self._state.notice = (
            "Nothing to pick there: click inside the brain, on a region with source voxels."
        )

    def _on_drag_ended(self) -> None:
        state = self._state
        state.dragging = False
        answered = state.prediction is not None and state.prediction.source == state.source
        self._dragged_to = None if answered else state.source

    def _on_hover(self, point: Point | None) -> None:
        text = "" if point is None else self._describe(point)
        overlay = self._viewer.canvas.overlays.text
        if overlay.text != text:
            overlay.text = text
            overlay.visible = bool(text)

    def _describe(self, point: Point) -> str:
        dataset = self._state.dataset
        if dataset is None:
            return ""
        return describe_place(dataset.atlas, point)

    def _marker(self) -> Point | None:
        marker = marker_of(self._state.source)
        return None if marker is None else marker[0]

    def _pickable(self) -> npt.NDArray[np.bool_] | None:
        """Source voxels of visible regions, both hemispheres."""
        state = self._state
        if state.dataset is None:
            return None
        only = state.selection.ids if state.only_selected else ()
        key = (state.dataset, state.model, only)
        if key != self._pickable_key:
            self._pickable_key = key
            mask = None if state.model is None else state.model.connectivity.source_mask
            self._pickable_volume = pickable_volume(state.dataset.atlas, mask, only)
        return self._pickable_volume


def pickable_volume(
    atlas: Atlas, mask: VoxelMask | None, only: tuple[int, ...]
) -> npt.NDArray[np.bool_]:
    """Voxels that a click in 3-D can hit.

    Parameters
    ----------
    atlas : Atlas
        The brain.
    mask : VoxelMask or None
        Right-hemisphere source voxels of the model; the grey matter of the
        divisions when there is no model yet.
    only : tuple of int
        Visible structures; empty for all.

    Returns
    -------
    ndarray of bool, shape of the atlas
        Mirror images of right-hemisphere source voxels are included.
    """
    if mask is None:
        allowed = atlas.divisions > 0
    else:
        allowed = mask.row_volume >= 0
        allowed |= allowed[:, :, ::-1]
    return allowed & atlas.structure_mask(only) if only else allowed


def structure_at(atlas: Atlas, point: Point) -> int:
    """Region of a place, or the annotated structure outside all regions; 0 for none."""
    index = atlas.index_of_um(point)
    return atlas.region_at(index) if atlas.contains(index) else 0


def describe_place(atlas: Atlas, point: Point) -> str:
    """What the cursor is on: region, hemisphere, coordinates."""
    index = atlas.index_of_um(point)
    if not atlas.contains(index):
        return ""
    structure_id = structure_at(atlas, point)
    place = f"AP {point[0]:.0f}  DV {point[1]:.0f}  ML {point[2]:.0f} µm"
    if not structure_id:
        return place
    structure = atlas.tree[structure_id]
    side = "left" if atlas.is_left(index) else "right"
    return f"{structure.acronym}  {structure.name} ({side})   {place}"
