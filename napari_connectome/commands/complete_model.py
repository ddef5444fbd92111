"""The completed matrix as a saved model: options and work of ``complete --out-model``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from napari_connectome.commands.arguments import path
from napari_connectome.commands.matrix import BY_OPTION
from napari_connectome.commands.output import check_writable
from napari_connectome.core.errors import DataError
from napari_connectome.core.progress import run_to_end

if TYPE_CHECKING:
    from napari_connectome.core.completion.result import Completion
    from napari_connectome.data.completion_files import LabelledMatrix
    from napari_connectome.state.values import Dataset


def add_model_options(parser: ArgumentParser) -> None:
    """Add the options that :func:`check_model_options` and :func:`save_as_model` read."""
    group = parser.add_argument_group("as a model: rows and columns must be named by regions")
    group.add_argument(
        "--out-model", type=path, metavar="MODEL", help="also save it as a model that can be asked"
    )
    group.add_argument(
        "--brain", type=path, metavar="DIR|MODEL", help="cache folder or model with the atlas"
    )
    group.add_argument(
        "--measure",
        choices=tuple(BY_OPTION),
        default="normalized-connection-strength",
        help="what the table holds, where it does not say (default: %(default)s)",
    )


def check_model_options(arguments: Namespace) -> None:
    """Refuse options that cannot work before the matrix is completed.

    Raises
    ------
    DataError
        When the model has no brain to live in, or its file cannot be written.
    """
    if arguments.out_model is None:
        return
    if arguments.brain is None:
        raise DataError(
            "--out-model needs --brain: the cache folder or saved model whose regions the rows and "
            "columns are."
        )
    check_writable(arguments.out_model)


def save_as_model(arguments: Namespace, table: LabelledMatrix, found: Completion) -> None:
    """Spread a completed table over the voxels of its regions, and save that.

    Raises
    ------
    DataError
        When a row or column is no region of the brain.
    """
    from napari_connectome.core.completion.hidden import hidden_errors
    from napari_connectome.core.io import save_model
    from napari_connectome.data.labelled_regions import completed_regional_table
    from napari_connectome.state.completion_jobs import model_job
    from napari_connectome.state.completion_values import Completed

    brain = _brain(arguments)
    measure = BY_OPTION[arguments.measure]
    regional = completed_regional_table(table, found, brain.atlas.tree, measure=measure)
    completed = Completed(table, found, hidden_errors(found, table.values), regional)
    save_model(run_to_end(model_job(completed, brain)), arguments.out_model)


def _brain(arguments: Namespace) -> Dataset:
    from napari_connectome.state.scripting import open_brain, open_model

    if arguments.brain.is_file():
        return open_model(arguments.brain)[0]
    return open_brain(arguments.brain)
