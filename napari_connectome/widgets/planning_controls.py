"""Movies and sites for further injections in the viewer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari.layers import Layer

from napari_connectome.layers.movie_scene import MovieScene
from napari_connectome.layers.scene import Scene
from napari_connectome.layers.site_scene import SiteScene
from napari_connectome.state.explorer import ExplorerState

if TYPE_CHECKING:
    from napari import Viewer


class PlanningControls:
    """The layers of a movie, and the marks of ranked sites.

    Parameters
    ----------
    viewer : napari.Viewer
        Whose canvas shows them.
    state : ExplorerState
        Observed.
    scene : Scene
        Has the answer and the marker that a movie stands in for.
    """

    def __init__(self, viewer: Viewer, state: ExplorerState, scene: Scene) -> None:
        self._movie = MovieScene(viewer, state, scene.projection, scene.source_layer)
        self._sites = SiteScene(viewer, state)

    @property
    def own_layers(self) -> list[Layer]:
        """Layers that were made here."""
        marks = [] if self._sites.layer is None else [self._sites.layer]
        return [*self._movie.layers.layers, *marks]

    def close(self) -> None:
        """Stop observing."""
        self._movie.close()
        self._sites.close()
