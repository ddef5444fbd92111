"""The predicted projection as an additive overlay, updated in place."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from napari.components import ViewerModel
from napari.layers import Image

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.models.fitted import Prediction
from napari_connectome.layers import styles

ROBUST_PERCENTILE = 99.5
"""Part of the nonzero voxels that the automatic limits do not saturate."""
LOG_DECADES = 3.0
"""How far below the upper limit the logarithmic scale reaches."""


def robust_limits(vector: npt.NDArray[np.float32]) -> tuple[float, float]:
    """Limits that show a projection well: 0 to a high percentile of its nonzero values.

    Returns
    -------
    tuple of float
        ``(0, 1)`` when nothing is above zero.
    """
    positive = vector[vector > 0]
    if not positive.size:
        return 0.0, 1.0
    sample = positive[:: max(1, positive.size // 50_000)]
    return 0.0, max(float(np.percentile(sample, ROBUST_PERCENTILE)), float(np.finfo("f4").tiny))


def log_limits(limits: tuple[float, float]) -> tuple[float, float]:
    """The same limits on the log10 scale, at most :data:`LOG_DECADES` wide below the top."""
    high = np.log10(max(limits[1], 1e-30))
    low = np.log10(limits[0]) if limits[0] > 0 else -np.inf
    return float(max(low, high - LOG_DECADES)), float(high)


class ProjectionLayer:
    """Owns the overlay of a viewer.

    Parameters
    ----------
    viewer : ViewerModel
        Where the layer is added.
    """

    def __init__(self, viewer: ViewerModel) -> None:
        self._viewer = viewer
        self._volume: npt.NDArray[np.float32] | None = None
        self._mirrored = False
        self.layer: Image | None = None

    def show(
        self,
        prediction: Prediction,
        limits: tuple[float, float],
        *,
        log_scale: bool,
        metadata: dict[str, Any],
    ) -> None:
        """Draw a prediction; the layer and its memory are used again."""
        atlas = prediction.model.atlas
        self._ensure_layer(atlas)
        assert self.layer is not None and self._volume is not None
        if prediction.mirrored != self._mirrored:
            self._volume[:] = 0
            self._mirrored = prediction.mirrored
        self._fill(prediction, log_scale)
        self.set_limits(limits, log_scale=log_scale)
        self.layer.metadata.update(metadata)
        self.layer.refresh(thumbnail=False, extent=False, highlight=False)

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

    def _fill(self, prediction: Prediction, log_scale: bool) -> None:
        assert self._volume is not None
        if not log_scale:
            prediction.volume(out=self._volume)
            return
        tiny = np.finfo(np.float32).tiny
        logged = np.log10(np.maximum(prediction.vector, tiny))
        mask = prediction.model.connectivity.target_mask
        flipped = self._volume[:, :, ::-1] if prediction.mirrored else self._volume
        mask.to_volume(logged, out=flipped)

    def _ensure_layer(self, atlas: Atlas) -> None:
        present = self.layer is not None and self.layer in self._viewer.layers
        if present and self._volume is not None and self._volume.shape == atlas.shape:
            return
        self.clear()
        self._volume = np.zeros(atlas.shape, dtype=np.float32)
        self._mirrored = False
        self.layer = Image(
            self._volume,
            contrast_limits=(0.0, 1.0),
            **styles.PROJECTION,
            **styles.geometry(atlas),
        )
        self._viewer.layers.append(self.layer)
