"""The atlas's regions as a tree that can be searched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from qtpy.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QSignalBlocker,
    Qt,
    Signal,
)
from qtpy.QtGui import QAction, QGuiApplication, QKeySequence
from qtpy.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from napari_connectome.core.structures import Structure, StructureTree
from napari_connectome.widgets.appearance import FontFollower, HintLabel, there
from napari_connectome.widgets.region_model import (
    NAME,
    VOLUME,
    RegionFilter,
    RegionModel,
    region_text,
)

EMPTY_HINT = "Open the demo brain or an Allen cache folder to see its regions."


class RegionTree(QWidget):
    """A search field above the tree of regions.

    Parameters
    ----------
    model : RegionModel, optional
        What holds the regions; by default one that only shows them.
    """

    selection_changed = Signal(tuple)
    """Ids of the selected structures."""
    source_requested = Signal(tuple)
    """Ids of the structures that together shall become the source."""

    def __init__(self, parent: QWidget | None = None, model: RegionModel | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("region_tree")
        self._tree: StructureTree | None = None
        self._selected: tuple[int, ...] = ()
        self.model = RegionModel(self) if model is None else model
        self._filter = RegionFilter(self)
        self._filter.setSourceModel(self.model)
        self.search = QLineEdit()
        self.search.setObjectName("region_search")
        self.search.setPlaceholderText("Search by acronym or name")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._on_search)
        self.view = self._make_view()
        self._hint = HintLabel(EMPTY_HINT)
        self._hint.setObjectName("region_hint")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.search)
        column.addWidget(self._hint)
        column.addWidget(self.view, 1)
        sample = QLabel(self)
        sample.hide()
        FontFollower(sample, self.view, self.search)
        self._show_hint(EMPTY_HINT)

    def set_tree(
        self,
        tree: StructureTree | None,
        present_ids: Iterable[int] = (),
        volumes_mm3: Mapping[int, float] | None = None,
    ) -> None:
        """Show an atlas's regions.

        Parameters
        ----------
        tree : StructureTree or None
            The ontology; None empties the view.
        present_ids : iterable of int
            Structures that occur in the annotation; their ancestors are shown too.
        volumes_mm3 : mapping of int to float, optional
            Volume in the right hemisphere, descendants included.
        """
        self._tree = tree
        self._selected = ()
        with QSignalBlocker(self.search):
            self.search.clear()
        self._filter.accept(None)
        if tree is None:
            self.model.clear()
        else:
            self.model.set_tree(tree, present_ids, volumes_mm3 or {})
            self._expand_divisions()
        self.view.setColumnHidden(VOLUME, not volumes_mm3)
        self._show_hint(EMPTY_HINT if tree is None else "")

    def select(self, ids: Iterable[int]) -> None:
        """Select structures and bring the first into view; nothing is emitted."""
        self._selected = tuple(ids)
        indices = [self._shown_index(i) for i in self._selected]
        selection = QItemSelection()
        for index in indices:
            selection.select(index, index)
        flags = QItemSelectionModel.SelectionFlag
        with QSignalBlocker(self._selection()):
            self._selection().select(selection, flags.ClearAndSelect | flags.Rows)
            if not selection.isEmpty():
                # The keyboard and the menu act on the current row.
                self._selection().setCurrentIndex(selection.indexes()[0], flags.NoUpdate)
        if not selection.isEmpty():
            self.view.scrollTo(selection.indexes()[0])
        # With signals blocked the view does not know that it must paint.
        there(self.view.viewport()).update()

    def reveal(self, ids: Iterable[int]) -> None:
        """Open the branches of structures and bring the first into view."""
        shown = tuple(ids)
        self._reveal(shown)
        if shown:
            self.view.scrollTo(self._shown_index(shown[0]))

    def selected_ids(self) -> tuple[int, ...]:
        """Ids of the selected structures, also of those that a search hides."""
        return self._selected

    def _make_view(self) -> QTreeView:
        view = QTreeView()
        view.setObjectName("region_view")
        view.setModel(self._filter)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setUniformRowHeights(True)
        view.setExpandsOnDoubleClick(False)
        view.setIndentation(round(0.8 * view.fontMetrics().height()))
        view.setTextElideMode(Qt.TextElideMode.ElideRight)
        view.doubleClicked.connect(self._on_double_click)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        view.addActions(self._actions())
        header = there(view.header())
        header.setStretchLastSection(False)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(VOLUME, QHeaderView.ResizeMode.ResizeToContents)
        there(view.selectionModel()).selectionChanged.connect(lambda *_: self._on_selected())
        return view

    def _actions(self) -> list[QAction]:
        use = QAction("Use the selection as source", self)
        use.setObjectName("use_as_source")
        use.setShortcuts([QKeySequence(Qt.Key.Key_Return), QKeySequence(Qt.Key.Key_Enter)])
        use.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        use.triggered.connect(self._on_use)
        copy = QAction("Copy name", self)
        copy.setObjectName("copy_region_name")
        copy.triggered.connect(self._on_copy)
        return [use, copy]

    def _selection(self) -> QItemSelectionModel:
        return there(self.view.selectionModel())

    def _structure_at(self, index: QModelIndex) -> Structure:
        return self.model.structure(self._filter.mapToSource(index))

    def _shown_index(self, structure_id: int) -> QModelIndex:
        return self._filter.mapFromSource(self.model.index_of(structure_id))

    def _expand_divisions(self) -> None:
        """Open what lies above the major divisions, so that all of these can be seen."""
        self.view.collapseAll()
        divisions = self._tree.division_ids() if self._tree is not None else ()
        self._reveal(i for i in divisions if self.model.index_of(i).isValid())

    def _reveal(self, ids: Iterable[int]) -> None:
        """Expand everything above some structures."""
        if self._tree is None:
            return
        above = {i for structure_id in ids for i in self._tree[structure_id].path[:-1]}
        # The deepest first: what lies in a closed branch is noted, and laid out once at the end.
        for structure in sorted(map(self._tree.__getitem__, above), key=_depth, reverse=True):
            index = self._shown_index(structure.id)
            if index.isValid():
                self.view.expand(index)

    def _on_selected(self) -> None:
        rows = self._selection().selectedRows(NAME)
        self._selected = tuple(self._structure_at(index).id for index in rows)
        self.selection_changed.emit(self._selected)

    def _on_search(self, text: str) -> None:
        selected = self._selected
        with QSignalBlocker(self._selection()):
            # Rows that go would be deselected, and what was chosen is no matter of the search.
            self._search(text)
        self.select(selected)

    def _search(self, text: str) -> None:
        if self._tree is None:
            return
        if not text.strip():
            self._filter.accept(None)
            self._show_hint("")
            self._expand_divisions()
            return
        shown = set(self.model.ids())
        hits = {s.id for s in self._tree.search(text) if s.id in shown}
        above = {i for hit in hits for i in self._tree[hit].path}
        below = {i for i in shown if not hits.isdisjoint(self._tree[i].path)}
        # Closed branches first: rows that nobody sees come and go at no cost.
        self.view.collapseAll()
        self._filter.accept(above | below)
        self._reveal(hits)
        self._show_hint("" if hits else f"No region matches “{text}”. Try part of its name.")

    def _show_hint(self, text: str) -> None:
        self._hint.setText(text)
        self._hint.setVisible(bool(text))
        self.view.setVisible(not text)
        self.search.setEnabled(self._tree is not None)

    def _on_double_click(self, index: QModelIndex) -> None:
        self.source_requested.emit((self._structure_at(index).id,))

    def _on_use(self) -> None:
        """All that is selected; the current row where nothing is."""
        index = self.view.currentIndex()
        if self._selected:
            self.source_requested.emit(self._selected)
        elif index.isValid():
            self._on_double_click(index)

    def _on_copy(self) -> None:
        index = self.view.currentIndex()
        clipboard = QGuiApplication.clipboard()
        if index.isValid() and clipboard is not None:
            clipboard.setText(region_text(self._structure_at(index)))


def _depth(structure: Structure) -> int:
    return len(structure.path)
