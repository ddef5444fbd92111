"""What is drawn, object by object, with strengths that can be changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qtpy.QtCore import QEvent, QSignalBlocker, Qt, Signal
from qtpy.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from napari_connectome.widgets.appearance import FontFollower, is_number, text_label, there

OBJECT, RADIUS, STRENGTH = range(3)
TITLES = ("Drawn", "Radius (µm)", "Strength")
HELP = (
    "Label, shape or point",
    "Radius of the point; a small one is the single voxel that holds it",
    "Weight among the others; 0 leaves it out. Double-click to change it.",
)
VISIBLE_ROWS = 4


@dataclass(frozen=True)
class ObjectRow:
    """A label, a shape or a point.

    Parameters
    ----------
    number : int
        How the table names it in its signals.
    title : str
        What is shown.
    strength : float
        At least 0.
    radius_um : float or None
        Of a point.
    """

    number: int
    title: str
    strength: float
    radius_um: float | None = None


class ObjectTable(QTableWidget):
    """Strengths of drawn objects, and the radii of points."""

    strength_changed = Signal(int, float)
    """Number of an object and its new strength."""
    radius_changed = Signal(int, float)
    """Number of a point and its new radius in µm."""
    failed = Signal(str)
    """A text that is no strength or radius."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(TITLES), parent)
        self.setObjectName("drawn_objects")
        self._rows: tuple[ObjectRow, ...] = ()
        for column, (title, help_text) in enumerate(zip(TITLES, HELP, strict=True)):
            header = QTableWidgetItem(title)
            header.setToolTip(help_text)
            self.setHorizontalHeaderItem(column, header)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        there(self.horizontalHeader()).setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        there(self.verticalHeader()).hide()
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemChanged.connect(self._on_changed)
        sample = text_label("drawn_objects_font")
        sample.setParent(self)
        sample.hide()
        FontFollower(sample, self)

    def set_rows(self, rows: Sequence[ObjectRow]) -> None:
        """Show objects; nothing is emitted."""
        if tuple(rows) == self._rows:
            return
        self._rows = tuple(rows)
        self._write()

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Follow the size of the text."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._fit()

    def _write(self) -> None:
        with QSignalBlocker(self):
            self.setRowCount(len(self._rows))
            for number, row in enumerate(self._rows):
                radius = "" if row.radius_um is None else f"{row.radius_um:g}"
                for column, text in enumerate((row.title, radius, f"{row.strength:g}")):
                    item = QTableWidgetItem(text)
                    item.setToolTip(HELP[column])
                    if column == OBJECT:
                        item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                    self.setItem(number, column, item)
            self.setColumnHidden(RADIUS, all(row.radius_um is None for row in self._rows))
        self._fit()

    def _fit(self) -> None:
        header = there(self.horizontalHeader())
        header.setFont(self.font())
        height = round(1.5 * self.fontMetrics().height())
        rows = there(self.verticalHeader())
        rows.setMinimumSectionSize(1)
        rows.setDefaultSectionSize(height)
        for number in range(self.rowCount()):
            self.setRowHeight(number, height)
        visible = min(VISIBLE_ROWS, self.rowCount())
        self.setFixedHeight(header.sizeHint().height() + 2 * self.frameWidth() + visible * height)

    def _on_changed(self, item: QTableWidgetItem) -> None:
        row, text = self._rows[item.row()], item.text().strip().replace(",", ".")
        is_radius = item.column() == RADIUS
        value = float(text) if is_number(text) else -1.0
        self._write()
        if value < 0 or (is_radius and not value):
            what = "A radius above 0 µm" if is_radius else "A strength of at least 0"
            self.failed.emit(f"{what} was expected for {row.title}; {text!r} came.")
        elif is_radius:
            self.radius_changed.emit(row.number, value)
        else:
            self.strength_changed.emit(row.number, value)
