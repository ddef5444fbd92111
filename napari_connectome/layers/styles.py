"""How every layer looks, in one place."""

from __future__ import annotations

from typing import Any

from napari_connectome.core.atlas import AXIS_LABELS, Atlas

TEMPLATE: dict[str, Any] = {
    "name": "Template",
    "colormap": "gray",
    "blending": "translucent_no_depth",
    "rendering": "attenuated_mip",
    "attenuation": 0.5,
    "interpolation2d": "linear",
}
TEMPLATE_HEADROOM = 2.2
"""The template is drawn dimmer than its brightest voxel, so that an overlay stands out."""
REGIONS: dict[str, Any] = {
    "name": "Regions",
    "opacity": 0.45,
    "blending": "translucent_no_depth",
}
SELECTED: dict[str, Any] = {
    "name": "Selected regions",
    "blending": "translucent_no_depth",
}
SELECTED_WHITE = 0.55
"""Part of white in the outline of a selected region, the rest being its atlas colour."""
SELECTED_CONTOUR = 1
"""Width of that outline in voxels; in 3-D, where there are none, the region is filled."""
SELECTED_OPACITY = {2: 1.0, 3: 0.5}
"""By the number of dimensions shown: what lies within a filled region stays visible."""
PROJECTION: dict[str, Any] = {
    "name": "Projection",
    "colormap": "inferno",
    "blending": "additive",
    "rendering": "mip",
    "interpolation2d": "linear",
}
SOURCE: dict[str, Any] = {
    "name": "Source",
    "symbol": "disc",
    "face_color": [[0.2, 0.9, 1.0, 0.15]],
    "border_color": [[0.2, 0.95, 1.0, 1.0]],
    "border_width": 0.16,
    "blending": "translucent_no_depth",
}
SOURCE_SIZE_UM = 420.0
"""Diameter of the source marker for a single voxel."""

AREA: dict[str, Any] = {
    "name": "Source voxels",
    "opacity": 0.9,
    "blending": "translucent_no_depth",
}
AREA_RGBA = (0.2, 0.95, 1.0, 1.0)
"""As the marker of the source."""
PAINTING: dict[str, Any] = {
    "name": "Painted source",
    "opacity": 0.55,
    "blending": "translucent_no_depth",
}
POLYGONS: dict[str, Any] = {
    "name": "Source polygons",
    "face_color": [[1.0, 0.75, 0.2, 0.35]],
    "edge_color": [[1.0, 0.8, 0.3, 1.0]],
    "blending": "translucent_no_depth",
}
DRAWN_POINTS: dict[str, Any] = {
    "name": "Source points",
    "face_color": [[1.0, 0.75, 0.2, 0.35]],
    "border_color": [[1.0, 0.8, 0.3, 1.0]],
    "border_width": 0.08,
    "blending": "translucent_no_depth",
}
MASK: dict[str, Any] = {
    "colormap": "green",
    "opacity": 0.5,
    "blending": "additive",
}
SITES: dict[str, Any] = {
    "name": "Injection sites",
    "border_width": 0.2,
    "blending": "translucent_no_depth",
}
SITE_SIZE_UM = 300.0
SITE_RGBA, SITE_ADDED_RGBA = (0.4, 1.0, 0.4, 0.12), (0.4, 1.0, 0.4, 0.75)
"""Faint for a proposal, full for a hypothetical injection."""
SITE_EDGE_RGBA, SITE_CHOSEN_RGBA = (0.4, 1.0, 0.4, 0.9), (1.0, 1.0, 1.0, 1.0)


def geometry(atlas: Atlas) -> dict[str, Any]:
    """Place a volume of the atlas in CCF micrometres.

    Voxel 0 covers 0 to `resolution_um`, so its centre (what napari calls the
    layer's origin) lies half a voxel in: volumes of any resolution line up.
    """
    res = float(atlas.resolution_um)
    return {
        "scale": (res, res, res),
        "translate": (res / 2, res / 2, res / 2),
        "units": ("um", "um", "um"),
        "axis_labels": AXIS_LABELS,
    }
