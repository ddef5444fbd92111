"""Complete a matrix by minimising its nuclear norm."""

from __future__ import annotations

import numpy as np

from napari_connectome.core.completion.certificate import certify
from napari_connectome.core.completion.data_terms import DataTerm, Penalised, WithinDelta
from napari_connectome.core.completion.nuclear_norm import Iterate, solve_job
from napari_connectome.core.completion.problem import CompletionProblem, Matrix
from napari_connectome.core.completion.result import Completion, completed
from napari_connectome.core.errors import ModelError
from napari_connectome.core.parallel import single_threaded_blas
from napari_connectome.core.progress import Job, Progress

TOL = 1e-4
NUCLEAR_NORM, SOFT_IMPUTE = "nuclear-norm", "soft-impute"


def complete_job(
    problem: CompletionProblem,
    *,
    delta: float = 0.0,
    tol: float = TOL,
    nonnegative: bool = False,
    start: Iterate | None = None,
) -> Job[Completion]:
    """Minimise ‖X‖_* subject to ‖P_Ω(X − M)‖_F ≤ δ, as a job.

    Parameters
    ----------
    problem : CompletionProblem
        What is known.
    delta : float
        δ in the unit of the matrix; 0 keeps observed entries exactly.
    tol : float
        Relative gap between the answer and a lower bound of the optimum.
    nonnegative : bool
        Whether no entry may be below 0.
    start : Iterate, optional
        Of a completion of nearly the same problem: saves steps and changes nothing else.

    Raises
    ------
    ModelError
        When δ or tol is out of bounds, or observed entries are negative where none may be.

    References
    ----------
    Candès and Plan 2010; the first source document, eq. 5.
    """
    if not (np.isfinite(delta) and delta >= 0):
        raise ModelError(f"δ must be a number of at least 0; {delta} came.")
    _check(problem, tol, nonnegative)
    if problem.norm <= delta:
        why = (
            "δ is at least the norm of all that was observed: zero is allowed, and has the "
            "smallest nuclear norm. Give a smaller δ."
            if problem.norm
            else "Nothing but zeros was observed: the answer is zero."
        )
        term = WithinDelta(problem.known, problem.observed, delta)
        return _at_once(problem, term, np.zeros(problem.shape), np.zeros(problem.shape), why)
    if problem.observed.all() and delta == 0:
        left, _, right = np.linalg.svd(problem.matrix, full_matrices=False)
        term = WithinDelta(problem.known, problem.observed, 0.0)
        return _at_once(problem, term, problem.matrix.copy(), left @ right, ALL_KNOWN)
    return _solved(problem, NUCLEAR_NORM, delta, tol, nonnegative, start)


def soft_impute_job(
    problem: CompletionProblem,
    *,
    penalty: float,
    tol: float = TOL,
    nonnegative: bool = False,
    start: Iterate | None = None,
) -> Job[Completion]:
    """Minimise ½ ‖P_Ω(X − M)‖² + λ ‖X‖_*, as a job; see :func:`complete_job`.

    Parameters
    ----------
    penalty : float
        λ, in the unit of the matrix.

    References
    ----------
    Mazumder, Hastie and Tibshirani 2010.
    """
    if not (np.isfinite(penalty) and penalty > 0):
        raise ModelError(f"λ must be a number larger than 0; {penalty} came.")
    _check(problem, tol, nonnegative)
    if float(np.linalg.norm(problem.known, 2)) <= penalty:
        why = "λ is at least the largest singular value of what was observed: the answer is zero."
        term = Penalised(problem.known, problem.observed, penalty)
        return _at_once(problem, term, np.zeros(problem.shape), problem.known / penalty, why)
    return _solved(problem, SOFT_IMPUTE, penalty, tol, nonnegative, start)


def _check(problem: CompletionProblem, tol: float, nonnegative: bool) -> None:
    if not 0 < tol < 1:
        raise ModelError(f"The relative gap must lie between 0 and 1; {tol} came.")
    if nonnegative and problem.known.min() < 0:
        raise ModelError(
            f"{int((problem.known < 0).sum())} observed entries are negative: no matrix without "
            "negative entries can keep them. Leave nonnegativity out, or the entries."
        )


def _at_once(
    problem: CompletionProblem, term: DataTerm, matrix: Matrix, dual: Matrix, why: str
) -> Job[Completion]:
    """An answer that needs no solver, with its certificate."""
    yield Progress(1, 1, "Completing")
    return completed(
        problem,
        NUCLEAR_NORM if isinstance(term, WithinDelta) else SOFT_IMPUTE,
        matrix,
        certificate=certify(term, matrix, dual),
        delta=term.delta if isinstance(term, WithinDelta) else None,
        notes=(why,),
    )


def _solved(
    problem: CompletionProblem,
    method: str,
    level: float,
    tol: float,
    nonnegative: bool,
    start: Iterate | None,
) -> Job[Completion]:
    """Values are divided by their mean size on the way: steps and rounding know no units."""
    unit = problem.norm / np.sqrt(max(int(problem.observed.sum()), 1))
    known = problem.known / unit
    term = (
        WithinDelta(known, problem.observed, level / unit, nonnegative=nonnegative)
        if method == NUCLEAR_NORM
        else Penalised(known, problem.observed, level / unit, nonnegative=nonnegative)
    )
    with single_threaded_blas():
        near = None if start is None else start.scaled(1.0 / unit)
        solved = yield from solve_job(term, tol=tol, start=near)
    matrix = solved.matrix * unit
    if method == NUCLEAR_NORM and level == 0:
        matrix = np.where(problem.observed, problem.matrix, matrix)
    notes = () if solved.certificate.gap <= tol else (_unfinished(solved.certificate.gap, tol),)
    return completed(
        problem,
        method,
        matrix,
        certificate=solved.certificate.scaled(unit),
        delta=level if method == NUCLEAR_NORM else None,
        iterations=solved.iterations,
        notes=notes,
        iterate=solved.iterate.scaled(unit),
    )


ALL_KNOWN = "Everything was observed: nothing changes."


def _unfinished(gap: float, tol: float) -> str:
    return f"The certified gap is {gap:.1e}, not {tol:.1e}: no answer is better by more than that."
