"""Spline models at the size of Harris et al. 2016: time, memory, and the certified gap over time.

Each task runs in a process of its own, so that its memory can be told. ``python -m
benchmarks.spline NAME ...`` runs some of them.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Callable

import numpy as np
from scipy.optimize import OptimizeResult, minimize

from benchmarks.spline_problems import slab_problem
from benchmarks.timing import current_bytes, peak_bytes
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.spline.dense_weights import dense_weights_job
from napari_connectome.core.spline.full_rank import full_solution_job
from napari_connectome.core.spline.line import line_problem, line_weights
from napari_connectome.core.spline.low_rank import LowRankLimits, fit_low_rank_job
from napari_connectome.core.spline.low_rank_start import starting_factors_job
from napari_connectome.core.spline.nonneg.solve import NonnegativeLimits
from napari_connectome.core.spline.nonneg.whole import (
    solve_nonnegative_job,
    unsigned_solution_job,
)
from napari_connectome.core.spline.problem import SplineProblem

RANK = 160
PLAIN_SECONDS = 60.0
"""Longest run of L-BFGS-B, of the processor."""
CLOSE = 1e-4
"""How near to our objective L-BFGS-B has to come."""


def unsigned() -> None:
    """(P1) without W >= 0: smooth patterns, solution and all of W."""
    problem = slab_problem()
    begin = _Clock()
    solution = run_to_end(unsigned_solution_job(problem))
    begin.tell("solution without a matrix")
    weights = run_to_end(dense_weights_job(solution.weights))
    begin.tell("with all of W")
    at_zero = 2 * problem.injections.T @ problem.residual(np.zeros_like(weights))
    slope = problem.gradient(weights.astype(np.float64))
    size = np.linalg.norm(slope) / np.linalg.norm(at_zero)
    print(f"gradient {size:.1e} of that at 0; negative entries {np.mean(weights < 0):.1%}")


def nonnegative() -> None:
    """(P1) until a gap of 1 % is certified."""
    problem = slab_problem()
    begin = _Clock()
    found = run_to_end(solve_nonnegative_job(problem, NonnegativeLimits(gap=1e-2)))
    begin.tell(f"gap {found.trace.last.gap:.2%}, residual {found.trace.last.residual:.1e}")
    for moment in found.trace.moments:
        print(
            f"| {moment.elapsed_s:.0f} s | {moment.objective:.2f} | {moment.lower_bound:.2f} "
            f"| {moment.gap:.2%} |"
        )


def low_rank() -> None:
    """(P2) at rank 160 until it lies 5 % above the bound without a sign, or does so for good."""
    problem = slab_problem()
    begin = _Clock()
    full = run_to_end(full_solution_job(problem))
    start = run_to_end(starting_factors_job(full.matrix, RANK))
    begin.tell("nonnegative factors of the full solution")
    limits = LowRankLimits(lower_bound=full.objective, gap=0.04, max_seconds=300)
    found = run_to_end(fit_low_rank_job(problem, start, limits))
    begin.tell(f"objective {found.objective:.2f}, {found.objective / full.objective - 1:.2%} above")


def line() -> None:
    """The problem of one dimension against L-BFGS-B, in the same run; processor times."""
    limits = NonnegativeLimits(gap=1e-6)
    run_to_end(solve_nonnegative_job(line_problem(points=40), limits))
    for seed in range(3):
        problem, truth = line_problem(seed=seed), line_weights()
        began = time.process_time()
        found = run_to_end(solve_nonnegative_job(problem, limits))
        ours = time.process_time() - began
        error = np.linalg.norm(found.weights - truth) / np.linalg.norm(truth)
        best = found.trace.last.objective
        began = time.process_time()
        plain = _bounded_quasi_newton(problem, best * (1 + CLOSE))
        took = time.process_time() - began
        other = np.linalg.norm(plain.x.reshape(truth.shape) - truth) / np.linalg.norm(truth)
        print(
            f"| {seed} | {ours * 1e3:.0f} ms | {found.trace.last.gap:.0e} | {error:.1%} | "
            f"{took:.1f} s | {plain.fun / best - 1:.1e} | {other:.1%} | {took / ours:.0f} |",
            flush=True,
        )


def _bounded_quasi_newton(problem: SplineProblem, goal: float) -> OptimizeResult:
    """What the paper solves with, from 0 until an objective is reached, or time is up."""
    shape = problem.injections.shape[1], problem.projections.shape[1]
    until = time.process_time() + PLAIN_SECONDS

    def value(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(shape)
        return problem.objective(weights), problem.gradient(weights).ravel()

    def look(*, intermediate_result: OptimizeResult) -> None:
        if intermediate_result.fun <= goal or time.process_time() > until:
            raise StopIteration

    size = shape[0] * shape[1]
    options = {"maxiter": 10**6, "maxfun": 10**7, "ftol": 0.0, "gtol": 0.0}
    return minimize(
        value,
        np.zeros(size),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, None)] * size,
        callback=look,
        options=options,
    )


class _Clock:
    """Time by the clock, time of all threads, and the most memory beyond the problem's own."""

    def __init__(self) -> None:
        self._clock, self._busy = time.perf_counter(), time.process_time()
        self._bytes = current_bytes()

    def tell(self, what: str) -> None:
        clock, busy = time.perf_counter() - self._clock, time.process_time() - self._busy
        memory = (peak_bytes() - self._bytes) / 1e9
        print(f"{what}: {clock:.1f} s, processor {busy:.1f} s, {memory:.2f} GB", flush=True)


TASKS: dict[str, Callable[[], None]] = {
    task.__name__: task for task in (unsigned, nonnegative, low_rank, line)
}


def main(names: list[str]) -> None:
    for name in names or TASKS:
        print(f"\n{TASKS[name].__doc__}\n", flush=True)
        own = multiprocessing.get_context("spawn").Process(target=TASKS[name])
        own.start()
        own.join()
        if own.exitcode:
            raise SystemExit(own.exitcode)


if __name__ == "__main__":
    main(sys.argv[1:])
