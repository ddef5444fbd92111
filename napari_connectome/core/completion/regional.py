"""A completion of a regional matrix as a regional matrix again, with its marks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from napari_connectome.core.completion.problem import Matrix
from napari_connectome.core.completion.result import Completion
from napari_connectome.core.measures import Measure
from napari_connectome.core.regional_matrix import (
    COMPLETED,
    MEASURED,
    UNDETERMINED,
    Marks,
    RegionalMatrix,
)


def completion_marks(found: Completion) -> Marks:
    """Where each entry comes from, shape (r, c): observed, completed, or completed blindly."""
    unknown = np.where(found.determined, COMPLETED, UNDETERMINED)
    return np.where(found.problem.observed, MEASURED, unknown).astype(np.int8)


def as_connections(found: Completion) -> Matrix:
    """The completed matrix as connections: where nothing known is below 0, nothing is.

    Without a bound, completed entries scatter around 0 where connections are weak.
    """
    if found.problem.known.min() < 0:
        return found.matrix
    return np.maximum(found.matrix, 0.0)


def completed_regional(
    matrix: RegionalMatrix, measure: Measure, found: Completion
) -> RegionalMatrix:
    """The regional matrix whose values in one measure were completed, rows and columns as here.

    Parameters
    ----------
    matrix : RegionalMatrix
        What was completed; what it has of other measures is lost.
    measure : Measure
        What the completion is in.
    found : Completion
        The answer, of the same shape.
    """
    return replace(
        matrix,
        strength=as_connections(found),
        measure=measure,
        marks=completion_marks(found),
        origin=f"{matrix.origin}, completed ({found.method})",
    )
