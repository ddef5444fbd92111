"""The regional matrix as a value: regions, strengths, and the measures derived from them.

Rows are sources (right hemisphere), columns targets: the ipsilateral block first,
then the contralateral one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import ModelError
from napari_connectome.core.measures import MEASURES, Measure
from napari_connectome.core.sides import Side
from napari_connectome.core.structures import StructureTree

UNKNOWN = -1
"""Voxel count of a region where a file does not tell it."""
MEASURED, COMPLETED, UNDETERMINED = 0, 1, 2
"""Where a cell of a completed matrix comes from: it was known, others determine it, none does."""
Values = npt.NDArray[np.float64]
Marks = npt.NDArray[np.int8]
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True)
class RegionalCell:
    """One connection of a regional matrix.

    Parameters
    ----------
    source_id, target_id : int
        Structures.
    side : {"ipsi", "contra"}
        Side of the target as seen from the source.
    values : mapping of Measure to float
        Value in each measure that the matrix has; NaN where it is missing.
    source_voxels, target_voxels : int
        Voxels of the two regions, -1 where a file does not tell them.
    """

    source_id: int
    target_id: int
    side: Side
    values: Mapping[Measure, float]
    source_voxels: int
    target_voxels: int


@dataclass(frozen=True, eq=False)
class RegionalMatrix:
    """Connections between regions, in up to four measures.

    Parameters
    ----------
    tree : StructureTree
        Knows every region.
    source_ids : ndarray of int64, shape (r,)
        Structure of each row.
    target_ids : ndarray of int64, shape (t,)
        Structure of each column.
    contra : ndarray of bool, shape (t,)
        Whether a column is the target in the other hemisphere; ipsilateral columns come first.
    strength : ndarray of float64, shape (r, t)
        Connection strength, or the values of `measure` where only that one is known.
        NaN is missing (a region without a voxel), 0 a connection of zero.
    source_counts, target_counts : ndarray of int64, shapes (r,) and (t,)
        Voxels of each region; -1 where a file does not tell them.
    measure : Measure or None
        The only measure there is; None: all four are.
    origin : str
        Model or file that it comes from.
    marks : ndarray of int8, shape (r, t), optional
        Of a completed matrix: :data:`MEASURED`, :data:`COMPLETED` or :data:`UNDETERMINED`.

    Raises
    ------
    ModelError
        When shapes disagree, or a contralateral column comes before an ipsilateral one.
    """

    tree: StructureTree
    source_ids: Ids
    target_ids: Ids
    contra: npt.NDArray[np.bool_]
    strength: Values
    source_counts: Ids
    target_counts: Ids
    measure: Measure | None
    origin: str
    marks: Marks | None = None

    def __post_init__(self) -> None:
        wanted = (len(self.source_ids), len(self.target_ids))
        came = (self.strength.shape, self.source_counts.shape, self.target_counts.shape)
        if came != (wanted, wanted[:1], wanted[1:]) or len(self.contra) != wanted[1]:
            raise ModelError(
                f"A regional matrix of {wanted[0]} sources and {wanted[1]} targets was expected; "
                f"its values have shape {self.strength.shape}."
            )
        if self.marks is not None and self.marks.shape != wanted:
            raise ModelError(
                f"A mark for each cell of {wanted} was expected; their shape is {self.marks.shape}."
            )
        if np.any(np.diff(self.contra.astype(np.int8)) < 0):
            raise ModelError("Ipsilateral columns must come before contralateral ones.")

    @property
    def shape(self) -> tuple[int, int]:
        """Sources and targets."""
        return len(self.source_ids), len(self.target_ids)

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Measures that :meth:`values` can give."""
        return tuple(MEASURES) if self.measure is None else (self.measure,)

    def measure_or_first(self, measure: Measure) -> Measure:
        """A measure where the matrix has it, else the first that it has."""
        return measure if measure in self.measures else self.measures[0]

    @property
    def known(self) -> Values:
        """The strength where it was known before completion; NaN elsewhere."""
        if self.marks is None:
            return self.strength
        return np.where(self.marks == MEASURED, self.strength, np.nan)

    def values(self, measure: Measure) -> Values:
        """The matrix in one measure, shape (r, t); NaN is missing.

        Raises
        ------
        ModelError
            When the matrix holds another measure only.
        """
        if measure not in self.measures:
            title = self.title(self.measures[0])
            raise ModelError(
                f"{self.title(measure)} is not known: {self.origin} holds "
                f"{title[0].lower() + title[1:]} only."
            )
        if self.measure is not None or measure == "connection_strength":
            return self.strength
        return self.strength / self._divisor(measure)

    def _divisor(self, measure: Measure) -> Values:
        info = MEASURES[measure]
        rows = self.source_counts if info.per_source_voxel else np.ones_like(self.source_counts)
        columns = self.target_counts if info.per_target_voxel else np.ones_like(self.target_counts)
        # Missing cells are NaN already.
        return np.maximum(np.outer(rows, columns), 1).astype(np.float64)

    def title(self, measure: Measure) -> str:
        """Name of a measure."""
        return MEASURES[measure].title

    def unit(self, measure: Measure) -> str:
        """Unit of a measure's values."""
        return MEASURES[measure].unit

    def row_of(self, structure_id: int) -> int:
        """Row of a region, or of the region that a structure is part of; -1 where there is none."""
        return self._found(self._rows, structure_id)

    def column_of(self, structure_id: int, side: Side) -> int:
        """Column of a region, or of the one that a structure is part of; -1 for none."""
        return self._found(self._columns[side], structure_id)

    def _found(self, numbers: Mapping[int, int], structure_id: int) -> int:
        above = self.tree[structure_id].path if structure_id in self.tree else ()
        return next((numbers[i] for i in reversed(above) if i in numbers), -1)

    @cached_property
    def _rows(self) -> Mapping[int, int]:
        return {i: row for row, i in enumerate(self.source_ids.tolist())}

    @cached_property
    def _columns(self) -> Mapping[Side, Mapping[int, int]]:
        ipsi = int(np.count_nonzero(~self.contra))
        ids = self.target_ids.tolist()
        return {
            "ipsi": {i: column for column, i in enumerate(ids[:ipsi])},
            "contra": {i: column for column, i in enumerate(ids[ipsi:], start=ipsi)},
        }

    def cell(self, source_id: int, target_id: int, side: Side) -> RegionalCell:
        """One connection in all measures that there are.

        Raises
        ------
        ModelError
            When either region has no row or column.
        """
        row, column = self.row_of(source_id), self.column_of(target_id, side)
        if row < 0 or column < 0:
            raise ModelError(
                f"The matrix has no connection from {source_id} to {target_id} ({side}): "
                "both must be regions of it."
            )
        one = self.part(np.array([row]), np.array([column]))
        return RegionalCell(
            source_id=int(self.source_ids[row]),
            target_id=int(self.target_ids[column]),
            side=side,
            values={m: float(one.values(m)[0, 0]) for m in self.measures},
            source_voxels=int(self.source_counts[row]),
            target_voxels=int(self.target_counts[column]),
        )

    @cached_property
    def row_divisions(self) -> Ids:
        """Major division of each row, 0 outside all of them; shape (r,)."""
        return self._divisions(self.source_ids)

    @cached_property
    def column_divisions(self) -> Ids:
        """Major division of each column, 0 outside all of them; shape (t,)."""
        return self._divisions(self.target_ids)

    def divisions(self) -> tuple[int, ...]:
        """Major divisions that its regions lie in, in ontology order."""
        here = set(self.row_divisions.tolist()) | set(self.column_divisions.tolist())
        return tuple(i for i in self.tree.division_ids() if i in here)

    def _divisions(self, ids: Ids) -> Ids:
        return np.array([self.tree.division_of(i) or 0 for i in ids.tolist()], dtype=np.int64)

    def part(self, rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64]) -> RegionalMatrix:
        """Chosen rows and columns in a chosen order, ipsilateral columns first."""
        return RegionalMatrix(
            tree=self.tree,
            source_ids=self.source_ids[rows],
            target_ids=self.target_ids[columns],
            contra=self.contra[columns],
            strength=self.strength[np.ix_(rows, columns)],
            source_counts=self.source_counts[rows],
            target_counts=self.target_counts[columns],
            measure=self.measure,
            origin=self.origin,
            marks=None if self.marks is None else self.marks[np.ix_(rows, columns)],
        )

    def of_regions(self, structure_ids: Iterable[int]) -> RegionalMatrix:
        """Rows and columns of the regions that are, or lie below, the given structures.

        Raises
        ------
        ModelError
            When none of its regions is.
        """
        wanted = set(structure_ids)

        def inside(ids: Ids) -> npt.NDArray[np.int64]:
            paths = (self.tree[i].path for i in ids.tolist())
            return np.flatnonzero([not wanted.isdisjoint(path) for path in paths])

        rows, columns = inside(self.source_ids), inside(self.target_ids)
        if not len(rows) or not len(columns):
            names = ", ".join(self.tree[i].acronym for i in sorted(wanted)) or "nothing"
            raise ModelError(
                f"No region of the matrix lies in {names}. Choose regions of the matrix, or "
                "structures that hold some."
            )
        return self.part(rows, columns)
