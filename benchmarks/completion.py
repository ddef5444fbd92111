"""Completion of a regional matrix at the size of the published one, against a conic solver.

The matrix is the published table of Oh et al. 2014 where it lies beside the checkout (its first 213
experiments and 426 structures for the small size), else one with a few components and entries
that scatter by factors. Half is observed, and may be missed by 1 % of its norm. "Plain" is the
same problem for cvxpy and SCS.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.timing import HEADER, compare
from napari_connectome.core.completion.complete import complete_job
from napari_connectome.core.completion.curve import CurveRequest
from napari_connectome.core.completion.curve_job import one_repeat
from napari_connectome.core.completion.problem import CompletionProblem
from napari_connectome.core.completion.result import Completion
from napari_connectome.core.progress import run_to_end
from napari_connectome.data.completion_files import read_labelled

PUBLISHED = Path(__file__).parents[2] / "shared" / "realdata" / "oh2014" / "nature13186-s3.xlsx"
FULL, SMALL = (469, 590), (213, 426)
OBSERVED, DELTA = 0.5, 0.01
SCS_EPS = (1e-5, 1e-6)
GAPS = (1e-4, 5e-5, 3e-5, 2e-5, 1e-5, 1e-6)
"""The first of them at which our matrix is at least as near to the solution as that of SCS."""
CURVE_SOLVES = 41 * 50 * 2
Matrix = npt.NDArray[np.float64]


def main() -> None:
    full_size()
    against_scs()
    curve()


def full_size() -> None:
    """The size of the published table."""
    full = problem(FULL)
    print(HEADER)
    line = compare("", lambda _: complete(full, 1e-4), limit=3.0, runs=3)
    print(replace(line, name="469 × 590, half observed, gap 1e-4").row())
    line = compare("", lambda _: complete(full, 1e-4, delta=0.0), runs=3)
    print(replace(line, name="the same, observed entries kept exactly").row())


def against_scs() -> None:
    """The smaller size, as near to the solution as SCS comes, and SCS as near as that."""
    small = problem(SMALL)
    exact = complete(small, 1e-8).matrix
    conic = []
    for eps in SCS_EPS:
        start = time.perf_counter()
        found = by_scs(small, eps)
        conic.append((eps, time.perf_counter() - start, distance(found, exact)))
    distances = ((gap, distance(complete(small, gap).matrix, exact)) for gap in GAPS)
    gap, ours = next(found for found in distances if found[1] <= conic[0][2])
    eps, took, theirs = next((found for found in conic if found[2] <= ours), conic[-1])
    line = compare("", lambda _: complete(small, gap), runs=5)
    print(replace(line, name=f"213 × 426, half observed, gap {gap:g}", plain=took).row())
    print(f"\nDistance to the solution at gap 1e-8: ours {ours:.1e}, SCS at {eps:g} {theirs:.1e}.")
    for eps, took, theirs in conic:
        times = took / line.ours
        print(f"SCS at {eps:g}: {took:.1f} s, distance {theirs:.1e}: {times:.1f} times")


def curve() -> None:
    """One repeat of the whole curve, for the matrix and for rank 2; the rest is arithmetic."""
    asked = CurveRequest(matrix(FULL), repeats=1)
    seconds = []
    for number in range(asked.curves):
        start = time.perf_counter()
        one_repeat(asked, number, 0)
        seconds.append(time.perf_counter() - start)
    total = sum(seconds) * 50
    print(
        f"One repeat of the curve (41 fractions): {seconds[0]:.0f} s for the matrix, "
        f"{seconds[1]:.0f} s for rank 2. {CURVE_SOLVES} solves: {total / 3600:.2f} h in one "
        f"process, {total / 7200:.2f} h in two if they do not disturb each other."
    )


def complete(given: CompletionProblem, tol: float, *, delta: float = DELTA) -> Completion:
    return run_to_end(complete_job(given, delta=delta * given.norm, tol=tol))


def by_scs(given: CompletionProblem, eps: float) -> Matrix:
    import cvxpy

    x = cvxpy.Variable(given.shape)
    rest = cvxpy.multiply(given.observed.astype(float), x) - given.known
    limit = DELTA * given.norm
    asked = cvxpy.Problem(cvxpy.Minimize(cvxpy.normNuc(x)), [cvxpy.norm(rest, "fro") <= limit])
    asked.solve("SCS", eps=eps, max_iters=5000)
    return np.asarray(x.value, dtype=np.float64)


def distance(one: Matrix, other: Matrix) -> float:
    return float(np.linalg.norm(one - other) / np.linalg.norm(other))


def matrix(shape: tuple[int, int], seed: int = 0) -> Matrix:
    if PUBLISHED.is_file():
        values = read_labelled(PUBLISHED).values[: shape[0], : shape[1]]
        return np.nan_to_num(values)
    rng = np.random.default_rng(seed)
    factors = (rng.normal(size=(n, 4)) for n in shape)
    left, right = factors
    return np.asarray(np.exp(1.2 * left @ right.T + rng.normal(0.0, 0.7, shape)) / 100.0)


def problem(shape: tuple[int, int], seed: int = 0) -> CompletionProblem:
    rng = np.random.default_rng(seed + 1)
    return CompletionProblem(matrix(shape, seed), rng.random(shape) < OBSERVED)


if __name__ == "__main__":
    main()
