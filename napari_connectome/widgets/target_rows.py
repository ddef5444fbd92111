"""Target regions as pairs of bars: one for each region."""

from __future__ import annotations

import math
from collections.abc import Iterable

from napari_connectome.core.sides import Side
from napari_connectome.data.target_table import TargetRow
from napari_connectome.figures.paired_bars import PairedBar


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
