"""Regions to tick: the region tree with a box before every name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from qtpy.QtCore import QModelIndex, Qt, Signal
from qtpy.QtGui import QColor, QShowEvent
from qtpy.QtWidgets import QAbstractItemView, QWidget

from napari_connectome.widgets.appearance import faint, text_color
from napari_connectome.widgets.region_model import NAME, RegionModel
from napari_connectome.widgets.region_tree import RegionTree

Role = Qt.ItemDataRole


class TickModel(RegionModel):
    """Regions that can be ticked, each by itself."""

    ticked = Signal()
    """A person has ticked or cleared one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ticked: frozenset[int] = frozenset()

    @property
    def ticked_ids(self) -> tuple[int, ...]:
        """What is ticked, in ontology order."""
        return tuple(i for i in self.ids() if i in self._ticked)

    def set_ticked(self, ids: Iterable[int]) -> None:
        """Tick these and no others; nothing is emitted but that the view must paint."""
        self.layoutAboutToBeChanged.emit()
        self._ticked = frozenset(ids)
        self.layoutChanged.emit()

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        """Names can be ticked."""
        flags = super().flags(index)
        is_name = index.isValid() and index.column() == NAME
        return flags | Qt.ItemFlag.ItemIsUserCheckable if is_name else flags

    def data(self, index: QModelIndex, role: int = Role.DisplayRole) -> Any:
        """What a cell shows, with its tick."""
        if role == Role.CheckStateRole and index.column() == NAME:
            on = self.structure(index).id in self._ticked
            return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        return super().data(index, role)

    def setData(self, index: QModelIndex, value: Any, role: int = Role.EditRole) -> bool:  # noqa: N802
        """Take a tick."""
        if role != Role.CheckStateRole:
            return False
        structure_id = self.structure(index).id
        on = Qt.CheckState(value) == Qt.CheckState.Checked
        self._ticked = self._ticked | {structure_id} if on else self._ticked - {structure_id}
        self.dataChanged.emit(index, index, [Role.CheckStateRole])
        self.ticked.emit()
        return True


class RegionTicks(RegionTree):
    """The region tree for choosing several: ticks count, and nothing becomes the source."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.ticks = TickModel()
        super().__init__(parent, model=self.ticks)
        self.ticks.setParent(self)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        for action in self.view.actions():
            self.view.removeAction(action)

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802
        """Draw boxes that can be seen on any theme: napari's are dark on dark."""
        ink = text_color(self)
        rim = faint(ink, 0.7).name(QColor.NameFormat.HexArgb)
        edge = round(0.7 * self.view.fontMetrics().height())
        box = f"width: {edge}px; height: {edge}px; border: 1px solid {rim}; border-radius: 2px"
        self.view.setStyleSheet(
            f"QTreeView::indicator {{ {box}; image: none; background: transparent; }}"
            f"QTreeView::indicator:checked {{ background: {ink.name()}; }}"
        )
        super().showEvent(event)

    def show_ticked(self, ids: Iterable[int]) -> None:
        """Tick these and no others, and bring the first into view."""
        self.ticks.set_ticked(ids)
        self.reveal(self.ticks.ticked_ids)
