"""Controls for a source of any shape: what to draw with, and how a drawing counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from qtpy.QtCore import QSignalBlocker, Signal
from qtpy.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_connectome.core.sources import Scale
from napari_connectome.state.params import DrawingParams, DrawnSide
from napari_connectome.widgets.appearance import HintLabel, NumberBox, text_label
from napari_connectome.widgets.button_row import ButtonRow
from napari_connectome.widgets.object_table import ObjectRow, ObjectTable

Tool = Literal["paint", "polygon", "points", "image"]
NEW = {
    "paint": ("Paint", "Paint voxels with a brush, in a new layer"),
    "polygon": ("Polygon", "Outline an area of a slice, in a new layer"),
    "points": ("Points", "Place spheres with a click each, in a new layer"),
    "mask": ("Mask…", "Open a mask from a file: NRRD, NIfTI or NumPy"),
}
SCALES: dict[Scale, tuple[str, str]] = {
    "unit-sum": ("Sum to one", "Strengths are divided by their sum: the mean over what is drawn"),
    "as drawn": ("As drawn", "Strengths add up: twice as many voxels send twice as much"),
}
SIDES: dict[DrawnSide, tuple[str, str]] = {
    "drawn": ("As drawn", "Where it is drawn"),
    "mirrored": ("Mirrored", "The mirror image in the other hemisphere instead"),
    "both": ("Both", "The drawing and its mirror image together"),
}
HINTS: dict[Tool | None, str] = {
    None: "Choose what to draw with, or a layer that is open. On the cortical map, Shift-drag "
    "outlines an area.",
    "paint": "Paint in the slice. Space-drag moves the view, Ctrl-Z takes a stroke back, "
    "and the eraser is among the layer's controls.",
    "polygon": "Click the corners; a double-click closes the polygon.",
    "points": "Click to add a point. Each one is a sphere.",
    "image": "The values of the image are the weights.",
}
NO_LAYER = "No layer yet"


class DrawingPanel(QWidget):
    """Chooses a layer and how its drawing becomes a source.

    It knows no layers: they are named by numbers, their content comes as rows.
    """

    tool_requested = Signal(str)
    """A new layer for "paint", "polygon" or "points", or a "mask" from a file."""
    layer_chosen = Signal(int)
    """Number of a layer in the list, -1 for none."""
    params_changed = Signal(object)
    """DrawingParams."""
    size_changed = Signal(float)
    """Diameter of the brush, or of new points, in µm."""
    volume_brush_toggled = Signal(bool)
    """Whether the brush is a ball."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("drawing_panel")
        self._tool: Tool | None = None
        self.objects = ObjectTable()
        self._make_tools()
        self._make_brush()
        self._make_choices()
        self._arrange()
        self.set_tool(None)
        self.set_objects(())

    @property
    def size_um(self) -> float:
        """Diameter of the brush, or of new points."""
        return self._radius.value() * 2 if self._tool == "points" else self._brush.value()

    def set_layers(self, names: Sequence[str], current: int) -> None:
        """Offer layers; nothing is emitted, here and below.

        Parameters
        ----------
        names : sequence of str
            Layers that can be a source.
        current : int
            The one that is, -1 for none.
        """
        with QSignalBlocker(self._layers):
            self._layers.clear()
            self._layers.addItem(NO_LAYER, -1)
            for number, name in enumerate(names):
                self._layers.addItem(name, number)
            self._layers.setCurrentIndex(current + 1)

    def set_tool(
        self, tool: Tool | None, size_um: float | None = None, *, ball: bool = False
    ) -> None:
        """Show the controls of a kind of layer.

        Parameters
        ----------
        tool : {"paint", "polygon", "points", "image"} or None
            Kind of the layer that is drawn in.
        size_um : float, optional
            Diameter of its brush, or of new points.
        ball : bool
            Whether the brush is a ball.
        """
        self._tool = tool
        for name, row in (("paint", self._brush_row), ("polygon", self._depth)):
            self._form.setRowVisible(row, tool == name)
        self._form.setRowVisible(self._radius, tool == "points")
        self._hint.setText(HINTS[tool])
        with QSignalBlocker(self._brush), QSignalBlocker(self._radius), QSignalBlocker(self._ball):
            self._ball.setChecked(ball)
            if size_um is not None and tool == "points":
                self._radius.setValue(size_um / 2)
            elif size_um is not None:
                self._brush.setValue(size_um)

    def set_params(self, params: DrawingParams) -> None:
        """Show how drawings become sources."""
        self._scale.set_key(params.scale)
        self._side.set_key(params.side)
        with QSignalBlocker(self._depth):
            self._depth.setValue(params.depth_um)

    def set_objects(self, rows: Sequence[ObjectRow], status: str = "") -> None:
        """Show what is drawn.

        Parameters
        ----------
        rows : sequence of ObjectRow
            Labels, shapes or points.
        status : str
            How much of it counts.
        """
        self.objects.set_rows(rows)
        self.objects.setVisible(bool(rows))
        self._status.setText(status)
        self._status.setVisible(bool(status))

    def _on_params(self) -> None:
        params = DrawingParams(
            scale=self._scale.key, side=self._side.key, depth_um=self._depth.value()
        )
        self.params_changed.emit(params)

    def _make_tools(self) -> None:
        self._new = []
        for key, (title, help_text) in NEW.items():
            button = QPushButton(title)
            button.setObjectName(f"draw_{key}")
            button.setToolTip(help_text)
            button.clicked.connect(lambda _on, key=key: self.tool_requested.emit(key))
            self._new.append(button)
        self._layers = QComboBox()
        self._layers.setObjectName("drawing_layer")
        self._layers.setToolTip("The layer that is asked: labels, shapes, points or an image")
        self._layers.setMinimumContentsLength(10)
        self._layers.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._layers.activated.connect(
            lambda _index: self.layer_chosen.emit(self._layers.currentData())
        )

    def _make_brush(self) -> None:
        self._brush = NumberBox(1.0, 10_000.0, "µm")
        self._brush.setObjectName("brush_size")
        self._brush.setToolTip("Diameter of the brush")
        self._brush.setValue(400.0)
        self._brush.valueChanged.connect(self.size_changed)
        self._ball = QCheckBox("3-D")
        self._ball.setObjectName("brush_ball")
        self._ball.setToolTip("Paint a ball through the slices instead of a disc in this one")
        self._ball.toggled.connect(self.volume_brush_toggled)
        self._brush_row = QWidget()
        row = QHBoxLayout(self._brush_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._brush, 1)
        row.addWidget(self._ball)
        self._radius = NumberBox(1.0, 10_000.0, "µm")
        self._radius.setObjectName("point_radius")
        self._radius.setToolTip("Radius of new points; the table changes those that are there")
        self._radius.setValue(300.0)
        self._radius.valueChanged.connect(lambda radius: self.size_changed.emit(2 * radius))
        self._depth = NumberBox(1.0, 10_000.0, "µm")
        self._depth.setObjectName("polygon_depth")
        self._depth.setToolTip("How thick a polygon is across its slice, half of it on either side")
        self._depth.setValue(DrawingParams().depth_um)
        self._depth.valueChanged.connect(lambda _depth: self._on_params())

    def _make_choices(self) -> None:
        self._scale: ButtonRow[Scale] = ButtonRow("drawing_scale", SCALES)
        self._scale.chosen.connect(lambda _key: self._on_params())
        self._side: ButtonRow[DrawnSide] = ButtonRow("drawing_side", SIDES)
        self._side.chosen.connect(lambda _key: self._on_params())
        self._hint = HintLabel()
        self._hint.setObjectName("drawing_hint")
        self._status = text_label("drawing_status")
        self._status.setToolTip(
            "Left out is what lies on no source voxel: models know the grey matter of major "
            "divisions that have experiments. The bright outline shows what counts."
        )

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        new = QWidget()
        row = QHBoxLayout(new)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        for button in self._new:
            row.addWidget(button, 1)
        self._form = QFormLayout()
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows = (
            ("New", new),
            ("Layer", self._layers),
            ("Brush", self._brush_row),
            ("Depth", self._depth),
            ("Radius", self._radius),
            ("Strength", self._scale),
            ("Side", self._side),
        )
        for title, widget in rows:
            label = QLabel(title)
            label.setIndent(0)
            self._form.addRow(label, widget)
        column.addLayout(self._form)
        column.addWidget(self.objects)
        column.addWidget(self._status)
        column.addWidget(self._hint)
