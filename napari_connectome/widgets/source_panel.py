"""The source: where it is, what shape it has, and how to choose another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, TypeVar

from qtpy.QtCore import QSignalBlocker, Qt, Signal
from qtpy.QtGui import QGuiApplication
from qtpy.QtWidgets import (
    QAbstractSpinBox,
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_connectome.core.atlas import AXIS_LABELS, Index
from napari_connectome.core.errors import SourceError
from napari_connectome.core.models.fitted import Direction
from napari_connectome.core.sources import GaussianSource, Source, SphereSource, VoxelSource
from napari_connectome.widgets.appearance import (
    FontFollower,
    HintLabel,
    NumberBox,
    Rgb,
    Swatch,
    text_label,
)

Point = tuple[float, float, float]
Key = TypeVar("Key", bound=str)
SourceKind = Literal["voxel", "sphere", "gaussian"]
KINDS: dict[SourceKind, tuple[str, str]] = {
    "voxel": ("Voxel", "A single voxel"),
    "sphere": ("Sphere", "All source voxels within a radius, equally"),
    "gaussian": ("Gaussian", "Weights that fall off as a Gaussian, cut at three std. deviations"),
}
DIRECTIONS: dict[Direction, tuple[str, str]] = {
    "anterograde": ("Projects to", "Show where the place projects to"),
    "retrograde": ("Receives from", "Show everything that projects onto the place"),
}
DEFAULT_RADIUS_UM = 300.0
FARTHEST_UM = 100_000.0
GESTURES = (
    "Click the brain to set the source; drag the ring, or Alt-drag anywhere, to move it live. "
    "In 3-D a click takes the first visible source voxel."
)
NO_DATA = "Open the demo brain or an Allen cache folder to choose a source."

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
# What may stand between three numbers: axis labels, a unit, brackets, separators.
_BETWEEN = re.compile(r"(?:AP|DV|ML|[µμu]m|mm|[\s,;:=()\[\]])*", re.IGNORECASE)


def parse_coordinates(text: str, resolution_um: float) -> Point:
    """Read a place that a person typed or pasted.

    Parameters
    ----------
    text : str
        CCF coordinates "AP, DV, ML" in µm (labels and the unit may stand beside the
        numbers; "mm" is converted), or a voxel index in round brackets, "(i, j, k)".
    resolution_um : float
        Edge of a voxel, for an index.

    Returns
    -------
    tuple of float
        CCF coordinates in µm; the centre of the voxel for an index.

    Raises
    ------
    SourceError
        When the text is neither.

    Examples
    --------
    >>> parse_coordinates("AP 9250, DV 3050, ML 8950 µm", 100)
    (9250.0, 3050.0, 8950.0)
    >>> parse_coordinates("(92, 30, 89)", 100)
    (9250.0, 3050.0, 8950.0)
    """
    numbers = [float(n) for n in _NUMBER.findall(text)]
    shown = text.strip()[:60]
    if len(numbers) != 3 or not _BETWEEN.fullmatch(_NUMBER.sub(" ", text)):
        raise SourceError(
            "Three numbers were expected: AP, DV, ML in CCF µm such as '9250, 1650, 8350', or "
            f"a voxel index such as '(92, 16, 83)'; {shown!r} came."
        )
    if text.strip().startswith("("):
        if any(n != int(n) for n in numbers):
            raise SourceError(
                f"A voxel index is three whole numbers; {shown!r} came. "
                "Leave the brackets out to give µm."
            )
        numbers = [(n + 0.5) * resolution_um for n in numbers]
    elif "mm" in text.casefold():
        numbers = [n * 1000.0 for n in numbers]
    ap, dv, ml = numbers
    return ap, dv, ml


def place_of(source: Source | None) -> Point | None:
    """Centre of a source in µm, None for a source without one."""
    if isinstance(source, VoxelSource):
        return source.point_um
    if isinstance(source, SphereSource | GaussianSource):
        return source.center_um
    return None


class SourcePanel(QWidget):
    """Shows the source and asks for another."""

    source_requested = Signal(object)
    """A Source that the person asked for."""
    direction_changed = Signal(str)
    """Whether the place shall send ("anterograde") or receive ("retrograde")."""
    pick_mode_changed = Signal(bool)
    """Whether clicks in the canvas shall move the source."""
    failed = Signal(str)
    """A text that could not be read as a place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("source_panel")
        self._resolution_um: float | None = None
        self._point: Point | None = None
        self._make_place()
        self._make_kinds()
        self._make_coordinates()
        self._make_buttons()
        self._arrange()
        FontFollower(self._region, self._place)
        self._show_radius()
        self.resolution_um = None

    @property
    def resolution_um(self) -> float | None:
        """Edge of a voxel, for typed indices and arrow keys; None while no data are open."""
        return self._resolution_um

    @resolution_um.setter
    def resolution_um(self, resolution_um: float | None) -> None:
        self._resolution_um = resolution_um
        self._controls.setEnabled(resolution_um is not None)
        for box in self._boxes:
            box.setSingleStep(resolution_um or 1.0)
        self.show_source(None, "" if resolution_um else NO_DATA)

    @property
    def direction(self) -> Direction:
        """Whether the place sends or receives."""
        return next(way for way, button in self._directions.items() if button.isChecked())

    @property
    def kind(self) -> SourceKind:
        """Shape of the next source."""
        return next(kind for kind, button in self._kinds.items() if button.isChecked())

    def requested(self, point_um: Point) -> Source:
        """A source of the chosen shape at a place."""
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
        self._region.setText(region)
        self._swatch.setVisible(rgb is not None)
        self._swatch.set_color(rgb)
        self._index.setText("" if index is None else f"voxel ({index[0]}, {index[1]}, {index[2]})")
        self._index.setVisible(index is not None)
        self._show_shape(source)
        for box, value in zip(self._boxes, self._point or (0.0, 0.0, 0.0), strict=True):
            with QSignalBlocker(box):
                box.setValue(value)

    def set_direction(self, direction: Direction) -> None:
        """Show which way is asked; nothing is emitted."""
        self._directions[direction].setChecked(True)

    def set_pick_mode(self, on: bool) -> None:
        """Show whether clicks in the canvas move the source; nothing is emitted."""
        with QSignalBlocker(self._pick):
            self._pick.setChecked(on)
        self._gestures.setVisible(on)

    def _show_shape(self, source: Source | None) -> None:
        if isinstance(source, VoxelSource):
            self._kinds["voxel"].setChecked(True)
        elif isinstance(source, SphereSource):
            self._set_radius("sphere", source.radius_um)
        elif isinstance(source, GaussianSource):
            self._set_radius("gaussian", source.sigma_um)
        self._show_radius()

    def _set_radius(self, kind: SourceKind, radius_um: float) -> None:
        self._kinds[kind].setChecked(True)
        with QSignalBlocker(self._radius):
            self._radius.setValue(radius_um)

    def _show_radius(self) -> None:
        self._radius_row.setVisible(self.kind != "voxel")
        self._radius_title.setText("Std. deviation" if self.kind == "gaussian" else "Radius")

    def _on_shape(self) -> None:
        """Another shape or radius: ask again at the same place."""
        self._show_radius()
        if self._point is not None:
            self.source_requested.emit(self.requested(self._point))

    def _on_coordinates(self) -> None:
        ap, dv, ml = (box.value() for box in self._boxes)
        self.source_requested.emit(self.requested((ap, dv, ml)))

    def _on_place(self) -> None:
        text = self._place.text()
        if not text.strip() or self._resolution_um is None:
            return
        try:
            point = parse_coordinates(text, self._resolution_um)
        except SourceError as error:
            self.failed.emit(str(error))
            return
        self._place.clear()
        self.source_requested.emit(self.requested(point))

    def _on_pick(self, on: bool) -> None:
        self._gestures.setVisible(on)
        self.pick_mode_changed.emit(on)

    def _on_copy(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if self._point is not None and clipboard is not None:
            clipboard.setText(", ".join(f"{c:g}" for c in self._point))

    def _make_place(self) -> None:
        self._swatch = Swatch()
        self._swatch.setObjectName("source_swatch")
        self._region = text_label("source_region")
        self._region.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._index = HintLabel()
        self._index.setObjectName("source_index")

    def _make_kinds(self) -> None:
        self._kinds, shapes = self._choice(KINDS)
        shapes.buttonClicked.connect(lambda _button: self._on_shape())
        self._directions, ways = self._choice(DIRECTIONS)
        ways.buttonClicked.connect(lambda _button: self.direction_changed.emit(self.direction))
        self._radius = NumberBox(1.0, 5000.0, "µm")
        self._radius.setObjectName("source_radius")
        self._radius.setToolTip("Radius of the sphere, standard deviation of the Gaussian, in µm")
        self._radius.setValue(DEFAULT_RADIUS_UM)
        self._radius.valueChanged.connect(lambda _value: self._on_shape())
        self._radius_title = text_label("source_radius_title", wrap=False)

    def _choice(
        self, texts: Mapping[Key, tuple[str, str]]
    ) -> tuple[dict[Key, QPushButton], QButtonGroup]:
        """Buttons of which one is down at a time, the first one now."""
        group = QButtonGroup(self)
        buttons: dict[Key, QPushButton] = {}
        for key, (title, help_text) in texts.items():
            button = QPushButton(title)
            button.setObjectName(f"source_{key}")
            button.setToolTip(help_text)
            button.setCheckable(True)
            button.setChecked(not buttons)
            group.addButton(button)
            buttons[key] = button
        return buttons, group

    def _make_coordinates(self) -> None:
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
        self._place = QLineEdit()
        self._place.setObjectName("source_place")
        self._place.setPlaceholderText("Paste AP, DV, ML in µm, or (i, j, k)")
        self._place.setToolTip(
            "CCF coordinates in µm (anterior-posterior, dorsal-ventral, medio-lateral), or a "
            "voxel index in brackets. Press Enter to go there."
        )
        self._place.setClearButtonEnabled(True)
        self._place.returnPressed.connect(self._on_place)

    def _make_buttons(self) -> None:
        self._pick = QPushButton("Click to pick")
        self._pick.setObjectName("pick_mode")
        self._pick.setCheckable(True)
        self._pick.setChecked(True)
        self._pick.setToolTip("While this is on, a click in the brain moves the source.")
        self._pick.toggled.connect(self._on_pick)
        self._copy = QPushButton("Copy place")
        self._copy.setObjectName("copy_place")
        self._copy.setToolTip("Copy the CCF coordinates AP, DV, ML in µm")
        self._copy.clicked.connect(self._on_copy)
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
        column.addWidget(self._controls)
        inner = QVBoxLayout(self._controls)
        inner.setContentsMargins(0, 0, 0, 0)
        kinds = _row(*self._kinds.values())
        kinds.setSpacing(1)
        inner.addLayout(kinds)
        ways = _row(*self._directions.values())
        ways.setSpacing(1)
        inner.addLayout(ways)
        self._radius_row = QWidget()
        self._radius_row.setLayout(_row(self._radius_title, self._radius, stretch=1))
        inner.addWidget(self._radius_row)
        inner.addLayout(self._coordinate_grid())
        inner.addWidget(self._place)
        inner.addLayout(_row(self._pick, self._copy, stretch=0))
        inner.addWidget(self._gestures)

    def _coordinate_grid(self) -> QGridLayout:
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


def _row(*widgets: QWidget, stretch: int | None = None) -> QHBoxLayout:
    """Widgets beside each other; the one numbered `stretch` takes the room that is left."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    for i, widget in enumerate(widgets):
        row.addWidget(widget, int(stretch is None or stretch == i))
    return row
