"""How far to trust the present answer, or a cell of the matrix."""

from __future__ import annotations

from collections.abc import Mapping

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from napari_connectome.widgets.appearance import Rgb
from napari_connectome.widgets.button_row import ButtonRow
from napari_connectome.widgets.evidence.answer_page import AnswerPage
from napari_connectome.widgets.evidence.cell_page import CellPage
from napari_connectome.widgets.evidence.support_bar import SupportBar

PAGES = {
    "answer": ("This answer", "The experiments that the present answer is made of"),
    "cell": ("Matrix cell", "Why the selected cell of the regional matrix has its value"),
}
SUPPORT = {
    "off": "Off",
    "distance": "Distance to the nearest injection",
    "effective": "Effective number of experiments",
}


class EvidenceView(QWidget):
    """Two pages with a table of experiments each, and the support that the volume shows.

    It knows no models: it shows plain content and says what a person asks for.
    """

    experiment_toggled = Signal(int)
    """Experiment whose measured volume is to come or go."""
    hold_out_requested = Signal(int)
    keep_requested = Signal(int)
    support_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("evidence")
        self.pages = ButtonRow("evidence_page", PAGES)
        self.answer, self.cell = AnswerPage(), CellPage()
        self.support = SupportBar(SUPPORT)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.answer)
        self._stack.addWidget(self.cell)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(3)
        column.addWidget(self.pages)
        column.addWidget(self._stack, 1)
        column.addWidget(self.support)
        self.pages.chosen.connect(self.set_page)
        self.support.kind_changed.connect(self.support_changed)
        for table in (self.answer.table, self.cell.table):
            table.toggled.connect(self.experiment_toggled)
            table.hold_out_requested.connect(self.hold_out_requested)
            table.keep_requested.connect(self.keep_requested)

    def set_page(self, name: str) -> None:
        """Show a page: "answer" or "cell"."""
        self.pages.set_key(name)
        self._stack.setCurrentWidget(self.answer if name == "answer" else self.cell)

    def set_shown(self, shown: Mapping[int, Rgb]) -> None:
        """Mark the experiments whose volumes are shown, with the colours that they have."""
        for table in (self.answer.table, self.cell.table):
            table.set_shown(shown)

    def select(self, experiment_id: int | None) -> None:
        """Select an experiment in both tables; nothing is emitted."""
        for table in (self.answer.table, self.cell.table):
            table.select(experiment_id)
