"""Binds a movie to a viewer: its slider says which frame is looked at."""

from __future__ import annotations

import numpy as np
from napari.components import ViewerModel
from napari.layers import Layer

from napari_connectome.layers.movie_layers import MovieLayers
from napari_connectome.layers.projection_layer import ProjectionLayer
from napari_connectome.layers.source_layers import SourceLayer
from napari_connectome.state.explorer import ExplorerState

SPACE = 3
"""Axes of the brain; the frame is the one before them."""


class MovieScene:
    """Keeps the layers of a movie in step with the state.

    The movie and the present answer stand in the same light: the one that was asked for
    last is shown, the other one put aside.

    Parameters
    ----------
    viewer : ViewerModel
        The viewer; only the layers of the movie, and the visibility of the answer and its
        marker, are changed.
    state : ExplorerState
        Observed; the frame is written when the slider moves, the movie when it is removed.
    projection : ProjectionLayer
        The layer of the present answer.
    source : SourceLayer
        The marker of its source.
    """

    def __init__(
        self,
        viewer: ViewerModel,
        state: ExplorerState,
        projection: ProjectionLayer,
        source: SourceLayer,
    ) -> None:
        self._viewer, self._state = viewer, state
        self._projection, self._source = projection, source
        self.layers = MovieLayers(viewer)
        self._frame = 0
        self._hidden: list[Layer] = []
        events = state.events
        self._connections = (
            (events.movie, self._show),
            (events.frame, self._show_frame),
            (events.limits, self._show_limits),
            (events.log_scale, self._show),
        )
        for signal, slot in self._connections:
            signal.connect(slot)
        viewer.dims.events.current_step.connect(self._on_step)
        viewer.layers.events.removed.connect(self._on_removed)

    def close(self) -> None:
        """Stop observing; the layers stay."""
        self._viewer.dims.events.current_step.disconnect(self._on_step)
        self._viewer.layers.events.removed.disconnect(self._on_removed)
        for signal, slot in self._connections:
            signal.disconnect(slot, missing_ok=True)

    def _show(self) -> None:
        state = self._state
        if state.movie is None:
            self.layers.clear()
        else:
            self.layers.show(state.movie, state.limits, log_scale=state.log_scale)
        self._show_frame()

    def _show_limits(self) -> None:
        self.layers.set_limits(self._state.limits, log_scale=self._state.log_scale)

    def _show_frame(self) -> None:
        movie, frame = self._state.movie, self._state.frame
        is_shown = movie is not None and frame is not None
        self.layers.set_visible(is_shown)
        self._put_aside(is_shown)
        if movie is not None and frame is not None:
            self._frame = frame
            self._go_to(frame, movie.path.points_um[frame].tolist())

    def _put_aside(self, aside: bool) -> None:
        """Hide the present answer and its marker, or show what was hidden here."""
        if aside:
            answer = (self._projection.layer, self._source.layer)
            hidden = [layer for layer in answer if layer is not None and layer.visible]
            self._hidden += hidden
        else:
            hidden, self._hidden = self._hidden, []
        for layer in hidden:
            layer.visible = not aside

    def _go_to(self, frame: int, place: list[float]) -> None:
        """Move the slider to a frame and, if asked to, the slices to its source."""
        dims = self._viewer.dims
        time_axis = dims.ndim - SPACE - 1
        wanted = {time_axis: float(frame)}
        if self._state.follow and dims.ndisplay == 2:
            wanted |= {a: place[a - time_axis - 1] for a in dims.not_displayed if a > time_axis}
        if not np.allclose([dims.point[a] for a in wanted], list(wanted.values())):
            dims.set_point(list(wanted), list(wanted.values()))

    def _on_step(self) -> None:
        movie, dims = self._state.movie, self._viewer.dims
        if movie is None or dims.ndim <= SPACE:
            return
        frame = min(max(round(dims.point[dims.ndim - SPACE - 1]), 0), len(movie) - 1)
        if frame != self._frame:
            self._state.frame = frame

    def _on_removed(self) -> None:
        """A movie that is removed in napari's list is gone."""
        if self.layers.was_removed:
            with self._state.together():
                self._state.movie = None
                self._state.frame = None
