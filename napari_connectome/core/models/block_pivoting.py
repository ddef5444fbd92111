"""Nonnegative least squares for many right-hand sides that share one Gram matrix.

Block principal pivoting (Portugal, Júdice and Vicente 1994; Kim and Park 2011): which
coefficients are free is guessed for all at once, the free ones are solved for, and what has
the wrong sign changes sides. It ends at the exact solution, mostly within a few rounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg.lapack import dposv

from napari_connectome.core.parallel import single_threaded_blas
from napari_connectome.core.progress import Job, Progress

Matrix = npt.NDArray[np.float64]
Sets = npt.NDArray[np.bool_]
SLACK = 1e-12
"""Part of the largest product by which a gradient may miss its sign: rounding."""
CHANCES = 3
"""Rounds without progress in which everything is exchanged, before one at a time."""
MOST_ROUNDS = 200
NULL = 1e-14
"""Part of the largest eigenvalue below which a direction is not in the data."""
COLUMNS_AT_ONCE = 64
"""Right-hand sides that are solved between two moments of progress."""


def nonnegative_solutions(gram: Matrix, products: Matrix, free: Sets | None = None) -> Job[Matrix]:
    """Minimise bᵀ G b / 2 - cᵀ b over b ≥ 0, for every column c.

    Parameters
    ----------
    gram : ndarray of float64, shape (p, p)
        G = Xᵀ X, positive semidefinite.
    products : ndarray of float64, shape (p, t)
        Xᵀ Y, one column per right-hand side.
    free : ndarray of bool, shape (p, t), optional
        Where to start: coefficients that may differ from zero. By default those that are
        positive without the constraint.

    Returns
    -------
    job of ndarray of float64, shape (p, t)
        Columns meet the Karush-Kuhn-Tucker conditions to rounding. Where G is singular a
        column may have several solutions, of one objective; one of them is given.
    """
    yield Progress(0, products.shape[1], "Fitting regional weights")
    scaled, scale = _unit_diagonal(gram)
    right = products / scale[:, None]
    with single_threaded_blas():
        state = _start(scaled, right, free)
    yield from _rounds(scaled, right, state)
    with single_threaded_blas():
        for column in np.flatnonzero(state.active).tolist():
            state.values[:, column] = _by_active_set(scaled, right[:, column])
    return state.values / scale[:, None]


@dataclass(eq=False)
class _State:
    """Columns on their way: free coefficients, values, and how long each may go on like this."""

    free: Sets
    values: Matrix
    active: npt.NDArray[np.bool_]
    fewest: npt.NDArray[np.int64]
    chances: npt.NDArray[np.int64]


def _unit_diagonal(gram: Matrix) -> tuple[Matrix, Matrix]:
    """The problem in units in which every column of X has length one, and those lengths."""
    lengths = np.sqrt(np.diag(gram))
    scale = np.where(lengths > 0, lengths, 1.0)
    return gram / np.outer(scale, scale), scale


def _start(gram: Matrix, right: Matrix, free: Sets | None) -> _State:
    p, t = right.shape
    if free is None:
        _, values, failed = dposv(gram, right)
        free = (values > 0) if failed == 0 else (np.linalg.pinv(gram, hermitian=True) @ right > 0)
    return _State(
        free=free & (np.diag(gram) > 0)[:, None],
        values=np.zeros((p, t)),
        active=np.ones(t, dtype=bool),
        fewest=np.full(t, p + 1),
        chances=np.full(t, CHANCES),
    )


def _rounds(gram: Matrix, right: Matrix, state: _State) -> Iterator[Progress]:
    """Solve, look at the signs, exchange; columns that stay active cannot be settled so."""
    limit = SLACK * np.maximum(np.abs(right).max(axis=0, initial=0.0), np.finfo(float).tiny)
    open_columns = np.flatnonzero(state.active)
    total = len(open_columns)
    for _ in range(MOST_ROUNDS):
        if not len(open_columns):
            return
        solvable = np.ones(len(open_columns), dtype=bool)
        for start in range(0, len(open_columns), COLUMNS_AT_ONCE):
            share = slice(start, start + COLUMNS_AT_ONCE)
            with single_threaded_blas():
                solvable[share] = _solve(gram, right, state, open_columns[share])
            yield Progress(total - len(open_columns), total, "Fitting regional weights")
        # A singular set of free coefficients: the column waits for the slower method.
        open_columns = open_columns[solvable]
        with single_threaded_blas():
            gradient = gram @ state.values[:, open_columns] - right[:, open_columns]
        free = state.free[:, open_columns]
        wrong = np.where(free, state.values[:, open_columns] < 0, gradient < -limit[open_columns])
        settled = ~wrong.any(axis=0)
        state.active[open_columns[settled]] = False
        open_columns = open_columns[~settled]
        _exchange(state, open_columns, wrong[:, ~settled])


def _solve(
    gram: Matrix, right: Matrix, state: _State, columns: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Values of the free coefficients; columns with the same set are solved together."""
    groups: dict[bytes, list[int]] = {}
    packed = np.packbits(state.free[:, columns], axis=0)
    for place, column in enumerate(packed.T):
        groups.setdefault(column.tobytes(), []).append(place)
    solvable = np.ones(len(columns), dtype=bool)
    for places in groups.values():
        these = columns[places]
        rows = np.flatnonzero(state.free[:, these[0]])
        state.values[:, these] = 0.0
        if len(rows):
            part = gram.take(rows, axis=0).take(rows, axis=1)
            # A symmetric matrix read the other way round is itself, and needs no copy.
            _, found, failed = dposv(part.T, right[np.ix_(rows, these)], overwrite_a=1)
            solvable[places] = failed == 0
            state.values[np.ix_(rows, these)] = found
    return solvable


def _exchange(state: _State, columns: npt.NDArray[np.int64], wrong: Sets) -> None:
    """Move coefficients of the wrong sign: all of them, or the last one when that went round."""
    count = wrong.sum(axis=0)
    better = count < state.fewest[columns]
    state.fewest[columns[better]] = count[better]
    state.chances[columns] = np.where(better, CHANCES, state.chances[columns] - 1)
    single = np.flatnonzero(state.chances[columns] < 0)
    last = wrong.shape[0] - 1 - np.argmax(wrong[::-1, single], axis=0)
    wrong[:, single] = False
    wrong[last, single] = True
    state.free[:, columns] ^= wrong


def _by_active_set(gram: Matrix, right: Matrix) -> Matrix:
    """Lawson and Hanson's method on a root of the Gram matrix, for one column."""
    from scipy.optimize import nnls  # slow to load, and seldom needed

    values, vectors = np.linalg.eigh(gram)
    kept = values > NULL * values[-1]
    root = np.sqrt(values[kept])
    found, _ = nnls((vectors[:, kept] * root).T, (vectors[:, kept].T @ right) / root)
    return np.asarray(found, dtype=np.float64)
