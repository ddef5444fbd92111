"""(P2) against its dense objective, and against the optimum of (P1)."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse.linalg import aslinearoperator

from napari_connectome.core.errors import ModelError
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.spline.factors import Factors
from napari_connectome.core.spline.low_rank import LowRankLimits, fit_low_rank_job
from napari_connectome.core.spline.low_rank_objective import LowRankObjective
from napari_connectome.core.spline.low_rank_start import leading_spectrum, starting_factors_job
from napari_connectome.core.spline.low_rank_walk import relative_residual
from tests.core.spline_data import free_solution, line_problem, nonnegative_solution, sheet_problem


def random_factors(problem, rank, seed=0):
    rng = np.random.default_rng(seed)
    n_source, n_target = problem.injections.shape[1], problem.projections.shape[1]
    return Factors(rng.random((n_source, rank)), rng.random((n_target, rank)))


def test_objective_and_slopes_equal_those_of_the_product():
    problem = sheet_problem()
    factors = random_factors(problem, 3)
    u, v = factors.sources, factors.targets
    objective = LowRankObjective(problem)
    terms = objective.terms(u, v)
    assert terms.objective == pytest.approx(problem.objective(u @ v.T), rel=1e-12)
    residual = problem.residual(u @ v.T)
    assert terms.misfit == pytest.approx(np.vdot(residual, residual), rel=1e-12)
    slope = problem.gradient(u @ v.T)
    np.testing.assert_allclose(objective.source_step(u, v).gradient, slope @ v, rtol=1e-10)
    np.testing.assert_allclose(objective.target_step(u, v).gradient, slope.T @ u, rtol=1e-10)


@pytest.mark.parametrize("lam", [1e-3, 1.0, 1e3])
def test_curvature_bounds_the_hessian(lam):
    problem = sheet_problem(lam=lam)
    factors = random_factors(problem, 3)
    u, v = factors.sources, factors.targets
    objective = LowRankObjective(problem)
    at_zero = objective.source_step(0 * u, v)
    columns = []
    for i in range(u.size):
        unit = np.zeros(u.size)
        unit[i] = 1
        gradient = objective.source_step(unit.reshape(u.shape), v).gradient
        columns.append((gradient - at_zero.gradient).reshape(-1))
    bound = np.diag(np.broadcast_to(at_zero.curvature, u.shape).reshape(-1))
    excess = np.linalg.eigvalsh(bound - np.array(columns))
    assert excess.min() > -1e-9 * bound.max()
    at_zero = objective.target_step(u, 0 * v)
    columns = []
    for i in range(v.size):
        unit = np.zeros(v.size)
        unit[i] = 1
        gradient = objective.target_step(u, unit.reshape(v.shape)).gradient
        columns.append((gradient - at_zero.gradient).reshape(-1))
    bound = np.diag(np.broadcast_to(at_zero.curvature, v.shape).reshape(-1))
    assert np.linalg.eigvalsh(bound - np.array(columns)).min() > -1e-9 * bound.max()


def test_start_reaches_the_best_a_rank_can():
    rng = np.random.default_rng(0)
    planted = rng.random((50, 4)) ** 2 @ rng.random((4, 30))
    for matrix in (planted, aslinearoperator(planted)):
        found = run_to_end(starting_factors_job(matrix, 4))
        assert found.distance(planted) < 0.02
    spectrum = leading_spectrum(planted, 6)
    np.testing.assert_allclose(spectrum.values[:4], np.linalg.svd(planted)[1][:4], rtol=1e-10)


@pytest.fixture(scope="module")
def line():
    problem, truth = line_problem(n=60, lam=0.3)
    free = free_solution(problem)
    return problem, truth, free, nonnegative_solution(problem, free)


@pytest.mark.parametrize(("rank", "excess"), [(4, None), (12, 0.05), (25, 0.01)])
def test_never_below_the_full_problem_and_close_to_it(line, rank, excess):
    problem, _, free, full = line
    best = problem.objective(full)
    start = run_to_end(starting_factors_job(free, rank))
    found = run_to_end(fit_low_rank_job(problem, start, LowRankLimits(tol=1e-4)))
    assert found.converged
    assert found.residual <= 1e-4
    product = found.factors.sources @ found.factors.targets.T
    assert found.objective == pytest.approx(problem.objective(product), rel=1e-9)
    assert found.objective >= best * (1 - 1e-9)
    if excess is not None:
        assert found.objective < best * (1 + excess)


def test_objective_never_rises_between_checks(line):
    problem, _, free, _ = line
    seen = []
    start = run_to_end(starting_factors_job(free, 8))
    run_to_end(
        fit_low_rank_job(problem, start, LowRankLimits(tol=1e-4)),
        lambda moment: seen.append(moment.figures.get("objective")),
    )
    values = [one for one in seen if one is not None]
    assert len(values) > 3
    assert np.all(np.diff(values) <= 0)


def test_resumed_from_any_check(line):
    problem, _, free, _ = line
    states = []
    start = run_to_end(starting_factors_job(free, 6))
    limits = LowRankLimits(tol=1e-4)
    whole = run_to_end(fit_low_rank_job(problem, start, limits, states.append))
    copied = {name: np.array(part) for name, part in states[len(states) // 2].items()}
    again = run_to_end(fit_low_rank_job(problem, copied, limits))
    assert again.steps == whole.steps
    np.testing.assert_allclose(again.factors.sources, whole.factors.sources, rtol=1e-8)
    np.testing.assert_allclose(again.factors.targets, whole.factors.targets, rtol=1e-8)


def test_gap_and_time_end_a_fit(line):
    problem, _, free, full = line
    start = run_to_end(starting_factors_job(free, 20))
    bound = problem.objective(full)
    near = LowRankLimits(tol=1e-9, lower_bound=bound, gap=0.05)
    found = run_to_end(fit_low_rank_job(problem, start, near))
    assert found.converged
    assert 0 <= found.gap <= 0.05
    late = run_to_end(fit_low_rank_job(problem, start, LowRankLimits(tol=1e-12, max_seconds=1e-3)))
    assert not late.converged
    assert late.gap is None


def test_stationary_at_the_optimum_of_the_full_problem(line):
    problem, _, _, full = line
    n = len(full)
    assert relative_residual(LowRankObjective(problem), full, np.eye(n)) < 1e-3


def test_bad_input(line):
    problem, _, free, _ = line
    for rank in (0, 61, 2.5):
        with pytest.raises(ModelError, match="from 1 to 60"):
            run_to_end(starting_factors_job(free, rank))
    with pytest.raises(ModelError, match="zero everywhere"):
        run_to_end(starting_factors_job(np.zeros((5, 5)), 2))
    with pytest.raises(ModelError, match="60 source"):
        run_to_end(fit_low_rank_job(problem, Factors(np.ones((5, 2)), np.ones((60, 2)))))
    with pytest.raises(ModelError, match="'targets'"):
        run_to_end(fit_low_rank_job(problem, {"sources": np.ones((60, 2))}))
    for name in ("tol", "max_seconds", "lower_bound", "gap"):
        with pytest.raises(ModelError, match=name):
            LowRankLimits(**{name: 0.0})
