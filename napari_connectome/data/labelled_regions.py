"""A table with names as a regional matrix: which structures its rows and columns are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from napari_connectome.core.completion.regional import as_connections, completion_marks
from napari_connectome.core.completion.result import Completion
from napari_connectome.core.errors import DataError
from napari_connectome.core.measures import Measure
from napari_connectome.core.regional_matrix import UNKNOWN, RegionalMatrix
from napari_connectome.core.sides import SIDES
from napari_connectome.core.structures import StructureTree
from napari_connectome.data.completion_files import LabelledMatrix
from napari_connectome.data.regional_files import check_once, id_of_label

SUFFIXES = {"ipsi": 0, "contra": 1, "r": 0, "l": 1}
"""Last word of a column's name: side as seen from a source on the right."""
SHOWN = 3


def regional_of_table(
    table: LabelledMatrix, tree: StructureTree, *, measure: Measure
) -> RegionalMatrix:
    """Read names as structures of an ontology.

    Parameters
    ----------
    table : LabelledMatrix
        Rows named by structure ids or acronyms. Columns as well, with "ipsi" or "contra" (or "R"
        and "L") behind; without, all are ipsilateral, or the second half repeats the first and is
        contralateral.
    tree : StructureTree
        Of the atlas.
    measure : Measure
        What its numbers are where the table does not say.

    Returns
    -------
    RegionalMatrix
        In the order of the table, ipsilateral columns first.

    Raises
    ------
    DataError
        When a name is missing, no structure, or stands there twice.
    """
    if not table.rows or not table.columns:
        raise DataError(
            f"{table.origin}: rows and columns without names cannot be regions. Write structure "
            "ids or acronyms ahead of every row and above every column."
        )
    rows = _structures(table, table.rows, tree, "row")
    names, contra = _sides(table.columns)
    columns = _structures(table, names, tree, "column")
    check_once(table.origin, tree, [(i, "as a source") for i in rows.tolist()])
    sides = [SIDES[int(c)] for c in contra]
    check_once(table.origin, tree, list(zip(columns.tolist(), sides, strict=True)))
    order = np.argsort(contra, kind="stable")
    return RegionalMatrix(
        tree=tree,
        source_ids=rows,
        target_ids=columns[order],
        contra=contra[order],
        strength=table.values[:, order],
        source_counts=np.full(len(rows), UNKNOWN, dtype=np.int64),
        target_counts=np.full(len(columns), UNKNOWN, dtype=np.int64),
        measure=measure if table.measure is None else table.measure,
        origin=table.origin,
    )


def completed_regional_table(
    table: LabelledMatrix, found: Completion, tree: StructureTree, *, measure: Measure
) -> RegionalMatrix:
    """A completed table as a regional matrix, with marks; see :func:`regional_of_table`."""

    def read(values: npt.NDArray[np.float64]) -> RegionalMatrix:
        return regional_of_table(table.with_values(values), tree, measure=measure)

    filled = read(as_connections(found))
    marks = read(completion_marks(found).astype(np.float64)).strength
    origin = f"{filled.origin}, completed ({found.method})"
    return replace(filled, marks=marks.astype(np.int8), origin=origin)


def _structures(
    table: LabelledMatrix, names: Sequence[str], tree: StructureTree, what: str
) -> npt.NDArray[np.int64]:
    found = [id_of_label(name, tree) for name in names]
    lacking = [name for name, i in zip(names, found, strict=True) if i is None]
    if not lacking:
        return np.array(found, dtype=np.int64)
    shown = ", ".join(map(repr, lacking[:SHOWN])) + (", ..." if len(lacking) > SHOWN else "")
    if what == "row" and table.corner.lower().startswith("experiment"):
        raise DataError(
            f"The rows of {table.origin} are experiments ({shown}), not regions: an injection may "
            "cover several regions, and many regions have none. It can be completed, but it is no "
            "regional connectivity. Fit a model to experiments, and complete its regional matrix."
        )
    raise DataError(
        f"{table.origin}: {len(lacking)} of {len(names)} {what}s are no regions of this atlas "
        f"({shown}). Names must be structure ids or acronyms of the brain that is open."
    )


def _sides(columns: Sequence[str]) -> tuple[list[str], npt.NDArray[np.bool_]]:
    """Names without their sides, and which are contralateral."""
    split = [name.rsplit(None, 1) for name in columns]
    if all(len(parts) == 2 and parts[1].lower() in SUFFIXES for parts in split):
        return [parts[0] for parts in split], np.array(
            [bool(SUFFIXES[parts[1].lower()]) for parts in split]
        )
    half = len(columns) // 2
    twice = half > 0 and list(columns[:half]) == list(columns[half:])
    return list(columns), np.arange(len(columns)) >= (half if twice else len(columns))
