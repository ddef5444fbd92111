"""The experiments of a dataset, to be sorted and filtered."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from qtpy.QtCore import QItemSelectionModel, QModelIndex, QSignalBlocker, Qt, Signal
from qtpy.QtGui import QAction, QKeySequence
from qtpy.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from napari_connectome.widgets.appearance import (
    FontFollower,
    HintLabel,
    NumberBox,
    WheelGuard,
    text_label,
    there,
)
from napari_connectome.widgets.experiment_model import (
    DATA,
    ID,
    LINE,
    SIDE,
    STRUCTURE,
    VOLUME,
    ExperimentModel,
)
from napari_connectome.widgets.experiment_rows import ExperimentFilter, ExperimentRow
from napari_connectome.widgets.tables import RowTable

EMPTY_HINT = "Open the demo brain or an Allen cache folder to see its experiments."
NO_MATCH = "No experiment matches. Clear a filter to see more."


class ExperimentTableView(QWidget):
    """Filters above the table, and how many experiments pass them."""

    filter_changed = Signal(object)
    """The ExperimentFilter that the person set."""
    experiment_activated = Signal(int)
    """Id of the experiment that was double-clicked (or chosen with Enter)."""
    experiment_selected = Signal(int)
    """Id of the experiment that was clicked, or reached with a key."""
    hold_out_requested = Signal(int)
    keep_requested = Signal(int)
    """What was measured in this experiment is to be compared with answers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("experiment_table")
        self.model = ExperimentModel(self)
        self._make_filters()
        self._count = text_label("experiment_count")
        self._hint = HintLabel(EMPTY_HINT)
        self._hint.setObjectName("experiment_hint")
        self.view = self._make_view()
        FontFollower(self._count, self._text)
        self._arrange()
        self._show()

    def set_rows(self, rows: Iterable[ExperimentRow]) -> None:
        """Show another dataset, with all filters off."""
        kept = tuple(rows)
        self._reset_filters(kept)
        self.model.set_filter(ExperimentFilter())
        self.model.set_rows(kept)
        self._show()

    def filter(self) -> ExperimentFilter:
        """What the controls ask for."""
        low, high = self._low.value(), self._high.value()
        return ExperimentFilter(
            text=self._text.text(),
            wild_type_only=self._wild_type.isChecked(),
            with_volumes_only=self._with_volumes.isChecked(),
            division=self._division.currentData() or "",
            min_volume_mm3=low if low > 0 else None,
            max_volume_mm3=high if high < self._high.maximum() else None,
        )

    def shown_ids(self) -> tuple[int, ...]:
        """Ids of the experiments shown, in their order."""
        return tuple(row.id for row in self.model.rows)

    def select(self, experiment_id: int | None) -> None:
        """Select an experiment and scroll to it, where it is shown; nothing is emitted."""
        row = -1 if experiment_id is None else self.model.row_of(experiment_id)
        chosen, flags = there(self.view.selectionModel()), QItemSelectionModel.SelectionFlag
        with QSignalBlocker(chosen):
            if row < 0:
                chosen.clear()
            elif row != self.view.currentIndex().row():
                index = self.model.index(row, STRUCTURE)
                chosen.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
                self.view.scrollTo(index)
        there(self.view.viewport()).update()

    def _on_filter(self) -> None:
        wanted = self.filter()
        self.model.set_filter(wanted)
        self._show()
        self.filter_changed.emit(wanted)

    def _show(self) -> None:
        shown, total = len(self.model.rows), self.model.total
        self._count.setText(f"{shown} of {total} experiments")
        self._count.setVisible(total > 0)
        self._hint.setText(EMPTY_HINT if total == 0 else NO_MATCH)
        self._hint.setVisible(shown == 0)
        self.view.setVisible(shown > 0)
        self._filters.setEnabled(total > 0)

    def _reset_filters(self, rows: Sequence[ExperimentRow]) -> None:
        """All filters off, their choices and bounds those of the rows."""
        divisions = dict.fromkeys(r.division for r in rows if r.division)
        volumes = [v for r in rows if not math.isnan(v := r.injection_volume_mm3)]
        largest = math.ceil(max(volumes, default=1.0) * 100) / 100
        blocked = [QSignalBlocker(control) for control in self._controls]
        self._division.clear()
        self._division.addItem("All divisions", "")
        for acronym in divisions:
            self._division.addItem(acronym, acronym)
        self._text.clear()
        for tick in (self._wild_type, self._with_volumes):
            tick.setChecked(False)
        for box, value in ((self._low, 0.0), (self._high, largest)):
            box.setRange(0.0, largest)
            box.setValue(value)
        for blocker in blocked:
            blocker.unblock()

    def _on_current(self, index: QModelIndex) -> None:
        if index.isValid():
            self.experiment_selected.emit(self.model.rows[index.row()].id)

    def _on_activated(self, index: QModelIndex) -> None:
        if index.isValid():
            self.experiment_activated.emit(self.model.rows[index.row()].id)

    def _make_filters(self) -> None:
        self._text = QLineEdit()
        self._text.setObjectName("experiment_search")
        self._text.setPlaceholderText("Search id, region, line or strain")
        self._text.setClearButtonEnabled(True)
        self._text.textChanged.connect(lambda _text: self._on_filter())
        self._division = QComboBox()
        self._division.setObjectName("experiment_division")
        self._division.setToolTip("Major division of the injection")
        self._division.addItem("All divisions", "")
        self._division.currentIndexChanged.connect(lambda _i: self._on_filter())
        self._division.installEventFilter(WheelGuard(self._division))
        self._wild_type = QCheckBox("Wild type")
        self._wild_type.setObjectName("experiment_wild_type")
        self._wild_type.setToolTip("Leave out transgenic lines")
        self._with_volumes = QCheckBox("With volumes")
        self._with_volumes.setObjectName("experiment_with_volumes")
        self._with_volumes.setToolTip("Leave out experiments that are only listed")
        for tick in (self._wild_type, self._with_volumes):
            tick.toggled.connect(lambda _on: self._on_filter())
        self._low = self._volume_box("experiment_min_volume", "Smallest injection volume, in mm³")
        self._high = self._volume_box("experiment_max_volume", "Largest injection volume, in mm³")
        ticks = (self._wild_type, self._with_volumes)
        self._controls = (self._text, self._division, *ticks, self._low, self._high)

    def _volume_box(self, name: str, help_text: str) -> NumberBox:
        box = NumberBox(0.0, 1.0)
        box.setObjectName(name)
        box.setToolTip(help_text)
        box.setAccessibleName(help_text)
        box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        box.valueChanged.connect(lambda _value: self._on_filter())
        return box

    def _make_view(self) -> RowTable:
        view = RowTable(LINE, {ID: 10, STRUCTURE: 7, VOLUME: 5, SIDE: 2, DATA: 4})
        view.setObjectName("experiment_view")
        view.setModel(self.model)
        view.setSortingEnabled(True)
        there(view.horizontalHeader()).setSortIndicator(ID, Qt.SortOrder.AscendingOrder)
        view.doubleClicked.connect(self._on_activated)
        there(view.selectionModel()).currentRowChanged.connect(
            lambda index, _before: self._on_current(index)
        )
        show = self._action(view, "show", "Show or hide what was measured", self._on_activated)
        show.setShortcuts([QKeySequence(Qt.Key.Key_Return), QKeySequence(Qt.Key.Key_Enter)])
        self._action(
            view,
            "hold_out",
            "Hold this experiment out",
            lambda index: self.hold_out_requested.emit(self.model.rows[index.row()].id),
        )
        self._action(
            view,
            "keep",
            "Compare answers with what was measured",
            lambda index: self.keep_requested.emit(self.model.rows[index.row()].id),
        )
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        return view

    def _action(
        self, view: RowTable, name: str, text: str, act: Callable[[QModelIndex], None]
    ) -> QAction:
        """An entry of the context menu, about the current row."""
        action = QAction(text, self)
        action.setObjectName(f"experiment_{name}")
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)

        def triggered() -> None:
            if view.currentIndex().isValid():
                act(view.currentIndex())

        action.triggered.connect(triggered)
        view.addAction(action)
        return action

    def _arrange(self) -> None:
        self._filters = QWidget()
        filters = QVBoxLayout(self._filters)
        filters.setContentsMargins(0, 0, 0, 0)
        filters.addWidget(self._text)
        choices, volumes = QHBoxLayout(), QHBoxLayout()
        choices.addWidget(self._division, 1)
        choices.addWidget(self._wild_type)
        choices.addWidget(self._with_volumes)
        for text, box in (("Volume", self._low), ("to", self._high)):
            title = text_label("", wrap=False)
            title.setText(text)
            volumes.addWidget(title)
            volumes.addWidget(box, 1)
        unit = text_label("", wrap=False)
        unit.setText("mm³")
        volumes.addWidget(unit)
        filters.addLayout(choices)
        filters.addLayout(volumes)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._filters)
        column.addWidget(self._count)
        column.addWidget(self._hint)
        column.addWidget(self.view, 1)
