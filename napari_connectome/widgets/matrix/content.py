"""What the matrix view shows: plain values and the regions along both axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from napari_connectome.core.regional_matrix import UNDETERMINED
from napari_connectome.core.sides import Side
from napari_connectome.widgets.appearance import Rgb

Cell = tuple[int, int, str]
"""Structure id of the source, of the target, and the target's side."""
PAINTED = UNDETERMINED + 1
"""Mark of a cell that a person marked as missing."""
SIDE_NAMES = {"ipsi": "ipsilateral", "contra": "contralateral"}


@dataclass(frozen=True)
class AxisRegion:
    """A region that is a row or a column.

    Parameters
    ----------
    structure_id : int
        Allen structure id.
    acronym, name : str
        Short and full name.
    rgb : tuple of int
        Atlas colour.
    division : str
        Major division that it lies in; empty for none.
    division_rgb : tuple of int
        Atlas colour of the division.
    """

    structure_id: int
    acronym: str
    name: str
    rgb: Rgb
    division: str
    division_rgb: Rgb


@dataclass(frozen=True, eq=False)
class MatrixContent:
    """A matrix of connections, sources as rows.

    Parameters
    ----------
    rows, columns : tuple of AxisRegion
        Sources and targets in the order they are shown in.
    sides : tuple of {"ipsi", "contra"}
        Side of each column as seen from the source.
    values : ndarray of float64 (rows, columns)
        NaN where a value is missing.
    title : str
        The measure.
    unit : str
        Its unit; empty for none.
    marks : ndarray of int8 (rows, columns), optional
        Of completed cells, as in :mod:`~napari_connectome.core.regional_matrix`; or PAINTED.

    Raises
    ------
    ValueError
        When the shapes do not go together.
    """

    rows: tuple[AxisRegion, ...]
    columns: tuple[AxisRegion, ...]
    sides: tuple[Side, ...]
    values: NDArray[np.float64]
    title: str
    unit: str
    marks: NDArray[np.int8] | None = None

    def __post_init__(self) -> None:
        """Refuse a matrix that does not fit its axes."""
        expected = (len(self.rows), len(self.columns))
        if self.values.shape != expected or len(self.sides) != expected[1]:
            raise ValueError(
                f"A matrix of shape {expected} with a side for each column was expected; "
                f"{self.values.shape} with {len(self.sides)} sides came."
            )
        if self.marks is not None and self.marks.shape != expected:
            raise ValueError(f"{expected} marks were expected; {self.marks.shape} came.")

    def mark_at(self, row: int, column: int) -> int:
        """Mark of a cell; 0 for none."""
        return 0 if self.marks is None else int(self.marks[row, column])

    def has_mark(self, mark: int) -> bool:
        """Whether some cell has a mark."""
        return self.marks is not None and bool((self.marks == mark).any())

    @cached_property
    def axes(self) -> tuple[tuple[int, ...], tuple[tuple[int, str], ...]]:
        """What the rows and columns stand for; equal axes show the same cells."""
        columns = zip(self.columns, self.sides, strict=True)
        return (
            tuple(r.structure_id for r in self.rows),
            tuple((c.structure_id, side) for c, side in columns),
        )

    def cell_at(self, row: int, column: int) -> Cell:
        """Ids of the cell in a row and a column."""
        target = self.columns[column]
        return self.rows[row].structure_id, target.structure_id, self.sides[column]

    def place_of(self, cell: Cell) -> tuple[int, int] | None:
        """Row and column of a cell; None where the matrix has no such cell."""
        rows, columns = self.axes
        source, target, side = cell
        if source not in rows or (target, side) not in columns:
            return None
        return rows.index(source), columns.index((target, side))


class MeasureName(NamedTuple):
    """What a measure is called where there is little room, and what it is."""

    short: str
    tip: str


@dataclass(frozen=True)
class Run:
    """Neighbours along an axis that share something: `first` up to, not including, `stop`."""

    first: int
    stop: int
    key: str

    def __len__(self) -> int:
        """Rows or columns."""
        return self.stop - self.first


def runs_of(keys: Sequence[str]) -> tuple[Run, ...]:
    """Neighbours with the same key, in their order."""
    found, first = [], 0
    for key, group in groupby(keys):
        stop = first + sum(1 for _ in group)
        found.append(Run(first, stop, key))
        first = stop
    return tuple(found)


def split_of(sides: Sequence[str]) -> int | None:
    """First column of the second block, when the columns are two blocks of one side each."""
    runs = runs_of(sides)
    return runs[1].first if len(runs) == 2 else None


def division_runs(regions: Sequence[AxisRegion], split: int | None = None) -> tuple[Run, ...]:
    """Neighbours of one division; no run reaches over the border between the blocks."""
    block = len(regions) if split is None else split
    left, right = regions[:block], regions[block:]
    second = (Run(r.first + block, r.stop + block, r.key) for r in _runs(right))
    return (*_runs(left), *second)


def is_scattered(regions: Sequence[AxisRegion], split: int | None = None) -> bool:
    """Whether some division is in several pieces, as when rows are sorted by likeness."""
    keys = [run.key for run in division_runs(regions, split)]
    return len(keys) > (1 if split is None else 2) * len(set(keys))


def _runs(regions: Sequence[AxisRegion]) -> tuple[Run, ...]:
    return runs_of([region.division for region in regions])
