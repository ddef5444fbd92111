"""Why a cell of the regional matrix has its value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from napari_connectome.widgets.appearance import HintLabel, text_label
from napari_connectome.widgets.evidence.rows import ExperimentShare, NumberColumn
from napari_connectome.widgets.evidence.share_table import ShareTable
from napari_connectome.widgets.flatmap.info_line import elided_line

WEIGHT = NumberColumn(
    "weight",
    "Weight",
    "How much the source region draws on the experiment: the mean over its voxels",
)
RECEIVED = NumberColumn(
    "mean_in_target",
    "In target",
    "Mean of the measured projection over the target region, per unit of injection. "
    "Weight times this, summed over the experiments, is the normalised connection density.",
)


@dataclass(frozen=True)
class MeasureLine:
    """A measure of the connection.

    Parameters
    ----------
    title, value, over : str
        As they are written; `over` says what was summed over, and what the mean is of.
    tip : str
        Unit and definition.
    """

    title: str
    value: str
    over: str
    tip: str


class CellPage(QWidget):
    """The connection in its measures, and the experiments whose sum it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = elided_line("cell_title")
        self._lines = QWidget()
        self._grid = QGridLayout(self._lines)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setColumnStretch(2, 1)
        self._labels: list[QLabel] = []
        self._words = HintLabel()
        self._words.setObjectName("cell_words")
        self.table = ShareTable("cell_table", (WEIGHT, RECEIVED))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._title)
        column.addWidget(self._lines)
        column.addWidget(self._words)
        column.addWidget(self.table, 1)
        column.addStretch(0)
        self.show_cell("", (), (), "")

    def show_cell(
        self,
        title: str,
        lines: Sequence[MeasureLine],
        rows: Sequence[ExperimentShare],
        words: str,
    ) -> None:
        """Show a connection; `words` say what else there is to know."""
        self._title.setText(title)
        self._title.setVisible(bool(title))
        self._show_lines(lines)
        self._words.setText(words)
        self._words.setVisible(bool(words))
        self.table.set_rows(rows)
        self.table.setVisible(bool(rows))

    def _show_lines(self, lines: Sequence[MeasureLine]) -> None:
        for label in self._labels:
            self._grid.removeWidget(label)
            label.deleteLater()
        self._labels = []
        for row, line in enumerate(lines):
            texts = (line.title, line.value, line.over)
            for column, text in enumerate(texts):
                label = elided_line("cell_over") if column == 2 else text_label("", wrap=False)
                label.setText(text)
                label.setToolTip(line.tip)
                if column == 1:
                    label.setObjectName("cell_value")
                    label.setAlignment(Qt.AlignmentFlag.AlignRight)
                self._grid.addWidget(label, row, column)
                self._labels.append(label)
        self._lines.setVisible(bool(lines))
