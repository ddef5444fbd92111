"""The experiments of a dataset, to be sorted and filtered."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from qtpy.QtCore import QAbstractTableModel, QModelIndex, QSignalBlocker, Qt, Signal
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
from napari_connectome.widgets.experiment_rows import ExperimentFilter, ExperimentRow
from napari_connectome.widgets.tables import RowTable
from napari_connectome.widgets.ticks import number_text

EMPTY_HINT = "Open the demo brain or an Allen cache folder to see its experiments."
NO_MATCH = "No experiment matches. Clear a filter to see more."
Role = Qt.ItemDataRole

ID, STRUCTURE, LINE, VOLUME, SIDE, DATA = range(6)
COLUMNS = (
    ("Id", "Allen experiment id"),
    ("Region", "Primary injection structure"),
    ("Line", "Transgenic line, or strain of a wild-type mouse"),
    ("mm³", "Injection volume in mm³"),
    ("L/R", "Hemisphere of the injection; left ones are mirrored for fitting"),
    ("Data", "“used”: models are fitted to it; “yes”: its volumes are in the folder"),
)
_SORT_KEYS: tuple[Callable[[ExperimentRow], Any], ...] = (
    lambda r: r.id,
    lambda r: r.structure_acronym.casefold(),
    lambda r: (r.line is not None, (r.line or r.strain or "").casefold()),
    lambda r: -1.0 if math.isnan(r.injection_volume_mm3) else r.injection_volume_mm3,
    lambda r: r.hemisphere,
    lambda r: (r.used, r.has_volumes),
)


class ExperimentModel(QAbstractTableModel):
    """The experiments that a filter lets through, in the order of a column."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[ExperimentRow, ...] = ()
        self._filter = ExperimentFilter()
        self._order = (ID, Qt.SortOrder.AscendingOrder)
        self.rows: Sequence[ExperimentRow] = ()

    def set_rows(self, rows: Iterable[ExperimentRow]) -> None:
        """Show another dataset."""
        self._all = tuple(rows)
        self._refresh()

    def set_filter(self, wanted: ExperimentFilter) -> None:
        """Show other experiments of the same dataset."""
        self._filter = wanted
        self._refresh()

    @property
    def total(self) -> int:
        """Experiments before the filter."""
        return len(self._all)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by a column; ties stay in the order of ids."""
        self._order = (column, order)
        self._refresh()

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """Number of experiments shown."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """See ``COLUMNS``."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: QModelIndex, role: int = Role.DisplayRole) -> Any:
        """What a cell shows."""
        row, column = self.rows[index.row()], index.column()
        if role == Role.DisplayRole:
            return _texts(row)[column]
        if role == Role.ToolTipRole:
            return _tooltip(row)
        if role == Role.TextAlignmentRole and column == VOLUME:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """Titles of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role in (Role.DisplayRole, Role.ToolTipRole):
            return COLUMNS[section][role == Role.ToolTipRole]
        return None

    def _refresh(self) -> None:
        column, order = self._order
        kept = sorted(filter(self._filter.accepts, self._all), key=_SORT_KEYS[ID])
        backwards = order == Qt.SortOrder.DescendingOrder
        kept.sort(key=_SORT_KEYS[column], reverse=backwards)
        self.beginResetModel()
        self.rows = kept
        self.endResetModel()


class ExperimentTableView(QWidget):
    """Filters above the table, and how many experiments pass them."""

    filter_changed = Signal(object)
    """The ExperimentFilter that the person set."""
    experiment_activated = Signal(int)
    """Id of the experiment that was double-clicked (or chosen with Enter)."""

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
        choose = QAction("Show experiment", self)
        choose.setObjectName("experiment_show")
        choose.setShortcuts([QKeySequence(Qt.Key.Key_Return), QKeySequence(Qt.Key.Key_Enter)])
        choose.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        choose.triggered.connect(lambda: self._on_activated(view.currentIndex()))
        view.addAction(choose)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        return view

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


def _texts(row: ExperimentRow) -> tuple[str, ...]:
    volume = row.injection_volume_mm3
    return (
        str(row.id),
        row.structure_acronym,
        row.line or row.strain or "wild type",
        "" if math.isnan(volume) else number_text(volume, 2),
        row.hemisphere[:1].upper(),
        row.data_text,
    )


def _tooltip(row: ExperimentRow) -> str:
    volume = row.injection_volume_mm3
    lines = [
        f"Experiment {row.id}",
        f"{row.structure_acronym}: {row.structure_name}",
        f"Line: {row.line or 'wild type'}; strain: {row.strain or 'not given'}",
        "Injection volume not given" if math.isnan(volume) else f"Injection: {volume:.4g} mm³",
    ]
    if row.hemisphere == "left":
        lines.append("Left injection: mirrored to the right hemisphere for fitting")
    return "\n".join(lines)
