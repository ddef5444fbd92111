"""Cross-validation written plainly: fit again, predict every voxel, score."""

from __future__ import annotations

import numpy as np

from napari_connectome.core.models.kernels import Kernel
from napari_connectome.core.models.weights import kernel_weights
from napari_connectome.core.scoring import mse_rel
from napari_connectome.core.validation.answers import FoldAnswer
from napari_connectome.core.validation.data import ValidationData


def kernel_predictions(
    data: ValidationData, kernel: Kernel, rows: np.ndarray, train: np.ndarray
) -> np.ndarray:
    """Projections of rows as kernel averages of the training experiments of their division."""
    experiments = data.experiments
    answers = []
    for row in rows.tolist():
        same = train[experiments.division_ids[train] == experiments.division_ids[row]]
        weights = kernel_weights(experiments.centroids[[row]], experiments.centroids[same], kernel)
        answers.append(weights[0] @ experiments.projections[same].astype(np.float64))
    return np.array(answers)


def check_answer(
    data: ValidationData, answer: FoldAnswer, place: int, predicted: np.ndarray, tolerance: float
) -> None:
    """The sums and the regional projection of one held-out experiment are those of a prediction."""
    row = int(answer.rows[place])
    truth = data.experiments.projections[row].astype(np.float64)
    sums = [predicted @ predicted, predicted @ truth, truth @ truth]
    np.testing.assert_allclose(answer.voxel[place], sums, rtol=tolerance, atol=1e-9 * sums[2])
    targets = data.regional.targets
    regions = [predicted[targets.keys == t].sum() for t in range(len(targets))]
    np.testing.assert_allclose(
        answer.regional[place], regions, rtol=tolerance, atol=tolerance * max(regions)
    )


def pooled_error(data: ValidationData, rows: np.ndarray, predicted: np.ndarray) -> float:
    """MSE_rel of several experiments in one ratio."""
    return mse_rel(data.experiments.projections[rows], predicted)
