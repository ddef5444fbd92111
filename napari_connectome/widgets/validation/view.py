"""What to cross-validate at the left, what came out at the right."""

from __future__ import annotations

from collections.abc import Mapping

from qtpy.QtCore import QSignalBlocker, Signal
from qtpy.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from napari_connectome.core.models.catalog import ModelEntry
from napari_connectome.widgets.appearance import FontFollower, WheelGuard, there
from napari_connectome.widgets.button_row import ButtonRow
from napari_connectome.widgets.elided_box import ElidedBox
from napari_connectome.widgets.figure_page import FigurePage
from napari_connectome.widgets.flatmap.info_line import elided_line
from napari_connectome.widgets.frame_table import FrameTable
from napari_connectome.widgets.validation.controls import ValidationControls

PAGES = {
    "scores": ("Scores", "Every division, model and score; training errors in parentheses"),
    "errors": ("Errors", "Held-out and training errors by division"),
    "correlation": ("Correlation", "Pearson's r of every held-out experiment"),
    "sources": ("By source", "Pearson's r of held-out experiments by injected region"),
    "scatter": ("Scatter", "Measured against predicted targets of one source region"),
    "details": ("Details", "Every experiment, every fold, every test between two models"),
}
TABLES = ("scores", "details")
"""Pages that hold no figure."""
DETAILS = {"experiments": "Experiments", "folds": "Folds", "tests": "Tests between models"}
POINT_HINT = "Point at a target to see what it is; click to select its region in every view."
CONTROLS_PART, PAGE_PART = 2, 7


class ValidationView(QWidget):
    """It says what is asked for, and shows what comes.

    Parameters
    ----------
    entries : mapping of str to ModelEntry
        Models that can be compared, by name.
    """

    page_changed = Signal()
    """Another page, another table or another source is to be shown."""
    export_requested = Signal(str)
    """ "csv", "json" or "figure"."""

    def __init__(self, entries: Mapping[str, ModelEntry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("validation")
        self.controls = ValidationControls(entries)
        self.export_button = QPushButton("Export")
        self.export_button.setObjectName("validation_export")
        self.export_button.setMenu(self._menu())
        self._make_pages()
        self._arrange()
        FontFollower(self.export_button, self._source, self._table_choice)
        self._show_page()

    @property
    def page(self) -> str:
        """Which page is shown."""
        return self.pages.key

    @property
    def details(self) -> str:
        """Which table of details is shown."""
        return str(self._table_choice.currentData())

    @property
    def source_id(self) -> int | None:
        """Source region of the scatter."""
        found = self._source.currentData()
        return None if found is None else int(found)

    def set_can_export(self, possible: bool) -> None:
        """Offer to save only what is there."""
        self.export_button.setEnabled(possible)

    def set_sources(self, titles: Mapping[int, str]) -> None:
        """Offer source regions; the chosen one stays, and nothing is emitted."""
        chosen = self.source_id
        with QSignalBlocker(self._source):
            self._source.clear()
            for structure_id, title in titles.items():
                self._source.addItem(title, structure_id)
            at = self._source.findData(chosen)
            self._source.setCurrentIndex(max(0, at))

    def set_source(self, structure_id: int) -> bool:
        """Choose a source region where it is offered; says whether it is another one now."""
        at = self._source.findData(structure_id)
        if at < 0 or at == self._source.currentIndex():
            return False
        with QSignalBlocker(self._source):
            self._source.setCurrentIndex(at)
        return True

    def set_info(self, text: str) -> None:
        """Say what the mouse points at."""
        self._info.setText(text or POINT_HINT)

    def show_table(self) -> None:
        """Bring the table forward."""
        self._stack.setCurrentWidget(self.table)

    def show_figure(self) -> None:
        """Bring the figure, or words in its place, forward."""
        self._stack.setCurrentWidget(self.figure)

    def _make_pages(self) -> None:
        self.pages = ButtonRow("validation", PAGES)
        self.pages.chosen.connect(lambda _page: self._on_page())
        self.table = FrameTable("validation_table")
        self.figure = FigurePage("validation_figure")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.figure)
        self._source, self._table_choice = ElidedBox(), QComboBox()
        self._source.setObjectName("validation_source")
        self._source.setToolTip("Source region")
        self._table_choice.setObjectName("validation_details")
        for key, title in DETAILS.items():
            self._table_choice.addItem(title, key)
        for box in (self._source, self._table_choice):
            box.installEventFilter(WheelGuard(box))
            box.currentIndexChanged.connect(lambda _index: self.page_changed.emit())
        self._info = elided_line("validation_info")
        self.set_info("")

    def _on_page(self) -> None:
        self._show_page()
        self.page_changed.emit()

    def _show_page(self) -> None:
        self._source.setVisible(self.page == "scatter")
        self._info.setVisible(self.page == "scatter")
        self._table_choice.setVisible(self.page == "details")

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        texts = {
            "csv": "Scores as CSV…",
            "json": "Everything as JSON…",
            "figure": "Figure of this page…",
        }
        self._exports = {}
        for kind, text in texts.items():
            action = there(menu.addAction(text))
            action.setObjectName(f"validation_export_{kind}")
            action.triggered.connect(lambda _on, k=kind: self.export_requested.emit(k))
            self._exports[kind] = action
        menu.aboutToShow.connect(self._offer_figure)
        return menu

    def _offer_figure(self) -> None:
        self._exports["figure"].setEnabled(self.page not in TABLES)

    def _arrange(self) -> None:
        self.controls.buttons.addWidget(self.export_button)
        right = QWidget()
        page = QVBoxLayout(right)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(2)
        for part in (self.pages, self._source, self._table_choice):
            page.addWidget(part)
        page.addWidget(self._stack, 1)
        page.addWidget(self._info)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 4, 4, 4)
        row.addWidget(self.controls, CONTROLS_PART)
        row.addWidget(right, PAGE_PART)
