"""A completed matrix with what is known of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from napari_connectome.core.completion.hidden import HiddenErrors
from napari_connectome.core.completion.problem import Matrix
from napari_connectome.core.completion.result import Completion
from napari_connectome.core.regional_matrix import RegionalMatrix
from napari_connectome.data.completion_files import LabelledMatrix, write_labelled


@dataclass(frozen=True, eq=False)
class Completable:
    """A table before it is completed.

    Parameters
    ----------
    table : LabelledMatrix
        What is known, with the names of rows and columns; NaN elsewhere.
    as_regional : callable
        A completion of it as a regional matrix with marks.

        Raises DataError or ModelError where its rows or columns are no regions.
    regional : RegionalMatrix or None
        The regional matrix whose rows and columns these are; None for another table.
    """

    table: LabelledMatrix
    as_regional: Callable[[Completion], RegionalMatrix]
    regional: RegionalMatrix | None = None


@dataclass(frozen=True, eq=False)
class Completed:
    """A result.

    Parameters
    ----------
    table : LabelledMatrix
        As in :class:`Completable`.
    completion : Completion
        The answer.
    errors : HiddenErrors
        Of entries that are known and were hidden.
    regional : RegionalMatrix or None
        The answer as a regional matrix, with marks; None where it is none.
    why_not : str
        Why it is none.
    made_of : RegionalMatrix or None
        The regional matrix that was completed; None for another table.
    """

    table: LabelledMatrix
    completion: Completion
    errors: HiddenErrors
    regional: RegionalMatrix | None
    why_not: str = ""
    made_of: RegionalMatrix | None = None

    @property
    def truth(self) -> Matrix:
        """What is known."""
        return self.table.values

    @property
    def observed_part(self) -> float:
        """Part of the known entries that completion has seen."""
        known = int(np.isfinite(self.truth).sum())
        return float(self.completion.problem.observed.sum()) / max(known, 1)


def write_completed(path: str | Path, found: Completed) -> Path:
    """Write a completed table as CSV, with the method in its header.

    Raises
    ------
    DataError
        When the file cannot be written.
    """
    notes = {"completed by": "napari-connectome", "method": found.completion.method}
    return write_labelled(path, found.table.with_values(found.completion.matrix), notes)
