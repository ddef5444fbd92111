"""The predicted projection as an additive overlay, updated in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from napari.components import ViewerModel
from napari.layers import Image, Points

from napari_connectome.core import overlay_volume
from napari_connectome.core.answers import VoxelValues
from napari_connectome.core.atlas import Atlas
from napari_connectome.core.color_limits import PROJECTION_DECADES
from napari_connectome.core.models.fitted import Prediction
from napari_connectome.core.overlay_volume import TINY
from napari_connectome.layers import styles
from napari_connectome.layers.metadata import LOG10
from napari_connectome.layers.quietly import redraw


def log_limits(limits: tuple[float, float]) -> tuple[float, float]:
    """The same limits on the log10 scale, at most :data:`PROJECTION_DECADES` wide below the top."""
    high = np.log10(max(limits[1], float(TINY)))
    low = np.log10(limits[0]) if limits[0] > 0 else -np.inf
    return float(max(low, high - PROJECTION_DECADES)), float(high)


class ProjectionLayer:
    """Owns one overlay of a viewer.

    Parameters
    ----------
    viewer : ViewerModel
        Where the layer is added.
    style : mapping
        Name and look of the layer.
    """

    def __init__(self, viewer: ViewerModel, style: Mapping[str, Any] = styles.PROJECTION) -> None:
        self._viewer = viewer
        self._style = style
        self._volume: npt.NDArray[np.float32] | None = None
        self._drawn_as: tuple[object, ...] = ()
        self.layer: Image | None = None

    def show(
        self,
        prediction: Prediction | VoxelValues,
        limits: tuple[float, float],
        *,
        log_scale: bool,
        metadata: dict[str, Any],
    ) -> None:
        """Draw a prediction; the layer is used again, and its memory unless a volume is ready."""
        ready = overlay_volume.taken(prediction, log_scale=log_scale)
        layer, volume = self._ensure_layer(prediction.model.atlas, ready)
        drawn_as = (prediction.mask, prediction.mirrored, log_scale)
        if ready is None:
            if drawn_as != self._drawn_as:
                # Voxels outside the mask are written here only.
                volume[:] = overlay_volume.background(log_scale=log_scale)
            overlay_volume.write(volume, prediction, log_scale=log_scale)
        elif volume is not ready:
            self._swap(layer, ready)
        self._drawn_as = drawn_as
        self.set_limits(limits, log_scale=log_scale)
        layer.metadata.update(metadata, **{LOG10: log_scale})
        redraw(self._viewer, layer)

    def set_limits(self, limits: tuple[float, float], *, log_scale: bool) -> None:
        """Change the contrast alone."""
        if self.layer is None:
            return
        shown = log_limits(limits) if log_scale else limits
        if tuple(self.layer.contrast_limits) != shown:
            self.layer.contrast_limits_range = shown
            self.layer.contrast_limits = shown

    def clear(self) -> None:
        """Take the overlay away."""
        if self.layer is not None and self.layer in self._viewer.layers:
            self._viewer.layers.remove(self.layer)
        self.layer = None
        self._volume = None

    def _swap(self, layer: Image, volume: npt.NDArray[np.float32]) -> None:
        """Show another volume of the same shape; the old one is let go."""
        self._volume = volume
        with self._viewer.layers.events.blocker():
            layer.data = volume

    def _ensure_layer(
        self, atlas: Atlas, ready: npt.NDArray[np.float32] | None
    ) -> tuple[Image, npt.NDArray[np.float32]]:
        """The layer and the volume it shows; made anew when a person removed it."""
        if (
            self.layer is not None
            and self._volume is not None
            and self.layer in self._viewer.layers
            and self._volume.shape == atlas.shape
        ):
            return self.layer, self._volume
        self.clear()
        self._volume = np.zeros(atlas.shape, dtype=np.float32) if ready is None else ready
        self._drawn_as = ()
        self.layer = Image(
            self._volume,
            contrast_limits=(0.0, 1.0),
            **self._style,
            **styles.geometry(atlas),
        )
        add_below_points(self._viewer, self.layer)
        return self.layer, self._volume


def add_below_points(viewer: ViewerModel, layer: Image) -> None:
    """Add an image under the markers, leaving the selection as it is."""
    selected = viewer.layers.selection.active
    first = next((i for i, other in enumerate(viewer.layers) if isinstance(other, Points)), None)
    viewer.layers.insert(len(viewer.layers) if first is None else first, layer)
    viewer.layers.selection.active = selected or layer
