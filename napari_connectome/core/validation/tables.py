"""Tables of a cross-validation, tidy: one number a row, and a reason where there is none."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from napari_connectome.core.validation.result import (
    LEVELS,
    HeldOutExperiments,
    ModelResult,
    ValidationResult,
)

ALL = "all"
"""Name of the row that pools every division."""
SCORES = {
    "voxel_mse_rel": "MSE_rel over voxels",
    "regional_mse_rel": "MSE_rel over regions",
    "voxel_ptp": "MSE_rel over voxels, repeatedly injected regions only (power to predict)",
    "regional_ptp": "MSE_rel over regions, repeatedly injected regions only (power to predict)",
    "pearson_both": "Pearson's r over regions of both hemispheres, mean of experiments",
    "pearson_ipsi": "Pearson's r over ipsilateral regions, mean of experiments",
    "pearson_contra": "Pearson's r over contralateral regions, mean of experiments",
}
"""What each score of :func:`score_table` is. MSE_rel: 0 is perfect, 2 the worst."""
Rows = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]


def score_table(result: ValidationResult) -> pd.DataFrame:
    """Scores of every model in every division.

    Returns
    -------
    DataFrame
        Columns ``division`` (acronym, or ``all``), ``model``, ``score`` (see :data:`SCORES`),
        ``test`` (held-out experiments: pooled for errors, mean for correlations), ``train``
        (experiments that were fitted to; errors only), ``sd`` (over single held-out
        experiments), ``experiments`` (that `test` is made of), ``note`` (why a number is
        missing, or made of fewer experiments).
    """
    rows: list[dict[str, Any]] = []
    correlations = {model.name: result.correlations(model) for model in result.models}
    for division_id in [*result.division_ids.tolist(), None]:
        place = ALL if division_id is None else result.tree[division_id].acronym
        members = result.rows_of(division_id)
        divisions = result.division_ids if division_id is None else np.array([division_id])
        for model in result.models:
            found = _errors(model, members, divisions)
            found += _correlations(model.held_out, correlations[model.name], members)
            rows += [{"division": place, "model": model.name} | score for score in found]
    columns = ["division", "model", "score", "test", "train", "sd", "experiments", "note"]
    return pd.DataFrame(rows, columns=columns)


def _errors(model: ModelResult, rows: Rows, divisions: Rows) -> list[dict[str, Any]]:
    found = []
    for suffix, held in (("mse_rel", model.held_out), ("ptp", model.repeated)):
        if held is None:
            continue
        ours = rows[np.isin(rows, held.members)]
        reason = _note(held, ours)
        if held.done[ours].any() and not any(i in held.training for i in divisions.tolist()):
            alone = "no training error: no other experiment in the division"
            reason = "; ".join(filter(None, [reason, alone]))
        for level in LEVELS:
            single = held.errors(level)[ours]
            found.append(
                {
                    "score": f"{level}_{suffix}",
                    "test": held.error(level, ours),
                    "train": held.training_error(level, divisions),
                    "sd": _sd(single[held.done[ours]]),
                    "experiments": int(held.done[ours].sum()),
                    "note": reason,
                }
            )
    return found


def _correlations(
    held: HeldOutExperiments, correlations: dict[str, Values], rows: Rows
) -> list[dict[str, Any]]:
    found = []
    for side, values in correlations.items():
        known = values[rows][np.isfinite(values[rows])]
        flat = int((held.done & ~held.as_nothing)[rows].sum()) - len(known)
        reason = f"{flat} of one value everywhere: no correlation" if flat else ""
        found.append(
            {
                "score": f"pearson_{side}",
                "test": known.mean() if len(known) else np.nan,
                "train": np.nan,
                "sd": _sd(known),
                "experiments": len(known),
                "note": "; ".join(filter(None, [_note(held, rows), reason])),
            }
        )
    return found


def _sd(values: Values) -> float:
    return float(values.std(ddof=1)) if len(values) > 1 else float("nan")


def _note(held: HeldOutExperiments, rows: Rows) -> str:
    """Why there are fewer predictions than experiments, and what is odd about them."""
    if not len(rows):
        return "no region with three injection centroids"
    reasons = Counter(held.refused[row] for row in rows.tolist() if row in held.refused)
    parts = [f"scored on {held.scored_on} alone"] if held.scored_on else []
    parts += [f"{count} not predicted: {reason}" for reason, count in reasons.items()]
    if nothing := int(held.as_nothing[rows].sum()):
        parts.append(f"{nothing} predicted to project nowhere")
    if missing := len(rows) - int(held.done[rows].sum()) - reasons.total():
        parts.append(f"partial: {missing} of {len(rows)} not reached")
    return "; ".join(parts)


def experiment_table(result: ValidationResult) -> pd.DataFrame:
    """Scores of every model for every single experiment.

    Returns
    -------
    DataFrame
        Columns ``experiment_id``, ``division``, ``region`` (that holds the centroid), ``fold``,
        ``model``, ``voxel_mse_rel``, ``regional_mse_rel``, ``pearson_both``, ``pearson_ipsi``,
        ``pearson_contra``, ``note``.
    """
    experiments, tree = result.data.experiments, result.tree
    regions = [tree[i].acronym if i else "" for i in result.data.region_ids.tolist()]
    divisions = [tree[i].acronym for i in experiments.division_ids.tolist()]
    tables = []
    for model in result.models:
        held = model.held_out
        scores = {f"{level}_mse_rel": held.errors(level) for level in LEVELS}
        scores |= {f"pearson_{s}": r for s, r in result.correlations(model).items()}
        notes = [_note_of_one(held, row) for row in range(len(held.done))]
        fixed = {
            "experiment_id": experiments.ids,
            "division": divisions,
            "region": regions,
            "fold": result.fold_of,
            "model": model.name,
        }
        tables.append(pd.DataFrame(fixed | scores | {"note": notes}))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def _note_of_one(held: HeldOutExperiments, row: int) -> str:
    if row in held.refused:
        return held.refused[row]
    if not held.done[row]:
        return "partial: not reached"
    return "predicted to project nowhere: no correlation" if held.as_nothing[row] else ""


def fold_table(result: ValidationResult) -> pd.DataFrame:
    """MSE_rel of every fold, its experiments pooled.

    Returns
    -------
    DataFrame
        Columns ``fold``, ``model``, ``voxel_mse_rel``, ``regional_mse_rel``, ``experiments``.
    """
    rows = []
    for number in range(int(result.fold_of.max(initial=-1)) + 1):
        members = np.flatnonzero(result.fold_of == number)
        for model in result.models:
            held = model.held_out
            count = int(held.done[members].sum())
            if count:
                errors = {f"{level}_mse_rel": held.error(level, members) for level in LEVELS}
                rows.append({"fold": number, "model": model.name, **errors, "experiments": count})
    columns = ["fold", "model", "voxel_mse_rel", "regional_mse_rel", "experiments"]
    return pd.DataFrame(rows, columns=columns)
