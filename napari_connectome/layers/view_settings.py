"""Slices and camera of a viewer, read and put back."""

from __future__ import annotations

from collections.abc import Iterable

from napari.components import ViewerModel

from napari_connectome.state.exploration import ViewParams

BRAIN_AXES = 3
"""The last axes of a viewer; a movie's time stands ahead of them."""


def read_view(viewer: ViewerModel, open_views: Iterable[str] = ()) -> ViewParams | None:
    """How a viewer looks at the brain.

    Parameters
    ----------
    viewer : ViewerModel
        The viewer.
    open_views : iterable of str
        Views that stand beside it.

    Returns
    -------
    ViewParams or None
        None when the viewer shows no volume.
    """
    dims, camera = viewer.dims, viewer.scene.camera
    ahead = dims.ndim - BRAIN_AXES
    if ahead < 0:
        return None
    first, second, third = (axis - ahead for axis in dims.order if axis >= ahead)
    return ViewParams(
        ndisplay=dims.ndisplay,
        order=(first, second, third),
        point_um=dims.point[ahead:],
        center_um=camera.center,
        zoom=camera.zoom,
        angles_deg=camera.angles,
        open_views=tuple(open_views),
    )


def show_view(viewer: ViewerModel, view: ViewParams) -> None:
    """Look at the brain as before; nothing happens where a viewer shows no volume."""
    dims, camera = viewer.dims, viewer.scene.camera
    ahead = dims.ndim - BRAIN_AXES
    if ahead < 0 or sorted(view.order) != [0, 1, 2]:
        return
    dims.ndisplay = view.ndisplay
    dims.order = (*range(ahead), *(axis + ahead for axis in view.order))
    for axis, place in enumerate(view.point_um):
        dims.set_point(axis + ahead, place)
    camera.center = view.center_um
    camera.zoom = view.zoom
    camera.angles = view.angles_deg
