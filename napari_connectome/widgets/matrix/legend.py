"""The colour scale of the matrix, and what zero and missing cells look like."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QSize, Qt
from qtpy.QtGui import QResizeEvent
from qtpy.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget
from superqt import QElidingLabel

from napari_connectome.core.color_limits import FLOOR_DECADES, TOP_PERCENTILE, ColorLimits
from napari_connectome.core.regional_matrix import COMPLETED, UNDETERMINED
from napari_connectome.widgets.appearance import FontFollower, text_label
from napari_connectome.widgets.color_bar import ColorScale
from napari_connectome.widgets.matrix.cell_key import CellKey
from napari_connectome.widgets.matrix.colors import difference_colors, scale_colors
from napari_connectome.widgets.matrix.content import PAINTED
from napari_connectome.widgets.ticks import number_text

SHORTEST_SCALE_EM = 17
"""Letters that the scale must be wide to stand in one row with the rest."""


class MatrixLegend(QWidget):
    """Measure, unit, scale and keys, in two rows or one; in a corner scale and keys alone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("matrix_legend")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._title = text_label("matrix_measure_title", wrap=False)
        self._unit = _Line()
        self._unit.setObjectName("matrix_unit")
        self._words = _stacked(self._title, self._unit)
        self.scale = ColorScale()
        self.scale.set_colors(scale_colors())
        zero, missing = CellKey("0", "zero"), CellKey("missing", "missing")
        zero.setToolTip("The model says exactly zero")
        missing.setToolTip("No value: a region without voxels, or without data")
        self._mark_keys = _mark_keys()
        self._keys = _in_two_rows(zero, missing, *self._mark_keys.values())
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(2)
        self._in_corner = False
        self._shape: tuple[bool, bool] | None = None
        self._arrange()
        FontFollower(self._title, self.scale, zero, missing, *self._mark_keys.values())

    def set_in_corner(self, on: bool) -> None:
        """Stand in little room: what the colours mean is said by the tooltip."""
        if on != self._in_corner:
            self._in_corner = on
            self._arrange()

    def set_scale(
        self, title: str, unit: str, values: NDArray[np.float64], limits: ColorLimits | None
    ) -> None:
        """Say what the colours mean.

        Parameters
        ----------
        title, unit : str
            The measure.
        values : ndarray of float64
            What is shown; the scale says where it ends before they do.
        limits : ColorLimits or None
            None: no value is above zero, there is no scale to show.
        """
        self.scale.setVisible(limits is not None)
        notes = ["no value above zero"]
        if limits is not None:
            self.scale.set_colors(difference_colors() if limits.signed else scale_colors())
            self.scale.set_scale(limits.low, limits.high, log=limits.log)
            notes = _cut_notes(values, limits)
        measure = f"{title}: {unit}" if unit else title
        self._title.setText(title)
        self._unit.setText(" · ".join([*notes, unit] if unit else notes))
        self._unit.setToolTip(measure)
        self.scale.setToolTip("\n".join([measure, *_scale_tip(limits), *notes]))
        self._arrange()

    def set_marks(self, marks: Collection[int]) -> None:
        """Explain the marks that there are."""
        for mark, key in self._mark_keys.items():
            key.setVisible(mark in marks)

    def one_row_width(self) -> int:
        """Width from which everything stands in one row."""
        metrics = self._title.fontMetrics()
        keys = self._keys.sizeHint().width() + metrics.height()
        title = metrics.horizontalAdvance(self._title.text())
        return title + SHORTEST_SCALE_EM * metrics.averageCharWidth() + keys

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """One row or two."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        one_row = not self._in_corner and self.width() >= self.one_row_width()
        self._title.setWordWrap(not one_row)
        if (one_row, self._in_corner) == self._shape:
            return
        self._shape = (one_row, self._in_corner)
        self._words.setVisible(not self._in_corner)
        for part in (self._words, self.scale, self._keys):
            self._grid.removeWidget(part)
        self._grid.addWidget(self._words, 0, 0)
        if one_row:
            self._grid.addWidget(self.scale, 0, 1)
            self._grid.addWidget(self._keys, 0, 2)
        elif self._in_corner:
            self._grid.addWidget(self.scale, 1, 0, 1, 2)
            self._grid.addWidget(self._keys, 2, 0, 1, 2)
        else:
            self._grid.addWidget(self._keys, 0, 1)
            self._grid.addWidget(self.scale, 1, 0, 1, 2)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1 if one_row else 0)


class _Line(QElidingLabel):
    """One line that may be as narrow as its place."""

    def __init__(self) -> None:
        super().__init__()
        self.setIndent(0)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Any width, one line high."""
        return QSize(0, self.fontMetrics().height())


def _mark_keys() -> dict[int, CellKey]:
    """Keys of marks; hidden as long as no cell has them."""
    keys = {
        COMPLETED: CellKey("completed", "completed"),
        UNDETERMINED: CellKey("not determined", "undetermined"),
        PAINTED: CellKey("marked missing", "painted"),
    }
    keys[COMPLETED].setToolTip(
        "Not known: found from the other cells of its row and column. Zoom in: each has a dot"
    )
    keys[UNDETERMINED].setToolTip("Not known, and no other cell has a say in it")
    keys[PAINTED].setToolTip("Known, and taken as missing when the matrix is completed")
    for key in keys.values():
        key.hide()
    return keys


def _in_two_rows(*parts: QWidget) -> QWidget:
    """Pairs above each other, side by side."""
    widget = QWidget()
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(1)
    for number, part in enumerate(parts):
        grid.addWidget(part, number % 2, number // 2)
    return widget


def _stacked(*parts: QWidget) -> QWidget:
    """One above the other."""
    widget = QWidget()
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(1)
    for part in parts:
        column.addWidget(part)
    return widget


def _cut_notes(values: NDArray[np.float64], limits: ColorLimits) -> list[str]:
    """Where the scale ends before the values do."""
    below, above = limits.goes_on(values)
    floor = [f"floor {number_text(limits.low)}"] if below else []
    return floor + ([f"top {number_text(limits.high)}"] if above else [])


def _scale_tip(limits: ColorLimits | None) -> list[str]:
    if limits is None:
        return []
    low, high = number_text(limits.low), number_text(limits.high)
    if limits.signed:
        top = f"{TOP_PERCENTILE} % of the values are nearer to 0 than its ends"
        return [f"Linear from {low} to {high}, the same on both sides of 0: {top}"]
    top = f"{TOP_PERCENTILE} % of the values above zero are below the top"
    if not limits.log:
        return [f"Linear from {low} to {high}: {top}"]
    return [
        f"Logarithmic from {low} to {high}: {top}; down to the smallest value above zero, "
        f"but not more than {FLOOR_DECADES:.0f} decades"
    ]
