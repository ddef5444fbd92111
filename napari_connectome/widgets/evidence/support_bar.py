"""Which support is shown in the volume, and what its colours mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qtpy.QtCore import QSignalBlocker, QSize, Signal
from qtpy.QtGui import QResizeEvent
from qtpy.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from napari_connectome.widgets.appearance import FontFollower, HintLabel, WheelGuard, text_label
from napari_connectome.widgets.color_bar import Rgba
from napari_connectome.widgets.elided_box import ElidedBox
from napari_connectome.widgets.fitted_scale import FittedScale
from napari_connectome.widgets.matrix.cell_key import CellKey

ONE_ROW_EM = 78
"""Letters that the bar is wide when everything stands in one row."""
LEAST_SCALE_EM = 10
HATCH_TIP = (
    "Hatched in the volume: no experiment supports a prediction there, which is not the same as 0"
)


class SupportBar(QWidget):
    """A choice, and while something is shown a scale with its unit.

    Parameters
    ----------
    choices : mapping of str to str
        Titles of what can be shown, by key; the first one shows nothing.
    """

    kind_changed = Signal(str)

    def __init__(self, choices: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("support_bar")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._title = text_label("support_title", wrap=False)
        self._title.setText("Support")
        self._kind = ElidedBox()
        self._kind.setObjectName("support_kind")
        self._kind.setToolTip(
            "Show in the volume how well the model's data support an answer about each voxel"
        )
        for key, title in choices.items():
            self._kind.addItem(title, key)
        self._kind.currentIndexChanged.connect(
            lambda _i: self.kind_changed.emit(self._kind.currentData())
        )
        self._kind.installEventFilter(WheelGuard(self._kind))
        self.scale = FittedScale()
        self.scale.set_one_line(True)
        self._unit = QLabel()
        self._unit.setObjectName("support_unit")
        self._key = CellKey("no support", "missing")
        self._key.setToolTip(HATCH_TIP)
        self._note = HintLabel()
        self._note.setObjectName("support_note")
        FontFollower(self._title, self._kind, self.scale, self._key)
        self._one_row: bool | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(2)
        self._arrange()
        self.show_nothing("")

    def set_kind(self, kind: str) -> None:
        """Show what is chosen; nothing is emitted."""
        with QSignalBlocker(self._kind):
            self._kind.setCurrentIndex(self._kind.findData(kind))

    def show_scale(
        self,
        limits: tuple[float, float],
        colors: Sequence[Rgba],
        unit: str,
        *,
        hatched: bool,
        note: str = "",
    ) -> None:
        """Say what the colours mean.

        Parameters
        ----------
        limits : tuple of float
            What the first and the last colour mean.
        colors : sequence of RGBA
            From low to high.
        unit : str
            Of the limits.
        hatched : bool
            Whether some voxels are without any support.
        note : str
            What else there is to know.
        """
        self.scale.set_colors(colors)
        self.scale.set_scale(*limits, log=False)
        self._unit.setText(unit)
        self._show(scale=True, hatched=hatched, note=note)

    def show_nothing(self, note: str) -> None:
        """Show no scale, and perhaps say why."""
        self._show(scale=False, hatched=False, note=note)

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """One row or two."""
        super().resizeEvent(event)
        self._arrange()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Any width."""
        return QSize(0, super().minimumSizeHint().height())

    def _show(self, *, scale: bool, hatched: bool, note: str) -> None:
        self.scale.setVisible(scale)
        self._unit.setVisible(scale)
        self._key.setVisible(hatched)
        self._note.setText(note)
        self._note.setVisible(bool(note))

    def _arrange(self) -> None:
        em = self._title.fontMetrics().averageCharWidth()
        one_row = self.width() >= ONE_ROW_EM * em
        self.scale.setMinimumWidth(LEAST_SCALE_EM * em)
        if one_row == self._one_row:
            return
        self._one_row = one_row
        parts = (self._title, self._kind, self.scale, self._unit, self._key, self._note)
        for part in parts:
            self._grid.removeWidget(part)
        self._grid.addWidget(self._title, 0, 0)
        self._grid.addWidget(self._kind, 0, 1, 1, 1 if one_row else 3)
        row, first = (0, 2) if one_row else (1, 0)
        self._grid.addWidget(self.scale, row, first, 1, 1 if one_row else 2)
        self._grid.addWidget(self._unit, row, first + (1 if one_row else 2))
        self._grid.addWidget(self._key, row, first + (2 if one_row else 3))
        self._grid.addWidget(self._note, row + 1, 0, 1, 5)
        self._grid.setColumnStretch(1, 0 if one_row else 1)
        self._grid.setColumnStretch(2, 1 if one_row else 0)
