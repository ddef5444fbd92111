"""How the layers look that say how far to trust an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from napari.utils.colormaps import Colormap, ensure_colormap

from napari_connectome.layers.styles import PROJECTION

MEASURED_RGB = (
    (0.30, 0.95, 0.45),
    (0.40, 0.65, 1.00),
    (0.95, 0.40, 0.90),
    (0.90, 0.90, 0.90),
)
"""Colours of measured volumes, far from those of the projection that they are shown with."""
SOLID_FROM = 0.5
"""Part of the upper limit from which a measured volume hides what lies below it."""
BELOW_RGB = ((0.55, 0.90, 1.00), (0.10, 0.55, 1.00), (0.00, 0.25, 0.75))
"""Colours of a difference from its lowest value to just below 0."""
ABOVE_RGB = ((0.75, 0.10, 0.05), (1.00, 0.35, 0.15), (1.00, 0.90, 0.45))
"""Colours of a difference from just above 0 to its highest value."""
FAINT_UP_TO = 0.35
"""Part of the limit from which a difference hides what lies below it."""
HATCH_RGBA = ((0.95, 0.95, 0.95, 0.75), (0.25, 0.25, 0.25, 0.75))
"""Stripes of voxels about which nothing is known, as in the matrix."""
HATCH_PERIOD = 4
"""Voxels from one stripe to the next."""


def measured_style(color_number: int) -> Mapping[str, Any]:
    """A single hue that covers what lies below the more, the higher the value.

    Added to a projection, as that is to the template, both would end up white.
    """
    number = color_number % len(MEASURED_RGB)
    part = np.linspace(0, 1, 256)[:, np.newaxis]
    alpha = np.minimum(part / SOLID_FROM, 1.0)
    colors = np.hstack([part * np.array(MEASURED_RGB[number]), alpha])
    return PROJECTION | {
        "colormap": Colormap(colors, name=f"measured {number}"),
        "blending": "translucent_no_depth",
    }


def difference_rgba(count: int = 256) -> npt.NDArray[np.float64]:
    """Blue below 0, red above; black and transparent at 0. Shape (count, 4)."""
    middle = (0.0, 0.0, 0.0)
    rgb = np.array([*BELOW_RGB, middle, *ABOVE_RGB])
    at, places = np.linspace(0, 1, count), np.linspace(0, 1, len(rgb))
    channels = [np.interp(at, places, rgb[:, i]) for i in range(3)]
    alpha = np.minimum(np.abs(2 * at - 1) / FAINT_UP_TO, 1.0)
    return np.stack([*channels, alpha], axis=1)


DIFFERENCE: Mapping[str, Any] = {
    "name": "A − B",
    "colormap": Colormap(difference_rgba(), name="difference"),
    "blending": "translucent_no_depth",
    "rendering": "translucent",
    "interpolation2d": "linear",
}
SUPPORT: Mapping[str, Any] = {
    "blending": "translucent_no_depth",
    "rendering": "mip",
    "interpolation2d": "nearest",
    "opacity": 0.8,
}
NO_SUPPORT: Mapping[str, Any] = {
    "name": "No support",
    "blending": "translucent_no_depth",
}


def support_colormap(kind: str) -> Colormap:
    """Bright where the data carry far: near an injection, or with many experiments."""
    colors = ensure_colormap("viridis").map(np.linspace(0, 1, 256))
    if kind == "distance":
        return Colormap(colors[::-1], name="distance to an injection")
    return Colormap(colors, name="effective experiments")
