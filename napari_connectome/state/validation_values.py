"""A cross-validation with the tables that views show: they take a moment to make."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from napari_connectome.core.validation import (
    ValidationResult,
    experiment_table,
    fold_table,
    paired_tests,
    score_table,
)


@dataclass(frozen=True, eq=False)
class Validated:
    """A result and its tables.

    Parameters
    ----------
    result : ValidationResult
        Whole or partial.
    scores, tests, experiments, folds : DataFrame
        See :func:`~napari_connectome.core.validation.score_table` and its neighbours.
    """

    result: ValidationResult
    scores: pd.DataFrame
    tests: pd.DataFrame
    experiments: pd.DataFrame
    folds: pd.DataFrame

    @classmethod
    def of(cls, result: ValidationResult) -> Validated:
        """Make the tables of a result."""
        return cls(
            result,
            score_table(result),
            paired_tests(result),
            experiment_table(result),
            fold_table(result),
        )
