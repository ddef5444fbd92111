"""The explorer's column: its panels, and where they stand."""

from __future__ import annotations

from collections.abc import Mapping

from qtpy.QtCore import QSettings
from qtpy.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from napari_connectome.widgets import presenters
from napari_connectome.widgets.color_bar import ColorBar
from napari_connectome.widgets.dataset_panel import DatasetPanel
from napari_connectome.widgets.experiment_table import ExperimentTableView
from napari_connectome.widgets.fit_panel import FitPanel
from napari_connectome.widgets.job_bar import JobBar
from napari_connectome.widgets.region_tree import RegionTree
from napari_connectome.widgets.sections import Column, Section
from napari_connectome.widgets.source_panel import SourcePanel
from napari_connectome.widgets.target_list import TargetList

VIEWS_IN_A_ROW = 3
"""Buttons of views beside each other; more would not fit their titles."""


class ExplorerPanels:
    """Every panel of the column, without what it shows.

    Parameters
    ----------
    view_titles : mapping of str to str
        Titles of the views that can be opened, by name.
    """

    def __init__(self, view_titles: Mapping[str, str]) -> None:
        self.dataset = DatasetPanel(QSettings("napari-connectome", "explorer"))
        self.region_tree = RegionTree()
        self.only_selected = QCheckBox("Show only the selected regions")
        self.only_selected.setObjectName("only_selected")
        self.only_selected.setToolTip("Hide other regions; in 3-D only shown regions can be picked")
        self.experiments = ExperimentTableView()
        self.fit = FitPanel()
        self.job_bar = JobBar()
        self.source = SourcePanel()
        self.color_bar = ColorBar()
        self.color_bar.set_colors(presenters.colormap_colors())
        self.color_bar.set_unit("")
        self.targets = TargetList()
        self.view_buttons = {name: _view_button(name, title) for name, title in view_titles.items()}
        self.save_volume = QPushButton("Save volume…")
        self.save_volume.setObjectName("save_volume")
        self.save_volume.setToolTip("Save the projection as a volume: NRRD, NIfTI or OME-Zarr")
        self.save_volume.setEnabled(False)
        self.provenance = QPushButton("Provenance, citation…")
        self.provenance.setObjectName("show_provenance")
        self.provenance.setToolTip("Where this comes from: data, model, versions; what to cite")
        self.tabs = QTabWidget()
        self.tabs.setObjectName("contents")

    def lay_out(self, widget: QWidget, named_sources: QWidget) -> None:
        """Put the panels into the explorer's widget, from top to bottom."""
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(Section("Data", self.dataset))
        column.addWidget(Section("Views", self._views()))
        column.addWidget(Section("Source", self.source))
        column.addWidget(Section("Named sources", named_sources, expanded=False))
        column.addWidget(Section("Projection", self._projection()))
        column.addWidget(Section("Regions and experiments", self._contents(widget)))
        column.addWidget(Section("Model", self.fit, expanded=False))
        column.addStretch(1)
        layout = QVBoxLayout(widget)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(Column(inner), 1)
        layout.addWidget(self.job_bar)

    def _views(self) -> QWidget:
        views = QWidget()
        grid = QGridLayout(views)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(1)
        for number, button in enumerate(self.view_buttons.values()):
            grid.addWidget(button, number // VIEWS_IN_A_ROW, number % VIEWS_IN_A_ROW)
        return views

    def _projection(self) -> QWidget:
        projection = QWidget()
        column = QVBoxLayout(projection)
        column.addWidget(self.color_bar)
        column.addWidget(self.targets)
        row = QHBoxLayout()
        row.addWidget(self.save_volume)
        row.addWidget(self.provenance)
        column.addLayout(row)
        return projection

    def _contents(self, widget: QWidget) -> QWidget:
        regions = QWidget()
        column = QVBoxLayout(regions)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.region_tree)
        column.addWidget(self.only_selected)
        self.tabs.addTab(regions, "Regions")
        self.tabs.addTab(self.experiments, "Experiments")
        self.tabs.setMinimumHeight(15 * widget.fontMetrics().height())
        return self.tabs


def _view_button(name: str, title: str) -> QPushButton:
    button = QPushButton(title)
    button.setObjectName(f"view_{name}")
    button.setCheckable(True)
    button.setToolTip("Show this view in a dock of its own, or close it")
    return button
