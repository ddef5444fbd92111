"""From a layer of the viewer to what is drawn in it, whatever its scale, place and units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from napari.layers import Image, Labels, Layer, Points, Shapes

from napari_connectome.core.errors import SourceError
from napari_connectome.layers.drawings import Drawn
from napari_connectome.layers.drawn_object import Affine
from napari_connectome.layers.drawn_points import DrawnPoints
from napari_connectome.layers.drawn_shapes import DrawnShapes
from napari_connectome.layers.drawn_volumes import DrawnImage, DrawnLabels

STRENGTH = "strength"
"""Column of a layer's features that holds strengths."""


def can_be_drawn_in(layer: Layer) -> bool:
    """Whether a layer can be a source: labels, image, shapes or points in three dimensions."""
    is_image = isinstance(layer, Image) and not layer.rgb
    drawn = isinstance(layer, Labels | Shapes | Points) or is_image
    return drawn and layer.ndim == 3


def affine_um(layer: Layer) -> Affine:
    """From the layer's own coordinates to CCF micrometres, shape (4, 4).

    Lengths in other units are converted; a layer without a unit of length is taken to be in
    micrometres.
    """
    origin = np.array(layer.data_to_world((0.0, 0.0, 0.0)), dtype=float)
    affine = np.eye(4)
    affine[:3, 3] = origin
    for axis in range(3):
        affine[:3, axis] = np.array(layer.data_to_world(np.eye(3)[axis]), dtype=float) - origin
    affine[:3] *= np.array([_micrometers(unit) for unit in layer.units])[:, None]
    return affine


def read_layer(layer: Layer) -> Drawn:
    """What is drawn in a layer now; later strokes do not change it.

    Raises
    ------
    SourceError
        When the layer is of another kind or number of dimensions, or a strength is bad.
    """
    if not can_be_drawn_in(layer):
        raise SourceError(
            "A layer of labels, shapes, points or a grey image in three dimensions was expected; "
            f"{layer.name} is a {type(layer).__name__} layer of {layer.ndim} dimensions."
        )
    if isinstance(layer, Labels):
        return _labels(layer)
    if isinstance(layer, Shapes):
        return _shapes(layer)
    if isinstance(layer, Points):
        return _points(layer)
    return DrawnImage(layer.name, _finest(layer), affine_um(layer))


def strengths_of(
    layer: Labels | Shapes | Points, what: str, numbers: Sequence[int] | None = None
) -> npt.NDArray[np.float64]:
    """Strength in each row of a layer's features, 1 where there is no such column.

    Parameters
    ----------
    layer : Labels, Shapes or Points
        Whose features are read.
    what : str
        What a row stands for, in a message.
    numbers : sequence of int, optional
        What the rows are called; 1, 2, 3 when left out.

    Raises
    ------
    SourceError
        When a strength is no number of at least 0; the message names the row.
    """
    features = layer.features
    if STRENGTH not in features:
        return np.ones(len(features))
    strengths = []
    values = features[STRENGTH].tolist()
    for number, value in zip(numbers or range(1, len(values) + 1), values, strict=True):
        try:
            strength = float(value)
        except (TypeError, ValueError):
            strength = float("nan")
        if not (np.isfinite(strength) and strength >= 0):
            raise SourceError(
                f"A strength of at least 0 was expected for {what} {number} of {layer.name}; "
                f"{value!r} came. Change it in the table of strengths."
            )
        strengths.append(strength)
    return np.array(strengths)


def _labels(layer: Labels) -> DrawnLabels:
    data = np.asarray(_finest(layer))
    indices = np.flatnonzero(data != 0)
    strength_of: dict[int, float] = {}
    if "index" in layer.features:
        numbers = [int(i) for i in layer.features["index"]]
        strengths = strengths_of(layer, "label", numbers)
        strength_of = dict(zip(numbers, strengths.tolist(), strict=True))
    labels = data.reshape(-1)[indices].astype(np.int64)
    return DrawnLabels(layer.name, data.shape, indices, labels, affine_um(layer), strength_of)


def _shapes(layer: Shapes) -> DrawnShapes:
    return DrawnShapes(
        layer.name,
        tuple(str(kind) for kind in layer.shape_type),
        tuple(np.array(corners, dtype=float) for corners in layer.data),
        affine_um(layer),
        strengths_of(layer, "shape"),
    )


def _points(layer: Points) -> DrawnPoints:
    shown = np.asarray(layer.shown, dtype=bool)
    return DrawnPoints(
        layer.name,
        np.array(layer.data, dtype=float)[shown],
        np.array(layer.size, dtype=float)[shown],
        affine_um(layer),
        strengths_of(layer, "point")[shown],
    )


def _finest(layer: Image | Labels) -> npt.ArrayLike:
    """The data, of several resolutions the finest."""
    return layer.data[0] if layer.multiscale else layer.data


def _micrometers(unit: Any) -> float:
    """Micrometres in a unit; 1 for pixels and other units that are no length."""
    quantity = 1.0 * unit
    return float(quantity.to("micrometer").magnitude) if quantity.check("[length]") else 1.0
