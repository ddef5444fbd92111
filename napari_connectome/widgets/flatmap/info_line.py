"""What lies under the cursor, in two lines under the map or in one."""

from __future__ import annotations

import math
import re

from qtpy.QtCore import QSize, Qt
from qtpy.QtGui import QResizeEvent
from qtpy.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QWidget
from superqt import QElidingLabel

from napari_connectome.widgets.appearance import Swatch, write
from napari_connectome.widgets.flatmap.content import FlatmapContent, Pixel, Place
from napari_connectome.widgets.ticks import number_text

NAMES_OF_AXES = re.compile(r"\b(AP|DV|ML) ")
HINT = "Click or drag: source.  Shift-drag: area.  Ctrl-click: region.  Wheel: zoom."


def region_text(content: FlatmapContent, pixel: Pixel) -> str:
    """Region and hemisphere of a pixel: "VISp  Primary visual area, right"."""
    region = content.region_at(pixel)
    name = "No region" if region is None else f"{region.acronym}  {region.name}"
    return f"{name}, {'left' if content.left[pixel] else 'right'}"


def place_text(place: Place | None) -> str:
    """CCF coordinates: "AP 8450  DV 1250  ML 8750 µm"."""
    if place is None:
        return "No place in the atlas"
    ap, dv, ml = (f"{round(v, 1):g}" for v in place)
    return f"AP {ap}  DV {dv}  ML {ml} µm"


def value_text(value: float | None, unit: str) -> str:
    """A value of the map with its unit; None while there are no data."""
    if value is None:
        return ""
    if math.isnan(value):
        return "no data"
    return f"{number_text(value)} {unit}".rstrip()


class InfoLine(QWidget):
    """Region on the first line, coordinates and value on the second, or all in one."""

    DETAILS_PART = 0.7
    """Share of a single line that coordinates and value take at most."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("flatmap_info")
        self._swatch = Swatch()
        self._region = elided_line("flatmap_region")
        self._details = elided_line("flatmap_details")
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self._swatch)
        line.addWidget(self._region, 1)
        self._box = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        self._box.addLayout(line, 1)
        self._box.addWidget(self._details)
        self.show_hint("", "")

    @property
    def is_low(self) -> bool:
        """Whether everything stands in one line."""
        return self._box.direction() == QBoxLayout.Direction.LeftToRight

    def set_low(self, low: bool) -> None:
        """Take one line, or two."""
        direction = QBoxLayout.Direction
        self._box.setDirection(direction.LeftToRight if low else direction.TopToBottom)
        self._share()

    def text(self) -> str:
        """Region, and the rest behind it."""
        return f"{self._region.text()}\n{self._details.text()}"

    def show_pixel(
        self, content: FlatmapContent, pixel: Pixel, place: str, value: float | None, unit: str
    ) -> None:
        """Show what lies under the cursor; in one line without names of axes and unit."""
        region = content.region_at(pixel)
        self._swatch.set_color(None if region is None else region.rgb)
        self._swatch.setVisible(region is not None)
        shown = value_text(value, "" if self.is_low else unit)
        place = NAMES_OF_AXES.sub("", place) if self.is_low else place
        self._write(region_text(content, pixel), f"{place}   {shown}" if shown else place)

    def show_missing(self) -> None:
        """Say that a pixel inside the map has no data."""
        self._swatch.hide()
        self._write("Missing", "The map has no path through the cortex here.")

    def show_hint(self, text: str, tip: str) -> None:
        """Say something about the whole map, and more of it in the tooltip."""
        self._swatch.hide()
        self._write(text, "")
        self.setToolTip(tip)

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Share a single line anew."""
        super().resizeEvent(event)
        self._share()

    def _write(self, region: str, details: str) -> None:
        for label, text in ((self._region, region), (self._details, details)):
            write(label, text)
        self._share()

    def _share(self) -> None:
        """In one line the region's name gives way to coordinates and value."""
        room = 0
        if self.is_low:
            metrics = self._details.fontMetrics()
            wanted = metrics.horizontalAdvance(f"  {self._details.text()}")
            room = min(wanted, round(self.DETAILS_PART * self.width()))
        if self._details.minimumWidth() != room:
            self._details.setMinimumWidth(room)


class _Line(QElidingLabel):
    """One line that may be as narrow as the view."""

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Any width, one line high."""
        return QSize(0, self.fontMetrics().height())


def elided_line(name: str) -> QElidingLabel:
    """A label of one line that may be as narrow as the view."""
    label = _Line()
    label.setObjectName(name)
    label.setIndent(0)
    label.setElideMode(Qt.TextElideMode.ElideRight)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return label
