"""The solver against conic ones, planted matrices and the conditions of optimality."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.completion.complete import complete_job, soft_impute_job
from napari_connectome.core.completion.fixed_rank import alternating_job
from napari_connectome.core.completion.problem import CompletionProblem
from napari_connectome.core.errors import ModelError
from napari_connectome.core.progress import run_to_end

cvxpy = pytest.importorskip("cvxpy", reason="solves the same problem another way")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:cvxpy.*")


def planted(rows: int, columns: int, rank: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(rows, rank)) @ rng.normal(size=(rank, columns))


def noisy(rows: int, columns: int, fraction: float, seed: int = 0) -> CompletionProblem:
    rng = np.random.default_rng(seed)
    matrix = np.exp(planted(rows, columns, 2, seed)) + 0.2 * rng.random((rows, columns))
    return CompletionProblem(matrix, rng.random(matrix.shape) < fraction)


def by_conic(problem: CompletionProblem, delta: float, nonnegative: bool) -> float:
    x = cvxpy.Variable(problem.shape)
    seen = problem.observed.astype(float)
    left = cvxpy.multiply(seen, x) - problem.known
    constraints = [cvxpy.norm(left, "fro") <= delta] if delta else [left == 0]
    constraints += [x >= 0] if nonnegative else []
    return float(cvxpy.Problem(cvxpy.Minimize(cvxpy.normNuc(x)), constraints).solve("CLARABEL"))


@pytest.mark.parametrize("nonnegative", [False, True])
@pytest.mark.parametrize("part", [0.0, 0.05, 0.3])
def test_the_objective_is_that_of_an_interior_point_solver(part: float, nonnegative: bool) -> None:
    problem = noisy(12, 15, 0.6)
    delta = part * problem.norm
    job = complete_job(problem, delta=delta, tol=1e-7, nonnegative=nonnegative)
    found = run_to_end(job)
    expected = by_conic(problem, delta, nonnegative)
    assert found.singular_values.sum() == pytest.approx(expected, rel=1e-4)
    assert found.misfit <= delta + 1e-6 * problem.norm
    if nonnegative:
        assert found.matrix.min() >= 0


def test_optimality_by_hand() -> None:
    """A subgradient of the nuclear norm lies on the observed entries, along the misfit."""
    problem = noisy(30, 40, 0.5)
    delta = 0.1 * problem.norm
    found = run_to_end(complete_job(problem, delta=delta, tol=1e-8))
    rest = np.where(problem.observed, problem.matrix - found.matrix, 0)
    left, values, right = np.linalg.svd(found.matrix, full_matrices=False)
    rank = int((values > 1e-4 * values[0]).sum())
    inside = left[:, :rank].T @ rest @ right[:rank].T
    dual = rest * rank / np.trace(inside)
    np.testing.assert_allclose(left[:, :rank].T @ dual @ right[:rank].T, np.eye(rank), atol=2e-3)
    assert np.linalg.norm(dual, 2) <= 1 + 2e-3
    assert np.linalg.norm(rest) == pytest.approx(delta, rel=1e-6)
    certificate = found.certificate
    assert certificate.lower_bound <= certificate.objective
    assert certificate.gap <= 1e-8


def test_soft_impute_is_the_same_with_a_penalty() -> None:
    """At the penalty that belongs to δ both have one solution: of δ, misfit = λ × dual."""
    problem = noisy(20, 25, 0.6)
    soft = run_to_end(soft_impute_job(problem, penalty=1.0, tol=1e-9))
    hard = run_to_end(complete_job(problem, delta=soft.misfit, tol=1e-9))
    np.testing.assert_allclose(hard.matrix, soft.matrix, atol=2e-3 * np.abs(soft.matrix).max())
    x = cvxpy.Variable(problem.shape)
    seen = problem.observed.astype(float)
    loss = cvxpy.sum_squares(cvxpy.multiply(seen, x) - problem.known) / 2 + cvxpy.normNuc(x)
    expected = cvxpy.Problem(cvxpy.Minimize(loss)).solve("CLARABEL")
    value = soft.misfit**2 / 2 + soft.singular_values.sum()
    assert value == pytest.approx(expected, rel=1e-4)


def draw(seed: int, fraction: float) -> tuple[np.ndarray, CompletionProblem]:
    """A matrix of rank 2 and a random part of it."""
    truth = planted(60, 100, 2, seed)
    seen = np.random.default_rng(1000 + seed).random(truth.shape) < fraction
    return truth, CompletionProblem(truth, seen)


@pytest.mark.parametrize("fraction", [0.4, 0.6, 0.9])
@pytest.mark.parametrize("seed", range(3))
def test_a_planted_matrix_of_rank_two_is_recovered(fraction: float, seed: int) -> None:
    truth, problem = draw(seed, fraction)
    found = run_to_end(complete_job(problem, tol=1e-9))
    assert found.is_recovered(truth)
    assert found.rank == 2
    assert found.certificate.rank == 2


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_from_a_fifth_a_smaller_nuclear_norm_mostly_agrees(seed: int) -> None:
    """What is not recovered here is no solution of the problem: no solver could find it."""
    truth, problem = draw(seed, 0.2)
    found = run_to_end(complete_job(problem, tol=1e-4))
    np.testing.assert_array_equal(found.matrix[problem.observed], truth[problem.observed])
    assert np.linalg.norm(found.matrix, "nuc") < 0.999 * np.linalg.norm(truth, "nuc")
    assert found.relative_error(truth) > 0.01


def test_from_a_fifth_some_are_recovered() -> None:
    truth, problem = draw(0, 0.2)
    assert run_to_end(complete_job(problem, tol=1e-9)).is_recovered(truth)


@pytest.mark.parametrize("seed", range(5))
def test_least_squares_of_known_rank_recover_from_a_fifth(seed: int) -> None:
    truth, problem = draw(seed, 0.2)
    assert run_to_end(alternating_job(problem, rank=2)).is_recovered(truth)


def test_exact_where_nothing_may_be_missed() -> None:
    problem = noisy(25, 20, 0.5)
    found = run_to_end(complete_job(problem, tol=1e-5))
    np.testing.assert_array_equal(found.matrix[problem.observed], problem.matrix[problem.observed])
    assert found.misfit == 0


@pytest.mark.parametrize("part", [1e-3, 0.02, 0.5])
def test_delta_is_kept(part: float) -> None:
    problem = noisy(25, 20, 0.5)
    found = run_to_end(complete_job(problem, delta=part * problem.norm, tol=1e-4))
    assert found.misfit <= part * problem.norm * (1 + 1e-6)


def test_units_do_not_matter_and_neither_does_turning() -> None:
    problem = noisy(18, 30, 0.5)
    one = run_to_end(complete_job(problem, delta=0.1 * problem.norm, tol=1e-7))
    small = problem.scaled(1e-9)
    other = run_to_end(complete_job(small, delta=0.1 * small.norm, tol=1e-7))
    np.testing.assert_allclose(other.matrix * 1e9, one.matrix, rtol=1e-3, atol=1e-3)
    turned = CompletionProblem(problem.matrix.T.copy(), problem.observed.T.copy())
    across = run_to_end(complete_job(turned, delta=0.1 * turned.norm, tol=1e-7))
    np.testing.assert_allclose(across.matrix.T, one.matrix, rtol=1e-3, atol=1e-3)


def test_a_warm_start_changes_the_way_and_not_the_end() -> None:
    problem = noisy(40, 50, 0.5)
    rng = np.random.default_rng(2)
    more = CompletionProblem(problem.matrix, problem.observed | (rng.random((40, 50)) < 0.05))
    cold = run_to_end(complete_job(more, tol=1e-6))
    first = run_to_end(complete_job(problem, tol=1e-6))
    warm = run_to_end(complete_job(more, tol=1e-6, start=first.iterate))
    assert warm.singular_values.sum() == pytest.approx(cold.singular_values.sum(), rel=1e-5)
    again = run_to_end(complete_job(problem, tol=1e-6, start=first.iterate))
    assert again.iterations <= 40 < first.iterations


def test_a_certificate_speaks_of_the_matrix_in_its_unit() -> None:
    problem = noisy(20, 25, 0.5).scaled(1e4)
    found = run_to_end(complete_job(problem, tol=1e-5))
    certificate = found.certificate
    assert certificate.objective == pytest.approx(found.singular_values.sum(), rel=1e-9)
    assert certificate.lower_bound == pytest.approx(certificate.objective, rel=1e-5)
    np.testing.assert_allclose(certificate.singular_values, found.singular_values, atol=1e-6)


def test_all_or_nothing_observed() -> None:
    truth = planted(8, 9, 3)
    whole = run_to_end(complete_job(CompletionProblem(truth, np.ones(truth.shape, dtype=bool))))
    np.testing.assert_array_equal(whole.matrix, truth)
    assert whole.certificate.gap < 1e-10
    none = run_to_end(complete_job(CompletionProblem(truth, np.zeros(truth.shape, dtype=bool))))
    assert not none.matrix.any()
    assert "zero" in none.notes[0]
    assert none.certificate.gap == 0


def test_a_delta_beyond_the_data_gives_zero_and_says_so() -> None:
    problem = noisy(8, 9, 0.5)
    found = run_to_end(complete_job(problem, delta=2 * problem.norm))
    assert not found.matrix.any()
    assert "smaller δ" in found.notes[0]
    assert found.certificate.gap == 0
    penalty = 1.1 * float(np.linalg.norm(problem.known, 2))
    soft = run_to_end(soft_impute_job(problem, penalty=penalty))
    assert not soft.matrix.any()
    assert soft.certificate.objective == pytest.approx(problem.norm**2 / (2 * penalty))
    assert soft.certificate.gap < 1e-10


def test_rows_and_columns_without_an_entry_are_flagged() -> None:
    problem = noisy(10, 12, 0.6)
    problem.observed[3] = False
    problem.observed[:, 5] = False
    problem = CompletionProblem(problem.matrix, problem.observed)
    found = run_to_end(complete_job(problem, tol=1e-5))
    assert problem.blind_rows.tolist() == [3]
    assert problem.blind_columns.tolist() == [5]
    assert sum("nothing is observed" in note for note in found.notes) == 2
    assert not found.determined[3].any()
    assert not found.determined[:, 5].any()
    assert found.determined[problem.observed].all()


def test_an_entry_that_needs_a_component_its_row_does_not_show() -> None:
    """Rank two, but one row was seen where the second component is zero."""
    truth = planted(20, 20, 2, seed=3)
    left, values, right = np.linalg.svd(truth)
    right[1, :10] = 0
    truth = (left[:, :2] * values[:2]) @ right[:2]
    seen = np.ones(truth.shape, dtype=bool)
    seen[0, 10:] = False
    found = run_to_end(complete_job(CompletionProblem(truth, seen), tol=1e-8))
    assert not found.determined[0, 10:].any()
    assert found.determined[1:].all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"delta": -1.0}, "at least 0"),
        ({"delta": np.nan}, "at least 0"),
        ({"tol": 0.0}, "between 0 and 1"),
    ],
)
def test_bad_requests(change: dict[str, float], words: str) -> None:
    with pytest.raises(ModelError, match=words):
        run_to_end(complete_job(noisy(5, 6, 0.5), **change))


def test_bad_data() -> None:
    with pytest.raises(ModelError, match="row 2, column 3"):
        CompletionProblem.of([[1, 2, 3], [4, 5, np.inf]], np.ones((2, 3), dtype=bool))
    with pytest.raises(ModelError, match="mask of the matrix's shape"):
        CompletionProblem.of(np.ones((2, 3)), np.ones((3, 2), dtype=bool))
    with pytest.raises(ModelError, match="rows and columns"):
        CompletionProblem.of(np.ones(3))
    problem = CompletionProblem.of([[1.0, -2.0], [3.0, 4.0]])
    with pytest.raises(ModelError, match="negative"):
        run_to_end(complete_job(problem, nonnegative=True))


def test_progress_can_be_plotted_and_stopped() -> None:
    moments = []
    job = complete_job(noisy(60, 80, 0.4), tol=1e-8)
    for moment in job:
        moments.append(moment)
        if len(moments) == 3:
            break
    job.close()
    assert {"gap", "objective"} <= set(moments[-1].figures)
    assert moments[-1].figures["gap"] <= moments[0].figures["gap"]
