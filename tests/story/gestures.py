"""Where things are on the screen, for tests that use the mouse."""

from __future__ import annotations

import numpy as np
from qtpy.QtCore import QPoint
from qtpy.QtWidgets import QApplication, QWidget

from napari_connectome.widgets.explorer import ExplorerWidget
from napari_connectome.widgets.flatmap.view import FlatmapView
from napari_connectome.widgets.matrix.view import MatrixView

Point = tuple[float, float, float]


def canvas_of(explorer: ExplorerWidget) -> QWidget:
    """The widget that napari draws the brain into."""
    views = [explorer.views.docks.widget(n) for n in ("flatmap", "matrix") if is_open(explorer, n)]
    found = [
        w
        for w in QApplication.allWidgets()
        if w.isVisible()
        and "CanvasBackend" in type(w).__name__
        and not any(view.isAncestorOf(w) for view in views)
    ]
    assert len(found) == 1
    return found[0]


def is_open(explorer: ExplorerWidget, name: str) -> bool:
    return explorer.views.docks.is_open(name)


def pixel_of(explorer: ExplorerWidget, point_um: Point) -> QPoint:
    """Where a place is drawn in the 2-D view."""
    viewer, canvas = explorer.viewer, canvas_of(explorer)
    camera = viewer.scene.camera
    rows = list(viewer.dims.displayed)
    offset = (np.array(point_um)[rows] - np.array(camera.center)[-2:]) * camera.zoom
    return QPoint(
        round(canvas.width() / 2 + offset[1]),
        round(canvas.height() / 2 + offset[0]),
    )


def cortex_in_view(explorer: ExplorerWidget, side: str = "right") -> Point:
    """A source voxel in the slice that is shown."""
    atlas = explorer.state.dataset.atlas
    model = explorer.state.model
    places = model.connectivity.source_mask.coordinates
    plane = atlas.index_of_um(explorer.viewer.dims.point)[0]
    here = places[places[:, 0] == plane]
    here = here[[atlas.divisions[tuple(p)] == 315 for p in here]]
    ap, dv, ml = (int(i) for i in here[len(here) // 2])
    if side == "left":
        ap, dv, ml = atlas.mirror_index((ap, dv, ml))
    return atlas.um_of_index((ap, dv, ml))


def cell_pixel(view: MatrixView, row: int, column: int) -> QPoint:
    """Where the middle of a cell is on the canvas of the matrix."""
    picture = view.picture
    return QPoint(round(picture.columns.middle_of(column)), round(picture.rows.middle_of(row)))


def map_pixel(view: FlatmapView, row: int, column: int) -> QPoint:
    """Where the middle of a pixel of the map is on its canvas."""
    x, y = view.canvas.frame.screen_point(column + 0.5, row + 0.5)
    return QPoint(round(x), round(y))
