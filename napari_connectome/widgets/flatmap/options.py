"""The rarer settings of a map: names, depths, how a path becomes one value."""

from __future__ import annotations

from typing import Any

from qtpy.QtCore import QSignalBlocker, Qt, Signal
from qtpy.QtWidgets import QCheckBox, QComboBox, QFormLayout, QSlider, QVBoxLayout, QWidget
from superqt import QRangeSlider

from napari_connectome.widgets.appearance import HintLabel, text_label

AGGREGATES = {"mean": "Mean", "max": "Maximum", "sum": "Sum"}
Depths = tuple[float, float]
PERCENT = 100


class MapOptions(QWidget):
    """The panel behind the "…" button."""

    names_toggled = Signal(bool)
    aggregate_changed = Signal(str)
    depth_range_changed = Signal(float, float)
    """0 is the pia, 1 the white matter."""
    pick_depth_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("flatmap_options")
        self._names = QCheckBox("Names of the regions")
        self._names.setObjectName("flatmap_names")
        self._names.setToolTip("Write the acronyms of the regions where there is room")
        self._names.setChecked(True)
        self._names.toggled.connect(self.names_toggled)
        self._aggregate = QComboBox()
        self._aggregate.setObjectName("flatmap_aggregate")
        self._aggregate.setToolTip("How the values along a path through the cortex become one")
        for key, title in AGGREGATES.items():
            self._aggregate.addItem(title, key)
        self._aggregate.currentIndexChanged.connect(
            lambda _i: self.aggregate_changed.emit(self._aggregate.currentData())
        )
        self._range: Any = QRangeSlider(Qt.Orientation.Horizontal)
        self._range.setObjectName("flatmap_depth_range")
        self._range.setRange(0, PERCENT)
        self._range.setValue((0, PERCENT))
        self._range.setToolTip(
            "Which part of the cortical depth is shown, from pia to white matter"
        )
        self._range.valueChanged.connect(self._on_range)
        self._pick = QSlider(Qt.Orientation.Horizontal)
        self._pick.setObjectName("flatmap_pick_depth")
        self._pick.setRange(0, PERCENT)
        self._pick.setValue(PERCENT // 2)
        self._pick.setToolTip("How deep in the cortex a click puts the source")
        self._pick.valueChanged.connect(self._on_pick)
        self._range_text = text_label("flatmap_depth_range_text", wrap=False)
        self._pick_text = text_label("flatmap_pick_depth_text", wrap=False)
        self._note = HintLabel()
        self._note.setObjectName("flatmap_note")
        self._arrange()
        self._write()

    def depth_range(self) -> Depths:
        """Part of the depth that is shown."""
        low, high = self._percent()
        return low / PERCENT, high / PERCENT

    def set_aggregate(self, name: str) -> None:
        """Choose an aggregate; nothing is emitted."""
        with QSignalBlocker(self._aggregate):
            self._aggregate.setCurrentIndex(self._aggregate.findData(name))

    def set_depth_range(self, low: float, high: float) -> None:
        """Choose a part of the depth; nothing is emitted."""
        with QSignalBlocker(self._range):
            self._range.setValue((round(PERCENT * low), round(PERCENT * high)))
        self._write()

    def set_pick_depth(self, depth: float) -> None:
        """Choose the depth of a click; nothing is emitted."""
        with QSignalBlocker(self._pick):
            self._pick.setValue(round(PERCENT * depth))
        self._write()

    def set_note(self, text: str) -> None:
        """Say where the map comes from."""
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def _percent(self) -> tuple[int, int]:
        low, high = self._range.value()
        return int(low), int(high)

    def _on_range(self, value: tuple[int, int]) -> None:
        del value
        self._write()
        self.depth_range_changed.emit(*self.depth_range())

    def _on_pick(self, value: int) -> None:
        self._write()
        self.pick_depth_changed.emit(value / PERCENT)

    def _write(self) -> None:
        low, high = self._percent()
        self._range_text.setText(f"Depth shown: {low} to {high} % (0 = pia, 100 = white matter)")
        self._pick_text.setText(f"A click puts the source at {self._pick.value()} % of the depth")

    def _arrange(self) -> None:
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow("Along each path", self._aggregate)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.addWidget(self._names)
        column.addLayout(form)
        column.addWidget(self._range_text)
        column.addWidget(self._range)
        column.addWidget(self._pick_text)
        column.addWidget(self._pick)
        column.addWidget(self._note)
