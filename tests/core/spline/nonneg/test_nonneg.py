"""(P1) with W >= 0 against plain projected gradients, and what its certificate is worth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import nnls

from napari_connectome.core import laplacian
from napari_connectome.core.errors import ModelError
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.spline.nonneg import solve, whole
from napari_connectome.core.spline.nonneg.solve import NonnegativeLimits, fit_nonnegative_job
from napari_connectome.core.spline.nonneg.whole import solve_nonnegative_job
from napari_connectome.core.spline.operator import spectra, spectrum
from tests.core.spline_data import (
    free_solution,
    line_problem,
    nonnegative_solution,
    sheet_problem,
)

TIGHT = NonnegativeLimits(gap=1e-9)


@pytest.fixture
def few_patterns(monkeypatch):
    """Leave most of the lattice to what is beyond its smooth patterns, as large ones do."""
    monkeypatch.setattr(spectrum, "DENSE_SIZE", 5)
    monkeypatch.setattr(whole, "PATTERNS", 4)
    spectra.kept_spectra.clear()
    yield
    spectra.kept_spectra.clear()


def solved(problem, limits=TIGHT, **more):
    return run_to_end(solve_nonnegative_job(problem, limits, **more))


def projected_gradient(problem, weights):
    """How far a gradient step goes that is cut at zero, times the curvature that it is for."""
    bends = [np.abs(np.diag(matrix.toarray())).max() for matrix in laplacians(problem)]
    reach = problem.injections.T @ problem.injections.sum(axis=1)
    steepest = 2 * (problem.penalty * (2 * sum(bends)) ** 2 + reach.max())
    stepped = np.maximum(weights - problem.gradient(weights) / steepest, 0)
    return (weights - stepped) * steepest


def laplacians(problem):
    return problem.source_laplacian, problem.target_laplacian


CASES = {
    "line": line_problem(n=30, lam=0.3)[0],
    "two lattices": sheet_problem(),
    "much at zero": sheet_problem(lam=0.05, seed=3),
    "one experiment": sheet_problem(m=1),
}


@pytest.mark.parametrize("problem", CASES.values(), ids=CASES)
def test_it_is_the_minimum_over_nonnegative_weights(problem):
    found = solved(problem)
    expected = nonnegative_solution(problem, free_solution(problem))
    assert found.converged
    assert found.weights.min() >= 0
    best = problem.objective(expected)
    assert problem.objective(found.weights) == pytest.approx(best, rel=1e-8)
    last = found.trace.last
    assert last.objective == pytest.approx(problem.objective(found.weights), rel=1e-9)
    assert last.lower_bound <= best * (1 + 1e-9)
    scale = np.linalg.norm(problem.gradient(np.zeros_like(expected)))
    residual = np.linalg.norm(projected_gradient(problem, found.weights)) / scale
    assert residual <= 1e-5, "the KKT conditions"
    assert last.residual == pytest.approx(residual, abs=1e-7)


@pytest.mark.usefixtures("few_patterns")
@pytest.mark.parametrize("name", ["line", "much at zero"])
def test_with_few_patterns_it_is_the_same_minimum_and_every_bound_holds(name):
    problem = CASES[name]
    found = solved(problem)
    best = problem.objective(nonnegative_solution(problem, free_solution(problem)))
    assert problem.objective(found.weights) == pytest.approx(best, rel=1e-8)
    table = found.trace.table()
    assert np.all(table["lower_bound"] <= best * (1 + 1e-9))
    assert np.all(table["objective"] >= best * (1 - 1e-9))
    assert table["lower_bound"][-1] > table["lower_bound"][0]


def test_two_starts_agree():
    problem = sheet_problem(lam=0.05, seed=3)
    one = solved(problem, NonnegativeLimits(gap=1e-11))
    geometry = run_to_end(spectra.geometry_job(problem, 400, np.float64))
    start = np.random.default_rng(0).random(one.weights.shape)
    job = fit_nonnegative_job(problem, geometry, start, NonnegativeLimits(gap=1e-11))
    other = run_to_end(job)
    size = np.abs(one.weights).max()
    np.testing.assert_allclose(other.weights, one.weights, atol=1e-4 * size)


def test_pieces_of_a_lattice_have_constants_of_their_own():
    sources = np.argwhere(np.ones((4, 3), dtype=bool))
    parts = laplacian.lattice_laplacian(sources, np.arange(12) // 6)
    problem = replace(sheet_problem(m=9, lam=0.05, seed=3), source_laplacian=parts)
    found = solved(problem)
    best = problem.objective(nonnegative_solution(problem, free_solution(problem)))
    assert problem.objective(found.weights) == pytest.approx(best, rel=1e-8)
    assert found.converged


def test_what_is_hidden_and_how_often_changes_nothing():
    problem = sheet_problem(lam=0.05, seed=3)
    weights = solved(problem).weights
    changed = problem.projections + 7.0 * np.asarray(problem.hidden)
    np.testing.assert_array_equal(solved(replace(problem, projections=changed)).weights, weights)
    # λ is scaled by the number of experiments.
    twice = np.tile(np.arange(problem.injections.shape[0]), 2)
    np.testing.assert_allclose(solved(problem.subset(twice)).weights, weights, atol=1e-4)


def test_without_smoothing_each_target_is_a_least_squares_of_its_own():
    problem = replace(sheet_problem(m=20, lam=1e-9, seed=1), hidden=np.zeros((20, 15), dtype=bool))
    found = solved(problem, NonnegativeLimits(gap=1e-8))
    x = problem.injections.toarray()
    expected = np.array([nnls(x, y)[0] for y in problem.projections.T]).T
    np.testing.assert_allclose(found.weights, expected, atol=1e-4)


def test_a_fit_that_was_stopped_goes_on_to_the_same_answer():
    problem = sheet_problem(lam=0.05, seed=3)
    states = []

    def keep(state):
        states.append({name: np.array(array) for name, array in state.items()})

    whole_way = solved(problem, keep=keep)
    assert len(states) > 3
    gone_on = solved(problem, state=states[1])
    np.testing.assert_allclose(gone_on.weights, whole_way.weights, rtol=0, atol=1e-12)
    wrong = {**states[1], "weights": states[1]["weights"][:5]}
    with pytest.raises(ModelError, match="A start of shape"):
        solved(problem, state=wrong)


def test_time_that_runs_out_is_told(monkeypatch):
    monkeypatch.setattr(solve, "FIRST_SPRING", 1e-9)
    problem = sheet_problem(lam=0.05, seed=3)
    found = solved(problem, NonnegativeLimits(gap=1e-12, max_seconds=1e-9))
    assert not found.converged
    assert found.trace.last.gap > 1e-12


def test_single_precision_certifies_what_it_finds(monkeypatch):
    monkeypatch.setattr(solve, "DOUBLE_SIZE", 10)
    problem = sheet_problem(lam=0.05, seed=3)
    found = solved(problem, NonnegativeLimits(gap=1e-3))
    assert found.weights.dtype == np.float32
    best = problem.objective(nonnegative_solution(problem, free_solution(problem)))
    assert found.converged
    assert problem.objective(found.weights.astype(float)) <= best * (1 + 1.1e-3)
    assert found.trace.last.lower_bound <= best * (1 + 1e-6)


def test_projections_of_zero_have_weights_of_zero():
    problem = sheet_problem()
    nothing = replace(problem, projections=np.zeros_like(problem.projections))
    found = solved(nothing)
    assert found.converged
    assert not found.weights.any()


def test_limits_must_be_above_zero():
    with pytest.raises(ModelError, match="gap must be a number above zero; 0"):
        NonnegativeLimits(gap=0)
