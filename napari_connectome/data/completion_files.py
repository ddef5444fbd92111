"""Matrices to be completed, and completed ones: CSV tables and workbooks."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import DataError
from napari_connectome.core.io.atomic import appearing
from napari_connectome.core.measures import MEASURES, Measure
from napari_connectome.data.matrix_table import has_sides, read_table
from napari_connectome.data.oh2014 import EXPERIMENT_TITLE, is_oh_table, oh_table

MISSING = ("", "nan", "na", "n/a")
CORNERS = ("", "id", "ids", "name", "source", "region", "experiment", "experiment id")
"""What stands above a column of ids: numbers that are names."""
WORKBOOKS = (".xlsx", ".xlsm")
IN_WORKBOOKS = (
    "The first sheet of a workbook holds one line of names, and numbers below it; or it is "
    "supplementary table 3 of Oh et al. 2014 as published: four lines of headers, the last of them "
    f"with {EXPERIMENT_TITLE!r} above the experiments."
)


@dataclass(frozen=True, eq=False)
class LabelledMatrix:
    """A table of numbers with the names of its rows and columns.

    Parameters
    ----------
    values : ndarray of float64, shape (r, c)
        NaN where nothing stands.
    rows, columns : tuple of str
        Names, empty where the file has none.
    corner : str
        What stands above the names of the rows.
    origin : str
        Where it comes from.
    measure : Measure, optional
        What its numbers are, where the file says that they are connections between regions.
    """

    values: npt.NDArray[np.float64]
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    corner: str = ""
    origin: str = ""
    measure: Measure | None = None

    def with_values(self, values: npt.NDArray[np.float64]) -> LabelledMatrix:
        """The same names with other numbers."""
        return replace(self, values=values)


def read_labelled(path: str | Path) -> LabelledMatrix:
    """Read a CSV table, or a workbook.

    Names in the first line and the first column are recognised by not being numbers. Lines that
    begin with ``#`` are passed over; empty cells and NaN are missing. A workbook is a plain table
    on its first sheet, or the published projection table of Oh et al. 2014. Regional matrices with
    sides above their columns are read as :mod:`~napari_connectome.data.matrix_table` says.

    Raises
    ------
    DataError
        When the file is missing, ragged, or holds something else; the line is named.
    """
    file = Path(path).expanduser()
    is_workbook = file.suffix.lower() in WORKBOOKS
    lines = _workbook(file) if is_workbook else _text(file)
    if not is_workbook and has_sides(lines):
        return _regional(file)
    if is_oh_table([cells for _, cells in lines]):
        values, rows, columns = oh_table(file, [cells for _, cells in lines])
        return LabelledMatrix(values, rows, columns, "experiment", file.name)
    if not is_workbook:
        return _plain(file, lines)
    try:
        return _plain(file, lines)
    except DataError as error:
        raise DataError(f"{error} {IN_WORKBOOKS}") from None


def read_mask(path: str | Path, shape: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Read which entries are observed: a table of 0 and 1 of the same shape.

    Raises
    ------
    DataError
        When its shape or its values are others.
    """
    found = read_labelled(path)
    if found.values.shape != shape:
        raise DataError(
            f"{path}: a mask of {shape[0]} rows and {shape[1]} columns was expected; "
            f"{found.values.shape[0]} × {found.values.shape[1]} came."
        )
    if not np.isin(found.values, (0.0, 1.0)).all():
        raise DataError(f"{path}: a mask holds 0 (missing) and 1 (observed) only.")
    return np.asarray(found.values == 1.0)


def write_labelled(
    path: str | Path, matrix: LabelledMatrix, notes: Mapping[str, Any] | None = None
) -> Path:
    """Write a table that :func:`read_labelled` reads back without loss.

    Parameters
    ----------
    path : str or Path
        CSV file; an older one is replaced when the new one is complete.
    matrix : LabelledMatrix
        NaN becomes an empty cell.
    notes : mapping, optional
        Plain JSON values, written ahead as ``# key: value``.

    Raises
    ------
    DataError
        When the file cannot be written.
    """
    target = Path(path).expanduser().absolute()
    with appearing(target) as part, part.open("w", encoding="utf-8", newline="") as file:
        for key, value in (notes or {}).items():
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            file.write(f"# {key}: {text}\n")
        writer = csv.writer(file, lineterminator="\n")
        if matrix.columns:
            writer.writerow([*([matrix.corner] if matrix.rows else []), *matrix.columns])
        for number, row in enumerate(matrix.values.tolist()):
            cells = ["" if math.isnan(value) else repr(value) for value in row]
            writer.writerow([*([matrix.rows[number]] if matrix.rows else []), *cells])
    return target


Line = tuple[int, list[str]]


def _text(file: Path) -> list[Line]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            lines = list(enumerate(csv.reader(stream), start=1))
    except FileNotFoundError:
        raise DataError(f"{file} is missing; a table was expected.") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(
            f"{file} is no readable table ({error}). A CSV file was expected."
        ) from None
    return [
        (number, [cell.strip() for cell in cells])
        for number, cells in lines
        if any(cells) and not cells[0].lstrip().startswith("#")
    ]


def _workbook(file: Path) -> list[Line]:
    import openpyxl  # takes a while to load and is needed for workbooks only

    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        rows = list(book.worksheets[0].iter_rows(values_only=True))
        book.close()
    except FileNotFoundError:
        raise DataError(f"{file} is missing; a workbook was expected.") from None
    except Exception as error:  # whatever a damaged archive makes the library raise
        raise DataError(f"{file} is no readable workbook ({error}).") from None
    texts = [["" if cell is None else str(cell).strip() for cell in row] for row in rows]
    return [(n, cells) for n, cells in enumerate(texts, start=1) if any(cells)]


def _regional(file: Path) -> LabelledMatrix:
    """A matrix of regions whose columns have sides, by acronyms where the file has them."""
    table = read_table(file)
    pairs = zip(table.columns, table.sides, strict=True)
    measure = next((name for name in MEASURES if name == table.note("measure")), None)
    return LabelledMatrix(
        table.values,
        tuple(label.acronym or label.text for label in table.rows),
        tuple(f"{label.acronym or label.text} {side}" for label, side in pairs),
        "source",
        file.name,
        measure,
    )


def _plain(file: Path, lines: Sequence[Line]) -> LabelledMatrix:
    if not lines:
        raise DataError(f"{file} is empty; a table of numbers was expected.")
    has_columns = not _is_value(lines[0][1][-1]) or lines[0][1][0].lower() in CORNERS[1:]
    body = lines[1:] if has_columns else lines
    if not body:
        raise DataError(f"{file} has names and no numbers; a table of numbers was expected.")
    head = lines[0][1] if has_columns else []
    has_rows = any(not _is_value(cells[0]) for _, cells in body) or (
        has_columns and head[0].lower() in CORNERS
    )
    width = len(body[0][1])
    values = np.empty((len(body), width - has_rows))
    for place, (number, cells) in enumerate(body):
        if len(cells) != width:
            raise DataError(
                f"{file}, line {number}: {width} cells were expected, as in line {body[0][0]}; "
                f"{len(cells)} came."
            )
        values[place] = [_value(file, number, cell) for cell in cells[has_rows:]]
    if has_columns and len(head) not in (width, width - has_rows):
        raise DataError(
            f"{file}, line {lines[0][0]}: names of {width - has_rows} columns were expected; "
            f"{len(head)} came."
        )
    names = head[1:] if has_columns and has_rows and len(head) == width else head
    corner = head[0] if has_columns and has_rows and len(head) == width else ""
    rows = tuple(cells[0] for _, cells in body) if has_rows else ()
    return LabelledMatrix(values, rows, tuple(names), corner, file.name)


def _is_value(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return cell.lower() in MISSING
    return True


def _value(file: Path, line: int, cell: str) -> float:
    if cell.lower() in MISSING:
        return float("nan")
    try:
        value = float(cell)
    except ValueError:
        raise DataError(
            f"{file}, line {line}: a number was expected; {cell[:40]!r} came. Leave cells empty "
            "where nothing was measured."
        ) from None
    if math.isinf(value):
        raise DataError(f"{file}, line {line}: a finite number was expected; {cell!r} came.")
    return value
