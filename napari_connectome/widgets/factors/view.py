"""A list of factor pairs at the left; maps of the chosen one, or the spectrum, at the right."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from qtpy.QtCore import QItemSelectionModel, QSignalBlocker, Qt, Signal
from qtpy.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from napari_connectome.widgets.appearance import FontFollower, HintLabel, there
from napari_connectome.widgets.button_row import ButtonRow
from napari_connectome.widgets.figure_page import FigurePage
from napari_connectome.widgets.frame_table import FrameTable

PAGES = {
    "pair": ("Maps", "Where the chosen pair sends from, and where it arrives, on the cortex"),
    "spectrum": ("Spectrum", "Energy of the connectivity by rank: how many patterns it is made of"),
}


class FactorView(QWidget):
    """It knows no models: it says what is chosen, and shows what comes."""

    page_changed = Signal(str)
    chosen = Signal(int)
    """Row of the pair to look at."""
    volumes_toggled = Signal(bool)
    """Whether the chosen pair is shown in the volume."""
    export_requested = Signal(str)
    """ "figure"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("factors")
        self.pages = ButtonRow("factors", PAGES)
        self.pages.chosen.connect(self.page_changed)
        self.words = HintLabel()
        self.words.setObjectName("factors_words")
        self.table = FrameTable("factors_table")
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.volumes = QCheckBox("Show in the volume")
        self.volumes.setObjectName("factors_volumes")
        self.volumes.setToolTip("Add the two patterns of the chosen pair to the brain as layers")
        self.volumes.setChecked(True)
        self.volumes.toggled.connect(self.volumes_toggled)
        self.export_button = QPushButton("Save figure…")
        self.export_button.setObjectName("factors_export")
        self.export_button.clicked.connect(lambda _on: self.export_requested.emit("figure"))
        self.figure = FigurePage("factors_figure")
        self._arrange()
        there(self.table.selectionModel()).currentRowChanged.connect(
            lambda index, _before: self._on_row(index.row())
        )
        FontFollower(self.words, self.volumes, self.export_button)

    @property
    def page(self) -> str:
        """Which page is shown."""
        return self.pages.key

    def set_page(self, page: str) -> None:
        """Show a page; nothing is emitted."""
        self.pages.set_key(page)

    def set_pairs(self, frame: pd.DataFrame, tips: Mapping[str, str]) -> None:
        """List pairs; nothing is emitted."""
        with QSignalBlocker(there(self.table.selectionModel())):
            self.table.set_frame(frame, tips)

    def choose(self, row: int) -> None:
        """Mark a pair in the list, -1 for none; nothing is emitted."""
        index = self.table.shown_index(row)
        flags = QItemSelectionModel.SelectionFlag
        model = there(self.table.selectionModel())
        with QSignalBlocker(model):
            if row < 0:
                model.clear()
            else:
                model.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        if row >= 0:
            self.table.scrollTo(index)
        there(self.table.viewport()).update()

    def set_words(self, text: str) -> None:
        """Say what is shown, or why nothing is."""
        self.words.setText(text)

    def set_can_choose(self, possible: bool) -> None:
        """Whether there are pairs."""
        for part in (self.table, self.volumes):
            part.setVisible(possible)

    def set_can_export(self, possible: bool) -> None:
        """Offer to save only what is there."""
        self.export_button.setEnabled(possible)

    def _on_row(self, shown_row: int) -> None:
        if shown_row >= 0:
            self.chosen.emit(self.table.frame_row(shown_row))

    def _arrange(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(4)
        column.addWidget(self.words)
        column.addWidget(self.table, 1)
        row = QHBoxLayout()
        row.addWidget(self.volumes, 1)
        row.addWidget(self.export_button)
        column.addLayout(row)
        right = QWidget()
        page = QVBoxLayout(right)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(2)
        page.addWidget(self.pages)
        page.addWidget(self.figure, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(right)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 5)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(4, 4, 4, 4)
        whole.addWidget(split)
