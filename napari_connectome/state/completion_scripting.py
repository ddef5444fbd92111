"""Completion for scripts: the tables that the window completes, and its jobs run to their end."""

from __future__ import annotations

from functools import partial
from typing import Any

from napari_connectome.core.completion.curve import Curve
from napari_connectome.core.completion.regional import completed_regional
from napari_connectome.core.measures import Measure
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.regional_matrix import RegionalMatrix
from napari_connectome.data.completion_files import LabelledMatrix
from napari_connectome.state.completion_jobs import (
    completed_job,
    model_job,
    series_job,
    table_curve_job,
)
from napari_connectome.state.completion_tables import (
    at_once,
    experiments_table_job,
    matrix_table_job,
    regional_of_file,
)
from napari_connectome.state.completion_values import Completable, Completed
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
    return run_to_end(matrix_table_job(matrix, measure)).table


def experiments_table(brain: Dataset) -> LabelledMatrix:
    """What each experiment shows in each region, as a table to complete.

    Raises
    ------
    ModelError
        When the brain has no experiments.
    """
    return run_to_end(experiments_table_job(brain)).table


def complete_table(
    table: LabelledMatrix,
    *,
    matrix: RegionalMatrix | None = None,
    brain: Dataset | None = None,
    **options: Any,
) -> Completed:
    """Hide entries of a table, find them again from the others, and compare with simple means.

    Parameters
    ----------
    table : LabelledMatrix
        From :func:`matrix_table`, :func:`experiments_table` or ``read_labelled``.
    matrix : RegionalMatrix, optional
        Whose table it is; the pattern "painted" needs it.
    brain : Dataset, optional
        Whose regions the names of a table from a file are.
    **options
        ``pattern``, ``fraction`` (part that is observed), ``seed``, ``painted`` (cells that are
        missing: source, target, side), ``method``; any other is a parameter of the method.

    Returns
    -------
    Completed
        ``completion.matrix`` is the answer, ``errors.error`` the relative error of what was
        hidden, ``errors.baselines`` the same of simple means; ``regional`` is the answer as a
        regional matrix with marks, where rows and columns are regions, and ``made_of`` the one
        that was completed.

    Raises
    ------
    ModelError
        When an option is refused.
    """
    return run_to_end(completed_job(at_once(_completable(table, matrix, brain)), _params(options)))


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
    return run_to_end(series_job(at_once(_completable(table)), _params(options)))


def completed_model(brain: Dataset, found: Completed) -> FittedModel:
    """A completed regional matrix as a model that can be asked like any other.

    Parameters
    ----------
    brain : Dataset
        Where its regions lie.
    found : Completed
        From :func:`complete_table`, of a table of regions.

    Raises
    ------
    ModelError
        When its rows or columns are no regions.
    """
    return run_to_end(model_job(found, brain))


def preview_curve(table: LabelledMatrix) -> Curve:
    """Error of completion by observed fraction, coarsely: 11 fractions, each done once."""
    return run_to_end(table_curve_job(at_once(_completable(table)), [], None, whole=False))


def whole_curve(table: LabelledMatrix) -> Curve:
    """Error of completion by observed fraction: 41 fractions, each done 50 times; takes long."""
    return run_to_end(table_curve_job(at_once(_completable(table)), [], None, whole=True))


def _completable(
    table: LabelledMatrix, matrix: RegionalMatrix | None = None, brain: Dataset | None = None
) -> Completable:
    if matrix is not None and table.measure is not None:
        return Completable(table, partial(completed_regional, matrix, table.measure), matrix)
    return Completable(table, partial(regional_of_file, table, brain))


def _params(options: dict[str, Any]) -> CompletionParams:
    own = {name: options[name] for name in options if name in CompletionParams.model_fields}
    values = {name: options[name] for name in options if name not in own}
    return checked(CompletionParams, values=values, **own)
