"""Choices at the left, a figure as it would be printed at the right."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from qtpy.QtCore import QSignalBlocker, Qt, Signal
from qtpy.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from napari_connectome.core.sides import Side
from napari_connectome.widgets.appearance import FontFollower, HintLabel, WheelGuard, there
from napari_connectome.widgets.button_row import ButtonRow
from napari_connectome.widgets.check_menu import CheckMenu
from napari_connectome.widgets.figure_page import FigurePage
from napari_connectome.widgets.flatmap.info_line import elided_line
from napari_connectome.widgets.frame_table import FrameTable
from napari_connectome.widgets.sections import Column

PAGES = {
    "distribution": ("Distribution", "Which distribution the weights follow, by BIC"),
    "mixture": ("Mixture", "The log weights as a mixture of normal distributions"),
    "distance": ("Distance", "How the weights fall off with the distance between regions"),
    "numbers": ("Numbers", "All of these in a table that can be sorted and copied"),
    "data": ("Data", "How well the experiments cover each division"),
}
SIDES: dict[Side, tuple[str, str]] = {
    "ipsi": ("Ipsilateral", "Targets in the hemisphere of the source"),
    "contra": ("Contralateral", "Targets in the other hemisphere"),
}
POINT_HINT = "Point at a connection to see what it is; click to select it in every view."
CONTROLS_PART, PAGE_PART = 2, 7
FIGURE_PART, TABLE_PART = 3, 2


class StatisticsView(QWidget):
    """It knows no models: it says what is asked for, and shows what comes."""

    page_changed = Signal(str)
    within_changed = Signal(tuple)
    """Ids of structures; none is the whole brain."""
    side_changed = Signal(str)
    measure_changed = Signal(str)
    stop_requested = Signal(bool)
    """Whether to stop, or to go on after all."""
    look_changed = Signal()
    """The same is to be drawn in another way."""
    export_requested = Signal(str)
    """ "csv" or "figure"."""
    selected_wanted = Signal()
    """The selected regions are to be what it is about."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statistics")
        self._is_stopped = False
        self.pages = ButtonRow("statistics", PAGES)
        self.within = CheckMenu(
            "statistics_within",
            "All regions",
            "Only connections whose source and target both lie in these divisions",
        )
        self._selected = QPushButton("Selected regions")
        self._selected.setObjectName("statistics_selected")
        self._selected.setToolTip("Only connections among the regions that are selected")
        self._selected.clicked.connect(lambda _on: self.selected_wanted.emit())
        self.sides = ButtonRow("statistics_side", SIDES)
        self._measure = QComboBox()
        self._measure.setObjectName("statistics_measure")
        self._measure.setToolTip("What the weights are")
        self._measure.installEventFilter(WheelGuard(self._measure))
        self._log = QCheckBox("Log distance")
        self._log.setObjectName("statistics_log_distance")
        self._log.setToolTip(
            "A power law is straight on a logarithmic axis, an exponential on a linear one"
        )
        self._log.setChecked(True)
        self._log.toggled.connect(lambda _on: self.look_changed.emit())
        self._stop = QPushButton()
        self._stop.setObjectName("statistics_stop")
        self._stop.hide()
        self._stop.clicked.connect(lambda _on: self.stop_requested.emit(not self._is_stopped))
        self.words = HintLabel()
        self.words.setObjectName("statistics_words")
        self.export_button = QPushButton("Export")
        self.export_button.setObjectName("statistics_export")
        self.export_button.setMenu(self._menu())
        self.figure = FigurePage("statistics_figure")
        self.table = FrameTable("statistics_table")
        self._info = elided_line("statistics_info")
        self._arrange()
        buttons = (self.export_button, self.within, self._selected, self._stop)
        FontFollower(self.words, *buttons, self._measure, self._log)
        self.pages.chosen.connect(self._on_page)
        self.within.changed.connect(self.within_changed)
        self.sides.chosen.connect(self.side_changed)
        self._measure.currentIndexChanged.connect(
            lambda _i: self.measure_changed.emit(self._measure.currentData())
        )
        self._show_page()

    @property
    def page(self) -> str:
        """Which page is shown."""
        return self.pages.key

    @property
    def log_distance(self) -> bool:
        """Whether distance has a logarithmic axis."""
        return self._log.isChecked()

    def set_page(self, page: str) -> None:
        """Show a page; nothing is emitted."""
        self.pages.set_key(page)
        self._show_page()

    def set_measures(self, titles: Mapping[str, str], chosen: str) -> None:
        """Offer measures by name; nothing is emitted."""
        with QSignalBlocker(self._measure):
            self._measure.clear()
            for name, title in titles.items():
                self._measure.addItem(title, name)
            self._measure.setCurrentIndex(max(0, self._measure.findData(chosen)))
        self._measure.setEnabled(len(titles) > 1)

    def set_selected(self, text: str) -> None:
        """Say which regions are selected; empty: none are."""
        self._selected.setEnabled(bool(text))
        self._selected.setToolTip(f"Only connections among {text}" if text else "None are selected")

    def set_job(self, *, is_running: bool, is_stopped: bool) -> None:
        """Offer to stop what is in the making, or to make what was stopped."""
        self._is_stopped = is_stopped
        self._stop.setText("Compute" if is_stopped else "Stop")
        self._stop.setVisible(is_running or is_stopped)

    def set_words(self, text: str) -> None:
        """Say in a few words what was found."""
        self.words.setText(text)

    def set_info(self, text: str) -> None:
        """Say what the mouse points at."""
        self._info.setText(text or POINT_HINT)

    def set_table(self, frame: pd.DataFrame, tips: Mapping[str, str] | None = None) -> None:
        """Show a table, under the figure or, on the page of numbers, in its place."""
        self.table.set_frame(frame, tips)
        self.table.show()
        self.figure.setVisible(self.page != "numbers")

    def hide_table(self) -> None:
        """Show only the figure, or words in its place."""
        self.table.hide()
        self.figure.show()

    def set_can_export(self, possible: bool) -> None:
        """Offer to save only what is there."""
        self.export_button.setEnabled(possible)

    def _on_page(self, page: str) -> None:
        self._show_page()
        self.page_changed.emit(page)

    def _show_page(self) -> None:
        is_data = self.page == "data"
        is_distance = self.page == "distance"
        self._info.setVisible(is_distance)
        self._log.setVisible(is_distance)
        self.set_info("")
        for part in (self.within, self._selected, self.sides, self._measure):
            part.setVisible(not is_data)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for kind, text in (("csv", "Numbers as CSV…"), ("figure", "Figure…")):
            action = there(menu.addAction(text))
            action.setObjectName(f"statistics_export_{kind}")
            action.triggered.connect(lambda _on, k=kind: self.export_requested.emit(k))
        return menu

    def _arrange(self) -> None:
        controls = QWidget()
        left = QVBoxLayout(controls)
        left.setContentsMargins(0, 0, 4, 0)
        left.setSpacing(4)
        for part in (self.within, self._selected, self.sides, self._measure, self._log):
            left.addWidget(part)
        left.addWidget(self._stop)
        left.addWidget(self.words)
        left.addWidget(self.export_button)
        left.addStretch(1)
        sheet = QSplitter(Qt.Orientation.Vertical)
        sheet.addWidget(self.figure)
        sheet.addWidget(self.table)
        sheet.setSizes([100 * FIGURE_PART, 100 * TABLE_PART])
        right = QWidget()
        page = QVBoxLayout(right)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(2)
        page.addWidget(self.pages)
        page.addWidget(sheet, 1)
        page.addWidget(self._info)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 4, 4, 4)
        row.addWidget(Column(controls), CONTROLS_PART)
        row.addWidget(right, PAGE_PART)
