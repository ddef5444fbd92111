"""What lies under the cursor, in two lines under the map."""

from __future__ import annotations

import math

from qtpy.QtCore import QSize, Qt
from qtpy.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget
from superqt import QElidingLabel

from napari_connectome.widgets.appearance import Swatch
from napari_connectome.widgets.flatmap.content import FlatmapContent, Pixel, Place
from napari_connectome.widgets.ticks import number_text

HINT = "Click or drag: source.  Ctrl-click: region.  Wheel: zoom."


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
    """Region on the first line, coordinates and value on the second."""

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
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(line)
        column.addWidget(self._details)
        self.show_hint("")

    def text(self) -> str:
        """Both lines."""
        return f"{self._region.text()}\n{self._details.text()}"

    def show_pixel(
        self, content: FlatmapContent, pixel: Pixel, place: str, value: float | None, unit: str
    ) -> None:
        """Show what lies under the cursor."""
        region = content.region_at(pixel)
        self._swatch.set_color(None if region is None else region.rgb)
        self._swatch.setVisible(region is not None)
        shown = value_text(value, unit)
        self._write(region_text(content, pixel), f"{place}   {shown}" if shown else place)

    def show_missing(self) -> None:
        """Say that a pixel inside the map has no data."""
        self._swatch.hide()
        self._write("Missing", "The map has no path through the cortex here.")

    def show_hint(self, note: str) -> None:
        """Say what the mouse does, and where the map comes from."""
        self._swatch.hide()
        self._write(HINT, note)
        self.setToolTip(note)

    def _write(self, region: str, details: str) -> None:
        for label, text in ((self._region, region), (self._details, details)):
            if label.text() != text:
                label.setText(text)


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
