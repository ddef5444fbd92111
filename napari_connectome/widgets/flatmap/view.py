"""The cortex as a map: shows a projection on it, and takes clicks as places and regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from qtpy.QtCore import QSignalBlocker, Signal
from qtpy.QtGui import QResizeEvent
from qtpy.QtWidgets import QCheckBox, QGridLayout, QVBoxLayout, QWidget

from napari_connectome.core.color_limits import robust_top
from napari_connectome.widgets.appearance import FontFollower, HintLabel
from napari_connectome.widgets.color_bar import Rgba
from napari_connectome.widgets.fitted_scale import FittedScale
from napari_connectome.widgets.flatmap.colors import ColorMapping
from napari_connectome.widgets.flatmap.content import FlatmapContent, Pixel, Place
from napari_connectome.widgets.flatmap.controls import MapControls
from napari_connectome.widgets.flatmap.gestures import LiveMap
from napari_connectome.widgets.flatmap.info_line import HINT, InfoLine, elided_line, place_text
from napari_connectome.widgets.flatmap.lasso import Lasso

NO_MAP = "Open a brain to see its cortex as a map."
NO_IMAGE = "No source yet: click the map."
LINKED, LINKED_LOW = "Limits as in 3-D", "As in 3-D"
LOW_LINES = 25
"""A view of fewer lines of text has scale and limits in one line, and one line of words."""


class FlatmapView(QWidget):
    """Map, colour scale and controls.

    It knows no models: it shows plain content and says what a person asks for.
    """

    place_picked = Signal(object)
    """AP, DV, ML in micrometres of a click on the map."""
    drag_started = Signal()
    place_dragged = Signal(object)
    drag_ended = Signal()
    area_drawn = Signal(object)
    """Pixels of an area that was outlined: ndarray of bool, shape (rows, columns)."""
    region_chosen = Signal(int)
    """Structure under a Ctrl-click, 0 for none."""
    view_changed = Signal(str)
    aggregate_changed = Signal(str)
    depth_range_changed = Signal(float, float)
    """Part of the cortical depth that is shown; 0 is the pia, 1 the white matter."""
    pick_depth_changed = Signal(float)
    """Depth at which a click puts the source."""
    limits_mode_changed = Signal(bool)
    """True: the limits of the overlay in the volume; False: the map's own."""
    export_requested = Signal(str)
    """"figure" or "array"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("flatmap")
        self._content: FlatmapContent | None = None
        self._image: npt.NDArray[np.float32] | None = None
        self._unit_text = ""
        self._given_scale = (0.0, 1.0, False)
        self._hovered: Pixel | None = None
        self._colors = ColorMapping()
        self.controls = MapControls()
        self.canvas = LiveMap()
        self.lasso = Lasso(self.canvas)
        self.scale = FittedScale()
        self.info = InfoLine()
        self._unit = elided_line("flatmap_unit")
        self._linked = QCheckBox(LINKED)
        self._linked.setObjectName("flatmap_limits")
        self._linked.setToolTip(
            "The same colour limits as the projection in the volume; off: limits of this map"
        )
        self._linked.setChecked(True)
        self._hint = HintLabel(NO_MAP)
        self._hint.setObjectName("flatmap_hint")
        self._connect()
        self._arrange()
        self.set_content(None)

    @property
    def redraws(self) -> int:
        """How often the canvas was drawn so far."""
        return self.canvas.redraws

    def set_views(self, titles: Mapping[str, str]) -> None:
        """Offer views by name and title; nothing is emitted, here and below."""
        self.controls.set_views(titles)

    def set_view(self, name: str) -> None:
        """Show which view is chosen."""
        self.controls.set_view(name)

    def set_aggregate(self, name: str) -> None:
        """Show how a path becomes one value: "mean", "max" or "sum"."""
        self.controls.options.set_aggregate(name)

    def set_depth_range(self, low: float, high: float) -> None:
        """Show which part of the depth is chosen, 0 (pia) to 1 (white matter)."""
        self.controls.set_depth_range(low, high)

    def set_pick_depth(self, depth: float) -> None:
        """Show at which depth a click puts the source."""
        self.controls.options.set_pick_depth(depth)

    def set_limits_mode(self, linked: bool) -> None:
        """Take the overlay's limits, or the map's own."""
        with QSignalBlocker(self._linked):
            self._linked.setChecked(linked)
        self._color()

    def set_content(self, content: FlatmapContent | None, reason: str = "") -> None:
        """Show another map, without data and marks.

        Parameters
        ----------
        content : FlatmapContent, optional
            The map; None leaves an empty view.
        reason : str
            Why there is none.
        """
        self._content, self._image, self._hovered = content, None, None
        self.canvas.set_content(content)
        self._hint.setText(reason or NO_MAP)
        for part in (self.canvas, self.info, self._footer):
            part.setVisible(content is not None)
        self._hint.setVisible(content is None)
        self.controls.set_map_shown(content is not None)
        self.controls.options.set_note("" if content is None else content.note)
        self._write_unit()
        self._show_info()

    def set_image(self, image: npt.NDArray[np.float32] | None, unit: str) -> None:
        """Show values; meant to be called at every step of a drag.

        Parameters
        ----------
        image : ndarray of float32, shape (rows, columns), optional
            NaN where there are no data; None shows the regions alone.
        unit : str
            What the values are, with their unit.

        Raises
        ------
        ValueError
            When the shape is not the map's.
        """
        shape = None if self._content is None else self._content.shape
        if image is not None and image.shape != shape:
            raise ValueError(
                f"An image of the map's shape {shape} was expected; {image.shape} came."
            )
        self._image, self._unit_text = image, unit
        self._write_unit()
        self._color()
        self._show_info()

    def set_limits(self, low: float, high: float, *, log: bool) -> None:
        """Take over the limits of the overlay in the volume, and its scale.

        With a lower limit below 0 (of a difference) the map's own limits are symmetric, too.
        """
        if (low, high, log) != self._given_scale:
            self._given_scale = (low, high, log)
            self._color()

    def set_colors(self, colors: Sequence[Rgba]) -> None:
        """Take over the overlay's colours: RGBA between 0 and 1, from low to high."""
        self._colors.set_colors(colors)
        self.scale.set_colors(colors)
        self._color()

    def mark_source(self, pixels: Sequence[Pixel]) -> None:
        """Mark the source: a ring around one pixel, the outline of many, nothing for none."""
        self.canvas.set_source(pixels)

    def set_regions(self, ids: tuple[int, ...]) -> None:
        """Mark the selected regions in both hemispheres."""
        self.canvas.set_regions(ids)

    def _color(self) -> None:
        """Colours of the image, as the limits are now."""
        low, high, log = self._given_scale
        if self._image is not None and not self._linked.isChecked():
            high = robust_top(np.abs(self._image))
            low = -high if low < 0 else 0.0
        self._colors.set_scale(low, high, log=log)
        self.scale.set_scale(*self._colors.limits, log=self._colors.log)
        self.canvas.set_data(None if self._image is None else self._colors.colored(self._image))

    def _place(self, pixel: Pixel) -> tuple[Place | None, str]:
        """Place under a pixel and its text; a fault there must not end a mouse handler."""
        if self._content is None:
            return None, ""
        try:
            place = self._content.place_of(*pixel)
        except Exception as error:
            return None, f"No place: {error}"
        return place, place_text(place)

    def _on_clicked(self, pixel: Pixel) -> None:
        self._emit_place(self.place_picked, pixel)

    def _on_dragged(self, pixel: Pixel) -> None:
        self._emit_place(self.place_dragged, pixel)

    def _emit_place(self, signal: Any, pixel: Pixel) -> None:
        place, _text = self._place(pixel)
        if place is not None:
            signal.emit(place)

    def _on_region_clicked(self, pixel: Pixel | None) -> None:
        if self._content is not None:
            region = None if pixel is None else self._content.region_at(pixel)
            self.region_chosen.emit(0 if region is None else region.structure_id)

    def _on_hovered(self, pixel: Pixel | None) -> None:
        self._hovered = pixel
        self._show_info()

    def _on_linked(self, linked: bool) -> None:
        self._color()
        self.limits_mode_changed.emit(linked)

    def _show_info(self) -> None:
        content, pixel = self._content, self._hovered
        if content is None or pixel is None:
            note = "" if content is None else content.note
            self.info.show_hint(self._unit.text() if self._is_low() else HINT, f"{HINT}\n{note}")
        elif content.missing[pixel]:
            self.info.show_missing()
        else:
            value = None if self._image is None else float(self._image[pixel])
            self.info.show_pixel(content, pixel, self._place(pixel)[1], value, self._unit_text)

    def _write_unit(self) -> None:
        text = NO_IMAGE if self._image is None else self._unit_text
        if self._unit.text() != text:
            self._unit.setText(text)
            self.scale.setToolTip(text)

    def _is_low(self) -> bool:
        return self.height() < LOW_LINES * self._unit.fontMetrics().height()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Leave the map as much of the height as there is."""
        super().resizeEvent(event)
        if self._is_low() != self.info.is_low:
            self._arrange_footer(low=self._is_low())
            self._show_info()

    def _arrange_footer(self, *, low: bool) -> None:
        self.info.set_low(low)
        self.scale.set_one_line(low)
        self._linked.setText(LINKED_LOW if low else LINKED)
        self._unit.setVisible(not low)
        for part in (self._unit, self._linked, self.scale):
            self._grid.removeWidget(part)
        self._grid.addWidget(self._linked, 0, 1)
        self._grid.addWidget(self._unit, 0, 0)
        if low:
            self._grid.addWidget(self.scale, 0, 0)
        else:
            self._grid.addWidget(self.scale, 1, 0, 1, 2)

    def _connect(self) -> None:
        self.controls.view_changed.connect(self.view_changed)
        self.controls.depth_range_changed.connect(self.depth_range_changed)
        self.controls.options.names_toggled.connect(self.canvas.set_names)
        self.controls.export_requested.connect(self.export_requested)
        self.controls.options.aggregate_changed.connect(self.aggregate_changed)
        self.controls.options.pick_depth_changed.connect(self.pick_depth_changed)
        self._linked.toggled.connect(self._on_linked)
        self.canvas.clicked.connect(self._on_clicked)
        self.canvas.region_clicked.connect(self._on_region_clicked)
        self.canvas.drag_started.connect(self.drag_started)
        self.canvas.dragged.connect(self._on_dragged)
        self.canvas.drag_ended.connect(self.drag_ended)
        self.canvas.hovered.connect(self._on_hovered)
        self.lasso.drawn.connect(self.area_drawn)
        FontFollower(self._hint, self.canvas, self.scale, self._linked)

    def _arrange(self) -> None:
        self._footer = QWidget()
        self._grid = QGridLayout(self._footer)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)
        self._arrange_footer(low=False)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(2)
        column.addWidget(self.controls)
        column.addWidget(self._hint)
        column.addWidget(self.canvas, 1)
        column.addWidget(self._footer)
        column.addWidget(self.info)
        column.addStretch(0)
