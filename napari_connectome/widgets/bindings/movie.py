"""The movie view and the state: lines and points become paths, paths become movies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import ConnectomeError
from napari_connectome.core.flatmap import CorticalView
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.path_answers import askable_voxels, memory_bytes
from napari_connectome.core.source_path import (
    SourcePath,
    path_on_map,
    path_through,
    read_points,
)
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.widgets.bindings.binding import Binding
from napari_connectome.widgets.bindings.flatmap import FlatmapBinding
from napari_connectome.widgets.flatmap.line_drawing import LineDrawing
from napari_connectome.widgets.movie_view import MovieView

Places = npt.NDArray[np.float64]
NO_MODEL = "Fit a model first: the frames are its answers."


@dataclass(frozen=True, eq=False)
class MapLine:
    """A line on a map, at the depth at which it was drawn."""

    view: CorticalView
    places: Places
    depth: float


class MovieBinding(Binding):
    """Keeps a movie view in step with the state.

    Parameters
    ----------
    view : MovieView
        What is kept.
    state : ExplorerState
        Observed; whether slices follow is written.
    controller : Controller
        Makes movies.
    open_map : callable
        Brings the map of the cortex forward, and gives what it is bound by.
    point_layers : callable
        Places in µm of each open layer of points, by its name.
    """

    def __init__(
        self,
        view: MovieView,
        state: ExplorerState,
        controller: Controller,
        open_map: Callable[[], FlatmapBinding],
        point_layers: Callable[[], dict[str, Places]],
    ) -> None:
        super().__init__(state, controller)
        self.view = view
        self._open_map, self._point_layers = open_map, point_layers
        self._line: MapLine | None = None
        self._map: FlatmapBinding | None = None
        self._drawing: LineDrawing | None = None
        self._take_requests()
        events = state.events
        for signal in (events.model, events.direction):
            self.watch(signal, self._show_outlook)
        for signal in (events.dataset, events.maps):
            self.watch(signal, self.refresh)
        self.watch(events.map_params, self._show_line)
        self.watch(events.movie, self._show_movie)
        self.watch(events.follow, self._show_movie)

    def refresh(self) -> None:
        """Show what there is; a line on the map of another brain is forgotten."""
        line = self._line
        if line is not None and all(m.view is not line.view for m in self.state.maps):
            self._line = None
        self._show_line()
        self._show_outlook()
        self._show_movie()

    def path(self, atlas: Atlas, mask: VoxelMask) -> SourcePath:
        """The path that is drawn or typed.

        Raises
        ------
        SourceError
            When it is none, or leaves the voxels that can be asked about.
        """
        frames, line = self.view.frames, self._line
        if line is None:
            return path_through(read_points(self.view.points), atlas, mask, frames=frames)
        return path_on_map(line.places, line.view, atlas, mask, depth=line.depth, frames=frames)

    def _show_outlook(self) -> None:
        """What the movie will take, before it is started; or what is wrong with the path."""
        model, direction = self.state.model, self.state.direction
        if model is None:
            self.view.set_outlook(NO_MODEL, can_make=False)
            return
        if self._line is None and not self.view.points.strip():
            self.view.set_outlook("", can_make=False)
            return
        try:
            path = self.path(model.atlas, askable_voxels(model, direction))
        except ConnectomeError as error:
            self.view.set_outlook(str(error), can_make=False)
            return
        needed = memory_bytes(model, len(path), direction) / 1e6
        length = path.length_um / 1000
        self.view.set_outlook(
            f"{len(path)} frames along {length:.1f} mm; takes {needed:.0f} MB of memory.",
            can_make=True,
        )

    def _show_movie(self) -> None:
        movie = self.state.movie
        self.view.set_follow(self.state.follow)
        if movie is None:
            self.view.set_movie(None)
            return
        verb = "projects to" if movie.direction == "anterograde" else "receives from"
        megabytes = movie.parts.nbytes / 1e6
        self.view.set_movie(
            f"{len(movie)} frames of what the source {verb}, {megabytes:.0f} MB. "
            f"Colours from {movie.limits[0]:g} to {movie.limits[1]:.3g} suit all frames."
        )

    def _show_line(self) -> None:
        """The line in words, and on its map while that map is shown."""
        line = self._line
        if line is None:
            self.view.set_line(None)
        else:
            length = np.linalg.norm(np.diff(line.places, axis=0), axis=1).sum()
            self.view.set_line(
                f"Line on the {line.view.title.lower()}, {length * line.view.pixel_um / 1000:.1f} "
                f"mm long, at {line.depth:.0%} of the depth"
            )
        if self._drawing is not None:
            is_shown = line is not None and self._shown_view() is line.view
            self._drawing.set_line(line.places if line is not None and is_shown else None)

    def _shown_view(self) -> CorticalView | None:
        shown = None if self._map is None else self._map.shown
        return None if shown is None else shown.view

    def _forget_line(self) -> None:
        self._line = None
        self.refresh()

    def _take_requests(self) -> None:
        view, movies = self.view, self.controller.movies
        view.draw_toggled.connect(self._on_draw)
        view.points_changed.connect(lambda _text: self._show_outlook())
        view.frames_changed.connect(lambda _frames: self._show_outlook())
        view.line_cleared.connect(self._forget_line)
        view.layers_wanted.connect(lambda: view.set_layers(sorted(self._point_layers())))
        view.layer_chosen.connect(self._on_layer)
        view.make_requested.connect(lambda: movies.film(self.path))
        view.remove_requested.connect(movies.forget)
        view.follow_toggled.connect(lambda on: setattr(self.state, "follow", on))

    def _on_draw(self, on: bool) -> None:
        if on:
            self._map = self._open_map()
        if self._map is None:
            return
        if self._drawing is None:
            self._drawing = LineDrawing(self._map.view.canvas)
            self._drawing.drawn.connect(self._on_drawn)
            self._drawing.ended.connect(lambda: self.view.set_drawing(False))
        self._drawing.set_active(on)

    def _on_drawn(self, places: Places) -> None:
        view = self._shown_view()
        if view is not None:
            self._line = MapLine(view, places, self.state.map_params.pick_depth)
            self.refresh()

    def _on_layer(self, name: str) -> None:
        points = self._point_layers().get(name)
        if points is None:
            self.state.error = f"The layer {name} is not there any more. Choose another one."
            return
        self._line = None
        self.view.set_points("\n".join(", ".join(f"{x:.0f}" for x in p) for p in points.tolist()))
        self.refresh()
