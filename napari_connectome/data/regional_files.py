"""Regional matrices as CSV: ours, the published ones, and plain tables.

A file that :func:`write_matrix` writes begins with lines ``# key: value`` (format version,
measure, unit, orientation, origin), then has one line for each thing known of the
columns, a line that names what stands in front of the rows, and one line per source.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import AtlasError, DataError
from napari_connectome.core.io.atomic import write_text
from napari_connectome.core.measures import MEASURES, Measure
from napari_connectome.core.provenance import repeatable
from napari_connectome.core.regional_matrix import UNKNOWN, RegionalMatrix
from napari_connectome.core.sides import SIDES
from napari_connectome.core.structures import Structure, StructureTree
from napari_connectome.data.matrix_table import (
    FIELDS,
    FORMAT,
    VERSION,
    Label,
    MatrixTable,
    read_table,
)
from napari_connectome.data.table_tree import tree_of_table

ORIENTATION = (
    "rows are sources in the right hemisphere; columns are targets, ipsi on the source's own "
    "side and contra on the other; an empty cell is missing, 0 is a connection of zero"
)


def write_matrix(
    path: str | Path,
    matrix: RegionalMatrix,
    measure: Measure,
    *,
    provenance: Mapping[str, Any] | None = None,
) -> None:
    """Write one measure of a matrix so that :func:`read_matrix` reads it back without loss.

    Parameters
    ----------
    path : str or Path
        File to write. An older file of this name is replaced when the new one is complete.
    matrix : RegionalMatrix
        Rows and columns are written in their order.
    measure : Measure
        Which of its measures.
    provenance : mapping, optional
        Plain JSON values that go into the header, for whoever finds the file later.

    Raises
    ------
    ModelError
        When the matrix does not have the measure.
    DataError
        When the file cannot be written.
    """
    target = Path(path).expanduser().absolute()
    text = _text(matrix, measure, provenance or {})
    write_text(target, text)


def read_matrix(
    path: str | Path,
    tree: StructureTree | None = None,
    *,
    measure: Measure = "normalized_connection_strength",
) -> RegionalMatrix:
    """Read a matrix that :func:`write_matrix` wrote, a published one, or a plain table.

    Parameters
    ----------
    path : str or Path
        CSV file, packed with gzip or not; see :mod:`napari_connectome.data.matrix_table` for
        its forms.
    tree : StructureTree, optional
        Ontology that the labels refer to: rows and columns come in its order. Without it
        regions are known by what the file says, in the order of the file.
    measure : Measure
        What the numbers are where neither the file nor its name says it; by default what the
        published homogeneous model holds.

    Returns
    -------
    RegionalMatrix
        ``measure`` is None where the connection strength and all voxel counts were
        in the file: then every measure can be derived.

    Raises
    ------
    DataError
        When the file cannot be read, names a region twice, or one that the tree lacks.
    """
    file = Path(path).expanduser()
    table = read_table(file)
    known = tree_of_table(table) if tree is None else tree
    rows, columns = _ids(file, table.rows, known), _ids(file, table.columns, known)
    check_once(file, known, [(i, "as a source") for i in rows.tolist()])
    check_once(file, known, list(zip(columns.tolist(), table.sides, strict=True)))
    contra = np.array([side == "contra" for side in table.sides], dtype=bool)
    ipsi_first = np.argsort(contra, kind="stable")
    source_counts, target_counts = _counts(file, table.rows), _counts(file, table.columns)
    stated = _measure(file, table, measure)
    counted = bool((source_counts != UNKNOWN).all() and (target_counts != UNKNOWN).all())
    matrix = RegionalMatrix(
        tree=known,
        source_ids=rows,
        target_ids=columns[ipsi_first],
        contra=contra[ipsi_first],
        strength=table.values[:, ipsi_first],
        source_counts=source_counts,
        target_counts=target_counts[ipsi_first],
        measure=None if counted and stated == "connection_strength" else stated,
        origin=table.note("origin") or file.name,
    )
    return matrix if tree is None else _in_ontology_order(matrix)


def _text(matrix: RegionalMatrix, measure: Measure, provenance: Mapping[str, Any]) -> str:
    values = matrix.values(measure)
    text = io.StringIO(newline="")
    for line in _notes(matrix, measure, provenance):
        text.write(f"# {' '.join(line.split())}\n")
    writer = csv.writer(text, lineterminator="\n")
    blank = [""] * (len(FIELDS) - 1)
    above = _described(matrix.tree, matrix.target_ids, matrix.target_counts)
    writer.writerow(["side", *blank, *(SIDES[int(c)] for c in matrix.contra)])
    for field, cells in zip(FIELDS, zip(*above, strict=True), strict=True):
        writer.writerow([field, *blank, *cells])
    writer.writerow([*FIELDS, *[""] * matrix.shape[1]])
    ahead = _described(matrix.tree, matrix.source_ids, matrix.source_counts)
    for cells, row in zip(ahead, values.tolist(), strict=True):
        writer.writerow([*cells, *("" if math.isnan(value) else repr(value) for value in row)])
    return text.getvalue()


def _notes(
    matrix: RegionalMatrix, measure: Measure, provenance: Mapping[str, Any]
) -> Iterator[str]:
    yield f"{FORMAT}{VERSION}"
    yield f"measure: {measure}"
    yield f"title: {matrix.title(measure)}"
    yield f"unit: {matrix.unit(measure)}"
    yield f"formula: {MEASURES[measure].formula}"
    yield f"orientation: {ORIENTATION}"
    yield f"origin: {matrix.origin}"
    if provenance:
        # Without the time: the same matrix gives the same bytes.
        yield f"provenance: {json.dumps(repeatable(provenance), ensure_ascii=False)}"
    for division_id in matrix.divisions():
        division = matrix.tree[division_id]
        yield f"division: {division.id} {_hex(division)} {division.acronym} {division.name}"


def _described(
    tree: StructureTree, ids: npt.NDArray[np.int64], counts: npt.NDArray[np.int64]
) -> list[tuple[str, ...]]:
    """What the file says of each region, in the order of its fields."""
    found: list[tuple[str, ...]] = []
    for structure_id, count in zip(ids.tolist(), counts.tolist(), strict=True):
        region, division = tree[structure_id], tree.division_of(structure_id)
        voxels = "" if count == UNKNOWN else str(count)
        above = "" if division is None else tree[division].acronym
        found.append((str(region.id), region.acronym, region.name, above, _hex(region), voxels))
    return found


def _hex(structure: Structure) -> str:
    return "".join(f"{part:02X}" for part in structure.rgb)


def _ids(path: Path, labels: Sequence[Label], tree: StructureTree) -> npt.NDArray[np.int64]:
    """Structures that labels name.

    Raises
    ------
    DataError
        When the tree lacks one.
    """
    found = [id_of_label(label.text, tree) for label in labels]
    lacking = [label.text for label, i in zip(labels, found, strict=True) if i is None]
    if lacking:
        raise DataError(
            f"{path}: {len(lacking)} of {len(labels)} regions are not in this atlas "
            f"({', '.join(map(repr, lacking[:5]))}{', ...' if len(lacking) > 5 else ''}). "
            "Labels must be structure ids or acronyms of the atlas that is open."
        )
    return np.array(found, dtype=np.int64)


def id_of_label(text: str, tree: StructureTree) -> int | None:
    """Structure that a label names by its id or acronym; None where the tree lacks it."""
    try:
        return int(text) if int(text) in tree else None
    except ValueError:
        pass
    try:
        return tree.by_acronym(text).id
    except AtlasError:
        return None


def check_once(path: str | Path, tree: StructureTree, regions: Sequence[tuple[int, str]]) -> None:
    """Refuse a table in which a region stands twice.

    Raises
    ------
    DataError
        When one of `regions`, structures with where they stand, comes again.
    """
    seen: set[tuple[int, str]] = set()
    for structure_id, where in regions:
        if (structure_id, where) in seen:
            raise DataError(
                f"{path}: {tree[structure_id].acronym} stands there twice {where}. Each region "
                "may have one row, and one column on each side."
            )
        seen.add((structure_id, where))


def _counts(path: Path, labels: Sequence[Label]) -> npt.NDArray[np.int64]:
    texts = [label.voxels or str(UNKNOWN) for label in labels]
    try:
        return np.array([int(text) for text in texts], dtype=np.int64)
    except ValueError as error:
        raise DataError(f"{path}: whole numbers of voxels were expected ({error}).") from None


def _measure(path: Path, table: MatrixTable, otherwise: Measure) -> Measure:
    stated = table.note("measure")
    if stated is None:
        # Published files tell the measure by their name alone.
        return next((m for m in MEASURES if path.name.split(".")[0] == m), otherwise)
    found = next((measure for measure in MEASURES if measure == stated), None)
    if found is None:
        raise DataError(f"{path}: the measure {stated!r} is none of {', '.join(MEASURES)}.")
    return found


def _in_ontology_order(matrix: RegionalMatrix) -> RegionalMatrix:
    rank = {structure.id: n for n, structure in enumerate(matrix.tree)}
    rows = np.argsort([rank[i] for i in matrix.source_ids.tolist()], kind="stable")
    targets = np.array([rank[i] for i in matrix.target_ids.tolist()])
    return matrix.part(rows, np.lexsort((targets, matrix.contra)))
