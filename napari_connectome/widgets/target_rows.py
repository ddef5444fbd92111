"""Target regions as rows: one for each region and side."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable
from dataclasses import dataclass

from napari_connectome.core.sides import Side
from napari_connectome.figures.paired_bars import BY_SOURCE, PairedBar, SideWords
from napari_connectome.widgets.appearance import Rgb


@dataclass(frozen=True)
class TargetRow:
    """A target region with its value.

    Parameters
    ----------
    structure_id : int
        Allen structure id.
    acronym, name : str
        Short and full name.
    rgb : tuple of int
        Atlas colour.
    hemisphere : {"ipsi", "contra"}
        Same side as the source, or the other.
    value : float
        What the rows are ranked by.
    """

    structure_id: int
    acronym: str
    name: str
    rgb: Rgb
    hemisphere: Side
    value: float


def csv_text(
    rows: Iterable[TargetRow], unit: str, value_title: str, words: SideWords = BY_SOURCE
) -> str:
    """Rows in their order as comma-separated values with a header."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    title = f"{value_title} ({unit})" if unit else value_title
    writer.writerow(["rank", "structure_id", "acronym", "name", "hemisphere", title])
    for rank, r in enumerate(rows, start=1):
        side = words.of(r.hemisphere)
        writer.writerow([rank, r.structure_id, r.acronym, r.name, side, float(r.value)])
    return out.getvalue()


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
