"""Completion for scripts: the tables that the window completes, and its jobs run to their end."""

from __future__ import annotations

from typing import Any

from napari_connectome.core.completion.curve import Curve
from napari_connectome.core.measures import Measure
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.regional_matrix import RegionalMatrix
from napari_connectome.data.completion_files import LabelledMatrix
from napari_connectome.state.completion_jobs import (
    at_once,
    completed_job,
    preview_job,
    series_job,
    table_of_experiments,
    table_of_matrix,
)
from napari_connectome.state.completion_values import Completed
from napari_connectome.state.params import CompletionParams
from napari_connectome.state.scripting import checked
from napari_connectome.state.values import Dataset


def matrix_table(matrix: RegionalMatrix, measure: Measure) -> LabelledMatrix:
    """One measure of a regional matrix as a table to complete: sources × targets.

    Raises
    ------
    ModelError
        When the matrix lacks the measure.
    """
    return run_to_end(table_of_matrix(matrix, measure))


def experiments_table(brain: Dataset) -> LabelledMatrix:
    """What each experiment shows in each region, as a table to complete.

    Raises
    ------
    ModelError
        When the brain has no experiments.
    """
    return run_to_end(table_of_experiments(brain))


def complete_table(table: LabelledMatrix, **options: Any) -> Completed:
    """Hide entries of a table, find them again from the others, and compare with simple means.

    Parameters
    ----------
    table : LabelledMatrix
        From :func:`matrix_table`, :func:`experiments_table` or ``read_labelled``.
    **options
        ``pattern``, ``fraction`` (part that is observed), ``seed``, ``method``; any other is a
        parameter of the method.

    Returns
    -------
    Completed
        ``completion.matrix`` is the answer, ``hidden_error`` the relative error of what was
        hidden, ``baselines`` the same of simple means.

    Raises
    ------
    ModelError
        When an option is refused.
    """
    return run_to_end(completed_job(at_once(table), _params(options)))


def complete_series(table: LabelledMatrix, **options: Any) -> tuple[Completed, ...]:
    """Complete a table with 90, 80 and 50 % of its known entries removed at random.

    Parameters
    ----------
    table, **options
        As for :func:`complete_table`, without pattern and fraction.

    Raises
    ------
    ModelError
        When an option is refused.
    """
    return run_to_end(series_job(at_once(table), _params(options)))


def preview_curve(table: LabelledMatrix) -> Curve:
    """Error of completion by observed fraction, coarsely: 11 fractions, each done twice."""
    return run_to_end(preview_job(at_once(table), []))


def _params(options: dict[str, Any]) -> CompletionParams:
    own = {name: options[name] for name in options if name in CompletionParams.model_fields}
    values = {name: options[name] for name in options if name not in own}
    return checked(CompletionParams, values=values, **own)
