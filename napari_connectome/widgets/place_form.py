"""Fields for a place: three coordinates, and a line to paste one."""

from __future__ import annotations

from qtpy.QtCore import QSignalBlocker, Signal
from qtpy.QtWidgets import QAbstractSpinBox, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from napari_connectome.core.atlas import AXIS_LABELS
from napari_connectome.core.errors import SourceError
from napari_connectome.widgets.appearance import NumberBox, text_label
from napari_connectome.widgets.places import Point, parse_coordinates

FARTHEST_UM = 100_000.0
NO_PLACE = "–"
"""Where a source is a region or a drawing, which has no coordinates."""


class PlaceForm(QWidget):
    """Shows a place in µm and asks for another."""

    place_requested = Signal(tuple)
    """AP, DV, ML in µm."""
    failed = Signal(str)
    """A text that could not be read as a place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._resolution_um: float | None = None
        self._make_boxes()
        self._make_line()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._grid())
        column.addWidget(self.line)

    @property
    def resolution_um(self) -> float | None:
        """Edge of a voxel, for typed indices and arrow keys; None while no data are open."""
        return self._resolution_um

    @resolution_um.setter
    def resolution_um(self, resolution_um: float | None) -> None:
        self._resolution_um = resolution_um
        for box in self._boxes:
            box.setSingleStep(resolution_um or 1.0)

    def set_place(self, point_um: Point | None) -> None:
        """Show a place, or that there is no single one; nothing is emitted."""
        for box, value in zip(self._boxes, point_um or (0.0, 0.0, 0.0), strict=True):
            with QSignalBlocker(box):
                # Stands for the lowest value, 0.
                box.setSpecialValueText("" if point_um is not None else NO_PLACE)
                box.setValue(value)

    def _on_coordinates(self) -> None:
        """Ask for the place, once all three coordinates are there."""
        if all(box.text() != NO_PLACE for box in self._boxes):
            ap, dv, ml = (box.value() for box in self._boxes)
            self.place_requested.emit((ap, dv, ml))

    def _on_line(self) -> None:
        text = self.line.text()
        if not text.strip() or self._resolution_um is None:
            return
        try:
            point = parse_coordinates(text, self._resolution_um)
        except SourceError as error:
            self.failed.emit(str(error))
            return
        self.line.clear()
        self.place_requested.emit(point)

    def _make_boxes(self) -> None:
        words = ("anterior to posterior", "superior to inferior", "left to right")
        self._boxes = []
        for label, word in zip(AXIS_LABELS, words, strict=True):
            box = NumberBox(0.0, FARTHEST_UM, written=".0f")
            box.setObjectName(f"source_{label.lower()}")
            box.setToolTip(f"{label}: CCF coordinate from {word}, in µm")
            box.setAccessibleName(f"{label} in µm")
            # Three fields beside each other leave no room for arrows; the arrow keys still work.
            box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
            box.setStepType(QAbstractSpinBox.StepType.DefaultStepType)
            box.valueChanged.connect(lambda _value: self._on_coordinates())
            self._boxes.append(box)

    def _make_line(self) -> None:
        self.line = QLineEdit()
        self.line.setObjectName("source_place")
        self.line.setPlaceholderText("Paste AP, DV, ML in µm, or (i, j, k)")
        self.line.setToolTip(
            "CCF coordinates in µm (anterior-posterior, dorsal-ventral, medio-lateral), or a "
            "voxel index in brackets. Press Enter to go there."
        )
        self.line.setClearButtonEnabled(True)
        self.line.returnPressed.connect(self._on_line)

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(1)
        for column, (label, box) in enumerate(zip(AXIS_LABELS, self._boxes, strict=True)):
            title = text_label(f"{box.objectName()}_title")
            title.setText(f"{label} (µm)")
            title.setBuddy(box)
            grid.addWidget(title, 0, column)
            grid.addWidget(box, 1, column)
            grid.setColumnStretch(column, 1)
        return grid
