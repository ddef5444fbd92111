"""Models judged on experiments that they have not seen: folds, scores, tests between models."""

from __future__ import annotations

from napari_connectome.core.validation.comparison import paired_tests
from napari_connectome.core.validation.files import result_record, write_result, write_scores
from napari_connectome.core.validation.folds import Fold, Folds, make_folds
from napari_connectome.core.validation.result import ModelResult, ValidationResult
from napari_connectome.core.validation.run import CrossValidation, ModelRequest
from napari_connectome.core.validation.scatter import source_scatter
from napari_connectome.core.validation.tables import (
    SCORES,
    experiment_table,
    fold_table,
    score_table,
)

__all__ = [
    "SCORES",
    "CrossValidation",
    "Fold",
    "Folds",
    "ModelRequest",
    "ModelResult",
    "ValidationResult",
    "experiment_table",
    "fold_table",
    "make_folds",
    "paired_tests",
    "result_record",
    "score_table",
    "source_scatter",
    "write_result",
    "write_scores",
]
