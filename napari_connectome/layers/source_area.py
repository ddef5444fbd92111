"""The voxels that a source without a single place is asked at, outlined."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from napari.components import ViewerModel
from napari.layers import Labels
from napari.utils.colormaps import DirectLabelColormap

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import SourceError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.source_voxels import source_voxels
from napari_connectome.core.sources import CombinedSource, Source, VolumeSource
from napari_connectome.layers import styles
from napari_connectome.layers.projection_layer import add_below_points
from napari_connectome.state.explorer import ExplorerState


class SourceArea:
    """Shows which voxels of a drawing count: on both sides, and only those of the model.

    Parameters
    ----------
    viewer : ViewerModel
        Where the layer is added while the source is a drawing.
    state : ExplorerState
        Observed.
    """

    def __init__(self, viewer: ViewerModel, state: ExplorerState) -> None:
        self._viewer, self._state = viewer, state
        self._shown: npt.NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self.layer: Labels | None = None
        self._connections = (state.events.source, state.events.model, state.events.dataset)
        for signal in self._connections:
            signal.connect(self._show)
        viewer.dims.events.ndisplay.connect(self._on_ndisplay)

    def close(self) -> None:
        """Stop observing; the layer stays."""
        for signal in self._connections:
            signal.disconnect(self._show, missing_ok=True)
        self._viewer.dims.events.ndisplay.disconnect(self._on_ndisplay)

    def _show(self) -> None:
        dataset, source = self._state.dataset, self._state.source
        voxels = None
        if dataset is not None and isinstance(source, VolumeSource | CombinedSource):
            voxels = self._voxels_of(source, dataset.atlas)
        if dataset is None or voxels is None:
            self._clear()
        else:
            self._draw(voxels, dataset.atlas)

    def _voxels_of(self, source: Source, atlas: Atlas) -> npt.NDArray[np.int64] | None:
        model = self._state.model
        if model is not None:
            mask = model.connectivity.source_mask
        else:
            right = atlas.divisions > 0
            right[:, :, : atlas.midline] = False
            mask = VoxelMask.from_volume(right)
        try:
            return source_voxels(source, atlas, mask)[0]
        except SourceError:
            # Whoever asks the model hears of it.
            return None

    def _draw(self, voxels: npt.NDArray[np.int64], atlas: Atlas) -> None:
        layer = self._ensure_layer(atlas)
        flat = layer.data.reshape(-1)
        flat[self._shown] = 0
        flat[voxels] = 1
        self._shown = voxels
        layer.refresh(thumbnail=False, extent=False, highlight=False)

    def _ensure_layer(self, atlas: Atlas) -> Labels:
        layer = self.layer
        if layer is not None and layer in self._viewer.layers and layer.data.shape == atlas.shape:
            return layer
        self._clear()
        colors = {None: (0, 0, 0, 0), 0: (0, 0, 0, 0), 1: styles.AREA_RGBA}
        layer = Labels(
            np.zeros(atlas.shape, dtype=np.uint8),
            colormap=DirectLabelColormap(color_dict=colors),
            **styles.AREA,
            **styles.geometry(atlas),
        )
        layer.editable = False
        self.layer = layer
        self._on_ndisplay()
        add_below_points(self._viewer, layer)
        return layer

    def _on_ndisplay(self) -> None:
        """Outlines in slices; solid in 3-D, where napari draws none."""
        if self.layer is not None:
            self.layer.contour = 0 if self._viewer.dims.ndisplay == 3 else 1

    def _clear(self) -> None:
        if self.layer is not None and self.layer in self._viewer.layers:
            self._viewer.layers.remove(self.layer)
        self.layer = None
        self._shown = np.zeros(0, dtype=np.int64)
