"""The marker of the source."""

from __future__ import annotations

import numpy as np
from napari.components import ViewerModel
from napari.layers import Points

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.sources import GaussianSource, Source, SphereSource, VoxelSource
from napari_connectome.layers import styles
from napari_connectome.layers.quietly import redraw


def marker_of(source: Source | None) -> tuple[tuple[float, float, float], float] | None:
    """Centre and diameter in µm of a source that has a place, None for others."""
    if isinstance(source, VoxelSource):
        return source.point_um, styles.SOURCE_SIZE_UM
    if isinstance(source, SphereSource):
        return source.center_um, max(2 * source.radius_um, styles.SOURCE_SIZE_UM)
    if isinstance(source, GaussianSource):
        return source.center_um, max(4 * source.sigma_um, styles.SOURCE_SIZE_UM)
    return None


class SourceLayer:
    """Owns the source marker of a viewer.

    Parameters
    ----------
    viewer : ViewerModel
        Where the layer is added.
    """

    def __init__(self, viewer: ViewerModel) -> None:
        self._viewer = viewer
        self.layer: Points | None = None

    def show(self, source: Source | None, atlas: Atlas | None) -> None:
        """Move the marker, or take it away for a source without a place.

        The layer counts in voxels, as the others do: napari's sliders take the smallest
        step of all layers.
        """
        marker = marker_of(source)
        if marker is None or atlas is None:
            self.clear()
            return
        center = np.array(marker[0]) / atlas.resolution_um - 0.5
        size = marker[1] / atlas.resolution_um
        if self.layer is None or self.layer not in self._viewer.layers:
            self.layer = Points(
                np.array([center]), size=size, **styles.SOURCE, **styles.geometry(atlas)
            )
            active = self._viewer.layers.selection.active
            self._viewer.layers.append(self.layer)
            self._viewer.layers.selection.active = active
        else:
            # A marker that stays within the brain concerns the canvas alone.
            with self.layer.events.blocker_all():
                self.layer.data = np.array([center])
            redraw(self._viewer, self.layer)
            if not np.all(self.layer.size == size):
                self.layer.size = size

    def clear(self) -> None:
        """Take the marker away."""
        if self.layer is not None and self.layer in self._viewer.layers:
            self._viewer.layers.remove(self.layer)
        self.layer = None
