"""A small map with known answers."""

from __future__ import annotations

import numpy as np

from napari_connectome.widgets.flatmap.content import FlatmapContent, MapRegion

ROWS, COLUMNS = 20, 30
VISP, MOS, AUD = 385, 993, 1002
REGIONS = {
    VISP: MapRegion(VISP, "VISp", "Primary visual area", (8, 133, 140)),
    MOS: MapRegion(MOS, "MOs", "Secondary motor area", (31, 157, 90)),
    AUD: MapRegion(AUD, "AUDp", "Primary auditory area", (1, 147, 153)),
}
MISSING = (5, 20)


def place_of(row: int, column: int) -> tuple[float, float, float]:
    """Place of a pixel: 100 µm each, 500 µm deep."""
    return 100.0 * row + 50, 500.0, 100.0 * column + 50


def make_content(name: str = "top", **changes) -> FlatmapContent:
    """Two mirrored hemispheres of 18 × 13 pixels with a gap between them.

    Rows 1 to 9 are MOs, 10 to 18 VISp with AUDp in their outer three columns.
    """
    ids = np.zeros((ROWS, COLUMNS), dtype=np.uint32)
    for columns, outer in ((slice(1, 14), slice(1, 4)), (slice(16, 29), slice(26, 29))):
        ids[1:10, columns] = MOS
        ids[10:19, columns] = VISP
        ids[10:19, outer] = AUD
    missing = np.zeros(ids.shape, dtype=bool)
    missing[MISSING] = True
    ids[MISSING] = 0
    fields = {
        "name": name,
        "title": "Top view",
        "region_ids": ids,
        "has_path": ids > 0,
        "missing": missing,
        "left": np.broadcast_to(np.arange(COLUMNS) < COLUMNS // 2, ids.shape),
        "regions": REGIONS,
        "pixel_um": 100.0,
        "place_of": place_of,
        "note": "Made for a test.",
    }
    return FlatmapContent(**{**fields, **changes})


def make_image(content: FlatmapContent, value: float = 0.0) -> np.ndarray:
    """One value wherever the map shows the cortex."""
    return np.where(content.has_path, value, np.nan).astype(np.float32)
