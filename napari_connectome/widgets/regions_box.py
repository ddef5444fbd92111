"""A field of region acronyms, typed or ticked in the tree."""

from __future__ import annotations

from collections.abc import Iterable

from qtpy.QtCore import QSignalBlocker, Qt, Signal
from qtpy.QtGui import QGuiApplication
from qtpy.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from napari_connectome.core.errors import AtlasError
from napari_connectome.core.spline.selection import VISUAL_AREAS, parse_regions
from napari_connectome.core.structures import StructureTree
from napari_connectome.widgets.appearance import there
from napari_connectome.widgets.region_ticks import RegionTicks


class RegionsBox(QWidget):
    """Acronyms separated by commas, with a button that opens the tree."""

    changed = Signal()
    """A person has typed or ticked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tree: StructureTree | None = None
        self._present: tuple[int, ...] = ()
        self.text = QLineEdit()
        self.text.setObjectName("regions_text")
        self.text.setMinimumWidth(1)
        self.text.editingFinished.connect(self._on_typed)
        self.choose = QToolButton()
        self.choose.setObjectName("regions_choose")
        self.choose.setText("Choose…")
        self.choose.setToolTip("Tick regions in the tree of the atlas")
        self.choose.clicked.connect(self._open)
        self._popup: _Popup | None = None
        self._said = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.text, 1)
        row.addWidget(self.choose)
        self.setFocusProxy(self.text)

    @property
    def popup(self) -> _Popup:
        """The tree to tick in, made when it is first needed."""
        if self._popup is None:
            self._popup = _Popup(self)
            self._popup.tree.ticks.ticked.connect(self._on_ticked)
            self._popup.chosen.connect(self._take)
        return self._popup

    def set_tree(self, tree: StructureTree, present_ids: Iterable[int]) -> None:
        """Offer the regions of another atlas."""
        self._tree, self._present = tree, tuple(present_ids)
        if self._popup is not None:
            self._popup.tree.set_tree(tree, self._present)

    def value(self) -> str:
        """The acronyms, separated by commas."""
        return ",".join(parse_regions(self.text.text()))

    def set_value(self, value: str) -> None:
        """Show acronyms; nothing is emitted."""
        with QSignalBlocker(self.text):
            self._said = ",".join(parse_regions(value))
            self.text.setText(self._said.replace(",", ", ").replace(",  ", ", "))
            self.text.setCursorPosition(0)
        names = parse_regions(self._said)
        self.text.setToolTip(f"{len(names)} regions: {self.text.text()}" if names else "")

    def _on_typed(self) -> None:
        if self.value() != self._said:
            self.set_value(self.value())
            self.changed.emit()

    def _open(self) -> None:
        popup = self.popup
        if self._tree is not None and not popup.tree.ticks.ids():
            popup.tree.set_tree(self._tree, self._present)
        popup.open_below(self)
        popup.tree.show_ticked(self._ids())
        popup.say(len(parse_regions(self.value())))

    def _ids(self) -> tuple[int, ...]:
        """Structures of the acronyms; one that the atlas does not know is passed over."""
        found = []
        for name in parse_regions(self.value()) if self._tree is not None else ():
            try:
                found.append(there(self._tree).by_acronym(name).id)
            except AtlasError:
                continue
        return tuple(found)

    def _on_ticked(self) -> None:
        tree = there(self._tree)
        self._take(",".join(tree[i].acronym for i in self.popup.tree.ticks.ticked_ids))

    def _take(self, value: str) -> None:
        self.set_value(value)
        self.popup.tree.ticks.set_ticked(self._ids())
        self.popup.say(len(parse_regions(value)))
        self.changed.emit()


class _Popup(QFrame):
    """The tree with ticks, below the field until a click elsewhere."""

    chosen = Signal(str)
    """Acronyms that a button stands for."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("regions_popup")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.tree = RegionTicks()
        self._count = QLabel()
        self._count.setObjectName("regions_count")
        visual = QPushButton("Visual areas")
        visual.setObjectName("regions_visual")
        visual.setToolTip(f"The ten areas of Harris et al. 2016: {', '.join(VISUAL_AREAS)}")
        visual.clicked.connect(lambda: self.chosen.emit(",".join(VISUAL_AREAS)))
        clear = QPushButton("Clear")
        clear.setObjectName("regions_clear")
        clear.clicked.connect(lambda: self.chosen.emit(""))
        done = QPushButton("Done")
        done.setObjectName("regions_done")
        done.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addWidget(self._count, 1)
        for button in (visual, clear, done):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.addWidget(self.tree, 1)
        column.addLayout(buttons)

    def say(self, count: int) -> None:
        """Say how many are ticked."""
        self._count.setText("1 region" if count == 1 else f"{count} regions")

    def open_below(self, widget: QWidget) -> None:
        """Open under a widget, or above it where the screen ends."""
        em = self.tree.view.fontMetrics().height()
        self.resize(max(widget.width(), 26 * em), 28 * em)
        place = widget.mapToGlobal(widget.rect().bottomLeft())
        screen = there(QGuiApplication.screenAt(place) or QGuiApplication.primaryScreen())
        room = screen.availableGeometry()
        place.setX(max(room.left(), min(place.x(), room.right() - self.width())))
        place.setY(max(room.top(), min(place.y(), room.bottom() - self.height())))
        self.move(place)
        self.show()
        self.tree.search.setFocus()
