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
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.layers import evidence_styles, styles
from napari_connectome.layers.atlas_layers import remove_layers
from napari_connectome.layers.metadata import model_metadata
from napari_connectome.layers.projection_layer import add_below_points
from napari_connectome.state.evidence_values import SupportKind
from napari_connectome.state.explorer import ExplorerState

NAMES: Mapping[SupportKind, str] = {
    "distance": "Distance to injection (µm)",
    "effective": "Effective experiments",
}
"""Of the layer: short enough for napari's list."""
UNITS: Mapping[SupportKind, str] = {"distance": "µm", "effective": "experiments"}
COLOR_BAR_PX = (14, 110)
TOP_PERCENTILE = 99.5
"""Part of the voxels that the last colour does not saturate."""


def shown_support(state: ExplorerState) -> SupportMaps | None:
    """The support of the model, or as it would be with hypothetical injections."""
    hypothetical = state.hypothetical_support
    return state.support if hypothetical is None else hypothetical.maps


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
        self._kind: SupportKind = "off"
        self._image: list[Layer] = []
        self._hatched: list[Layer] = []

    @property
    def layers(self) -> list[Layer]:
        """The layers that are in the viewer."""
        return [*self._image, *self._hatched]

    def show(self, maps: SupportMaps, kind: SupportKind, model: FittedModel) -> None:
        """Show a map of a model; one of the same kind takes the place of the one before."""
        atlas = model.atlas
        limits, volume = support_limits(maps, kind), maps.volume(values_of(maps, kind))
        image = self._image[0] if self._image else None
        if kind == self._kind and image in self._viewer.layers and isinstance(image, Image):
            image.data = volume
            image.contrast_limits = limits
        else:
            remove_layers(self._viewer, self._image)
            self._image = [_image(volume, kind, limits, atlas)]
            add_below_points(self._viewer, self._image[0])
            self._kind = kind
        remove_layers(self._viewer, self._hatched)
        if maps.unsupported.any():
            self._hatched = [_hatched(maps.unsupported_volume(), atlas)]
            add_below_points(self._viewer, self._hatched[0])
        for layer in self.layers:
            layer.metadata.update(model_metadata(model))

    def clear(self) -> None:
        """Take the layers away."""
        remove_layers(self._viewer, self._image)
        remove_layers(self._viewer, self._hatched)


def _image(
    volume: npt.NDArray[np.float32], kind: SupportKind, limits: tuple[float, float], atlas: Atlas
) -> Image:
    """A volume with its own colours and a colour bar on the canvas."""
    image = Image(
        volume,
        name=NAMES[kind],
        colormap=evidence_styles.support_colormap(kind),
        contrast_limits=limits,
        metadata={"unit": UNITS[kind]},
        **evidence_styles.SUPPORT,
        **styles.geometry(atlas),
    )
    image.colorbar.size = COLOR_BAR_PX
    image.colorbar.visible = True
    return image


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
