"""Scores of models beside each other: division by division, as a paper prints them."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np
import pandas as pd

from napari_connectome.core.validation.tables import ALL

HEADINGS = {
    "voxel_mse_rel": "Voxel error",
    "regional_mse_rel": "Regional error",
    "voxel_ptp": "Voxel PTP",
    "regional_ptp": "Regional PTP",
    "pearson_both": "Pearson r",
    "pearson_ipsi": "r ipsi",
    "pearson_contra": "r contra",
}
"""Short names of the scores, in the order of the columns."""
WHOLE = "whole brain"
Best = set[tuple[int, str]]


def comparison(table: pd.DataFrame) -> tuple[pd.DataFrame, Best]:
    """Division × model × score, training errors in parentheses, and the best cells.

    Parameters
    ----------
    table : DataFrame
        From :func:`~napari_connectome.core.validation.score_table`.

    Returns
    -------
    frame : DataFrame
        Columns ``Division``, ``Model``, the scores that there are, ``Note``; the whole brain first.
    best : set of (int, str)
        Row and column of the best score of each division where two models have one.
    """
    models = list(dict.fromkeys(table["model"]))
    order = [HEADINGS[s] for s in HEADINGS if s in set(table["score"])]
    rows: list[dict[str, Any]] = []
    best: Best = set()
    for division in (ALL, *(d for d in dict.fromkeys(table["division"]) if d != ALL)):
        part = table[table["division"] == division]
        first = len(rows)
        for model in models:
            ours = part[part["model"] == model].set_index("score")
            cells = {HEADINGS[score]: cell(ours.loc[score]) for score in ours.index}
            notes = dict.fromkeys(note for note in ours["note"] if note)
            name = WHOLE if division == ALL else division
            fixed = {"Division": name, "Model": model}
            rows.append(fixed | {h: cells[h] for h in order} | {"Note": "; ".join(notes)})
        best |= _best(part, models, first)
    return pd.DataFrame(rows), best


def cell(row: pd.Series[Any]) -> str:
    """A score with what belongs behind it; a dash where there is none."""
    test, train, sd = (float(row[column]) for column in ("test", "train", "sd"))
    if not isfinite(test):
        return "–"
    if isfinite(train):
        return f"{test:.2f} ({train:.2f})"
    return f"{test:.2f} ± {sd:.2f}" if isfinite(sd) else f"{test:.2f}"


def _best(part: pd.DataFrame, models: list[str], first: int) -> Best:
    found: Best = set()
    for score, heading in HEADINGS.items():
        values = part[part["score"] == score].set_index("model")["test"].reindex(models)
        known = values.to_numpy(dtype=np.float64)
        if np.isfinite(known).sum() < 2:
            continue
        at = np.nanargmax(known) if score.startswith("pearson") else np.nanargmin(known)
        found.add((first + int(at), heading))
    return found
