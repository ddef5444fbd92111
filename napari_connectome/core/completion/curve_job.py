"""The curve solved point by point: here, in threads, or in other processes."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from threading import Event

import numpy as np
import numpy.typing as npt

from napari_connectome.core.completion.complete import complete_job
from napari_connectome.core.completion.curve import TRUNCATED, Curve, CurveRequest
from napari_connectome.core.completion.patterns import draws
from napari_connectome.core.completion.problem import CompletionProblem
from napari_connectome.core.errors import ModelError
from napari_connectome.core.progress import Job, Progress, run_to_end

TOL, RECOVERY_TOL = 5e-3, 1e-8
"""Relative gap of a solution: for its error, which then is right to about one per cent, and
where exact recovery is possible."""
NEAR = 0.02
"""Relative error of the first below which a matrix may be recovered: worth the second."""
PATIENCE_S = 0.2
"""Longest wait for a thread between two moments of progress."""
Task = tuple[int, int]
"""Number of the curve, and of the repeat."""
Point = tuple[int, int, int, float, float]
"""Curve, place of the fraction, repeat; mean squared and relative error."""


def curve_job(
    request: CurveRequest,
    *,
    n_jobs: int = 1,
    threads: int = 1,
    begun: Curve | None = None,
    keep: Callable[[Curve], None] | None = None,
) -> Job[Curve]:
    """Complete every choice of entries, as a job that can be stopped and taken up again.

    Parameters
    ----------
    request : CurveRequest
        What to do.
    n_jobs : int
        Processes, as joblib counts them; under ``joblib.parallel_config(backend="dask")`` the
        repeats go to the workers of a cluster. What they have in hand when the job is stopped
        is lost.
    threads : int
        Where there is one process: repeats that are worked on at a time, point by point.
    begun : Curve, optional
        What an earlier, stopped run of the same request came to. A repeat that was not
        finished is done again, so that numbers are those of a run that was never stopped.
    keep : callable, optional
        Told of what there is: after every point, or, of other processes, after every repeat.

    Raises
    ------
    ModelError
        When `begun` is of another request.
    """
    shape = (request.curves, len(request.fractions), request.repeats)
    mse, relative = np.full(shape, np.nan), np.full(shape, np.nan)
    if begun is not None:
        _take_over(request, begun, mse, relative)
    tasks = [
        (curve, repeat)
        for repeat in range(request.repeats)
        for curve in range(request.curves)
        if np.isnan(mse[curve, :, repeat]).any()
    ]
    total, left = mse.size, len(tasks) * len(request.fractions)
    yield Progress(total - left, total, "Completing over and over")
    points = _here(request, tasks, threads) if n_jobs == 1 else _elsewhere(request, tasks, n_jobs)
    try:
        for found in points:
            for curve, place, repeat, squared, error in found:
                mse[curve, place, repeat], relative[curve, place, repeat] = squared, error
            left -= len(found)
            if found and keep is not None:
                keep(Curve(request, mse.copy(), relative.copy()))
            yield _moment(request, total - left, total, found)
    finally:
        points.close()
    return Curve(request, mse, relative)


def repeat_job(
    request: CurveRequest, curve: int, repeat: int, tell: Callable[[Point], None]
) -> Job[None]:
    """Solve one repeat of one curve; `tell` hears of every point.

    Its choices are nested, so that each solution is the start of the next.
    """
    truth = request.truth(curve)
    known = np.isfinite(truth)
    order = draws(np.random.default_rng((request.seed, repeat)), truth.shape)
    iterate = None
    for place, fraction in enumerate(request.fractions):
        problem = CompletionProblem(truth, known & (order < fraction))
        delta = request.delta * problem.norm
        completion = yield from complete_job(problem, delta=delta, tol=TOL, start=iterate)
        near = request.refined and request.delta == 0 and completion.relative_error(truth) < NEAR
        if near and completion.iterate is not None:
            completion = yield from complete_job(
                problem, tol=RECOVERY_TOL, start=completion.iterate
            )
        iterate = completion.iterate
        tell((curve, place, repeat, completion.mse(truth), completion.relative_error(truth)))


def one_repeat(request: CurveRequest, curve: int, repeat: int) -> npt.NDArray[np.float64]:
    """Mean squared and relative errors of one repeat, shape (2, fractions)."""
    found: list[Point] = []
    run_to_end(repeat_job(request, curve, repeat, found.append))
    return np.array([point[3:] for point in found]).T


def _here(
    request: CurveRequest, tasks: Sequence[Task], threads: int
) -> Generator[list[Point], None, None]:
    """Points as they come; nothing, now and then, so that the work can be stopped meanwhile."""
    if threads == 1:
        for task in tasks:
            told: list[Point] = []
            for _ in repeat_job(request, *task, told.append):
                yield told[:]
                told.clear()
            yield told
        return
    queue: SimpleQueue[Point] = SimpleQueue()
    stop = Event()
    with ThreadPoolExecutor(threads) as pool:
        pending = [pool.submit(_drain, request, task, queue.put, stop) for task in tasks]
        try:
            yield from _gathered(pending, queue)
        finally:
            stop.set()
            for one in pending:
                one.cancel()


def _drain(request: CurveRequest, task: Task, tell: Callable[[Point], None], stop: Event) -> None:
    job = repeat_job(request, *task, tell)
    for _ in job:
        if stop.is_set():
            job.close()
            return


def _gathered(pending: Sequence[Future[None]], queue: SimpleQueue[Point]) -> Iterator[list[Point]]:
    while True:
        ended = all(one.done() for one in pending)
        found = []
        try:
            found.append(queue.get(timeout=0.0 if ended else PATIENCE_S))
            while True:
                found.append(queue.get_nowait())
        except Empty:
            yield found
        if ended and queue.empty():
            break
    for one in pending:
        one.result()


def _elsewhere(
    request: CurveRequest, tasks: Sequence[Task], n_jobs: int
) -> Generator[list[Point], None, None]:
    from joblib import Parallel, delayed  # slow to load, and not needed for one process

    parallel = Parallel(n_jobs=n_jobs, return_as="generator_unordered")
    answers: Generator[list[Point]] = parallel(delayed(_points)(request, task) for task in tasks)
    try:
        yield from answers
    finally:
        with warnings.catch_warnings():
            # joblib regrets the work that a person has just stopped.
            warnings.simplefilter("ignore", UserWarning)
            answers.close()


def _points(request: CurveRequest, task: Task) -> list[Point]:
    found: list[Point] = []
    run_to_end(repeat_job(request, *task, found.append))
    return found


def _take_over(
    request: CurveRequest,
    begun: Curve,
    mse: npt.NDArray[np.float64],
    relative: npt.NDArray[np.float64],
) -> None:
    if begun.request.digest != request.digest:
        raise ModelError(
            "What was begun is of another matrix or of other fractions, δ or seed: it cannot be "
            "gone on with. Begin anew, or ask for the same."
        )
    count = min(request.repeats, begun.request.repeats)
    mse[:, :, :count] = begun.mse[:, :, :count]
    relative[:, :, :count] = begun.relative[:, :, :count]


def _moment(request: CurveRequest, done: int, total: int, found: Sequence[Point]) -> Progress:
    text, figures = f"{done} of {total} points of the curve", {}
    if found:
        curve, place, repeat, squared, error = found[-1]
        rank = f", rank {TRUNCATED}" if curve else ""
        seen = f"{request.fractions[place]:.1%} observed, choice {repeat + 1}{rank}"
        text = f"{text}: relative error {error:.3g} at {seen}"
        figures = {"mean_squared_error": squared, "relative_error": error}
    return Progress(done, total, text, figures)
