"""From the mouse to a place in the brain.

Gestures, all of which leave napari's own tools alone (they act only while the
active layer is in pan/zoom mode and picking is switched on):

- a click without movement sets the source (in 3-D: where the ray first meets a
  source voxel of a visible region);
- dragging the source marker, or Alt-dragging anywhere, moves the source live;
- a Ctrl-click selects the region there, or takes it out of the selection.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from napari.components import ViewerModel
from psygnal import Signal

from napari_connectome.core.atlas import Atlas

Point = tuple[float, float, float]
GRAB_RADIUS_PX = 14.0
"""How near to the marker, in screen pixels, a press takes hold of it."""
CLICK_TOLERANCE_PX = 4.0
"""Movement below this is still a click."""


def first_hit(
    start: npt.NDArray[np.float64], end: npt.NDArray[np.float64], allowed: npt.NDArray[np.bool_]
) -> tuple[int, int, int] | None:
    """First allowed voxel on a straight ray.

    Parameters
    ----------
    start, end : ndarray of float, shape (3,)
        Ends of the ray in voxel coordinates (voxel centres at whole numbers), near end first.
    allowed : ndarray of bool
        Volume of voxels that can be hit.

    Returns
    -------
    tuple of int or None
        The voxel; None when the ray misses them all.
    """
    # Four samples per voxel: a corner cut by less than a quarter voxel may be missed.
    steps = int(np.ceil(np.linalg.norm(end - start) * 4)) + 1
    samples = np.rint(np.linspace(start, end, steps)).astype(int)
    inside = np.all((samples >= 0) & (samples < allowed.shape), axis=1)
    samples = samples[inside]
    hits = np.flatnonzero(allowed[tuple(samples.T)])
    if not len(hits):
        return None
    ap, dv, ml = samples[hits[0]]
    return int(ap), int(dv), int(ml)


class SourcePicker:
    """Turns mouse events of a viewer into places.

    Parameters
    ----------
    viewer : ViewerModel
        Whose mouse callbacks are used; :meth:`close` takes them out again.
    allowed : callable
        Gives the volume of voxels that may be picked in 3-D, both hemispheres.
    marker : callable
        Gives the place of the source marker in µm, or None.
    """

    picked = Signal(tuple)
    """A click: CCF point in µm."""
    drag_started = Signal()
    dragged = Signal(tuple)
    """The source was moved: CCF point in µm."""
    drag_ended = Signal()
    hovered = Signal(object)
    """The place under the cursor in µm, None outside the box."""
    region_picked = Signal(tuple)
    """A Ctrl-click: CCF point in µm."""
    missed = Signal()
    """A click in 3-D whose ray meets no voxel that may be picked."""

    def __init__(
        self,
        viewer: ViewerModel,
        allowed: Callable[[], npt.NDArray[np.bool_] | None],
        marker: Callable[[], Point | None],
    ) -> None:
        self._viewer = viewer
        self._allowed = allowed
        self._marker = marker
        self.atlas: Atlas | None = None
        self.enabled = True
        viewer.mouse_drag_callbacks.append(self._on_press)
        viewer.mouse_move_callbacks.append(self._on_move)

    def close(self) -> None:
        """Stop listening."""
        for callbacks, ours in (
            (self._viewer.mouse_drag_callbacks, self._on_press),
            (self._viewer.mouse_move_callbacks, self._on_move),
        ):
            if ours in callbacks:
                callbacks.remove(ours)

    def point_at(self, event: Any) -> Point | None:
        """Place under a mouse event, None when there is none."""
        if self.atlas is None:
            return None
        if len(event.dims_displayed) == 3:
            return self._point_on_ray(event)
        point = tuple(float(p) for p in event.position[-3:])
        return point if self.atlas.contains(self.atlas.index_of_um(point)) else None  # type: ignore[return-value]

    def _point_on_ray(self, event: Any) -> Point | None:
        allowed = self._allowed()
        if self.atlas is None or allowed is None:
            return None
        near, far = ray_through_box(event.position, event.view_direction, self.atlas)
        if near is None or far is None:
            return None
        hit = first_hit(near, far, allowed)
        return None if hit is None else self.atlas.um_of_index(hit)

    def _ready(self) -> bool:
        layer = self._viewer.layers.selection.active
        navigating = layer is None or str(getattr(layer, "mode", "pan_zoom")) == "pan_zoom"
        return self.enabled and self.atlas is not None and navigating

    def _on_press(self, viewer: Any, event: Any) -> Generator[None, None, None]:
        del viewer
        if not self._ready() or event.button != 1:
            return
        plain = not len(event.modifiers)
        if "Alt" in event.modifiers or (plain and self._on_marker(event)):
            yield from self._drag(event)
        else:
            yield from self._click(event)

    def _click(self, event: Any) -> Generator[None, None, None]:
        start = np.array(event.pos)
        modifiers = list(event.modifiers)
        yield
        travelled = 0.0
        while event.type == "mouse_move":
            travelled = max(travelled, float(np.linalg.norm(np.array(event.pos) - start)))
            yield
        if travelled > CLICK_TOLERANCE_PX or modifiers not in ([], ["Control"]):
            return
        point = self.point_at(event)
        if point is None:
            self.missed.emit()
        elif modifiers:
            self.region_picked.emit(point)
        else:
            self.picked.emit(point)

    def _drag(self, event: Any) -> Generator[None, None, None]:
        camera = self._viewer.scene.camera
        was_panning = camera.mouse_pan
        camera.mouse_pan = False
        self.drag_started.emit()
        try:
            yield
            while event.type == "mouse_move":
                point = self.point_at(event)
                if point is not None:
                    self.dragged.emit(point)
                yield
        finally:
            camera.mouse_pan = was_panning
            self.drag_ended.emit()

    def _on_marker(self, event: Any) -> bool:
        marker = self._marker()
        if marker is None or len(event.dims_displayed) == 3:
            return False
        plane = list(event.dims_displayed)
        offset = np.array(marker)[plane] - np.array(event.position[-3:])[plane]
        return float(np.linalg.norm(offset)) * self._viewer.scene.camera.zoom <= GRAB_RADIUS_PX

    def _on_move(self, viewer: Any, event: Any) -> None:
        del viewer
        self.hovered.emit(self.point_at(event) if self.atlas is not None else None)


def ray_through_box(
    position: Sequence[float], direction: Sequence[float] | None, atlas: Atlas
) -> tuple[npt.NDArray[np.float64] | None, npt.NDArray[np.float64] | None]:
    """Where a ray enters and leaves the atlas box, in voxel coordinates.

    Parameters
    ----------
    position : sequence of float
        A point of the ray, µm.
    direction : sequence of float
        Where it goes (away from the eye).
    atlas : Atlas
        The box.

    Returns
    -------
    tuple of ndarray or None
        Near and far end; both None when the ray misses the box.
    """
    if direction is None:
        return None, None
    origin = np.asarray(position, dtype=float)[-3:] / atlas.resolution_um - 0.5
    heading = np.asarray(direction, dtype=float)[-3:]
    heading = np.where(np.abs(heading) < 1e-12, 1e-12, heading)
    low, high = np.full(3, -0.5), np.array(atlas.shape) - 0.5
    to_low, to_high = (low - origin) / heading, (high - origin) / heading
    enter = float(np.max(np.minimum(to_low, to_high)))
    leave = float(np.min(np.maximum(to_low, to_high)))
    if enter >= leave:
        return None, None
    return origin + enter * heading, origin + leave * heading
