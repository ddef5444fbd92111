"""Nonnegative least squares: optimality conditions, and never worse than SciPy column by column."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import nnls

from napari_connectome.core.models.block_pivoting import nonnegative_solutions
from napari_connectome.core.progress import run_to_end


def problem(seed: int, m: int = 60, p: int = 25, t: int = 40, dependent: int = 0):
    rng = np.random.default_rng(seed)
    x = np.abs(rng.normal(size=(m, p))) * 10.0 ** rng.uniform(-2, 1, p)
    for column in range(dependent):
        x[:, column] = x[:, column + 5] + x[:, column + 6]
    y = x @ rng.normal(size=(p, t)) + rng.normal(size=(m, t))
    return x, y


def solved(x, y, free=None):
    return run_to_end(nonnegative_solutions(x.T @ x, x.T @ y, free))


def check_conditions(x, y, found):
    """Karush-Kuhn-Tucker, in units in which regressors and targets have length one."""
    assert found.min() >= 0
    lengths = np.maximum(np.linalg.norm(x, axis=0), 1e-300)
    scale = np.outer(1 / lengths, 1 / np.linalg.norm(y, axis=0))
    gradient = (x.T @ (x @ found - y)) * scale
    assert gradient.min() >= -1e-8
    assert np.abs(gradient * (found > 0)).max() <= 1e-8


def objective(x, y, found):
    return ((x @ found - y) ** 2).sum(axis=0)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("shape", [(60, 25, 40), (25, 25, 10), (300, 3, 200), (8, 1, 5)])
def test_never_above_scipy_and_optimal(seed, shape):
    x, y = problem(seed, *shape) if shape[1] > 1 else (np.ones((8, 1)), np.eye(8)[:, :5] - 0.2)
    found = solved(x, y)
    check_conditions(x, y, found)
    theirs = np.stack([nnls(x, one)[0] for one in y.T], axis=1)
    assert np.all(objective(x, y, found) <= objective(x, y, theirs) * (1 + 1e-12))
    np.testing.assert_allclose(found, theirs, rtol=1e-6, atol=1e-9 * theirs.max())


def test_the_start_does_not_matter():
    x, y = problem(1)
    rng = np.random.default_rng(5)
    expected = solved(x, y)
    for free in (np.zeros((25, 40), bool), np.ones((25, 40), bool), rng.random((25, 40)) < 0.5):
        np.testing.assert_allclose(solved(x, y, free), expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("m", "dependent"), [(60, 3), (12, 0)])
def test_dependent_columns_still_reach_the_smallest_error(m, dependent):
    x, y = problem(2, m=m, dependent=dependent)
    found = solved(x, y)
    check_conditions(x, y, found)
    theirs = np.stack([nnls(x, one)[0] for one in y.T], axis=1)
    assert np.all(objective(x, y, found) <= objective(x, y, theirs) + 1e-9 * (y**2).sum(axis=0))


def test_an_empty_column_has_no_weight():
    x, y = problem(3)
    x[:, 7] = 0
    found = solved(x, y)
    assert not found[7].any()
    check_conditions(x, y, found)


def test_nothing_received_gives_nothing():
    x, _ = problem(4)
    assert not solved(x, np.zeros((60, 2))).any()


def test_columns_that_cycle_are_settled_by_the_other_method(monkeypatch):
    x, y = problem(5)
    expected = solved(x, y)
    monkeypatch.setattr("napari_connectome.core.models.block_pivoting.MOST_ROUNDS", 1)
    np.testing.assert_allclose(solved(x, y), expected, rtol=1e-7, atol=1e-10)


def test_one_at_a_time_ends_too(monkeypatch):
    monkeypatch.setattr("napari_connectome.core.models.block_pivoting.CHANCES", -1)
    x, y = problem(6, t=10)
    check_conditions(x, y, solved(x, y))
