"""The published projection table of Oh et al. 2014 (supplementary table 3).

Four header lines (hemisphere, division, structure, side) and one line per experiment, its numbers
from the seventh cell on: normalised projection volumes in structures of the right, then of the
left hemisphere. -1 marks what could not be measured; "fiber tracts" are no region.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import DataError

FIRST, HEADERS = 6, 4
NAME, SIDE = 2, 3
EXPERIMENT, EXPERIMENT_TITLE = 1, "image-series-id"
NOT_MEASURED = -1.0
LEFT_OUT = "fiber tracts"
SIDES = {"R": "R", "L": "L"}


def is_oh_table(lines: Sequence[Sequence[str]]) -> bool:
    """Whether lines of cells are that table."""
    return (
        len(lines) > HEADERS
        and len(lines[SIDE]) > FIRST
        and lines[SIDE][EXPERIMENT] == EXPERIMENT_TITLE
    )


def oh_table(
    file: Path, lines: Sequence[Sequence[str]]
) -> tuple[npt.NDArray[np.float64], tuple[str, ...], tuple[str, ...]]:
    """Values, experiments and structures ("VISp R"); NaN where nothing could be measured.

    Raises
    ------
    DataError
        When a header or a number is missing.
    """
    names, sides = lines[NAME][FIRST:], lines[SIDE][FIRST:]
    if len(names) != len(sides) or not set(sides) <= set(SIDES):
        raise DataError(
            f"{file}: below the names of the structures, R and L were expected as in the published "
            f"table; {sorted(set(sides) - set(SIDES))[:3]} came."
        )
    kept = [n for n, name in enumerate(names) if name != LEFT_OUT]
    experiments = [line for line in lines[HEADERS:] if len(line) > FIRST and line[EXPERIMENT]]
    values = np.empty((len(experiments), len(kept)))
    for row, line in enumerate(experiments):
        cells = line[FIRST:]
        try:
            values[row] = [float(cells[n]) for n in kept]
        except (ValueError, IndexError):
            raise DataError(
                f"{file}: experiment {line[EXPERIMENT]} lacks a number for a structure. Use the "
                "table as it was published."
            ) from None
    values[values == NOT_MEASURED] = np.nan
    columns = tuple(f"{names[n]} {sides[n]}" for n in kept)
    return values, tuple(line[EXPERIMENT] for line in experiments), columns
