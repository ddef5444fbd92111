"""The experiments of a dataset as a table: what is shown of each, in which order."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from qtpy.QtCore import QAbstractTableModel, QModelIndex, Qt
from qtpy.QtWidgets import QWidget

from napari_connectome.widgets.experiment_rows import ExperimentFilter, ExperimentRow
from napari_connectome.widgets.ticks import number_text

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

    def row_of(self, experiment_id: int) -> int:
        """Where an experiment stands; -1 when it is not shown."""
        ids = [row.id for row in self.rows]
        return ids.index(experiment_id) if experiment_id in ids else -1

    def _refresh(self) -> None:
        column, order = self._order
        kept = sorted(filter(self._filter.accepts, self._all), key=_SORT_KEYS[ID])
        backwards = order == Qt.SortOrder.DescendingOrder
        kept.sort(key=_SORT_KEYS[column], reverse=backwards)
        self.beginResetModel()
        self.rows = kept
        self.endResetModel()


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
