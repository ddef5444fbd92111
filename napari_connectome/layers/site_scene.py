"""Places for further injections: a mark for each, and the slices at the chosen one."""

from __future__ import annotations

import numpy as np
from napari.components import ViewerModel
from napari.layers import Points

from napari_connectome.core.atlas import Atlas
from napari_connectome.layers import styles
from napari_connectome.state.explorer import ExplorerState

SPACE = 3


class SiteScene:
    """Keeps the marks of ranked sites in step with the state.

    Parameters
    ----------
    viewer : ViewerModel
        The viewer; only the layer made here is changed.
    state : ExplorerState
        Observed.
    """

    def __init__(self, viewer: ViewerModel, state: ExplorerState) -> None:
        self._viewer, self._state = viewer, state
        self.layer: Points | None = None
        events = state.events
        self._connections = (
            (events.dataset, self._show),
            (events.sites, self._show),
            (events.hypothetical, self._show),
            (events.site, self._on_site),
        )
        for signal, slot in self._connections:
            signal.connect(slot)

    def close(self) -> None:
        """Stop observing; the layer stays."""
        for signal, slot in self._connections:
            signal.disconnect(slot, missing_ok=True)

    def _on_site(self) -> None:
        self._show()
        self._show_slices()

    def _show(self) -> None:
        state = self._state
        ranked = () if state.sites is None else tuple(s.point_um for s in state.sites.sites)
        more = (*state.hypothetical, *(() if state.site is None else (state.site,)))
        points = tuple(dict.fromkeys((*ranked, *more)))
        if state.dataset is None or not points:
            self._clear()
            return
        self._draw(state.dataset.atlas, points)

    def _draw(self, atlas: Atlas, points: tuple[tuple[float, float, float], ...]) -> None:
        state = self._state
        places = np.array(points) / atlas.resolution_um - 0.5
        layer = self.layer
        if layer is None or layer not in self._viewer.layers:
            self._clear()
            layer = Points(
                np.zeros((0, SPACE)),
                size=styles.SITE_SIZE_UM / atlas.resolution_um,
                **styles.SITES,
                **styles.geometry(atlas),
            )
            active = self._viewer.layers.selection.active
            self._viewer.layers.append(layer)
            self._viewer.layers.selection.active = active
            self.layer = layer
        layer.data = places
        layer.face_color = [_fill(p in state.hypothetical) for p in points]
        layer.border_color = [_edge(p == state.site) for p in points]
        layer.symbol = ["cross" if p == state.site else "disc" for p in points]

    def _show_slices(self) -> None:
        site, dims = self._state.site, self._viewer.dims
        if site is not None and dims.ndisplay == 2:
            first = dims.ndim - SPACE
            for axis in (a for a in dims.not_displayed if a >= first):
                dims.set_point(axis, site[axis - first])

    def _clear(self) -> None:
        if self.layer is not None and self.layer in self._viewer.layers:
            self._viewer.layers.remove(self.layer)
        self.layer = None


def _fill(is_added: bool) -> tuple[float, float, float, float]:
    return styles.SITE_ADDED_RGBA if is_added else styles.SITE_RGBA


def _edge(is_chosen: bool) -> tuple[float, float, float, float]:
    return styles.SITE_CHOSEN_RGBA if is_chosen else styles.SITE_EDGE_RGBA
