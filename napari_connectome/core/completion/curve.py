"""How the error falls with the observed fraction: how many measurements are enough."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import joblib
import numpy as np
import numpy.typing as npt

from napari_connectome.core.completion.complete import complete_job
from napari_connectome.core.completion.patterns import draws
from napari_connectome.core.completion.problem import CompletionProblem, Mask, Matrix
from napari_connectome.core.errors import ModelError
from napari_connectome.core.progress import Job, Progress, run_to_end

STEP, REPEATS = 0.025, 50
TOL, RECOVERY_TOL = 5e-3, 1e-8
"""Relative gap of a solution: for its error, which then is right to about one per cent, and
where exact recovery is possible."""
NEAR = 0.02
"""Relative error of the first below which a matrix may be recovered: worth the second."""
RECOVERED = 1e-6
TRUNCATED = 2
"""Rank of the second curve: a matrix that can be recovered in the best case."""
TASK = tuple[int, int]


@dataclass(frozen=True, eq=False)
class CurveRequest:
    """What is drawn again and again, and solved.

    Parameters
    ----------
    matrix : ndarray of float64, shape (r, c)
        The truth; NaN where it is not known.
    fractions : tuple of float
        Observed parts of what is known.
    repeats : int
        Random choices of each; those of one repeat are nested.
    delta : float
        As a part of the norm of what is observed.
    truncated : bool
        Whether the rank-2 approximation is completed, too.
    seed : int
        Of the choices.

    Raises
    ------
    ModelError
        When there is nothing to observe or a number is out of bounds.
    """

    matrix: Matrix
    fractions: tuple[float, ...] = tuple(np.round(np.arange(0.0, 1.0 + STEP / 2, STEP), 6).tolist())
    repeats: int = REPEATS
    delta: float = 0.0
    truncated: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        if self.matrix.ndim != 2 or not np.isfinite(self.matrix).any():
            raise ModelError("A matrix with at least one known entry was expected.")
        if not self.fractions or min(self.fractions) < 0 or max(self.fractions) > 1:
            raise ModelError("Observed fractions between 0 and 1 were expected.")
        if self.repeats < 1 or not self.delta >= 0:
            raise ModelError("At least one repeat, and a δ of at least 0, were expected.")

    @property
    def there(self) -> Mask:
        """Entries of which the truth is known."""
        return np.isfinite(self.matrix)

    @property
    def curves(self) -> int:
        """The matrix, and its rank-2 approximation where that is wanted."""
        return 2 if self.truncated else 1

    @property
    def digest(self) -> str:
        """Tells requests apart: what was begun for one is no part of another."""
        content = hashlib.sha256(np.ascontiguousarray(self.matrix).tobytes())
        rest = (self.matrix.shape, self.fractions, self.delta, self.truncated, self.seed)
        content.update(repr(rest).encode())
        return content.hexdigest()

    def truth(self, curve: int) -> Matrix:
        """What is to be found: the matrix (0), or its rank-2 approximation (1)."""
        if curve == 0:
            return self.matrix
        filled = np.where(self.there, self.matrix, 0.0)
        left, values, right = np.linalg.svd(filled, full_matrices=False)
        return np.asarray((left[:, :TRUNCATED] * values[:TRUNCATED]) @ right[:TRUNCATED])


@dataclass(frozen=True, eq=False)
class Curve:
    """Errors by observed fraction.

    Parameters
    ----------
    request : CurveRequest
        What was asked.
    mse : ndarray of float64, shape (curves, fractions, repeats)
        Mean squared error over all known entries; NaN where it was not reached yet.
    relative : ndarray of float64, the same shape
        ‖X − M‖_F / ‖M‖_F.
    """

    request: CurveRequest
    mse: npt.NDArray[np.float64]
    relative: npt.NDArray[np.float64]

    @property
    def is_partial(self) -> bool:
        """Whether something was not reached."""
        return bool(np.isnan(self.mse).any())

    def mean(self, curve: int = 0) -> npt.NDArray[np.float64]:
        """Mean of the repeats that there are, shape (fractions,)."""
        return _over_repeats(self.mse[curve], np.mean)

    def sd(self, curve: int = 0) -> npt.NDArray[np.float64]:
        """Their standard deviation (with n − 1), shape (fractions,); 0 of a single one."""
        return _over_repeats(self.mse[curve], _sd)

    def recovered(self, curve: int = 0) -> npt.NDArray[np.float64]:
        """Part of the repeats with a relative error below 1e-6, shape (fractions,)."""
        return _over_repeats(self.relative[curve], lambda row: np.mean(row < RECOVERED))

    def enough_for(self, relative_error: float, curve: int = 0) -> float | None:
        """Smallest observed fraction from which on the mean relative error stays below a level."""
        means = _over_repeats(self.relative[curve], np.mean)
        good = np.nan_to_num(means, nan=np.inf) <= relative_error
        if not good[-1]:
            return None
        bad = np.flatnonzero(~good)
        return float(self.request.fractions[int(bad[-1]) + 1 if len(bad) else 0])


def curve_job(
    request: CurveRequest,
    *,
    n_jobs: int = 1,
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
        repeats go to the workers of a cluster.
    begun : Curve, optional
        What an earlier, stopped run of the same request came to.
    keep : callable, optional
        Told of what there is, after every repeat.

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
    total = request.repeats * request.curves
    done = total - len(tasks)
    yield _moment(done, total, mse)
    for curve, repeat, found in _answers(request, tasks, n_jobs):
        mse[curve, :, repeat], relative[curve, :, repeat] = found
        done += 1
        if keep is not None:
            keep(Curve(request, mse.copy(), relative.copy()))
        yield _moment(done, total, mse)
    return Curve(request, mse, relative)


def one_repeat(request: CurveRequest, curve: int, repeat: int) -> npt.NDArray[np.float64]:
    """Mean squared and relative errors of one repeat, shape (2, fractions).

    Its choices are nested, so that each solution is the start of the next.
    """
    truth = request.truth(curve)
    known = np.isfinite(truth)
    order = draws(np.random.default_rng((request.seed, repeat)), truth.shape)
    found, iterate = [], None
    for fraction in request.fractions:
        problem = CompletionProblem(truth, known & (order < fraction))
        job = complete_job(problem, delta=request.delta * problem.norm, tol=TOL, start=iterate)
        completion = run_to_end(job)
        near = request.delta == 0 and completion.relative_error(truth) < NEAR
        if near and completion.iterate is not None:
            exact = complete_job(problem, tol=RECOVERY_TOL, start=completion.iterate)
            completion = run_to_end(exact)
        iterate = completion.iterate
        seen = np.where(known, truth, np.nan)
        found.append((completion.mse(seen), completion.relative_error(seen)))
    return np.array(found).T


def _answers(
    request: CurveRequest, tasks: Sequence[TASK], n_jobs: int
) -> Iterator[tuple[int, int, npt.NDArray[np.float64]]]:
    if n_jobs == 1:
        for curve, repeat in tasks:
            yield curve, repeat, one_repeat(request, curve, repeat)
        return
    parallel = joblib.Parallel(n_jobs=n_jobs, return_as="generator")
    calls = (joblib.delayed(one_repeat)(request, *task) for task in tasks)
    for (curve, repeat), found in zip(tasks, parallel(calls), strict=True):
        yield curve, repeat, found


def _take_over(request: CurveRequest, begun: Curve, mse: Matrix, relative: Matrix) -> None:
    if begun.request.digest != request.digest:
        raise ModelError(
            "What was begun is of another matrix or of other fractions, δ or seed: it cannot be "
            "gone on with. Begin anew, or ask for the same."
        )
    count = min(request.repeats, begun.request.repeats)
    mse[:, :, :count] = begun.mse[:, :, :count]
    relative[:, :, :count] = begun.relative[:, :, :count]


def _moment(done: int, total: int, mse: Matrix) -> Progress:
    text = f"Completing: repeat {done} of {total}"
    figures: dict[str, float] = {}
    if done:
        figures["mean_mse"] = float(np.nanmean(mse))
    return Progress(done, total, text, figures)


def _over_repeats(
    values: Matrix, measure: Callable[[npt.NDArray[np.float64]], Any]
) -> npt.NDArray[np.float64]:
    rows = (row[np.isfinite(row)] for row in values)
    return np.array([measure(row) if len(row) else np.nan for row in rows], dtype=np.float64)


def _sd(values: npt.NDArray[np.float64]) -> float:
    return float(values.std(ddof=1)) if len(values) > 1 else 0.0


@dataclass(frozen=True)
class Bound:
    """Candès and Plan's bound on the error, ‖M − M̂‖_F ≤ k √(C_p min(r, c) / p) δ + 2 δ.

    Parameters
    ----------
    delta : float
        Size of the noise on the observed entries, in the unit of the matrix.
    shorter : int
        min(r, c).
    factor : float
        k: 4 in Candès and Plan 2010; 1 in the first source document (eq. 6), which dropped it.
    """

    delta: float
    shorter: int
    factor: float = 4.0

    def at(self, fraction: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Bound on ‖M − M̂‖_F at observed fractions above 0; C_p = 2 + p."""
        p = np.asarray(fraction, dtype=np.float64)
        root = np.sqrt((2.0 + p) * self.shorter / p)
        return np.asarray(self.factor * root * self.delta + 2.0 * self.delta)
