"""What the source section does: drawings, steps back and forth, named sources."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from napari.layers import Layer

from napari_connectome.layers.drawing_follower import DrawingFollower
from napari_connectome.layers.source_area import SourceArea
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.history import SourceHistory
from napari_connectome.state.runner import Runner
from napari_connectome.widgets.bindings.drawing import DrawingBinding
from napari_connectome.widgets.bindings.source_list import SourceListBinding
from napari_connectome.widgets.source_list import SourceList
from napari_connectome.widgets.source_panel import SourcePanel

if TYPE_CHECKING:
    from napari import Viewer


class SourceControls:
    """Wires the source panel and the list of sources to viewer and state.

    Parameters
    ----------
    panel : SourcePanel
        Drawing panel and step buttons are in it.
    viewer : napari.Viewer
        Whose layers are drawn in.
    state : ExplorerState
        Observed and written.
    controller : Controller
        Reads and writes files.
    runner : Runner
        Where drawings become sources.
    own : callable
        Layers that show results, which are not offered as drawings.

    Attributes
    ----------
    follower : DrawingFollower
        Makes the source of a layer.
    named : SourceList
        The list; it stands in a section of its own.
    """

    def __init__(
        self,
        panel: SourcePanel,
        viewer: Viewer,
        state: ExplorerState,
        controller: Controller,
        runner: Runner,
        own: Callable[[], Collection[Layer]],
    ) -> None:
        self.history = SourceHistory(state)
        self.area = SourceArea(viewer, state)
        self.follower = DrawingFollower(viewer, state, runner)
        self.named = SourceList()

        def ours() -> list[Layer]:
            area = self.area.layer
            return [*own(), *(() if area is None else (area,))]

        self.drawing = DrawingBinding(panel, viewer, state, controller, self.follower, ours)
        self.sources = SourceListBinding(self.named, state, controller)
        panel.steps.undo_requested.connect(self.history.undo)
        panel.steps.redo_requested.connect(self.history.redo)
        state.events.steps.connect(lambda steps: panel.steps.set_steps(*steps))

    def close(self) -> None:
        """Stop observing."""
        for part in (self.drawing, self.sources, self.follower, self.area, self.history):
            part.close()
