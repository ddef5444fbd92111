"""Scores beside each other: what a cell says, which one is best, and why one is missing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from napari_connectome.core.validation.comparison_table import WHOLE, comparison
from napari_connectome.core.validation.tables import ALL

NAN = np.nan
COLUMNS = ["division", "model", "score", "test", "train", "sd", "experiments", "note"]
TABLE = pd.DataFrame(
    [
        ("TH", "voxel", "voxel_mse_rel", 1.254, 0.3, 0.1, 3, ""),
        ("TH", "voxel", "pearson_both", 0.5, NAN, 0.25, 3, ""),
        ("TH", "spline", "voxel_mse_rel", NAN, NAN, NAN, 0, "3 not predicted: too few"),
        ("TH", "spline", "pearson_both", NAN, NAN, NAN, 0, "3 not predicted: too few"),
        (ALL, "voxel", "voxel_mse_rel", 1.2, 0.2, 0.1, 9, ""),
        (ALL, "voxel", "pearson_both", 0.5, NAN, NAN, 1, ""),
        (ALL, "spline", "voxel_mse_rel", 0.9, NAN, 0.1, 6, "one reason"),
        (ALL, "spline", "pearson_both", 0.4, NAN, 0.1, 6, "another"),
    ],
    columns=COLUMNS,
)


def test_the_whole_brain_comes_first_and_models_keep_their_order() -> None:
    frame, _ = comparison(TABLE)
    assert list(frame.columns) == ["Division", "Model", "Voxel error", "Pearson r", "Note"]
    assert frame[["Division", "Model"]].to_numpy().tolist() == [
        [WHOLE, "voxel"],
        [WHOLE, "spline"],
        ["TH", "voxel"],
        ["TH", "spline"],
    ]


def test_cells_hold_training_error_or_spread_and_a_dash_for_nothing() -> None:
    frame, _ = comparison(TABLE)
    assert list(frame["Voxel error"]) == ["1.20 (0.20)", "0.90 ± 0.10", "1.25 (0.30)", "–"]
    assert list(frame["Pearson r"]) == ["0.50", "0.40 ± 0.10", "0.50 ± 0.25", "–"]
    assert list(frame["Note"]) == ["", "one reason; another", "", "3 not predicted: too few"]


def test_the_least_error_and_the_largest_correlation_are_best_among_two() -> None:
    _, best = comparison(TABLE)
    assert best == {(1, "Voxel error"), (0, "Pearson r")}
