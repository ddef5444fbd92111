"""Two answers beside each other: which one is shown, how well they agree, region by region."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from napari_connectome.widgets.appearance import FontFollower, HintLabel, text_label
from napari_connectome.widgets.button_row import ButtonRow
from napari_connectome.widgets.color_bar import Rgba
from napari_connectome.widgets.compare.numbers import AgreementNumbers, AgreementTexts
from napari_connectome.widgets.compare.points import RegionPoint
from napari_connectome.widgets.compare.scatter import RegionScatter
from napari_connectome.widgets.fitted_scale import FittedScale
from napari_connectome.widgets.flatmap.info_line import elided_line
from napari_connectome.widgets.sections import Column
from napari_connectome.widgets.ticks import number_text

EMPTY = (
    "Keep the present answer as A: every answer that follows is B, and is compared with it. A "
    "model can be kept as A, too, and answers every source with the present one. Or hold an "
    "experiment out, to see what the model predicts without it."
)
SIDES = {
    "b": ("B", "Show B in the volume and on the map"),
    "a": ("A", "Show A in the volume and on the map"),
    "difference": ("A − B", "Show the difference: red where A is larger, blue where B is"),
}
HINT = "● right  ○ left.  Click: select a region."
KEEP = {
    "answer": "This answer",
    "experiment": "What was measured in the selected experiment",
    "model": "This model, to compare another fit with it",
    "file": "A saved model…",
}
NUMBERS_PART = 5
SCATTER_PART = 6


class CompareView(QWidget):
    """Controls and numbers at the left, the scatter of regions at the right.

    It knows no models: it shows plain content and says what a person asks for.
    """

    keep_requested = Signal(str)
    """What is to be A: a key of ``KEEP``."""
    hold_out_requested = Signal()
    end_requested = Signal()
    side_changed = Signal(str)
    region_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compare")
        self._keep = QPushButton("Keep as A")
        self._keep.setObjectName("compare_keep")
        self._keep.setToolTip("What the answers to come are compared with")
        self._keep.setMenu(self._menu())
        self._hold_out = QPushButton("Hold out")
        self._hold_out.setObjectName("compare_hold_out")
        self._hold_out.clicked.connect(lambda _on: self.hold_out_requested.emit())
        self._end = QPushButton("End")
        self._end.setObjectName("compare_end")
        self._end.setToolTip("End the comparison: the present answer alone is shown again")
        self._end.clicked.connect(lambda _on: self.end_requested.emit())
        self.sides = ButtonRow("compare", SIDES)
        self.sides.chosen.connect(self.side_changed)
        self._a, self._b = text_label("compare_a"), text_label("compare_b")
        self.numbers = AgreementNumbers()
        self.scale = FittedScale()
        self.scale.set_one_line(True)
        self._unit = text_label("compare_unit")
        self._hint = HintLabel(EMPTY)
        self._hint.setObjectName("compare_hint")
        self._region = elided_line("compare_region")
        self._region.setText(HINT)
        self.scatter = RegionScatter()
        self.scatter.hovered.connect(self._on_hovered)
        self.scatter.chosen.connect(self.region_chosen)
        self._arrange()
        FontFollower(self._hint, self.scatter, self.scale, self._keep, self._hold_out, self._end)
        self.set_experiment(None)
        self.show_nothing(waiting="")

    def set_experiment(self, experiment_id: int | None) -> None:
        """Say which experiment is selected: the one that can be held out."""
        known = experiment_id is not None
        self._hold_out.setText(f"Hold out {experiment_id}" if known else "Hold out…")
        self._hold_out.setEnabled(known)
        self._hold_out.setToolTip(
            "Predict the selected experiment from all the others, and compare with what was "
            "measured in it"
            if known
            else "Select an experiment first, in the evidence of an answer or in the list of "
            "experiments"
        )
        self._actions["experiment"].setEnabled(known)

    def set_side(self, side: str) -> None:
        """Show which answer is chosen; nothing is emitted."""
        self.sides.set_key(side)

    def set_scale(
        self, limits: tuple[float, float], colors: Sequence[Rgba], unit: str, *, log: bool
    ) -> None:
        """Say what the colours of the chosen answer mean; the lower limit of a `log` is above 0."""
        self.scale.set_colors(colors)
        self.scale.set_scale(*limits, log=log)
        self._unit.setText(unit)

    def show_nothing(self, waiting: str) -> None:
        """Show no comparison; `waiting` says what it waits for, when A is there already."""
        self._hint.setText(waiting or EMPTY)
        self._show(compared=False, waiting=bool(waiting))

    def show_comparison(
        self,
        titles: tuple[str, str],
        texts: AgreementTexts,
        points: Sequence[RegionPoint],
        captions: tuple[str, str],
    ) -> None:
        """Show a comparison.

        Parameters
        ----------
        titles : tuple of str
            What A and B are.
        texts : AgreementTexts
            How well they agree.
        points : sequence of RegionPoint
            Region by region.
        captions : tuple of str
            What the two axes are, in a few words.
        """
        for label, name, title in zip((self._a, self._b), "AB", titles, strict=True):
            label.setText(f"<b>{name}</b>&nbsp; {escape(title)}")
        self.numbers.set_texts(texts)
        self.scatter.set_points(points, captions)
        self._show(compared=True, waiting=False)

    def set_regions(self, ids: tuple[int, ...]) -> None:
        """Mark the selected regions."""
        self.scatter.set_selected(frozenset(ids))

    def _show(self, *, compared: bool, waiting: bool) -> None:
        self._hint.setVisible(not compared)
        self._end.setEnabled(compared or waiting)
        for part in (self._details, self._right, self.sides):
            part.setVisible(compared)

    def _on_hovered(self, point: RegionPoint | None) -> None:
        if point is None:
            self._region.setText(HINT)
            return
        side = "left" if point.left else "right"
        values = f"A {number_text(point.a)}, B {number_text(point.b)}"
        self._region.setText(f"{point.acronym}  {point.name} ({side}): {values}")

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        self._actions = {}
        for key, text in KEEP.items():
            action = menu.addAction(text)
            if action is not None:
                action.setObjectName(f"compare_keep_{key}")
                action.triggered.connect(lambda _on, key=key: self.keep_requested.emit(key))
                self._actions[key] = action
        return menu

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(3)
        buttons.addWidget(self._keep, 1)
        buttons.addWidget(self._end)
        self._details = QWidget()
        details = QVBoxLayout(self._details)
        details.setContentsMargins(0, 0, 0, 0)
        details.setSpacing(2)
        for part in (self._a, self._b, self.numbers, self.scale, self._unit):
            details.addWidget(part)
        controls = QWidget()
        left = QVBoxLayout(controls)
        left.setContentsMargins(0, 0, 4, 0)
        left.setSpacing(4)
        left.addLayout(buttons)
        left.addWidget(self._hold_out)
        left.addWidget(self.sides)
        left.addWidget(self._hint)
        left.addWidget(self._details)
        left.addStretch(1)
        self._right = QWidget()
        right = QVBoxLayout(self._right)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(2)
        right.addWidget(self.scatter, 1)
        right.addWidget(self._region)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 4, 4, 4)
        row.addWidget(Column(controls), NUMBERS_PART)
        row.addWidget(self._right, SCATTER_PART)
