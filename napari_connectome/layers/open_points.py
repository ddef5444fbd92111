"""Places of the layers of points that are open in a viewer."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
from napari.components import ViewerModel
from napari.layers import Layer, Points

SPACE = 3


def open_points(viewer: ViewerModel, own: Collection[Layer]) -> dict[str, npt.NDArray[np.float64]]:
    """Points of every layer that a person has made, in the order in which they were set.

    Parameters
    ----------
    viewer : ViewerModel
        The viewer.
    own : collection of Layer
        Layers of the explorer, which are left out.

    Returns
    -------
    dict of str to ndarray of float64, shape (k, 3)
        CCF coordinates (AP, DV, ML) in µm by the name of the layer; whatever its scale.
        Layers without points, or in a plane, are left out.
    """
    found = {}
    for layer in viewer.layers:
        is_whole = isinstance(layer, Points) and layer.ndim >= SPACE and len(layer.data)
        if is_whole and layer not in own:
            places = np.array([layer.data_to_world(point) for point in layer.data])
            found[layer.name] = places[:, -SPACE:].astype(np.float64)
    return found
