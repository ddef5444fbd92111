"""The predicted projection as an additive overlay, updated in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from napari.components import ViewerModel
from napari.layers import Image, Points

from napari_connectome.core.answers import VoxelValues
from napari_connectome.core.atlas import Atlas
from napari_connectome.core.color_limits import PROJECTION_DECADES
from napari_connectome.core.models.fitted import Prediction
from napari_connectome.layers import styles
from napari_connectome.layers.metadata import LOG10
from napari_connectome.layers.quietly import redraw

TINY = np.float32(1e-30)
"""What stands for zero on the log10 scale."""


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
        """Draw a prediction; the layer and its memory are used again."""
        atlas = prediction.model.atlas
        layer, volume = self._ensure_layer(atlas)
        drawn_as = (prediction.mask, prediction.mirrored, log_scale)
        if drawn_as != self._drawn_as:
            # Voxels outside the mask are written here only.
            volume[:] = np.log10(TINY) if log_scale else 0
            self._drawn_as = drawn_as
        _fill(volume, prediction, log_scale=log_scale)
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

    def _ensure_layer(self, atlas: Atlas) -> tuple[Image, npt.NDArray[np.float32]]:
        """The layer and the volume it shows; made anew when a person removed it."""
        if (
            self.layer is not None
            and self._volume is not None
            and self.layer in self._viewer.layers
            and self._volume.shape == atlas.shape
        ):
            return self.layer, self._volume
        self.clear()
        self._volume = np.zeros(atlas.shape, dtype=np.float32)
        self._drawn_as = ()
        self.layer = Image(
            self._volume,
            contrast_limits=(0.0, 1.0),
            **self._style,
            **styles.geometry(atlas),
        )
        add_below_points(self._viewer, self.layer)
        return self.layer, self._volume


def _fill(
    volume: npt.NDArray[np.float32], prediction: Prediction | VoxelValues, *, log_scale: bool
) -> None:
    """Write an answer, or its log10, into the voxels of its mask."""
    if not log_scale:
        prediction.volume(out=volume)
        return
    logged = np.log10(np.maximum(prediction.vector, TINY))
    prediction.mask.to_volume(logged, out=volume[:, :, ::-1] if prediction.mirrored else volume)


def add_below_points(viewer: ViewerModel, layer: Image) -> None:
    """Add an image under the markers, leaving the selection as it is."""
    selected = viewer.layers.selection.active
    first = next((i for i, other in enumerate(viewer.layers) if isinstance(other, Points)), None)
    viewer.layers.insert(len(viewer.layers) if first is None else first, layer)
    viewer.layers.selection.active = selected or layer
