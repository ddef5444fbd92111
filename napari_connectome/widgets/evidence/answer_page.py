"""The experiments behind the present answer."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_connectome.widgets.appearance import HintLabel, text_label
from napari_connectome.widgets.evidence.rows import ExperimentShare, NumberColumn
from napari_connectome.widgets.evidence.share_table import ShareTable
from napari_connectome.widgets.flatmap.info_line import elided_line

DISTANCE = NumberColumn(
    "distance_um",
    "Dist. µm",
    "Distance from the source to the centroid of the injection: the mean over its voxels in the "
    "experiment's division",
    whole=True,
)


class AnswerPage(QWidget):
    """What is asked, two numbers that say how far to trust the answer, and a table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = elided_line("evidence_title")
        self._facts = text_label("evidence_facts")
        self._hint = HintLabel()
        self._hint.setObjectName("evidence_hint")
        self.table = ShareTable("evidence_table", (DISTANCE,))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._title)
        column.addWidget(self._facts)
        column.addWidget(self._hint)
        column.addWidget(self.table, 1)
        column.addStretch(0)
        self.show_words("", "")

    def show_rows(self, title: str, facts: str, rows: Sequence[ExperimentShare]) -> None:
        """Show the evidence of an answer; `facts` may be rich text."""
        self.table.set_rows(rows)
        self._show(title, facts, "")

    def show_words(self, title: str, words: str) -> None:
        """Say why there is no table."""
        self.table.set_rows(())
        self._show(title, "", words)

    def _show(self, title: str, facts: str, words: str) -> None:
        for label, text in ((self._title, title), (self._facts, facts), (self._hint, words)):
            if label.text() != text:
                label.setText(text)
            label.setVisible(bool(text))
        self.table.setVisible(not words)
