"""The views beside the volume: flatmap, regional matrix and target chart, in docks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import QObject
from qtpy.QtWidgets import QFileDialog, QWidget

from napari_connectome.core.sources import Source
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.widgets import exports
from napari_connectome.widgets.bindings.binding import Binding
from napari_connectome.widgets.bindings.compare import CompareBinding
from napari_connectome.widgets.bindings.evidence import EvidenceBinding
from napari_connectome.widgets.bindings.flatmap import FlatmapBinding
from napari_connectome.widgets.bindings.matrix import MatrixBinding
from napari_connectome.widgets.bindings.targets import TargetBinding
from napari_connectome.widgets.compare.view import CompareView
from napari_connectome.widgets.evidence.view import EvidenceView
from napari_connectome.widgets.flatmap.content import Place
from napari_connectome.widgets.flatmap.view import FlatmapView
from napari_connectome.widgets.matrix.view import MatrixView
from napari_connectome.widgets.target_chart import TargetChart
from napari_connectome.widgets.view_docks import DockedView, ViewDocks

if TYPE_CHECKING:
    from napari import Viewer

TITLES = {
    "flatmap": "Cortical map",
    "matrix": "Regional matrix",
    "targets": "Top targets",
    "evidence": "Evidence",
    "compare": "Compare",
}
WEIGHTS = {"flatmap": 4, "matrix": 5, "targets": 5, "evidence": 5, "compare": 5}
BEHIND = dict.fromkeys(("targets", "evidence", "compare"), "matrix")
"""Views that stand behind another one, as a tab: side by side they would be too narrow."""
FIGURES = "Figures (*.png *.svg *.pdf)"
TABLES = "Tables (*.csv)"


class ExplorerViews(QObject):
    """Makes views when they are first opened, and takes their requests for files.

    Parameters
    ----------
    viewer : napari.Viewer
        Whose window holds the docks.
    state : ExplorerState
        What views show.
    controller : Controller
        Acts on requests.
    source_at : callable
        Makes the source of a picked place.
    """

    def __init__(
        self,
        viewer: Viewer,
        state: ExplorerState,
        controller: Controller,
        source_at: Callable[[Place], Source],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._state, self._controller, self._source_at = state, controller, source_at
        self._bindings: dict[str, Binding] = {}
        makers = {
            "flatmap": self._make_flatmap,
            "matrix": self._make_matrix,
            "targets": self._make_targets,
            "evidence": self._make_evidence,
            "compare": self._make_compare,
        }
        self.docks = ViewDocks(
            viewer,
            {
                name: DockedView(
                    TITLES[name], make, self._tell(name), WEIGHTS[name], BEHIND.get(name)
                )
                for name, make in makers.items()
            },
            self,
        )

    @property
    def are_complete(self) -> bool:
        """Whether every view is open and nothing that one needs is in the making."""
        making = self._controller
        busy = making.views.are_busy or making.evidence.are_busy or making.comparison.is_busy
        return all(map(self.docks.is_open, TITLES)) and not busy

    def close(self) -> None:
        """Stop observing."""
        for binding in self._bindings.values():
            binding.close()

    def _tell(self, name: str) -> Callable[[bool], None]:
        return lambda visible: self._bindings[name].set_active(visible)

    def _make_flatmap(self) -> QWidget:
        view = FlatmapView()
        binding = FlatmapBinding(view, self._state, self._controller, self._source_at)
        self._bindings["flatmap"] = binding
        view.export_requested.connect(lambda what: self._export_map(binding, what))
        return view

    def _make_matrix(self) -> QWidget:
        view = MatrixView()
        self._bindings["matrix"] = MatrixBinding(view, self._state, self._controller)
        view.export_requested.connect(self._export_matrix)
        view.open_requested.connect(self._open_matrix)
        return view

    def _make_targets(self) -> QWidget:
        view = TargetChart()
        self._bindings["targets"] = TargetBinding(view, self._state, self._controller)
        view.export_requested.connect(lambda what: self._export_targets(view, what))
        return view

    def _make_evidence(self) -> QWidget:
        view = EvidenceView()
        self._bindings["evidence"] = EvidenceBinding(view, self._state, self._controller)
        return view

    def _make_compare(self) -> QWidget:
        view = CompareView()
        self._bindings["compare"] = CompareBinding(
            view, self._state, self._controller, lambda *asked: self.ask_open_path(*asked)
        )
        return view

    def ask_save_path(self, title: str, name: str, kinds: str) -> str:
        """Ask where to save; empty when the person changed their mind."""
        return QFileDialog.getSaveFileName(None, title, name, kinds)[0]

    def ask_open_path(self, title: str, kinds: str) -> str:
        """Ask what to open; empty when the person changed their mind."""
        return QFileDialog.getOpenFileName(None, title, "", kinds)[0]

    def _open_matrix(self) -> None:
        path = self.ask_open_path("Open a regional matrix", TABLES)
        if path:
            self._controller.open_matrix(Path(path))

    def _export_matrix(self, what: str) -> None:
        shown, log = self._state.shown_matrix, self._state.matrix_params.log
        if shown is None:
            self._state.error = "There is no matrix to save yet: fit a model, or open one."
        elif what == "csv":
            model = self._state.model
            provenance = {} if model is None else model.provenance
            self._save(
                "Save the matrix",
                "matrix.csv",
                TABLES,
                lambda path: exports.matrix_table(shown, path, provenance),
            )
        else:
            self._save(
                "Save the figure",
                "matrix.png",
                FIGURES,
                lambda path: exports.matrix_picture(shown, path, log=log),
            )

    def _export_map(self, binding: FlatmapBinding, what: str) -> None:
        state, shown, prediction = self._state, binding.shown, self._state.prediction
        projector = None if prediction is None else binding.projector(prediction)
        if shown is None or prediction is None or projector is None:
            state.error = "There is nothing on the map yet: click a source first."
        elif what == "array":
            self._save(
                "Save the map",
                "map.npy",
                "Arrays (*.npy)",
                lambda path: exports.map_array(projector, prediction, path),
            )
        else:
            limits = state.limits if state.map_params.linked_limits else None
            self._save(
                "Save the figure",
                "map.png",
                FIGURES,
                lambda path: exports.map_picture(
                    projector, prediction, path, log=state.log_scale, limits=limits
                ),
            )

    def _export_targets(self, chart: TargetChart, what: str) -> None:
        prediction = self._state.prediction
        if prediction is None:
            self._state.error = "There are no targets yet: click a source first."
        elif what == "csv":
            self._save(
                "Save the targets",
                "targets.csv",
                TABLES,
                lambda path: exports.target_table(prediction, path),
            )
        else:
            self._save(
                "Save the figure",
                "targets.png",
                FIGURES,
                lambda path: exports.target_picture(prediction, path, chart.bars, log=chart.log),
            )

    def _save(
        self, title: str, name: str, kinds: str, job: Callable[[Path], exports.SaveJob]
    ) -> None:
        path = self.ask_save_path(title, name, kinds)
        if path:
            self._controller.save(Path(path), lambda: job(Path(path)))
