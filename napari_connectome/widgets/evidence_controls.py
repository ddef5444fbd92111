"""What is there to judge answers by, wired to viewer, docks and the list of experiments."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from napari.layers import Layer

from napari_connectome.layers.evidence_scene import EvidenceScene
from napari_connectome.layers.projection_layer import ProjectionLayer
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.widgets.experiment_table import ExperimentTableView
from napari_connectome.widgets.view_docks import ViewDocks

if TYPE_CHECKING:
    from napari import Viewer


class EvidenceControls:
    """Layers of measured volumes, support and comparisons; what the list of experiments asks for.

    Parameters
    ----------
    viewer : napari.Viewer
        Whose canvas shows them.
    state : ExplorerState
        Observed; the selected experiment is written.
    controller : Controller
        Shows what was measured, keeps it as A, and holds out.
    projection : ProjectionLayer
        The layer of the present answer.
    experiments : ExperimentTableView
        The list of experiments.
    docks : ViewDocks
        Where the comparison comes forward once an experiment is held out.
    """

    def __init__(
        self,
        viewer: Viewer,
        state: ExplorerState,
        controller: Controller,
        projection: ProjectionLayer,
        experiments: ExperimentTableView,
        docks: ViewDocks,
    ) -> None:
        self._state, self._docks = state, docks
        self._experiments = experiments
        self.scene = EvidenceScene(viewer, state, projection)
        experiments.experiment_selected.connect(self._on_selected)
        experiments.experiment_activated.connect(controller.evidence.toggle_measured)
        experiments.hold_out_requested.connect(controller.comparison.hold_out)
        experiments.keep_requested.connect(controller.comparison.keep_measured)
        state.events.experiment.connect(experiments.select)
        state.events.compared.connect(self._on_compared)

    @property
    def own_layers(self) -> Collection[Layer]:
        """Layers that were made here."""
        return self.scene.own_layers

    def close(self) -> None:
        """Stop observing."""
        self._state.events.experiment.disconnect(self._experiments.select)
        self._state.events.compared.disconnect(self._on_compared)
        self.scene.close()

    def _on_selected(self, experiment_id: int) -> None:
        self._state.experiment = experiment_id

    def _on_compared(self) -> None:
        """A person who holds an experiment out wants to see how well it was predicted."""
        compared = self._state.compared
        if compared is not None and compared.held_out is not None:
            self._docks.bring_forward("compare")
