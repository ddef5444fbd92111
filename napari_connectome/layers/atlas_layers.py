"""Template and annotation as napari layers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from napari.components import ViewerModel
from napari.layers import Image, Labels, Layer
from napari.utils.colormaps import DirectLabelColormap

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.structures import StructureTree
from napari_connectome.layers import styles
from napari_connectome.layers.metadata import PROVENANCE


@dataclass(frozen=True, eq=False)
class RegionLabels:
    """The annotation with small consecutive labels, which napari draws far faster than Allen ids.

    Parameters
    ----------
    labels : ndarray of uint8 or uint16
        Label per voxel: 0 outside the brain, ``i + 1`` for ``structure_ids[i]``.
    structure_ids : tuple of int
        Allen ids, summary regions where there are any, else the annotated id.
    """

    labels: npt.NDArray[np.unsignedinteger]
    structure_ids: tuple[int, ...]

    @classmethod
    def from_atlas(cls, atlas: Atlas) -> RegionLabels:
        """Label every voxel by its summary region, or its own structure outside all of them."""
        above = atlas.tree.assign(atlas.tree.summary_ids())
        merged = {i: above.get(i, i) for i in atlas.structure_ids}
        present = set(merged.values())
        ids = [s.id for s in atlas.tree if s.id in present]
        number = {i: label for label, i in enumerate(ids, start=1)}
        # napari makes a table of every value that the type can have: 0.3 s for two bytes.
        narrow = np.min_scalar_type(len(ids))
        labels = atlas.replaced({i: number[region] for i, region in merged.items()}, narrow)
        return cls(labels, tuple(ids))

    def numbers_of(
        self, tree: StructureTree, structure_ids: Iterable[int]
    ) -> npt.NDArray[np.int64]:
        """Labels of structures and of what lies below them, or of the one that holds them."""
        known = [tree[i] for i in structure_ids if i in tree]
        wanted, above = {s.id for s in known}, {i for s in known for i in s.path}
        return np.array(
            [
                number
                for number, i in enumerate(self.structure_ids, start=1)
                if i in above or not wanted.isdisjoint(tree[i].path)
            ],
            dtype=np.int64,
        )

    def colors(
        self, tree: StructureTree, shown: frozenset[int] | None = None
    ) -> dict[int | None, Any]:
        """Atlas colour of every label; labels outside `shown` are transparent."""
        clear = np.zeros(4)
        colors: dict[int | None, Any] = {None: clear, 0: clear}
        for label, structure_id in enumerate(self.structure_ids, start=1):
            structure = tree[structure_id]
            visible = shown is None or not shown.isdisjoint(structure.path)
            rgb = np.array([*structure.rgb, 255]) / 255
            colors[label] = rgb if visible else clear
        return colors


class AtlasLayers:
    """Owns the template and region layers of a viewer.

    Parameters
    ----------
    viewer : ViewerModel
        Where the layers are added; layers of other origin are never touched.
    """

    def __init__(self, viewer: ViewerModel) -> None:
        self._viewer = viewer
        self._atlas: Atlas | None = None
        self.regions: RegionLabels | None = None
        self._layers: list[Layer] = []
        self._shown: frozenset[int] | None = None
        self.region_layer: Labels | None = None

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers that are shown."""
        return tuple(self._layers)

    def show(self, atlas: Atlas, provenance: Mapping[str, Any] | None = None) -> None:
        """Replace the layers by those of an atlas, and note where it comes from."""
        remove_layers(self._viewer, self._layers)
        self._atlas = atlas
        self.regions = RegionLabels.from_atlas(atlas)
        self.region_layer = _region_layer(atlas, self.regions)
        self._shown = None
        self.draw_in(self._viewer.dims.ndisplay)
        self._layers = [*_template_layers(atlas), self.region_layer]
        for position, layer in enumerate(self._layers):
            layer.metadata[PROVENANCE] = {
                "atlas": {"name": atlas.name, "resolution_um": atlas.resolution_um},
                "data": dict(provenance or {}),
            }
            self._viewer.layers.insert(position, layer)

    def show_only(self, structure_ids: Iterable[int]) -> None:
        """Show nothing but some structures (with their descendants); all when there are none."""
        if self.region_layer is None or self._atlas is None or self.regions is None:
            return
        shown = frozenset(structure_ids) or None
        if shown != self._shown:
            self._shown = shown
            colors = self.regions.colors(self._atlas.tree, shown)
            self.region_layer.colormap = DirectLabelColormap(color_dict=colors)

    def draw_in(self, ndisplay: int) -> None:
        """Outlines in slices; nothing in 3-D, where there are none."""
        if self.region_layer is not None:
            self.region_layer.contour = 0 if ndisplay == 3 else 1
            self.region_layer.visible = ndisplay == 2


def atlas_layers(atlas: Atlas) -> list[Layer]:
    """Template (where there is one) and regions of an atlas."""
    return [*_template_layers(atlas), _region_layer(atlas, RegionLabels.from_atlas(atlas))]


def _template_layers(atlas: Atlas) -> list[Layer]:
    if atlas.template is None:
        return []
    high = float(np.percentile(atlas.template[atlas.annotation > 0], 99.8))
    image = Image(
        atlas.template,
        contrast_limits=(0.0, max(high, 1.0) * styles.TEMPLATE_HEADROOM),
        metadata={"atlas": atlas.name},
        **styles.TEMPLATE,
        **styles.geometry(atlas),
    )
    return [image]


def _region_layer(atlas: Atlas, regions: RegionLabels) -> Labels:
    structures = [atlas.tree[i] for i in regions.structure_ids]
    features = {
        "index": list(range(1, len(structures) + 1)),
        "acronym": [s.acronym for s in structures],
        "name": [s.name for s in structures],
        "structure_id": [s.id for s in structures],
    }
    layer = Labels(
        regions.labels,
        colormap=DirectLabelColormap(color_dict=regions.colors(atlas.tree)),
        features=features,
        metadata={"atlas": atlas.name},
        **styles.REGIONS,
        **styles.geometry(atlas),
    )
    layer.contour = 1
    layer.editable = False
    return layer


def remove_layers(viewer: ViewerModel, layers: list[Layer]) -> None:
    """Take our layers out of a viewer (those that a person has not removed already)."""
    for layer in layers:
        if layer in viewer.layers:
            viewer.layers.remove(layer)
    layers.clear()
