"""How well each voxel is supported: a volume, and hatched voxels where nothing is known."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from napari.components import ViewerModel
from napari.layers import Image, Labels, Layer
from napari.utils.colormaps import DirectLabelColormap

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.evidence import SupportMaps
from napari_connectome.layers import evidence_styles, styles
from napari_connectome.layers.atlas_layers import remove_layers
from napari_connectome.layers.projection_layer import add_below_points
from napari_connectome.state.evidence_values import SupportKind

NAMES: Mapping[SupportKind, str] = {
    "distance": "Distance to injection (µm)",
    "effective": "Effective experiments",
}
"""Of the layer: short enough for napari's list."""
UNITS: Mapping[SupportKind, str] = {"distance": "µm", "effective": "experiments"}
COLOR_BAR_PX = (14, 110)
TOP_PERCENTILE = 99.5
"""Part of the voxels that the last colour does not saturate."""


def values_of(maps: SupportMaps, kind: SupportKind) -> npt.NDArray[np.float32]:
    """The numbers that are shown, NaN where nothing is known."""
    return maps.nearest_um if kind == "distance" else maps.effective_experiments


def support_limits(maps: SupportMaps, kind: SupportKind) -> tuple[float, float]:
    """What the first and the last colour mean: from 0 µm, or from 1 experiment."""
    values, low = values_of(maps, kind), 0.0 if kind == "distance" else 1.0
    known = values[np.isfinite(values)]
    if not known.size:
        return low, low + 1.0
    return low, max(float(np.percentile(known, TOP_PERCENTILE)), low + 1.0)


class SupportLayer:
    """Owns the support volume and the hatched voxels of a viewer.

    Parameters
    ----------
    viewer : ViewerModel
        Where the layers are added.
    """

    def __init__(self, viewer: ViewerModel) -> None:
        self._viewer = viewer
        self._layers: list[Layer] = []

    @property
    def layers(self) -> list[Layer]:
        """The layers that are in the viewer."""
        return list(self._layers)

    def show(self, maps: SupportMaps, kind: SupportKind, atlas: Atlas) -> None:
        """Replace what is shown."""
        self.clear()
        limits = support_limits(maps, kind)
        image = Image(
            maps.volume(values_of(maps, kind)),
            name=NAMES[kind],
            colormap=evidence_styles.support_colormap(kind),
            contrast_limits=limits,
            metadata={"unit": UNITS[kind]},
            **evidence_styles.SUPPORT,
            **styles.geometry(atlas),
        )
        image.colorbar.size = COLOR_BAR_PX
        image.colorbar.visible = True
        self._layers = [image]
        if maps.unsupported.any():
            self._layers.append(_hatched(maps.unsupported_volume(), atlas))
        for layer in self._layers:
            add_below_points(self._viewer, layer)

    def clear(self) -> None:
        """Take the layers away."""
        remove_layers(self._viewer, self._layers)


def _hatched(unknown: npt.NDArray[np.bool_], atlas: Atlas) -> Labels:
    """Diagonal stripes, which cross every slice in every direction."""
    period = evidence_styles.HATCH_PERIOD
    ap, dv, ml = np.ogrid[tuple(map(slice, unknown.shape))]
    stripe = (ap + dv + ml) % period < period // 2
    labels = np.where(unknown, np.where(stripe, 1, 2), 0).astype(np.uint8)
    light, dark = map(np.array, evidence_styles.HATCH_RGBA)
    colors = {None: np.zeros(4), 0: np.zeros(4), 1: light, 2: dark}
    layer = Labels(
        labels,
        colormap=DirectLabelColormap(color_dict=colors),
        metadata={"meaning": "no experiment supports a prediction here"},
        **evidence_styles.NO_SUPPORT,
        **styles.geometry(atlas),
    )
    layer.editable = False
    return layer
