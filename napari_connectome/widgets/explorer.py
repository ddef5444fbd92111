"""The dock widget: every view of the explorer, wired to one state."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from napari.layers import Layer
from qtpy.QtCore import QObject, QSettings, Signal
from qtpy.QtWidgets import (
    QApplication,
    QCheckBox,
    QFileDialog,
    QGridLayout,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from napari_connectome.core.sources import RegionSource, VoxelSource
from napari_connectome.layers.open_points import open_points
from napari_connectome.layers.scene import Scene
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import DatasetParams, Selection
from napari_connectome.widgets import presenters
from napari_connectome.widgets.color_bar import ColorBar
from napari_connectome.widgets.dataset_panel import DatasetPanel
from napari_connectome.widgets.evidence_controls import EvidenceControls
from napari_connectome.widgets.experiment_table import ExperimentTableView
from napari_connectome.widgets.explorer_views import TITLES, ExplorerViews
from napari_connectome.widgets.fit_panel import FitPanel
from napari_connectome.widgets.job_bar import JobBar
from napari_connectome.widgets.planning_controls import PlanningControls
from napari_connectome.widgets.qt_runner import QtRunner
from napari_connectome.widgets.region_tree import RegionTree
from napari_connectome.widgets.sections import Column, Section
from napari_connectome.widgets.source_controls import SourceControls
from napari_connectome.widgets.source_panel import SourcePanel
from napari_connectome.widgets.source_words import source_texts
from napari_connectome.widgets.target_list import TargetList

if TYPE_CHECKING:
    from napari import Viewer

VIEWS_IN_A_ROW = 3
"""Buttons of views beside each other; more would not fit their titles."""


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
        self._make_views()
        # The scene comes first: views that show the projection take its limits over.
        self.scene = Scene(napari_viewer, self.state, self.source_panel.requested)
        self.views = ExplorerViews(
            napari_viewer,
            self.state,
            self.controller,
            self.source_panel.requested,
            lambda: open_points(napari_viewer, self._own_layers()),
            self,
        )
        self.planning = PlanningControls(napari_viewer, self.state, self.scene)
        self.evidence = EvidenceControls(
            napari_viewer,
            self.state,
            self.controller,
            self.scene.projection,
            self.experiments,
            self.views.docks,
        )
        self.sources = SourceControls(
            self.source_panel,
            napari_viewer,
            self.state,
            self.controller,
            self.runner,
            self._own_layers,
        )
        self._lay_out()
        self._wire_requests()
        self._wire_state()
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
        """Open a cache folder (None: the demo brain) and fit it, a saved model, or a matrix."""
        if target is not None and target.suffix.lower() == ".csv":
            self.views.docks.set_open("matrix", True)
            self.controller.open_matrix(target)
        elif target is not None and target.is_file():
            self.controller.open_model(target)
        else:
            self.controller.load(DatasetParams(path=target), then_fit=True)

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
        self.planning.close()
        self.scene.close()
        self.runner.close()

    def _own_layers(self) -> list[Layer]:
        """Layers that the explorer has made."""
        parts = (self.scene, self.evidence, self.planning)
        return [layer for part in parts for layer in part.own_layers]

    def _make_views(self) -> None:
        settings = QSettings("napari-connectome", "explorer")
        self.dataset_panel = DatasetPanel(settings)
        self.region_tree = RegionTree()
        self.only_selected = QCheckBox("Show only the selected regions")
        self.only_selected.setObjectName("only_selected")
        self.only_selected.setToolTip("Hide other regions; in 3-D only shown regions can be picked")
        self.experiments = ExperimentTableView()
        self.fit_panel = FitPanel()
        self.job_bar = JobBar()
        self.source_panel = SourcePanel()
        self.color_bar = ColorBar()
        self.color_bar.set_colors(presenters.colormap_colors())
        self.color_bar.set_unit("")
        self.targets = TargetList()
        self.view_buttons = {name: QPushButton(title) for name, title in TITLES.items()}
        for name, button in self.view_buttons.items():
            button.setObjectName(f"view_{name}")
            button.setCheckable(True)
            button.setToolTip("Show this view in a dock of its own, or close it")
        self.save_volume_button = QPushButton("Save volume…")
        self.save_volume_button.setObjectName("save_volume")
        self.save_volume_button.setToolTip("Save the predicted projection as an NRRD volume")
        self.save_volume_button.setEnabled(False)

    def _lay_out(self) -> None:
        regions = QWidget()
        column = QVBoxLayout(regions)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.region_tree)
        column.addWidget(self.only_selected)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("contents")
        self.tabs.addTab(regions, "Regions")
        self.tabs.addTab(self.experiments, "Experiments")
        self.tabs.setMinimumHeight(15 * self.fontMetrics().height())
        projection = QWidget()
        column = QVBoxLayout(projection)
        column.addWidget(self.color_bar)
        column.addWidget(self.targets)
        column.addWidget(self.save_volume_button)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(4, 4, 4, 4)
        views = QWidget()
        grid = QGridLayout(views)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(1)
        for number, button in enumerate(self.view_buttons.values()):
            grid.addWidget(button, number // VIEWS_IN_A_ROW, number % VIEWS_IN_A_ROW)
        column.addWidget(Section("Data", self.dataset_panel))
        column.addWidget(Section("Views", views))
        column.addWidget(Section("Source", self.source_panel))
        column.addWidget(Section("Named sources", self.sources.named, expanded=False))
        column.addWidget(Section("Projection", projection))
        column.addWidget(Section("Regions and experiments", self.tabs))
        column.addWidget(Section("Model", self.fit_panel, expanded=False))
        column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(Column(inner), 1)
        layout.addWidget(self.job_bar)

    def _wire_requests(self) -> None:
        state = self.state
        self.dataset_panel.load_requested.connect(self.open)
        self.region_tree.selection_changed.connect(self._select)
        self.region_tree.source_requested.connect(
            lambda region: _set(state, "source", RegionSource((region,)))
        )
        for name, button in self.view_buttons.items():
            button.toggled.connect(partial(self.views.docks.set_open, name))
        self.views.docks.toggled.connect(lambda name, on: self.view_buttons[name].setChecked(on))
        self.only_selected.toggled.connect(lambda on: _set(state, "only_selected", on))
        self.fit_panel.params_changed.connect(lambda params: _set(state, "fit_params", params))
        self.fit_panel.fit_requested.connect(self.controller.fit)
        self.fit_panel.save_requested.connect(self._on_save)
        self.job_bar.cancel_requested.connect(self.controller.cancel)
        self.job_bar.dismissed.connect(self._on_dismissed)
        self.source_panel.source_requested.connect(lambda source: _set(state, "source", source))
        self.source_panel.direction_changed.connect(lambda way: _set(state, "direction", way))
        self.source_panel.pick_mode_changed.connect(lambda on: _set(state, "picking", on))
        self.source_panel.failed.connect(lambda text: _set(state, "error", text))
        self.color_bar.log_changed.connect(lambda on: _set(state, "log_scale", on))
        self.color_bar.lock_changed.connect(lambda on: _set(state, "lock_limits", on))
        self.color_bar.limits_changed.connect(self._on_limits)
        self.save_volume_button.clicked.connect(self._on_save_volume)
        self.targets.region_activated.connect(lambda region: self._select((region,)))

    def _wire_state(self) -> None:
        events = self.state.events
        events.dataset.connect(self._show_dataset)
        events.model.connect(self._show_model)
        events.fit_params.connect(self._show_fit_params)
        events.prediction.connect(self._show_prediction)
        events.source.connect(self._show_source)
        events.direction.connect(self.source_panel.set_direction)
        events.selection.connect(self._show_selection)
        events.picking.connect(self.source_panel.set_pick_mode)
        events.limits.connect(lambda limits: self.color_bar.set_limits(*limits))
        events.log_scale.connect(self.color_bar.set_log)
        events.lock_limits.connect(self.color_bar.set_locked)
        events.job.connect(self._show_job)
        events.error.connect(self._show_messages)
        events.notice.connect(self._show_messages)

    def _stop_with_the_window(self) -> None:
        """Threads must end before Qt takes their objects away."""
        self.destroyed.connect(
            _ShutDown(
                self.controller,
                self.views,
                self.sources,
                self.evidence,
                self.planning,
                self.scene,
                self.runner,
            ).run
        )
        app = QApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.shut_down)

    def _show_dataset(self) -> None:
        dataset = self.state.dataset
        self.dataset_panel.show_dataset(None if dataset is None else presenters.summary_of(dataset))
        if dataset is None:
            return
        atlas = dataset.atlas
        self.source_panel.resolution_um = atlas.resolution_um
        self.region_tree.set_tree(
            atlas.tree, atlas.structure_ids, presenters.region_volumes_mm3(atlas)
        )
        self.experiments.set_rows(presenters.experiment_rows(dataset))
        self._show_source()
        self._show_model()
        self._show_prediction()

    def _show_model(self) -> None:
        model = self.state.model
        self.fit_panel.show_model(model)
        self.fit_panel.show_stale(self.state.is_stale)
        if model is not None:
            self.color_bar.set_unit(model.connectivity.unit.capitalize())
            self.ready.emit()

    def _show_fit_params(self) -> None:
        if self.fit_panel.params() != self.state.fit_params:
            self.fit_panel.set_params(self.state.fit_params)
        self.fit_panel.show_stale(self.state.is_stale)

    def _show_source(self) -> None:
        dataset, model = self.state.dataset, self.state.model
        if dataset is not None:
            mask = None if model is None else model.connectivity.source_mask
            shown = source_texts(dataset.atlas, self.state.source, mask)
            self.source_panel.show_source(self.state.source, *shown)

    def _show_prediction(self) -> None:
        prediction = self.state.prediction
        self.save_volume_button.setEnabled(prediction is not None)
        if prediction is None:
            self.targets.set_targets(())
            return
        if self.state.limits != self.color_bar.limits():
            self.color_bar.set_limits(*self.state.limits)
        sends = prediction.direction == "anterograde"
        self.targets.set_targets(
            presenters.target_rows(prediction),
            prediction.model.connectivity.unit,
            presenters.VALUE_TITLE,
            region_title="Target region" if sends else "Source region",
        )
        self.targets.select(self._selected_regions())

    def _select(self, ids: tuple[int, ...]) -> None:
        self.state.selection = Selection(ids=ids)

    def _show_selection(self, selection: Selection) -> None:
        if selection.ids != self.region_tree.selected_ids():
            self.region_tree.select(selection.ids)
        self.targets.select(self._selected_regions())

    def _selected_regions(self) -> tuple[int, ...]:
        dataset, ids = self.state.dataset, self.state.selection.ids
        return ids if dataset is None else dataset.atlas.tree.regions_of(ids)

    def _show_job(self) -> None:
        job = self.state.job
        self.dataset_panel.set_busy(job is not None)
        dataset = self.state.dataset
        can_fit = job is None and dataset is not None and dataset.experiments is not None
        self.fit_panel.set_can_fit(can_fit)
        if job is None:
            self.job_bar.clear_progress()
        else:
            self.job_bar.show_progress(job.progress, job.elapsed_s)

    def _show_messages(self) -> None:
        if self.state.error:
            self.job_bar.show_error(self.state.error)
            self.failed.emit()
        elif self.state.notice:
            self.job_bar.show_message(self.state.notice)
        else:
            self.job_bar.clear_note()

    def _on_dismissed(self) -> None:
        self.state.error = None
        self.state.notice = None

    def _on_limits(self, low: float, high: float) -> None:
        self.state.limits = (low, high)
        self.state.lock_limits = True

    def ask_save_path(self, title: str, name: str, kinds: str) -> str:
        """Ask where to save; empty when the person changed their mind."""
        return QFileDialog.getSaveFileName(self, title, name, kinds)[0]

    def _on_save(self) -> None:
        path = self.ask_save_path("Save the model", "model.h5", "Models (*.h5)")
        if path:
            self.controller.save_model(Path(path))

    def _on_save_volume(self) -> None:
        path = self.ask_save_path("Save the projection", "projection.nrrd", "Volumes (*.nrrd)")
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


def _set(state: ExplorerState, name: str, value: Any) -> None:
    """Assignment as an expression, for signal connections."""
    setattr(state, name, value)
