"""Which connections of a regional matrix a statistic is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import ModelError
from napari_connectome.core.measures import Measure
from napari_connectome.core.regional_matrix import RegionalMatrix
from napari_connectome.core.sides import Side

WHOLE_BRAIN = "whole brain"
SIDE_NAMES: dict[Side, str] = {"ipsi": "ipsilateral", "contra": "contralateral"}


@dataclass(frozen=True, eq=False)
class Connections:
    """The connections of one side that are larger than zero.

    Parameters
    ----------
    weights : ndarray of float64, shape (n,)
        Their values in the measure, all larger than 0.
    rows, columns : ndarray of int64, shape (n,)
        Where each stands in the matrix that was asked.
    measure : Measure
        What the weights are.
    unit : str
        Unit of the weights.
    group : str
        Acronyms of the structures that source and target lie in, or "whole brain".
    side : {"ipsi", "contra"}
        Side of the targets.
    zeros, missing : int
        Connections between the same regions that are zero, and that are not known.
    """

    weights: npt.NDArray[np.float64]
    rows: npt.NDArray[np.int64]
    columns: npt.NDArray[np.int64]
    measure: Measure
    unit: str
    group: str
    side: Side
    zeros: int
    missing: int

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def title(self) -> str:
        """Name for titles: "Isocortex, ipsilateral"."""
        return f"{self.group[0].upper()}{self.group[1:]}, {SIDE_NAMES[self.side]}"


def connections_of(
    matrix: RegionalMatrix, measure: Measure, side: Side, structure_ids: Sequence[int] = ()
) -> Connections:
    """Choose connections of a matrix.

    Parameters
    ----------
    matrix : RegionalMatrix
        Any.
    measure : Measure
        Which of its measures.
    side : {"ipsi", "contra"}
        Side of the targets. A region's connection to itself (ipsi) is one of them.
    structure_ids : sequence of int
        Source and target both lie in one of these; by default all of the matrix.

    Returns
    -------
    Connections
        In the order of the matrix.

    Raises
    ------
    ModelError
        When the matrix lacks the measure, no region lies in the structures, a weight is
        negative, or none is larger than zero.
    """
    values = matrix.values(measure)
    rows, columns = _inside(matrix, structure_ids)
    columns = columns[matrix.contra[columns] == (side == "contra")]
    chosen = values[np.ix_(rows, columns)]
    named = structure_ids or _only_division(matrix)
    group = ", ".join(matrix.tree[i].acronym for i in named) or WHOLE_BRAIN
    if (chosen < 0).any():
        raise ModelError(
            f"{int((chosen < 0).sum())} connections ({group}, {SIDE_NAMES[side]}) are negative: "
            "weights are 0 or larger. Leave cells empty where nothing was measured."
        )
    at_rows, at_columns = np.nonzero(chosen > 0)
    if not len(at_rows):
        raise ModelError(
            f"No connection ({group}, {SIDE_NAMES[side]}) is larger than zero: "
            f"{int((chosen == 0).sum())} are zero, {int(np.isnan(chosen).sum())} missing. "
            "Choose other regions, the other side or another matrix."
        )
    return Connections(
        weights=chosen[at_rows, at_columns],
        rows=rows[at_rows],
        columns=columns[at_columns],
        measure=measure,
        unit=matrix.unit(measure),
        group=group,
        side=side,
        zeros=int((chosen == 0).sum()),
        missing=int(np.isnan(chosen).sum()),
    )


def _only_division(matrix: RegionalMatrix) -> tuple[int, ...]:
    """The division of a matrix that lies in a single one: that is no whole brain."""
    divisions = matrix.divisions()
    return divisions if len(divisions) == 1 else ()


def _inside(
    matrix: RegionalMatrix, structure_ids: Sequence[int]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Rows and columns of the regions that lie in the structures; all without any."""
    wanted = set(structure_ids)
    if not wanted:
        return np.arange(matrix.shape[0]), np.arange(matrix.shape[1])
    part = matrix.of_regions(structure_ids)
    return (
        np.flatnonzero(np.isin(matrix.source_ids, part.source_ids)),
        np.flatnonzero(np.isin(matrix.target_ids, part.target_ids)),
    )
