"""Tables of numbers with labelled rows and columns: the text side of regional matrices.

Three forms are read:

* the one that :mod:`napari_connectome.data.regional_files` writes (see :data:`FIELDS`);
* that of the published homogeneous model of Knox et al. 2018: a line of ``ipsi`` and
  ``contra``, a line of structure ids or acronyms, then one line per source;
* a plain table with one line of labels; all columns are ipsilateral, or a second half
  that repeats the labels of the first is contralateral.
"""

from __future__ import annotations

import csv
import gzip
import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import DataError
from napari_connectome.core.sides import SIDES, Side

FORMAT = "napari-connectome regional matrix, version "
VERSION = 1
FIELDS = ("id", "acronym", "name", "division", "color", "voxels")
"""What stands in front of a row; above a column there is its side, and then the same."""
MISSING = ("", "nan", "na")
Line = tuple[int, list[str]]


@dataclass(frozen=True)
class Label:
    """What a table says of one region.

    Parameters
    ----------
    text : str
        Structure id or acronym.
    acronym, name, division, color : str
        Empty where the table does not tell; the colour is six hexadecimal digits.
    voxels : str
        Number of voxels, empty where the table does not tell.
    """

    text: str
    acronym: str = ""
    name: str = ""
    division: str = ""
    color: str = ""
    voxels: str = ""


@dataclass(frozen=True, eq=False)
class MatrixTable:
    """A table as it stands in the file.

    Parameters
    ----------
    notes : list of (str, str)
        Lines ``# key: value`` from the top of the file.
    rows, columns : list of Label
        Regions.
    sides : list of Side
        Side of each column.
    values : ndarray of float64, shape (rows, columns)
        NaN where a cell is empty.
    """

    notes: list[tuple[str, str]]
    rows: list[Label]
    columns: list[Label]
    sides: list[Side]
    values: npt.NDArray[np.float64]

    def note(self, key: str) -> str | None:
        """First value of a key."""
        return next((value for name, value in self.notes if name == key), None)


def read_table(path: Path) -> MatrixTable:
    """Read a labelled table of numbers.

    Raises
    ------
    DataError
        When the file is missing, no text, of a newer version, ragged, or holds
        something that is no number; the message names the line.
    """
    notes, lines = _read_lines(path)
    sides, columns, body = _columns(path, notes, lines) if len(lines) > 1 else ([], [], [])
    if not columns or not body:
        raise DataError(
            f"{path} holds no matrix: lines of column labels and a line per source were expected, "
            f"cells separated by commas; {len(lines)} lines and {len(columns)} columns came."
        )
    ahead = len(FIELDS) if _is_own(notes) else 1
    values = np.array([_numbers(path, line, ahead, len(columns)) for line in body])
    rows = [Label(*(cell.strip() for cell in cells[:ahead])) for _, cells in body]
    return MatrixTable(notes, rows, columns, sides, values.reshape(len(body), len(columns)))


def is_matrix_file(path: Path) -> bool:
    """Whether the name of a file is that of a table: ``.csv``, or ``.csv.gz`` as published."""
    return path.name.lower().endswith((".csv", ".csv.gz"))


def has_sides(lines: Sequence[Line]) -> bool:
    """Whether the sides of the columns stand in the first line of a table."""
    first = {cell.strip().lower() for cell in lines[0][1][1:]} - {""} if lines else set()
    return bool(first) and first <= set(SIDES)


def _read_lines(path: Path) -> tuple[list[tuple[str, str]], list[Line]]:
    """Notes at the top, and the lines of the table with their numbers."""
    notes = []
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        text = content.decode("utf-8-sig").splitlines()
        is_note = [line.startswith(("#", '"#')) for line in text]
        first = next((n for n, note in enumerate(is_note) if not note), len(text))
        # Spreadsheets put quotes around such lines, and commas behind them.
        for line in text[:first]:
            key, _, value = line.rstrip(',"').lstrip('"# ').partition(":")
            notes.append((key.strip(), value.strip()))
        reader = csv.reader(text[first:], strict=True)
        lines = [(first + reader.line_num, cells) for cells in reader if any(cells)]
    except FileNotFoundError:
        raise DataError(f"{path} is missing; a matrix as CSV was expected.") from None
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        raise DataError(
            f"{path} cannot be read as CSV text ({error}). Save the matrix as CSV in UTF-8."
        ) from error
    if _is_own(notes):
        _check_version(path, notes[0][0])
    return notes, lines


def _is_own(notes: Sequence[tuple[str, str]]) -> bool:
    return bool(notes) and notes[0][0].startswith(FORMAT)


def _check_version(path: Path, stated: str) -> None:
    version = stated.removeprefix(FORMAT)
    if version != str(VERSION):
        raise DataError(
            f"{path} has version {version} of the matrix format; version {VERSION} is known here. "
            "Update napari-connectome."
        )


def _columns(
    path: Path, notes: Sequence[tuple[str, str]], lines: list[Line]
) -> tuple[list[Side], list[Label], list[Line]]:
    """Sides and labels of the columns, and the lines below them."""
    if _is_own(notes):
        return _own_columns(path, lines)
    first = [cell.strip() for cell in lines[0][1][1:]]
    if first and {text.lower() for text in first} <= set(SIDES):
        _check_length(path, lines[1], len(first) + 1)
        labels = [Label(cell.strip()) for cell in lines[1][1][1:]]
        return _sides(path, lines[0][0], first), labels, lines[2:]
    half = len(first) // 2
    twice = half > 0 and first[:half] == first[half:]
    sides = [SIDES[twice and column >= half] for column in range(len(first))]
    return sides, [Label(text) for text in first], lines[1:]


def _own_columns(path: Path, lines: list[Line]) -> tuple[list[Side], list[Label], list[Line]]:
    names = ("side", *FIELDS)
    head, body = lines[: len(names)], lines[len(names) + 1 :]
    if tuple(cells[0] for _, cells in head) != names or len(lines) <= len(names):
        raise DataError(
            f"{path}: above the numbers, lines that begin with {', '.join(names)} were expected. "
            "The file is damaged; write it again."
        )
    for line in head:
        _check_length(path, line, len(head[0][1]))
    cells = [[cell.strip() for cell in texts[len(FIELDS) :]] for _, texts in head]
    labels = [Label(*texts) for texts in zip(*cells[1:], strict=True)]
    return _sides(path, head[0][0], cells[0]), labels, body


def _sides(path: Path, number: int, texts: Sequence[str]) -> list[Side]:
    known = {str(side): side for side in SIDES}
    wrong = next((text for text in texts if text.lower() not in known), None)
    if wrong is not None:
        raise DataError(f"{path}, line {number}: ipsi or contra was expected; {wrong!r} came.")
    return [known[text.lower()] for text in texts]


def _check_length(path: Path, line: Line, wanted: int) -> None:
    number, cells = line
    if len(cells) != wanted:
        raise DataError(
            f"{path}, line {number}: {wanted} cells were expected, as in the lines before; "
            f"{len(cells)} came."
        )


def _numbers(path: Path, line: Line, ahead: int, count: int) -> list[float]:
    _check_length(path, line, ahead + count)
    return list(_each_number(path, line, ahead))


def _each_number(path: Path, line: Line, ahead: int) -> Iterator[float]:
    number, cells = line
    for column, cell in enumerate(cells[ahead:], start=ahead + 1):
        if cell.strip().lower() in MISSING:
            yield math.nan
            continue
        try:
            value = float(cell)
        except ValueError:
            value = math.inf
        if not math.isfinite(value):
            raise DataError(
                f"{path}, line {number}, cell {column}: a finite number, or nothing where the "
                f"value is missing, was expected; {cell!r} came."
            )
        yield value
