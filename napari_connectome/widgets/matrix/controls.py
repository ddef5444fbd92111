"""The row of controls above the matrix."""

from __future__ import annotations

from collections.abc import Mapping

from qtpy.QtCore import QSignalBlocker, Qt, Signal
from qtpy.QtGui import QAction
from qtpy.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from napari_connectome.widgets.appearance import WheelGuard, there
from napari_connectome.widgets.elided_box import ElidedBox
from napari_connectome.widgets.matrix.content import MeasureName

ORDERS = {"ontology": "Ontology", "clustered": "Clustered"}


class MatrixControls(QWidget):
    """Measure, order, logarithmic colours, what is exported, opened, or marked."""

    measure_changed = Signal(str)
    order_changed = Signal(str)
    log_changed = Signal(bool)
    export_requested = Signal(str)
    """ "csv" or "figure"."""
    open_requested = Signal()
    painting_changed = Signal(bool)
    wipe_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._measure, self._order = ElidedBox(), QComboBox()
        _set_up(self._measure, "matrix_measure", "Measure", "What the cells show")
        _set_up(self._order, "matrix_order", "Order", "Order of the regions on both axes")
        _fill(self._order, ORDERS)
        # Where the row is short, the measure gives way: its tooltip says it in full.
        self._measure.setMinimumWidth(48)
        self._log = QCheckBox("Log")
        self._log.setObjectName("matrix_log")
        self._log.setToolTip("Logarithmic colours: weak connections become visible")
        self._log.setChecked(True)
        self._export = QPushButton("Export")
        self._export.setObjectName("matrix_export")
        self._export.setToolTip("Save this matrix, or open one from a file")
        self._exports = self._make_menu()
        self._paint, self._wipe = QPushButton("Mark missing"), QPushButton("Wipe")
        self._paint.setObjectName("matrix_paint")
        self._paint.setCheckable(True)
        self._paint.setToolTip(
            "Drag over cells: they count as missing when the matrix is completed; from a marked "
            "cell: no longer. Off: drags move the matrix"
        )
        self._wipe.setObjectName("matrix_wipe")
        self._wipe.setToolTip("Mark no cell as missing")
        self._paint.toggled.connect(self.painting_changed)
        self._wipe.clicked.connect(lambda _on: self.wipe_requested.emit())
        self._measure.currentIndexChanged.connect(lambda _i: self._emit_measure())
        self._order.currentIndexChanged.connect(
            lambda _i: self.order_changed.emit(self._order.currentData())
        )
        self._log.toggled.connect(self.log_changed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._measure)
        row.addWidget(self._order)
        row.addWidget(self._log)
        row.addWidget(self._export)
        row.addWidget(self._paint)
        row.addWidget(self._wipe)
        row.addStretch(1)
        self.set_paintable(False)

    @property
    def log(self) -> bool:
        """Whether colours are logarithmic."""
        return self._log.isChecked()

    def set_measures(self, measures: Mapping[str, MeasureName]) -> None:
        """Offer measures by name; the chosen one stays where it is among them."""
        chosen = self._measure.currentData()
        with QSignalBlocker(self._measure):
            _fill(self._measure, {name: measure.short for name, measure in measures.items()})
            for index, measure in enumerate(measures.values()):
                self._measure.setItemData(index, measure.tip, Qt.ItemDataRole.ToolTipRole)
        self.set_measure(chosen)
        self._measure.setEnabled(len(measures) > 1)

    def set_measure(self, name: str) -> None:
        """Show a measure; nothing is emitted."""
        _choose(self._measure, name)
        self._explain()

    def set_order(self, name: str) -> None:
        """Show an order; nothing is emitted."""
        _choose(self._order, name)

    def set_log(self, on: bool) -> None:
        """Show logarithmic or linear colours; nothing is emitted."""
        with QSignalBlocker(self._log):
            self._log.setChecked(on)

    def set_has_matrix(self, there_is_one: bool) -> None:
        """Offer to save only what is there."""
        for action in self._exports:
            action.setEnabled(there_is_one)

    def set_paintable(self, on: bool) -> None:
        """Offer to mark cells, at once where that is new; nothing is emitted."""
        if on == self._paint.isVisibleTo(self):
            return
        self._paint.setVisible(on)
        self._wipe.setVisible(on)
        with QSignalBlocker(self._paint):
            self._paint.setChecked(on)

    def _emit_measure(self) -> None:
        name = self._measure.currentData()
        if name is not None:
            self._explain()
            self.measure_changed.emit(name)

    def _explain(self) -> None:
        """The box says what its short name stands for."""
        tip = self._measure.currentData(Qt.ItemDataRole.ToolTipRole)
        if tip is not None:
            self._measure.setToolTip(tip)

    def _make_menu(self) -> tuple[QAction, ...]:
        menu = QMenu(self._export)
        exports = []
        for kind, text in (("csv", "Matrix as CSV…"), ("figure", "Figure…")):
            action = there(menu.addAction(text))
            action.setObjectName(f"matrix_export_{kind}")
            action.triggered.connect(lambda _checked, k=kind: self.export_requested.emit(k))
            exports.append(action)
        menu.addSeparator()
        action = there(menu.addAction("Open matrix…"))
        action.setObjectName("matrix_open")
        action.triggered.connect(lambda _checked: self.open_requested.emit())
        self._export.setMenu(menu)
        return tuple(exports)


def _set_up(combo: QComboBox, name: str, title: str, help_text: str) -> None:
    """A box as wide as its texts; its list shows them whole where the box is narrower."""
    combo.setObjectName(name)
    combo.setAccessibleName(title)
    combo.setToolTip(f"{title}: {help_text}")
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    combo.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    there(combo.view()).setTextElideMode(Qt.TextElideMode.ElideNone)
    combo.installEventFilter(WheelGuard(combo))


def _fill(combo: QComboBox, items: Mapping[str, str]) -> None:
    combo.clear()
    for name, title in items.items():
        combo.addItem(title, name)
    metrics = combo.fontMetrics()
    widest = max((metrics.horizontalAdvance(t) for t in items.values()), default=0)
    there(combo.view()).setMinimumWidth(widest + 3 * metrics.height())


def _choose(combo: QComboBox, name: str) -> None:
    index = combo.findData(name)
    if index >= 0:
        with QSignalBlocker(combo):
            combo.setCurrentIndex(index)
