"""The selected regions, drawn over everything but the markers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from napari.components import ViewerModel
from napari.layers import Labels
from napari.utils.colormaps import DirectLabelColormap

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.structures import StructureTree
from napari_connectome.layers import styles
from napari_connectome.layers.atlas_layers import RegionLabels
from napari_connectome.layers.projection_layer import add_below_points


class SelectionLayer:
    """Owns the layer of selected regions: outlines in slices, solid in 3-D.

    Parameters
    ----------
    viewer : ViewerModel
        Where the layer is added while anything is selected.
    """

    def __init__(self, viewer: ViewerModel) -> None:
        self._viewer = viewer
        self.layer: Labels | None = None

    def show(self, atlas: Atlas, regions: RegionLabels, structure_ids: tuple[int, ...]) -> None:
        """Show regions that are, or are part of, chosen structures, or take the layer away."""
        chosen = regions.numbers_of(atlas.tree, structure_ids)
        if not len(chosen):
            self.clear()
            return
        kept = np.zeros(len(regions.structure_ids) + 1, dtype=regions.labels.dtype)
        kept[chosen] = chosen
        data = kept[regions.labels]
        colormap = DirectLabelColormap(color_dict=_colors(atlas.tree, regions, chosen))
        if self.layer is None or self.layer not in self._viewer.layers:
            self.layer = Labels(
                data, colormap=colormap, **styles.SELECTED, **styles.geometry(atlas)
            )
            self.layer.editable = False
            self.draw_in(self._viewer.dims.ndisplay)
            add_below_points(self._viewer, self.layer)
        else:
            self.layer.colormap = colormap
            self.layer.data = data

    def draw_in(self, ndisplay: int) -> None:
        """Follow the number of dimensions that are shown."""
        if self.layer is not None:
            self.layer.contour = 0 if ndisplay == 3 else styles.SELECTED_CONTOUR
            self.layer.opacity = styles.SELECTED_OPACITY[ndisplay]

    def clear(self) -> None:
        """Take the layer away."""
        if self.layer is not None and self.layer in self._viewer.layers:
            self._viewer.layers.remove(self.layer)
        self.layer = None


def _colors(
    tree: StructureTree, regions: RegionLabels, chosen: npt.NDArray[np.int64]
) -> dict[int | None, npt.NDArray[np.float64]]:
    """Atlas colours with white in them, which stand out on dark tissue and bright projections."""
    clear = np.zeros(4)
    colors: dict[int | None, npt.NDArray[np.float64]] = {None: clear, 0: clear}
    for number in chosen.tolist():
        rgb = np.array(tree[regions.structure_ids[number - 1]].rgb) / 255
        white = styles.SELECTED_WHITE
        colors[number] = np.append((1 - white) * rgb + white, 1.0)
    return colors
