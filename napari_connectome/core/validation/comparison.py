"""Is one model better than another? Paired tests over the same experiments."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from napari_connectome.core.validation.result import LEVELS, ModelResult, ValidationResult
from napari_connectome.core.validation.tables import ALL

Scores = npt.NDArray[np.float64]
COLUMNS = (
    "division",
    "score",
    "model_a",
    "model_b",
    "mean_a",
    "sd_a",
    "mean_b",
    "sd_b",
    "experiments",
    "t",
    "p_t",
    "p_wilcoxon",
    "note",
)


def paired_tests(result: ValidationResult) -> pd.DataFrame:
    """Every pair of models on the experiments that both have predicted.

    Scores of single experiments are compared: Pearson's r over the regions of both
    hemispheres, of the ipsilateral and the contralateral ones, and MSE_rel over voxels and
    over regions.

    Returns
    -------
    DataFrame
        Columns ``division`` (acronym or ``all``), ``score``, ``model_a``, ``model_b``, their
        means and standard deviations, ``experiments``, ``t`` and ``p_t`` of the paired t test
        (two-sided, as in Knox et al. 2018, section 2.5), ``p_wilcoxon`` of the signed-rank
        test, which does not suppose normal differences, ``note`` (why there is no test).
    """
    scores = {model.name: _scores(result, model) for model in result.models}
    rows: list[dict[str, Any]] = []
    for division_id in [*result.division_ids.tolist(), None]:
        place = ALL if division_id is None else result.tree[division_id].acronym
        members = result.rows_of(division_id)
        for a, b in combinations([model.name for model in result.models], 2):
            for score, first in scores[a].items():
                tested = _test(first[members], scores[b][score][members])
                names = {"division": place, "score": score, "model_a": a, "model_b": b}
                rows.append(names | tested)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _scores(result: ValidationResult, model: ModelResult) -> dict[str, Scores]:
    found = {f"pearson_{s}": r for s, r in result.correlations(model).items()}
    return found | {f"{level}_mse_rel": model.held_out.errors(level) for level in LEVELS}


def _test(first: Scores, second: Scores) -> dict[str, Any]:
    from scipy.stats import ttest_rel, wilcoxon  # slow to load

    both = np.isfinite(first) & np.isfinite(second)
    a, b = first[both], second[both]
    found = _summary(a, "a") | _summary(b, "b") | {"experiments": len(a), "note": ""}
    if len(a) < 2:
        return found | {"note": "fewer than two experiments that both models have predicted"}
    if np.ptp(a - b) == 0:
        return found | {"note": "the difference is the same in every experiment"}
    t = ttest_rel(a, b)
    signed = wilcoxon(a, b)
    return found | {
        "t": float(t.statistic),
        "p_t": float(t.pvalue),
        "p_wilcoxon": float(signed.pvalue),
    }


def _summary(values: Scores, name: str) -> dict[str, float]:
    return {
        f"mean_{name}": float(values.mean()) if len(values) else float("nan"),
        f"sd_{name}": float(values.std(ddof=1)) if len(values) > 1 else float("nan"),
    }
