"""What a model says about experiments that it has not seen."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from napari_connectome.core.progress import Job, Progress, run_to_end, stretch
from napari_connectome.core.validation.data import ValidationData
from napari_connectome.core.validation.folds import Folds

Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Values = Mapping[str, Any]
"""Parameters of a model."""
Result = TypeVar("Result")
FITTING, CHOOSING = "fitting", "choosing hyper-parameters"
"""What is done in a fold."""


@dataclass(frozen=True, eq=False)
class ScoredPart:
    """The part of the voxels that a model is scored on.

    Parameters
    ----------
    received : ndarray of float64, shape (k, t)
        Measured projections of the predicted experiments, summed over what each target region
        has of the part; an experiment's own hidden voxels left out.
    voxels : ndarray of int64, shape (t,)
        How many voxels of each target region belong to it.
    name : str
        In words, for a note beside the scores.
    """

    received: Matrix
    voxels: Rows
    name: str


@dataclass(frozen=True, eq=False)
class FoldAnswer:
    """Predictions of held-out experiments, as far as scores need them.

    Parameters
    ----------
    rows : ndarray of int64, shape (k,)
        Experiments that were predicted.
    voxel : ndarray of float64, shape (k, 3)
        ‖P‖², P · Y and ‖Y‖² over target voxels.
    regional : ndarray of float64, shape (k, t)
        Predictions summed over target regions.
    refused : mapping of int to str
        Experiments that cannot be predicted, and why.
    training : mapping of int to ndarray of float64, shape (2, 3)
        Per division: sums as in `voxel`, over voxels and over regions, for the experiments
        that the model was fitted to.
    chosen : mapping of str to mapping
        Hyper-parameters that the inner loop chose, by division acronym or for all.
    part : ScoredPart, optional
        What a model is scored on that answers for a part of the voxels; None: on all.
    """

    rows: Rows
    voxel: Matrix
    regional: Matrix
    refused: Mapping[int, str] = field(default_factory=dict)
    training: Mapping[int, Matrix] = field(default_factory=dict)
    chosen: Mapping[str, Values] = field(default_factory=dict)
    part: ScoredPart | None = None


Keep = Callable[[FoldAnswer], None]
"""Is told every answer as soon as there is one."""


class Validator(Protocol):
    """Cross-validates one model."""

    def __call__(
        self,
        data: ValidationData,
        folds: Folds,
        candidates: Sequence[Values],
        keep: Keep,
        n_jobs: int,
        /,
    ) -> Job[None]:
        """Predict every experiment that takes part without having seen it.

        Parameters
        ----------
        data : ValidationData
            Experiments.
        folds : Folds
            Who is held out with whom.
        candidates : sequence of mapping
            Parameters to choose from by an inner loop; a single one is used as it is.
        keep : callable
            Called with each answer.
        n_jobs : int
            Processes, as joblib counts them.
        """


def over_folds(
    function: Callable[..., Job[FoldAnswer]],
    calls: Iterable[tuple[Any, ...]],
    total: int,
    keep: Keep,
    n_jobs: int,
    text: str,
) -> Job[None]:
    """Do a job once per fold, here or in several processes, and keep its answers.

    Parameters
    ----------
    function : callable
        Makes the job of a fold; defined in a module, so that other processes find it.
    calls : iterable of tuple
        Its arguments for each fold.
    total : int
        How many there are.
    keep : callable
        Called with each answer, in the order of the folds.
    n_jobs : int
        1 works here, without another process, and can be stopped inside of a fold. Otherwise as
        joblib counts, and wherever the backend that joblib was set to has its workers.
    text : str
        What is being done.
    """
    yield Progress(0, total, text)
    if n_jobs != 1:
        yield from _elsewhere(function, calls, total, keep, n_jobs, text)
        return
    for done, arguments in enumerate(calls):
        name = f"{text}, fold {done + 1} of {total}"
        keep((yield from stretch(function(*arguments), done, 1, total, name)))
        yield Progress(done + 1, total, text)


def _elsewhere(
    function: Callable[..., Job[FoldAnswer]],
    calls: Iterable[tuple[Any, ...]],
    total: int,
    keep: Keep,
    n_jobs: int,
    text: str,
) -> Job[None]:
    from joblib import Parallel, delayed  # slow to load, and not needed for one process

    parallel = Parallel(n_jobs=n_jobs, return_as="generator")
    answers: Generator[FoldAnswer] = parallel(
        delayed(_answer)(function, arguments) for arguments in calls
    )
    try:
        for done, answer in enumerate(answers, start=1):
            keep(answer)
            yield Progress(done, total, text)
    finally:
        with warnings.catch_warnings():
            # joblib regrets the work that a person has just stopped.
            warnings.simplefilter("ignore", UserWarning)
            answers.close()


def _answer(function: Callable[..., Job[FoldAnswer]], arguments: tuple[Any, ...]) -> FoldAnswer:
    return run_to_end(function(*arguments))


def one_step(job: Job[Result], done: int, total: int, text: str) -> Job[Result]:
    """A job of which only one step shows, however its own progress comes and goes.

    Parameters
    ----------
    job : generator of Progress
        The step. It is closed with the whole.
    done, total : int
        Steps that are finished, and steps in all.
    text : str
        What is being done.
    """
    try:
        while True:
            try:
                next(job)
            except StopIteration as stop:
                result: Result = stop.value
                return result
            yield Progress(done, total, text)
    finally:
        job.close()


def pooled(predicted: Matrix, measured: Matrix) -> Matrix:
    """‖P‖², P · Y and ‖Y‖² of each row, shape (k, 3)."""
    pairs = ((predicted, predicted), (predicted, measured), (measured, measured))
    return np.stack([np.einsum("ij,ij->i", a, b) for a, b in pairs], axis=1)
