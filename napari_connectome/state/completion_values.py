"""A completed matrix with what it is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from napari_connectome.core.completion.problem import Matrix
from napari_connectome.core.completion.result import Completion
from napari_connectome.data.completion_files import LabelledMatrix, write_labelled


@dataclass(frozen=True, eq=False)
class Completed:
    """A result.

    Parameters
    ----------
    table : LabelledMatrix
        What is known, with the names of rows and columns; NaN elsewhere.
    completion : Completion
        The answer.
    hidden_error : float or None
        Relative error of entries that are known and were hidden; None where there is none.
    baselines : mapping of str to float
        The same of simple means, by title.
    determined : ndarray of bool
        Entries that others have a say in.
    """

    table: LabelledMatrix
    completion: Completion
    hidden_error: float | None
    baselines: Mapping[str, float]
    determined: np.ndarray

    @property
    def truth(self) -> Matrix:
        """What is known."""
        return self.table.values


def write_completed(path: str | Path, found: Completed) -> Path:
    """Write a completed table as CSV, with the method in its header.

    Raises
    ------
    DataError
        When the file cannot be written.
    """
    notes = {"completed by": "napari-connectome", "method": found.completion.method}
    return write_labelled(path, found.table.with_values(found.completion.matrix), notes)
