"""The regions that a source projects to most, as bars to both sides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qtpy.QtCore import Qt, Signal
from qtpy.QtGui import QAction, QGuiApplication, QKeySequence, QResizeEvent
from qtpy.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)
from superqt import QElidingLabel

from napari_connectome.core.sides import BY_SOURCE, SideWords
from napari_connectome.data.target_table import TargetRow, csv_text
from napari_connectome.figures.paired_bars import Order, PairedBar, ranked
from napari_connectome.figures.target_bars import paired
from napari_connectome.widgets.appearance import FontFollower, HintLabel, WheelGuard, there
from napari_connectome.widgets.elided_box import ElidedBox
from napari_connectome.widgets.flatmap.info_line import elided_line
from napari_connectome.widgets.target_bars import TargetBars
from napari_connectome.widgets.ticks import number_text

EMPTY_HINT = "Choose a source in the brain to see where it projects to."
NOTHING_HINT = "No region has a value above zero."
HELP = "Click, or ↑ ↓: select a region."
ORDERS = {"larger": "By larger side", "ipsi": "By ipsilateral", "contra": "By contralateral"}
COUNTS = (10, 20, 50, None)
WIDE_EM = 115
"""Letters that the view is wide when values stand beside the name of their region."""
LOW_LINES = 20
"""A view of fewer lines of text has one line of words under the bars."""
EXPORTS = {"csv": "Save as CSV…", "figure": "Save figure…"}


class TargetChart(QWidget):
    """Controls, title, bars, and a line that tells the values of one region."""

    region_chosen = Signal(int)
    """Structure that was clicked, or reached with a key."""
    export_requested = Signal(str)
    """ "csv" or "figure"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("target_chart")
        self._rows: tuple[TargetRow, ...] = ()
        self._pairs: list[PairedBar] = []
        self._shown: Sequence[PairedBar] = ()
        self._selected: tuple[int, ...] = ()
        self._hovered: PairedBar | None = None
        self.title = self.unit = ""
        self.value_title = "Density"
        self.words = BY_SOURCE
        self._order = _combo("target_chart_order", "Order of the regions")
        for key, text in ORDERS.items():
            self._order.addItem(text, key)
        self._count = _combo("target_chart_count", "How many regions are shown")
        for count in COUNTS:
            self._count.addItem("All" if count is None else f"Top {count}", count)
        self._count.setCurrentIndex(self._count.findData(20))
        self._log = QCheckBox("Log")
        self._log.setObjectName("target_chart_log")
        self._log.setToolTip("Logarithmic axis, at most three decades: weak targets become visible")
        self._export = QPushButton("Export")
        self._export.setObjectName("target_chart_export")
        self._export.setToolTip("Copy the targets that are shown, or save them")
        self._export.setMenu(self._menu())
        self._title = elided_line("target_chart_title")
        self._region = elided_line("target_chart_region")
        self._values = elided_line("target_chart_values")
        self._hint = HintLabel(EMPTY_HINT)
        self._hint.setObjectName("target_chart_hint")
        self.view = TargetBars()
        self._arrange()
        self._connect()
        self._refresh()

    @property
    def redraws(self) -> int:
        """How often the bars were painted so far."""
        return self.view.redraws

    @property
    def log(self) -> bool:
        """Whether the axis is logarithmic."""
        return self._log.isChecked()

    @property
    def order(self) -> Order:
        """What the regions are ranked by."""
        found: Order = self._order.currentData()
        return found

    @property
    def top(self) -> int | None:
        """How many regions are shown; None for all."""
        found: int | None = self._count.currentData()
        return found

    @property
    def bars(self) -> Sequence[PairedBar]:
        """The regions shown, from top to bottom."""
        return self.view.bars

    def set_targets(
        self,
        rows: Iterable[TargetRow],
        unit: str,
        title: str,
        value_title: str = "Density",
        words: SideWords = BY_SOURCE,
    ) -> None:
        """Show another ranking.

        Parameters
        ----------
        rows : iterable of TargetRow
            Largest first, one for each region and side. What is not above zero is left out.
        unit : str
            Unit of the values.
        title : str
            What is shown: "Targets of VISp".
        value_title : str
            What the values are.
        words : SideWords
            What the two sides are called.
        """
        if words != self.words:
            self.words = self.view.words = words
            for key, text in (("ipsi", words.ipsi_long), ("contra", words.contra_long)):
                self._order.setItemText(self._order.findData(key), f"By {text}")
        self._rows = tuple(rows)
        self._pairs = paired(self._rows)
        self.unit, self.title, self.value_title = unit, title, value_title
        self._refresh()

    def set_regions(self, ids: tuple[int, ...]) -> None:
        """Mark selected structures; nothing is emitted."""
        if ids != self._selected:
            self._selected = ids
            self.view.set_selected(frozenset(ids))
            self._tell()

    def csv_text(self) -> str:
        """The targets shown as comma-separated values, in the columns of the target list."""
        shown = {bar.structure_id for bar in self.bars}
        rows = (row for row in self._rows if row.structure_id in shown)
        return csv_text(rows, self.unit, self.value_title, self.words)

    def copy_csv(self) -> None:
        """Put the targets shown on the clipboard."""
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None and self.bars:
            clipboard.setText(self.csv_text())

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Values beside the name where there is room or the view is low, else below."""
        super().resizeEvent(event)
        wide = self.width() >= WIDE_EM * self.fontMetrics().averageCharWidth()
        beside = wide or self._is_low()
        direction, side = QBoxLayout.Direction, Qt.AlignmentFlag
        self._info.setDirection(direction.LeftToRight if beside else direction.TopToBottom)
        self._values.setAlignment(side.AlignRight if beside else side.AlignLeft)
        self._show_bars()
        self._tell()

    def _is_low(self) -> bool:
        return self.height() < LOW_LINES * self._region.fontMetrics().height()

    def _caption(self) -> str:
        return f"{self.value_title} ({self.unit})" if self.unit else self.value_title

    def _show_bars(self) -> None:
        caption = "" if self._is_low() else self._caption()
        self.view.set_bars(self._shown, caption, log=self.log)

    def _refresh(self) -> None:
        bars = ranked(self._pairs, self.order)[: self.top]
        self._shown = bars
        self._show_bars()
        _write(self._title, self.title)
        self._hint.setText(NOTHING_HINT if self._rows else EMPTY_HINT)
        self._pages.setCurrentIndex(1 if bars else 0)
        for action in self._actions:
            action.setEnabled(bool(bars))
        self._tell()

    def _on_hover(self, bar: PairedBar | None) -> None:
        self._hovered = bar
        self._tell()

    def _on_chosen(self, structure_id: int) -> None:
        self._selected = (structure_id,)
        self._tell()
        self.region_chosen.emit(structure_id)

    def _tell(self) -> None:
        """Say what is under the mouse, else what is selected, else what can be done.

        Without a caption under the bars: else what their numbers are.
        """
        bar = self._hovered or next(
            (bar for bar in self.bars if bar.structure_id in self._selected), None
        )
        low = self._is_low()
        if bar is None:
            _write(self._region, (self._caption() if low else HELP) if self.bars else "")
            _write(self._values, "")
            return
        ipsi, contra = number_text(bar.ipsi), number_text(bar.contra)
        _write(self._region, f"{bar.acronym}  {bar.name}")
        sides = f"{self.words.ipsi} {ipsi}, {self.words.contra} {contra}"
        _write(self._values, f"{sides} {'' if low else self.unit}".rstrip())

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        copy = there(menu.addAction("Copy as CSV"))
        copy.setObjectName("target_chart_copy")
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(lambda _on: self.copy_csv())
        self._actions: list[QAction] = [copy]
        for kind, text in EXPORTS.items():
            action = there(menu.addAction(text))
            action.setObjectName(f"target_chart_export_{kind}")
            action.triggered.connect(lambda _on, k=kind: self.export_requested.emit(k))
            self._actions.append(action)
        return menu

    def _connect(self) -> None:
        self._order.currentIndexChanged.connect(lambda _i: self._refresh())
        self._count.currentIndexChanged.connect(lambda _i: self._refresh())
        self._log.toggled.connect(lambda _on: self._refresh())
        self.view.hovered.connect(self._on_hover)
        self.view.chosen.connect(self._on_chosen)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.view.addActions(self._actions)

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        for control in (self._order, self._count, self._log, self._export):
            row.addWidget(control)
        row.addStretch(1)
        body, empty = QWidget(), QWidget()
        self._info = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._info.setSpacing(0)
        self._info.addWidget(self._region, 2)
        self._info.addWidget(self._values, 3)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._title)
        column.addWidget(self.view, 1)
        column.addLayout(self._info)
        column = QVBoxLayout(empty)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._hint)
        column.addStretch(1)
        self._pages = QStackedLayout()
        self._pages.addWidget(empty)
        self._pages.addWidget(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(4)
        layout.addLayout(row)
        layout.addLayout(self._pages, 1)
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        FontFollower(self._region, self.view)


def _combo(name: str, help_text: str) -> QComboBox:
    combo = ElidedBox()
    combo.setObjectName(name)
    combo.setToolTip(help_text)
    combo.setAccessibleName(help_text)
    combo.installEventFilter(WheelGuard(combo))
    return combo


def _write(line: QElidingLabel, text: str) -> None:
    """Set another text, and show it whole in the tooltip."""
    if line.text() != text:
        line.setText(text)
        line.setToolTip(text)
