"""A table of distances between regions, for matrices that come without an atlas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import DataError
from napari_connectome.core.regional_matrix import RegionalMatrix
from napari_connectome.core.sides import SIDES, Side
from napari_connectome.data.matrix_table import read_table

Key = TypeVar("Key")


def read_distances_um(path: str | Path, matrix: RegionalMatrix) -> npt.NDArray[np.float64]:
    """Read the distances of a matrix's connections.

    Parameters
    ----------
    path : str or Path
        CSV: a line of structure ids or acronyms, then one line per region, distances in µm.
        Columns are ipsilateral; where their second half repeats the labels of the first,
        or a line of ``ipsi`` and ``contra`` stands above, also contralateral.
    matrix : RegionalMatrix
        Whose connections.

    Returns
    -------
    ndarray of float64, shape of the matrix
        NaN where the table has no distance.

    Raises
    ------
    DataError
        When the file cannot be read, holds a negative number, or none of the regions.
    """
    file = Path(path).expanduser()
    table = read_table(file)
    if (table.values < 0).any():
        raise DataError(
            f"{file}: a distance is negative. Micrometres were expected, an empty cell where the "
            "distance is not known."
        )
    rows = {label.text: n for n, label in enumerate(table.rows)}
    keys = zip((label.text for label in table.columns), table.sides, strict=True)
    columns: dict[tuple[str, Side], int] = {key: n for n, key in enumerate(keys)}
    lost = (len(table.rows), len(table.columns))
    at_rows = [_first(rows, names, lost[0]) for names in _names(matrix, matrix.source_ids)]
    at_columns = [
        _first(columns, [(name, SIDES[int(far)]) for name in names], lost[1])
        for names, far in zip(_names(matrix, matrix.target_ids), matrix.contra, strict=True)
    ]
    framed = np.pad(table.values, ((0, 1), (0, 1)), constant_values=np.nan)
    found = framed[np.ix_(at_rows, at_columns)]
    if np.isnan(found).all():
        raise DataError(
            f"{file} has no distance between two regions of the matrix ({matrix.origin}): its "
            "labels must be ids or acronyms of the same regions. A matrix that names its regions "
            "by ids alone needs the atlas that it belongs to."
        )
    return found


def _names(matrix: RegionalMatrix, ids: npt.NDArray[np.int64]) -> list[tuple[str, str]]:
    return [(str(i), matrix.tree[i].acronym) for i in ids.tolist()]


def _first(places: Mapping[Key, int], keys: Sequence[Key], lost: int) -> int:
    return next((places[key] for key in keys if key in places), lost)
