"""Regions that an answer reaches, as rows and as a table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary

from napari_connectome.core.io.atomic import write_text
from napari_connectome.core.models.fitted import Prediction
from napari_connectome.core.provenance import brief_provenance, repeatable
from napari_connectome.core.sides import BY_HEMISPHERE, BY_SOURCE, Side, SideWords
from napari_connectome.core.targets import rank_targets

VALUE_TITLE = "Mean density"
"""What targets are ranked by."""


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
    rgb: tuple[int, int, int]
    hemisphere: Side
    value: float


def target_rows(prediction: Prediction) -> tuple[TargetRow, ...]:
    """Every region that a prediction reaches, largest mean density first.

    They are found once for each living prediction: in the window where the prediction is made.
    """
    if prediction not in _ROWS:
        _ROWS[prediction] = _rows(prediction)
    return _ROWS[prediction]


_ROWS: WeakKeyDictionary[Prediction, tuple[TargetRow, ...]] = WeakKeyDictionary()


def _rows(prediction: Prediction) -> tuple[TargetRow, ...]:
    tree = prediction.model.atlas.tree
    rows = []
    for target in rank_targets(prediction):
        structure = tree[target.structure_id]
        rows.append(
            TargetRow(
                structure_id=structure.id,
                acronym=structure.acronym,
                name=structure.name,
                rgb=structure.rgb,
                hemisphere=target.hemisphere,
                value=target.mean_density,
            )
        )
    return tuple(rows)


def side_words(prediction: Prediction) -> SideWords:
    """What the sides of a prediction's regions are called."""
    return BY_HEMISPHERE if prediction.side == "both" else BY_SOURCE


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


def write_targets(path: str | Path, prediction: Prediction) -> Path:
    """Write every region that a prediction reaches, largest mean density first.

    A line ahead of the table says where it comes from: ``read_csv(path, comment="#")`` of pandas
    passes over it.

    Parameters
    ----------
    path : str or Path
        CSV file; an older one is replaced when the new one is complete.
    prediction : Prediction
        Of any source, in either direction.

    Raises
    ------
    DataError
        When the file cannot be written.
    """
    file, unit = Path(path).expanduser().absolute(), prediction.model.connectivity.unit
    text = csv_text(target_rows(prediction), unit, VALUE_TITLE, side_words(prediction))
    # Without the time: the same answer gives the same bytes.
    told = json.dumps(repeatable(brief_provenance(prediction)), ensure_ascii=False)
    write_text(file, f"# provenance: {told}\n{text}")
    return file
