"""The tables that can be completed: of a model, of experiments, of a file."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import NoReturn

import numpy as np

from napari_connectome.core.completion.regional import completed_regional
from napari_connectome.core.completion.result import Completion
from napari_connectome.core.errors import DataError, ModelError
from napari_connectome.core.measures import Measure
from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.regional_experiments import regional_experiments_job
from napari_connectome.core.regional_matrix import RegionalMatrix
from napari_connectome.core.structures import StructureTree
from napari_connectome.data.completion_files import LabelledMatrix, read_labelled
from napari_connectome.data.labelled_regions import completed_regional_table
from napari_connectome.state.completion_values import Completable
from napari_connectome.state.values import Dataset

FILE_MEASURE: Measure = "normalized_connection_strength"
"""What a table holds that does not say."""
EXPERIMENTS_NOT_REGIONS = (
    "The rows are experiments, not regions: it is no regional connectivity. Complete the regional "
    "matrix of a model instead."
)


def model_table_job(matrix_job: Job[RegionalMatrix], measure: Measure) -> Job[Completable]:
    """The regional matrix of a model, once it is there, in one measure where it has it."""
    matrix = yield from matrix_job
    return (yield from matrix_table_job(matrix, measure))


def matrix_table_job(matrix: RegionalMatrix, measure: Measure) -> Job[Completable]:
    """A regional matrix; cells that were completed before are missing."""
    yield Progress(0, 0, "Reading the matrix")
    chosen = matrix.measure_or_first(measure)
    values = np.where(np.isfinite(matrix.known), matrix.values(chosen), np.nan)
    rows = tuple(matrix.tree[i].acronym for i in matrix.source_ids.tolist())
    columns = _columns(matrix.tree, matrix.target_ids, matrix.contra)
    table = LabelledMatrix(values, rows, columns, "source", matrix.origin, chosen)
    return Completable(table, partial(completed_regional, matrix, chosen), matrix)


def file_table_job(path: Path | None, dataset: Dataset | None) -> Job[Completable]:
    """A table from a file.

    Raises
    ------
    DataError
        When none was chosen, or it cannot be read.
    """
    yield Progress(0, 0, "Reading the table")
    if path is None:
        raise DataError("No table is chosen: open a CSV file or a workbook first.")
    table = read_labelled(path)

    return Completable(table, partial(regional_of_file, table, dataset))


def regional_of_file(
    table: LabelledMatrix, dataset: Dataset | None, found: Completion
) -> RegionalMatrix:
    """A completed table as a regional matrix of the open brain.

    Raises
    ------
    DataError
        When no brain is open, or a name is none of its regions.
    """
    if dataset is None:
        raise DataError("Names of regions mean nothing without a brain: open one first.")
    return completed_regional_table(table, found, dataset.atlas.tree, measure=FILE_MEASURE)


def at_once(table: Completable) -> Job[Completable]:
    """A table that is there already, as a job."""
    yield Progress(0, 0, "Reading the matrix")
    return table


def experiments_table_job(dataset: Dataset | None) -> Job[Completable]:
    """Experiments by regions: what arrived in each, summed and normalised.

    Raises
    ------
    ModelError
        When no experiments are open.
    """
    if dataset is None or dataset.experiments is None:
        raise ModelError("No experiments are open: open the demo brain or a cache folder.")
    experiments, tree = dataset.experiments, dataset.atlas.tree
    found = yield from regional_experiments_job(experiments, dataset.atlas)
    there, targets = np.flatnonzero(found.targets.counts), found.targets
    columns = _columns(tree, targets.structure_ids[there], targets.contra[there])
    rows = tuple(map(str, experiments.ids.tolist()))
    values = found.received[:, there]
    table = LabelledMatrix(values, rows, columns, "experiment", dataset.title)
    return Completable(table, _no_regions)


def _no_regions(found: Completion) -> NoReturn:
    del found
    raise ModelError(EXPERIMENTS_NOT_REGIONS)


def _columns(tree: StructureTree, ids: np.ndarray, contra: np.ndarray) -> tuple[str, ...]:
    pairs = zip(ids.tolist(), contra.tolist(), strict=True)
    return tuple(f"{tree[i].acronym} {'contra' if is_contra else 'ipsi'}" for i, is_contra in pairs)
