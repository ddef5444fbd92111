"""The views beside the volume, in docks: flatmap, regional matrix, targets, evidence and more.

What a view needs is imported when it is first opened: the program must be there before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from qtpy.QtCore import QObject
from qtpy.QtWidgets import QFileDialog, QWidget

from napari_connectome.core.sources import Source
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.widgets.appearance import there
from napari_connectome.widgets.bindings.binding import Binding
from napari_connectome.widgets.flatmap.content import Place
from napari_connectome.widgets.view_docks import DockedView, ViewDocks

if TYPE_CHECKING:
    from napari import Viewer

    from napari_connectome.widgets.bindings.flatmap import FlatmapBinding
    from napari_connectome.widgets.view_files import ViewFiles

TITLES = {
    "flatmap": "Cortical map",
    "matrix": "Regional matrix",
    "targets": "Top targets",
    "evidence": "Evidence",
    "compare": "Compare",
    "movie": "Movie",
    "sites": "Next injections",
    "validation": "Cross-validation",
    "statistics": "Weight statistics",
    "factors": "Spline factors",
    "completion": "Completion",
    "script": "Script",
}
WEIGHTS = dict.fromkeys(TITLES, 5) | {"flatmap": 4}
BEHIND = dict.fromkeys((name for name in TITLES if name not in ("flatmap", "matrix")), "matrix")
"""Views that stand behind another one, as a tab: side by side they would be too narrow."""
FIRST = ("flatmap", "matrix", "targets")
"""Views that a window of our own opens by itself."""


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
    point_layers : callable
        Places in µm of each layer of points that a person has open, by its name.
    """

    def __init__(
        self,
        viewer: Viewer,
        state: ExplorerState,
        controller: Controller,
        source_at: Callable[[Place], Source],
        point_layers: Callable[[], dict[str, npt.NDArray[np.float64]]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._state, self._controller, self._source_at = state, controller, source_at
        self._point_layers = point_layers
        self._bindings: dict[str, Binding] = {}
        self._cell: tuple[object, ...] = ()
        self._expected: tuple[str, ...] = FIRST
        self._map: FlatmapBinding | None = None
        makers = {
            "flatmap": self._make_flatmap,
            "matrix": self._make_matrix,
            "targets": self._make_targets,
            "evidence": self._make_evidence,
            "compare": self._make_compare,
            "movie": self._make_movie,
            "sites": self._make_sites,
            "validation": self._make_validation,
            "statistics": self._make_statistics,
            "factors": self._make_factors,
            "completion": self._make_completion,
            "script": self._make_script,
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
        """Whether the expected views are open and nothing that one needs is in the making."""
        making = self._controller
        busy = making.views.are_busy or making.evidence.are_busy or making.comparison.is_busy
        busy = busy or making.sites.is_busy or making.compared_matrix.is_busy
        busy = busy or making.statistics.are_busy or making.validation.is_busy
        return all(map(self.docks.is_open, self._expected)) and not busy

    def open_first(self) -> None:
        """Open what a window of our own shows."""
        self.docks.open_together(FIRST)

    @property
    def opened(self) -> tuple[str, ...]:
        """Names of the views that are open."""
        return tuple(filter(self.docks.is_open, TITLES))

    def open_only(self, names: Iterable[str]) -> None:
        """Open some views and close the others; names that are not known are passed over."""
        wanted = set(names)
        self._expected = tuple(name for name in TITLES if name in wanted)
        for name in self.opened:
            self.docks.set_open(name, name in wanted)
        if self._expected:
            self.docks.open_together(self._expected)

    def close(self) -> None:
        """Stop observing."""
        for binding in self._bindings.values():
            binding.close()

    def _tell(self, name: str) -> Callable[[bool], None]:
        return lambda visible: self._bindings[name].set_active(visible)

    @cached_property
    def _files(self) -> ViewFiles:
        from napari_connectome.widgets.view_files import ViewFiles

        return ViewFiles(self, self._state, self._controller)

    def _make_flatmap(self) -> QWidget:
        from napari_connectome.widgets.bindings.flatmap import FlatmapBinding
        from napari_connectome.widgets.flatmap.view import FlatmapView

        view = FlatmapView()
        binding = FlatmapBinding(view, self._state, self._controller, self._source_at)
        self._bindings["flatmap"] = self._map = binding
        view.export_requested.connect(lambda what: self._files.export_map(binding, what))
        return view

    def _make_matrix(self) -> QWidget:
        from napari_connectome.widgets.bindings.matrix import MatrixBinding
        from napari_connectome.widgets.matrix.view import MatrixView

        view = MatrixView()
        self._bindings["matrix"] = MatrixBinding(view, self._state, self._controller)
        view.export_requested.connect(self._files.export_matrix)
        view.cell_chosen.connect(self._on_cell)
        view.open_requested.connect(self._files.open_matrix)
        return view

    def _on_cell(self, *cell: object) -> None:
        """A second click on a cell asks why it has its value."""
        from napari_connectome.widgets.evidence.view import EvidenceView

        again, self._cell = cell == self._cell, cell
        evidence = self.docks.widget("evidence") if again else None
        if isinstance(evidence, EvidenceView):
            self.docks.bring_forward("evidence")
            evidence.set_page("cell")

    def _make_targets(self) -> QWidget:
        from napari_connectome.widgets.bindings.targets import TargetBinding
        from napari_connectome.widgets.target_chart import TargetChart

        view = TargetChart()
        self._bindings["targets"] = TargetBinding(view, self._state, self._controller)
        view.export_requested.connect(lambda what: self._files.export_targets(view, what))
        return view

    def _make_evidence(self) -> QWidget:
        from napari_connectome.widgets.bindings.evidence import EvidenceBinding
        from napari_connectome.widgets.evidence.view import EvidenceView

        view = EvidenceView()
        self._bindings["evidence"] = EvidenceBinding(view, self._state, self._controller)
        return view

    def _make_compare(self) -> QWidget:
        from napari_connectome.widgets.bindings.compare import CompareBinding
        from napari_connectome.widgets.compare.view import CompareView

        view = CompareView()
        self._bindings["compare"] = CompareBinding(
            view, self._state, self._controller, lambda *asked: self.ask_open_path(*asked)
        )
        return view

    def _make_movie(self) -> QWidget:
        from napari_connectome.widgets.bindings.movie import MovieBinding
        from napari_connectome.widgets.movie_export import MovieFile
        from napari_connectome.widgets.movie_view import MovieView

        view = MovieView()
        self._bindings["movie"] = MovieBinding(
            view, self._state, self._controller, self._show_map, self._point_layers
        )
        file = MovieFile(self, self._state, self._controller)
        # Qt would not keep the object of a bound method alive.
        view.save_requested.connect(lambda plane, fps: file.save(plane, fps))
        return view

    def _make_sites(self) -> QWidget:
        from napari_connectome.widgets.bindings.sites import SiteBinding
        from napari_connectome.widgets.site_view import SiteView

        view = SiteView()
        self._bindings["sites"] = SiteBinding(view, self._state, self._controller)
        return view

    def _make_validation(self) -> QWidget:
        from napari_connectome.core.models.catalog import CATALOG
        from napari_connectome.widgets.bindings.validation import ValidationBinding
        from napari_connectome.widgets.validation.view import ValidationView

        view = ValidationView(CATALOG)
        binding = ValidationBinding(view, self._state, self._controller)
        self._bindings["validation"] = binding
        view.export_requested.connect(
            lambda what: self._files.export_page("cross-validation", binding, what)
        )
        return view

    def _make_statistics(self) -> QWidget:
        from napari_connectome.widgets.bindings.statistics import StatisticsBinding
        from napari_connectome.widgets.statistics.view import StatisticsView

        view = StatisticsView()
        binding = StatisticsBinding(view, self._state, self._controller)
        self._bindings["statistics"] = binding
        view.export_requested.connect(
            lambda what: self._files.export_page(view.page, binding, what)
        )
        return view

    def _make_completion(self) -> QWidget:
        from napari_connectome.widgets.bindings.completion import CompletionBinding
        from napari_connectome.widgets.completion.view import CompletionView

        view = CompletionView()
        binding = CompletionBinding(
            view, self._state, self._controller, lambda *asked: self.ask_open_path(*asked)
        )
        self._bindings["completion"] = binding
        view.export_requested.connect(
            lambda what: self._files.export_page("completed", binding, what)
        )
        return view

    def _make_script(self) -> QWidget:
        from napari_connectome.widgets.bindings.script import ScriptBinding
        from napari_connectome.widgets.script.view import ScriptView

        view = ScriptView()
        self._bindings["script"] = ScriptBinding(
            view, self._state, self._controller, lambda *asked: self.ask_save_path(*asked)
        )
        return view

    def _make_factors(self) -> QWidget:
        from napari_connectome.widgets.bindings.factors import FactorBinding
        from napari_connectome.widgets.factors.view import FactorView

        view = FactorView()
        binding = FactorBinding(view, self._state, self._controller)
        self._bindings["factors"] = binding
        view.export_requested.connect(
            lambda what: self._files.export_page("factors", binding, what)
        )
        return view

    def _show_map(self) -> FlatmapBinding:
        """The map of the cortex, opened and in front."""
        self.docks.bring_forward("flatmap")
        return there(self._map)

    def ask_save_path(self, title: str, name: str, kinds: str) -> str:
        """Ask where to save; empty when the person changed their mind."""
        return QFileDialog.getSaveFileName(None, title, name, kinds)[0]

    def ask_open_path(self, title: str, kinds: str) -> str:
        """Ask what to open; empty when the person changed their mind."""
        return QFileDialog.getOpenFileName(None, title, "", kinds)[0]
