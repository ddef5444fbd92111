"""The source: where it is, what shape it has, and how to choose another."""

from __future__ import annotations

from typing import Literal

from qtpy.QtCore import QSignalBlocker, Qt, Signal
from qtpy.QtGui import QGuiApplication
from qtpy.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from napari_connectome.core.atlas import Index
from napari_connectome.core.bregma import Bregma
from napari_connectome.core.models.fitted import Direction
from napari_connectome.core.sources import (
    CombinedSource,
    GaussianSource,
    Source,
    SphereSource,
    VolumeSource,
    VoxelSource,
)
from napari_connectome.widgets.appearance import (
    FontFollower,
    HintLabel,
    NumberBox,
    Rgb,
    StillLine,
    Swatch,
    text_label,
    write,
)
from napari_connectome.widgets.bregma_dialog import BREGMA_HELP, BregmaDialog
from napari_connectome.widgets.bregma_line import BregmaLine
from napari_connectome.widgets.button_row import ButtonRow
from napari_connectome.widgets.drawing_panel import DrawingPanel
from napari_connectome.widgets.place_form import PlaceForm
from napari_connectome.widgets.places import Point, place_of
from napari_connectome.widgets.step_buttons import StepButtons

SourceKind = Literal["voxel", "sphere", "gaussian", "drawing"]
KINDS: dict[SourceKind, tuple[str, str]] = {
    "voxel": ("Voxel", "A single voxel"),
    "sphere": ("Sphere", "All source voxels within a radius, equally"),
    "gaussian": ("Gaussian", "Weights that fall off as a Gaussian, cut at three std. deviations"),
    "drawing": ("Drawing", "Any shape: painted, outlined, made of points, or taken from a mask"),
}
DIRECTIONS: dict[Direction, tuple[str, str]] = {
    "anterograde": ("Projects to", "Show where the place projects to"),
    "retrograde": ("Receives from", "Show everything that projects onto the place"),
}
DEFAULT_RADIUS_UM = 300.0
GESTURES = (
    "Click the brain to set the source; drag the ring, or Alt-drag anywhere, to move it live. "
    "In 3-D a click takes the first visible source voxel."
)
NO_DATA = "Open the demo brain or an Allen cache folder to choose a source."


class SourcePanel(QWidget):
    """Shows the source and asks for another.

    Attributes
    ----------
    drawing : DrawingPanel
        What is shown while the source is a drawing.
    steps : StepButtons
        Back and forth between sources.
    """

    source_requested = Signal(object)
    """A Source that the person asked for."""
    drawing_requested = Signal()
    """The person wants the drawing to be the source."""
    direction_changed = Signal(str)
    """Whether the place shall send ("anterograde") or receive ("retrograde")."""
    pick_mode_changed = Signal(bool)
    """Whether clicks in the canvas shall move the source."""
    bregma_changed = Signal(object)
    """Where bregma shall be: AP, DV, ML in µm, or None."""
    failed = Signal(str)
    """A text that could not be read as a place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("source_panel")
        self._point: Point | None = None
        self._bregma_um: Point | None = None
        self.drawing = DrawingPanel()
        self.steps = StepButtons()
        self._make_place()
        self._make_kinds()
        self._make_buttons()
        self._arrange()
        FontFollower(self._region, self._form.line)
        self._show_kind()
        self.resolution_um = None

    @property
    def resolution_um(self) -> float | None:
        """Edge of a voxel, for typed indices and arrow keys; None while no data are open."""
        return self._form.resolution_um

    @resolution_um.setter
    def resolution_um(self, resolution_um: float | None) -> None:
        self._form.resolution_um = resolution_um
        self._controls.setEnabled(resolution_um is not None)
        self.show_source(None, "" if resolution_um else NO_DATA)

    @property
    def direction(self) -> Direction:
        """Whether the place sends or receives."""
        return self._directions.key

    @property
    def kind(self) -> SourceKind:
        """Shape of the next source."""
        return self._kinds.key

    def requested(self, point_um: Point) -> Source:
        """A source of the chosen shape at a place; a voxel while drawings are chosen."""
        if self.kind == "sphere":
            return SphereSource(point_um, self._radius.value())
        if self.kind == "gaussian":
            return GaussianSource(point_um, self._radius.value())
        return VoxelSource(point_um)

    def show_source(
        self,
        source: Source | None,
        region: str = "",
        rgb: Rgb | None = None,
        index: Index | None = None,
    ) -> None:
        """Show a source; nothing is emitted.

        Parameters
        ----------
        source : Source or None
            What is asked now.
        region : str
            Where that is, or what to do when there is no source.
        rgb : tuple of int, optional
            The region's atlas colour.
        index : tuple of int, optional
            Voxel index of its centre, in its own hemisphere.
        """
        self._point = place_of(source)
        self._copy.setEnabled(self._point is not None)
        write(self._region, region)
        self._swatch.setVisible(rgb is not None)
        self._swatch.set_color(rgb)
        self._index.setText("" if index is None else "voxel ({}, {}, {})".format(*index))
        self._index.setVisible(index is not None)
        self._from_bregma.set_point(self._point)
        self._show_shape(source)
        self._form.set_place(self._point)

    def show_drawing(self) -> None:
        """Show the controls of drawings; nothing is emitted."""
        self._kinds.set_key("drawing")
        self._show_kind()

    def set_direction(self, direction: Direction) -> None:
        """Show which way is asked; nothing is emitted."""
        self._directions.set_key(direction)

    def set_pick_mode(self, on: bool) -> None:
        """Show whether clicks in the canvas move the source; nothing is emitted."""
        with QSignalBlocker(self._pick):
            self._pick.setChecked(on)
        self._show_kind()

    def set_bregma(self, bregma_um: Point | None) -> None:
        """Show places from another bregma, CCF AP, DV, ML in µm, too; nothing is emitted."""
        self._bregma_um = bregma_um
        self._from_bregma.set_bregma(None if bregma_um is None else Bregma(*bregma_um))

    def _show_shape(self, source: Source | None) -> None:
        if isinstance(source, VoxelSource):
            self._kinds.set_key("voxel")
        elif isinstance(source, SphereSource):
            self._set_radius("sphere", source.radius_um)
        elif isinstance(source, GaussianSource):
            self._set_radius("gaussian", source.sigma_um)
        elif isinstance(source, VolumeSource | CombinedSource):
            self._kinds.set_key("drawing")
        self._show_kind()

    def _set_radius(self, kind: SourceKind, radius_um: float) -> None:
        self._kinds.set_key(kind)
        with QSignalBlocker(self._radius):
            self._radius.setValue(radius_um)

    def _show_kind(self) -> None:
        kind = self.kind
        self._radius_row.setVisible(kind in ("sphere", "gaussian"))
        write(self._radius_title, "Std. deviation" if kind == "gaussian" else "Radius")
        self._form.setVisible(kind != "drawing")
        self.drawing.setVisible(kind == "drawing")
        self._copy.setVisible(kind != "drawing")
        self._bregma.setVisible(kind != "drawing")
        self._gestures.setVisible(self._pick.isChecked() and kind != "drawing")

    def _on_shape(self) -> None:
        """Another shape or radius: ask again at the same place."""
        self._show_kind()
        if self.kind == "drawing":
            self.drawing_requested.emit()
        elif self._point is not None:
            self.source_requested.emit(self.requested(self._point))

    def _on_pick(self, on: bool) -> None:
        self._show_kind()
        self.pick_mode_changed.emit(on)

    def _on_copy(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if self._point is not None and clipboard is not None:
            clipboard.setText(", ".join(f"{c:g}" for c in self._point))

    def _on_bregma(self) -> None:
        self._dialog.set_bregma(self._bregma_um)
        self._dialog.open()

    def _make_place(self) -> None:
        self._swatch = Swatch()
        self._swatch.setObjectName("source_swatch")
        self._region = text_label("source_region")
        self._region.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._index = StillLine()
        self._index.setObjectName("source_index")
        self._from_bregma = BregmaLine()
        self._form = PlaceForm()
        self._form.place_requested.connect(
            lambda point: self.source_requested.emit(self.requested(point))
        )
        self._form.failed.connect(self.failed)

    def _make_kinds(self) -> None:
        self._kinds: ButtonRow[SourceKind] = ButtonRow("source", KINDS)
        self._kinds.chosen.connect(lambda _kind: self._on_shape())
        self._directions: ButtonRow[Direction] = ButtonRow("source", DIRECTIONS)
        self._directions.chosen.connect(self.direction_changed)
        self._radius = NumberBox(1.0, 5000.0, "µm")
        self._radius.setObjectName("source_radius")
        self._radius.setToolTip("Radius of the sphere, standard deviation of the Gaussian, in µm")
        self._radius.setValue(DEFAULT_RADIUS_UM)
        self._radius.valueChanged.connect(lambda _value: self._on_shape())
        self._radius_title = text_label("source_radius_title", wrap=False)

    def _make_buttons(self) -> None:
        self._pick = QPushButton("Click to pick")
        self._pick.setObjectName("pick_mode")
        self._pick.setCheckable(True)
        self._pick.setChecked(True)
        self._pick.setToolTip(
            "While this is on, a click in the brain moves the source (not while a tool of a "
            "layer is in use)."
        )
        self._pick.toggled.connect(self._on_pick)
        self._copy = QPushButton("Copy place")
        self._copy.setObjectName("copy_place")
        self._copy.setToolTip("Copy the CCF coordinates AP, DV, ML in µm")
        self._copy.clicked.connect(self._on_copy)
        self._bregma = QPushButton("Bregma…")
        self._bregma.setObjectName("bregma")
        self._bregma.setToolTip(
            f"Say where bregma is, and see places in mm from there, too. {BREGMA_HELP}"
        )
        self._bregma.clicked.connect(self._on_bregma)
        self._dialog = BregmaDialog(self)
        self._dialog.chosen.connect(self.bregma_changed)
        self._gestures = HintLabel(GESTURES)
        self._gestures.setObjectName("source_gestures")

    def _arrange(self) -> None:
        self._controls = QWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        place = _row(self._swatch, self._region, stretch=1)
        place.setAlignment(self._swatch, Qt.AlignmentFlag.AlignTop)
        column.addLayout(place)
        column.addWidget(self._index)
        column.addWidget(self._from_bregma)
        column.addWidget(self._controls)
        inner = QVBoxLayout(self._controls)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self._kinds)
        inner.addWidget(self._directions)
        self._radius_row = QWidget()
        self._radius_row.setLayout(_row(self._radius_title, self._radius, stretch=1))
        inner.addWidget(self._radius_row)
        inner.addWidget(self._form)
        inner.addWidget(self.drawing)
        inner.addLayout(_row(self._pick, self._copy, self._bregma, stretch=0))
        inner.addWidget(self._gestures)
        inner.addWidget(self.steps)


def _row(*widgets: QWidget, stretch: int | None) -> QHBoxLayout:
    """Widgets beside each other; the one numbered `stretch` takes the room that is left."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    for i, widget in enumerate(widgets):
        row.addWidget(widget, int(stretch is None or stretch == i))
    return row
