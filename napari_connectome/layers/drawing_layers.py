"""New layers to draw a source in, and putting back what was drawn in them before."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from napari.components import ViewerModel
from napari.layers import Image, Labels, Layer, Points, Shapes

from napari_connectome.core.atlas import Atlas
from napari_connectome.layers import styles
from napari_connectome.layers.drawing_reading import STRENGTH
from napari_connectome.layers.drawings import Drawn
from napari_connectome.layers.drawn_points import DrawnPoints
from napari_connectome.layers.drawn_shapes import DrawnShapes
from napari_connectome.layers.drawn_volumes import DrawnLabels

Tool = Literal["paint", "polygon", "points"]


def add_drawing_layer(viewer: ViewerModel, atlas: Atlas, tool: Tool, size_um: float) -> Layer:
    """Add an empty layer on the atlas's grid, ready to be drawn in.

    Parameters
    ----------
    viewer : ViewerModel
        Where it is added and made the active layer.
    atlas : Atlas
        Whose voxels it has.
    tool : {"paint", "polygon", "points"}
        What it is for.
    size_um : float
        Diameter of the brush or of new points.
    """
    layer = _MAKERS[tool](atlas)
    viewer.layers.append(layer)
    viewer.layers.selection.active = layer
    set_size(layer, size_um)
    # The layer takes its mode last: napari puts a layer without slices back to pan/zoom.
    layer.mode = {"paint": "paint", "polygon": "add_polygon", "points": "add"}[tool]
    return layer


def add_mask_layer(
    viewer: ViewerModel, atlas: Atlas, values: npt.NDArray[np.float32], name: str
) -> Layer:
    """Show a mask that is on the atlas's grid."""
    high = float(values.max())
    layer = Image(
        values,
        name=name,
        contrast_limits=(0.0, high if high > 0 else 1.0),
        **styles.MASK,
        **styles.geometry(atlas),
    )
    viewer.layers.append(layer)
    return layer


def size_um(layer: Layer) -> float | None:
    """Diameter of the brush or of new points; None for layers without one."""
    step = float(np.mean(np.abs(layer.scale)))
    if isinstance(layer, Labels):
        return float(layer.brush_size) * step
    return float(layer.current_size) * step if isinstance(layer, Points) else None


def set_size(layer: Layer, diameter_um: float) -> None:
    """Set the diameter of the brush or of new points."""
    step = float(np.mean(np.abs(layer.scale)))
    if isinstance(layer, Labels):
        layer.brush_size = max(diameter_um / step, 1.0)
    elif isinstance(layer, Points):
        with layer.events.current_size.blocker():
            layer.selected_data = set()
        layer.current_size = diameter_um / step


def set_strength(layer: Layer, number: int, strength: float) -> None:
    """Set the strength of a label, a shape or a point in the layer's features."""
    if isinstance(layer, Labels):
        import pandas as pd

        features = layer.features.copy()
        if "index" not in features:
            features = pd.DataFrame({"index": pd.Series(dtype=int)})
        if STRENGTH not in features:
            features[STRENGTH] = 1.0
        if not (features["index"] == number).any():
            row = pd.DataFrame({"index": [number], STRENGTH: [1.0]})
            features = pd.concat([features, row], ignore_index=True)
        features.loc[features["index"] == number, STRENGTH] = strength
        layer.features = features
    elif isinstance(layer, Shapes | Points):
        features = layer.features.copy()
        if STRENGTH not in features:
            features[STRENGTH] = 1.0
        features.loc[features.index[number], STRENGTH] = strength
        layer.features = features


def set_radius(layer: Layer, number: int, radius_um: float) -> None:
    """Set the radius of a point."""
    if isinstance(layer, Points):
        size = np.array(layer.size, dtype=float)
        size[number] = 2 * radius_um / float(np.mean(np.abs(layer.scale)))
        layer.size = size


def put_back(layer: Layer, drawn: Drawn) -> None:
    """Draw in a layer what was drawn in it before."""
    if isinstance(layer, Labels) and isinstance(drawn, DrawnLabels):
        data = np.zeros(drawn.shape, dtype=layer.data.dtype)
        data.reshape(-1)[drawn.indices] = drawn.labels
        layer.data = data
        numbers, strengths = list(drawn.strength_of), list(drawn.strength_of.values())
        layer.features = {"index": numbers, STRENGTH: strengths}
    elif isinstance(layer, Shapes) and isinstance(drawn, DrawnShapes):
        layer.data = []
        if drawn.vertices:
            layer.add(list(drawn.vertices), shape_type=list(drawn.kinds))
            layer.features = {STRENGTH: np.asarray(drawn.strengths, dtype=float)}
    elif isinstance(layer, Points) and isinstance(drawn, DrawnPoints):
        layer.data = drawn.points
        layer.size = drawn.sizes
        layer.features = {STRENGTH: np.asarray(drawn.strengths, dtype=float)}


def _paint_layer(atlas: Atlas) -> Labels:
    layer = Labels(
        np.zeros(atlas.shape, dtype=np.uint8), **styles.PAINTING, **styles.geometry(atlas)
    )
    layer.preserve_labels = False
    return layer


def _polygon_layer(atlas: Atlas) -> Shapes:
    return Shapes(
        ndim=3,
        edge_width=0.5,
        features={STRENGTH: np.zeros(0)},
        feature_defaults={STRENGTH: 1.0},
        **styles.POLYGONS,
        **styles.geometry(atlas),
    )


def _points_layer(atlas: Atlas) -> Points:
    return Points(
        ndim=3,
        features={STRENGTH: np.zeros(0)},
        feature_defaults={STRENGTH: 1.0},
        **styles.DRAWN_POINTS,
        **styles.geometry(atlas),
    )


_MAKERS = {"paint": _paint_layer, "polygon": _polygon_layer, "points": _points_layer}
