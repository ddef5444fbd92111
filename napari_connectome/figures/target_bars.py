"""Target regions of an answer as pairs of bars: one for each region."""

from __future__ import annotations

import math
from collections.abc import Iterable

from napari_connectome.core.models.fitted import Prediction
from napari_connectome.core.sides import Side
from napari_connectome.data.target_table import TargetRow, target_rows
from napari_connectome.figures.paired_bars import Order, PairedBar, ranked


def target_bars(
    prediction: Prediction, *, order: Order = "larger", top: int | None = None
) -> list[PairedBar]:
    """Bars of the regions that an answer reaches, for a figure.

    Parameters
    ----------
    prediction : Prediction
        Of any source, in either direction.
    order : {"larger", "ipsi", "contra"}
        What regions are ranked by: the larger value, or that of one side.
    top : int, optional
        How many regions; by default all of them.
    """
    return ranked(paired(target_rows(prediction)), order)[:top]


def paired(rows: Iterable[TargetRow]) -> list[PairedBar]:
    """One bar pair for each region that has a value above zero, in the order of the rows."""
    first: dict[int, TargetRow] = {}
    values: dict[Side, dict[int, float]] = {"ipsi": {}, "contra": {}}
    for row in rows:
        if 0 < row.value < math.inf:
            first.setdefault(row.structure_id, row)
            values[row.hemisphere][row.structure_id] = float(row.value)
    ipsi, contra = values["ipsi"], values["contra"]
    return [
        PairedBar(i, r.acronym, r.name, r.rgb, ipsi.get(i, 0.0), contra.get(i, 0.0))
        for i, r in first.items()
    ]
