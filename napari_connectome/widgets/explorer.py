"""The dock widget: every view of the explorer, wired to one state."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from napari.layers import Layer
from qtpy.QtCore import QObject, Signal
from qtpy.QtWidgets import (
    QApplication,
    QFileDialog,
    QWidget,
)

from napari_connectome.core.sources import VoxelSource
from napari_connectome.data.export.volumes import VOLUME_KINDS
from napari_connectome.data.matrix_table import is_matrix_file
from napari_connectome.data.published_model import find_published
from napari_connectome.layers.factor_layers import FactorLayers
from napari_connectome.layers.open_points import open_points
from napari_connectome.layers.scene import Scene
from napari_connectome.state.controller import Controller
from napari_connectome.state.exploration_file import is_exploration
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import DatasetParams
from napari_connectome.widgets import presenters
from napari_connectome.widgets.bindings.panels import PanelBinding
from napari_connectome.widgets.downloads import Downloads
from napari_connectome.widgets.evidence_controls import EvidenceControls
from napari_connectome.widgets.explorations import Explorations
from napari_connectome.widgets.explorer_panels import ExplorerPanels
from napari_connectome.widgets.explorer_views import TITLES, ExplorerViews
from napari_connectome.widgets.origins import Origins
from napari_connectome.widgets.planning_controls import PlanningControls
from napari_connectome.widgets.qt_runner import QtRunner
from napari_connectome.widgets.source_controls import SourceControls

if TYPE_CHECKING:
    from napari import Viewer


class ExplorerWidget(QWidget):
    """Connectome explorer of a viewer.

    Parameters
    ----------
    napari_viewer : napari.Viewer
        The viewer whose canvas shows the brain.

    Attributes
    ----------
    state : ExplorerState
        What is shown; views observe it.
    controller : Controller
        What acts on requests.
    panels : ExplorerPanels
        The parts of the column.
    views : ExplorerViews
        The views in docks of their own.
    """

    ready = Signal()
    """A model is fitted: the brain can be clicked."""
    failed = Signal()
    """Data could not be opened or the model not be fitted."""

    def __init__(self, napari_viewer: Viewer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("connectome_explorer")
        self.viewer = napari_viewer
        self.state = ExplorerState()
        self.runner = QtRunner(self)
        self.controller = Controller(self.state, self.runner)
        self.panels = ExplorerPanels(TITLES)
        # The scene comes first: views that show the projection take its limits over.
        self.scene = Scene(napari_viewer, self.state, self.panels.source.requested)
        self.views = ExplorerViews(
            napari_viewer,
            self.state,
            self.controller,
            self.panels.source.requested,
            lambda: open_points(napari_viewer, self._own_layers()),
            self,
        )
        self.planning = PlanningControls(napari_viewer, self.state, self.scene)
        self.factors = FactorLayers(napari_viewer, self.state)
        self.evidence = EvidenceControls(
            napari_viewer,
            self.state,
            self.controller,
            self.scene.projection,
            self.panels.experiments,
            self.views.docks,
        )
        self.sources = SourceControls(
            self.panels.source,
            napari_viewer,
            self.state,
            self.controller,
            self.runner,
            self._own_layers,
        )
        self.panels.lay_out(self, self.sources.named)
        self.panels.dataset.load_requested.connect(self.open)
        self.panels.dataset.resolution_requested.connect(self._on_resolution)
        self.downloads = Downloads(self, self.state, self.controller)
        self.panels.dataset.download_requested.connect(lambda: self.downloads.open())
        self.downloads.downloaded.connect(self.open)
        self.explorations = Explorations(self, napari_viewer, self.controller, self.views)
        self.panels.dataset.open_requested.connect(self._on_open)
        self.panels.dataset.save_requested.connect(lambda: self.explorations.ask_save())
        self.panels.fit.save_requested.connect(self._on_save)
        self.panels.save_volume.clicked.connect(self._on_save_volume)
        self.origins = Origins(self, self.state)
        self.panels.provenance.clicked.connect(lambda _on: self.origins.open())
        PanelBinding(self.panels, self.state, self.controller, self.views.docks, self)
        # The panels hear first: whoever waits for a model finds it in the window.
        self.state.events.model.connect(self._say_how_it_stands)
        self.state.events.error.connect(self._say_what_failed)
        self._stop_with_the_window()

    @property
    def is_ready(self) -> bool:
        """Whether a model is fitted."""
        return self.state.model is not None

    @property
    def shows_matrix(self) -> bool:
        """Whether a regional matrix can be looked at."""
        return self.state.shown_matrix is not None

    @property
    def is_complete(self) -> bool:
        """Whether nothing is in the making: the answer and what the open views need are there."""
        state = self.state
        asked = state.prediction is not None or state.error is not None
        return state.job is None and asked and self.views.are_complete

    @property
    def has_failed(self) -> bool:
        """Whether there is an error to read and nothing to look at."""
        state = self.state
        return state.error is not None and state.model is None and state.shown_matrix is None

    def open(self, target: Path | None) -> None:
        """Open a cache folder (None: the demo brain) and fit it, or a file that was saved.

        Parameters
        ----------
        target : Path or None
            Cache folder or its manifest, saved model, folder of a published model, exploration,
            or regional matrix (CSV).
        """
        if target is None:
            self.controller.load(DatasetParams(), then_fit=True)
        elif find_published(target) is not None:
            self.controller.open_model(target)
        elif is_matrix_file(target):
            self.views.docks.set_open("matrix", True)
            self.controller.open_matrix(target)
        elif is_exploration(target):
            self.explorations.open(target)
        elif target.is_file() and target.suffix.lower() != ".json":
            self.controller.open_model(target)
        else:
            self.controller.load(DatasetParams(path=target), then_fit=True)

    def _on_resolution(self, resolution_um: int) -> None:
        params = self.state.dataset_params
        if params is not None:
            finer = params.model_copy(update={"resolution_um": resolution_um})
            self.controller.load(finer, then_fit=True)

    def show_first_source(self, acronym: str) -> None:
        """Make the middle of a region's right half the source, when there is such a region."""
        dataset, model = self.state.dataset, self.state.model
        if dataset is None or model is None:
            return
        point = presenters.middle_of(dataset.atlas, model.connectivity.source_mask, acronym)
        if point is not None:
            self.state.source = VoxelSource(point)

    def shut_down(self) -> None:
        """Cancel what runs and stop observing."""
        self.controller.close()
        self.views.close()
        self.sources.close()
        self.evidence.close()
        self.downloads.close()
        self.explorations.close()
        self.origins.close()
        self.planning.close()
        self.factors.close()
        self.scene.close()
        self.runner.close()

    def _own_layers(self) -> list[Layer]:
        """Layers that the explorer has made."""
        parts = (self.scene, self.evidence, self.planning, self.factors)
        return [layer for part in parts for layer in part.own_layers]

    def _say_how_it_stands(self) -> None:
        if self.state.model is not None:
            self.ready.emit()

    def _say_what_failed(self) -> None:
        if self.state.error is not None:
            self.failed.emit()

    def _stop_with_the_window(self) -> None:
        """Threads must end before Qt takes their objects away."""
        self.destroyed.connect(
            _ShutDown(
                self.controller,
                self.views,
                self.sources,
                self.evidence,
                self.planning,
                self.factors,
                self.scene,
                self.runner,
            ).run
        )
        app = QApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.shut_down)

    def ask_save_path(self, title: str, name: str, kinds: str) -> str:
        """Ask where to save; empty when the person changed their mind."""
        return QFileDialog.getSaveFileName(self, title, name, kinds)[0]

    def _on_open(self) -> None:
        path = self.explorations.ask_open_path()
        if path:
            self.open(Path(path))

    def _on_save(self) -> None:
        path = self.ask_save_path("Save the model", "model.h5", "Models (*.h5)")
        if path:
            self.controller.save_model(Path(path))

    def _on_save_volume(self) -> None:
        path = self.ask_save_path("Save the projection", "projection.nrrd", VOLUME_KINDS)
        if path:
            self.controller.save_volume(Path(path))


class Closable(Protocol):
    """Something that is stopped."""

    def close(self) -> None:
        """Stop; a second call does nothing."""


class _ShutDown(QObject):
    """Outlives the widget by one signal, to stop what it started."""

    def __init__(
        self,
        *parts: Closable,
    ) -> None:
        super().__init__()
        self._parts = parts

    def run(self) -> None:
        """Stop everything; a second call finds nothing to stop."""
        for part in self._parts:
            part.close()
