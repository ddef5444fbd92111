"""Regions and their ancestors as Qt's tree model, and the filter of a search."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from qtpy.QtCore import QAbstractItemModel, QModelIndex, QSortFilterProxyModel, Qt
from qtpy.QtGui import QColor
from qtpy.QtWidgets import QWidget

from napari_connectome.core.structures import ROOT_ID, Structure, StructureTree

NAME, VOLUME = 0, 1
Role = Qt.ItemDataRole


@dataclass(frozen=True)
class _Node:
    """A structure with its place among the structures shown."""

    structure: Structure
    parent_id: int | None
    row: int
    child_ids: tuple[int, ...]


class RegionModel(QAbstractItemModel):
    """Structures that are present, and their ancestors. Column 0 is the name, column 1 the volume.

    An index carries the structure's id; the ontology's root is not shown, its
    children are the top rows.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._nodes: dict[int, _Node] = {}
        self._top: tuple[int, ...] = ()
        self._volumes: Mapping[int, float] = {}

    def set_tree(
        self, tree: StructureTree, present_ids: Iterable[int], volumes_mm3: Mapping[int, float]
    ) -> None:
        """Show another atlas."""
        kept = {i for s in present_ids if s in tree for i in tree[s].path if i in tree}
        self.beginResetModel()
        self._nodes = {}
        self._top = _top_ids(tree, kept)
        self._volumes = volumes_mm3
        self._add(tree, kept, self._top, None)
        self.endResetModel()

    def clear(self) -> None:
        """Show nothing."""
        self.beginResetModel()
        self._nodes, self._top, self._volumes = {}, (), {}
        self.endResetModel()

    def index_of(self, structure_id: int) -> QModelIndex:
        """Index of a structure, invalid when it is not shown."""
        node = self._nodes.get(structure_id)
        return QModelIndex() if node is None else self.createIndex(node.row, NAME, structure_id)

    def ids(self) -> tuple[int, ...]:
        """Every structure shown, in ontology order."""
        return tuple(self._nodes)

    def structure(self, index: QModelIndex) -> Structure:
        """Structure of a valid index."""
        return self._nodes[index.internalId()].structure

    def index(self, row: int, column: int, parent: QModelIndex = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Index of a child."""
        ids = self._children(parent)
        if not (0 <= row < len(ids) and 0 <= column <= VOLUME):
            return QModelIndex()
        return self.createIndex(row, column, ids[row])

    def parent(self, index: QModelIndex) -> QModelIndex:  # type: ignore[override]
        """Index of the structure above."""
        node = self._nodes.get(index.internalId()) if index.isValid() else None
        if node is None or node.parent_id is None:
            return QModelIndex()
        return self.index_of(node.parent_id)

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """Number of children."""
        return 0 if parent.column() > NAME else len(self._children(parent))

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """Name and volume."""
        del parent
        return 2

    def data(self, index: QModelIndex, role: int = Role.DisplayRole) -> Any:
        """What a cell shows."""
        structure = self.structure(index)
        if index.column() == VOLUME:
            return self._volume_data(structure.id, role)
        if role == Role.DisplayRole:
            return region_text(structure)
        if role == Role.DecorationRole:
            return QColor(*structure.rgb)
        if role == Role.ToolTipRole:
            return f"{structure.acronym}: {structure.name} (id {structure.id})"
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """Titles of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Role.DisplayRole:
            return ("Region", "mm³")[section]
        if role == Role.ToolTipRole:
            return ("Acronym and name", "Volume in the right hemisphere, in mm³")[section]
        return None

    def _volume_data(self, structure_id: int, role: int) -> Any:
        volume = self._volumes.get(structure_id)
        if role == Role.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if volume is None:
            return None
        if role == Role.DisplayRole:
            return f"{volume:.2f}" if volume >= 0.1 else f"{volume:.3f}"
        if role == Role.ToolTipRole:
            return f"{volume:.4g} mm³ in the right hemisphere"
        return None

    def _children(self, parent: QModelIndex) -> tuple[int, ...]:
        return self._nodes[parent.internalId()].child_ids if parent.isValid() else self._top

    def _add(
        self, tree: StructureTree, kept: set[int], ids: tuple[int, ...], parent_id: int | None
    ) -> None:
        for row, structure_id in enumerate(ids):
            children = tuple(c.id for c in tree.children(structure_id) if c.id in kept)
            self._nodes[structure_id] = _Node(tree[structure_id], parent_id, row, children)
            self._add(tree, kept, children, structure_id)


class RegionFilter(QSortFilterProxyModel):
    """Lets through the structures that a search found, with what is above and below them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._accepted: frozenset[int] | None = None

    def accept(self, ids: Iterable[int] | None) -> None:
        """Show these structures only; None shows all."""
        self._accepted = None if ids is None else frozenset(ids)
        self.invalidateFilter()

    def filterAcceptsRow(self, row: int, parent: QModelIndex) -> bool:  # noqa: N802
        """Look the structure up."""
        source = self.sourceModel()
        return (
            self._accepted is None
            or source is None
            or source.index(row, NAME, parent).internalId() in self._accepted
        )


def region_text(structure: Structure) -> str:
    """Acronym and name on one line; the name alone where both are the same."""
    if structure.acronym == structure.name:
        return structure.name
    return f"{structure.acronym}  {structure.name}"


def _top_ids(tree: StructureTree, kept: set[int]) -> tuple[int, ...]:
    """What stands at the top: the children of the root, or what has no parent among the kept."""
    if ROOT_ID in kept:
        return tuple(s.id for s in tree.children(ROOT_ID) if s.id in kept)
    return tuple(s.id for s in tree if s.id in kept and s.parent_id not in kept)
