"""Ranked sites as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from qtpy.QtCore import QAbstractTableModel, QModelIndex, Qt
from qtpy.QtGui import QColor
from qtpy.QtWidgets import QWidget

from napari_connectome.widgets.appearance import Rgb

RANK, REGION, AP, DV, ML, DROP, MEAN = range(7)
TITLES = (
    ("", "Rank; ● marks a hypothetical injection"),
    ("Region", "Region of the site: acronym and name"),
    ("AP", "CCF coordinate from anterior to posterior, in µm"),
    ("DV", "CCF coordinate from superior to inferior, in µm"),
    ("ML", "CCF coordinate from left to right, in µm"),
    ("Drop µm", "How much the mean distance to the nearest injection would fall, in µm"),
    (
        "Mean µm",
        "Mean distance to the nearest injection, in µm: with those that exist and the sites "
        "ranked above, and with this site as well",
    ),
)
CSV_TITLES = (
    *("rank", "acronym", "name", "ap_um", "dv_um", "ml_um"),
    *("drop_um", "mean_before_um", "mean_after_um"),
)
ADDED = "●"
Role, Align = Qt.ItemDataRole, Qt.AlignmentFlag
Point = tuple[float, float, float]


@dataclass(frozen=True)
class SiteRow:
    """A place for an injection.

    Parameters
    ----------
    rank : int
        From 1.
    acronym, name : str
        Region.
    rgb : tuple of int
        Its atlas colour.
    point_um : tuple of float
        CCF coordinates (AP, DV, ML).
    drop_um, before_um, after_um : float
        Mean distance of the division's voxels to the nearest injection.
    added : bool
        Whether it is a hypothetical injection.
    """

    rank: int
    acronym: str
    name: str
    rgb: Rgb
    point_um: Point
    drop_um: float
    before_um: float
    after_um: float
    added: bool


class SiteModel(QAbstractTableModel):
    """Sites in the order of their rank."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: Sequence[SiteRow] = ()

    def set_rows(self, rows: Sequence[SiteRow]) -> None:
        """Show other rows; a list of the same length is updated in place."""
        same_length = len(rows) == len(self.rows)
        if not same_length:
            self.beginResetModel()
        self.rows = tuple(rows)
        if not same_length:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, RANK), self.index(len(rows) - 1, MEAN))

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """Number of sites."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """Rank, region, place, distances."""
        return 0 if parent.isValid() else len(TITLES)

    def data(self, index: QModelIndex, role: int = Role.DisplayRole) -> Any:
        """What a cell shows."""
        row, column = self.rows[index.row()], index.column()
        if role == Role.DisplayRole:
            return text_of(row, column)
        if role == Role.DecorationRole and column == REGION:
            return QColor(*row.rgb)
        if role == Role.ToolTipRole:
            return f"{row.acronym}: {row.name}. Click: go there."
        if role == Role.TextAlignmentRole and column >= AP:
            return Align.AlignRight | Align.AlignVCenter
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """Titles of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Role.TextAlignmentRole and section >= AP:
            return Align.AlignRight | Align.AlignVCenter
        if role in (Role.DisplayRole, Role.ToolTipRole):
            return TITLES[section][role == Role.ToolTipRole]
        return None


def text_of(row: SiteRow, column: int) -> str:
    """What is written in a cell."""
    if column == RANK:
        return f"{row.rank} {ADDED}" if row.added else str(row.rank)
    if column == REGION:
        return f"{row.acronym}  {row.name}"
    if column in (AP, DV, ML):
        return f"{row.point_um[column - AP]:.0f}"
    if column == DROP:
        return distance_text(row.drop_um)
    return change_text(row.before_um, row.after_um)


def distance_text(distance_um: float) -> str:
    """A mean distance; it is infinite where there is no injection yet."""
    return "∞" if distance_um == float("inf") else f"{distance_um:.1f}"


def change_text(before_um: float, after_um: float) -> str:
    """Mean distances before and after."""
    return f"{distance_text(before_um)} → {distance_text(after_um)}"


def csv_text(rows: Iterable[SiteRow]) -> str:
    """Rows as comma-separated values with a header."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_TITLES)
    for row in rows:
        distances = (row.drop_um, row.before_um, row.after_um)
        writer.writerow([row.rank, row.acronym, row.name, *row.point_um, *distances])
    return out.getvalue()
