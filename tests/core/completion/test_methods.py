"""Rivals, baselines, scalings, δ from the data, and the estimator."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.completion.methods import METHODS, method_of
from napari_connectome.core.completion.noise import estimate_delta_job
from napari_connectome.core.completion.problem import CompletionProblem
from napari_connectome.core.completion.scaling import TITLES, scaled
from napari_connectome.core.errors import ModelError
from napari_connectome.core.models.completion import NuclearNormCompletion
from napari_connectome.core.progress import run_to_end


def planted(fraction: float = 0.5, noise: float = 0.0, seed: int = 0) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    truth = rng.random((40, 2)) @ rng.random((2, 50)) + 0.1
    seen = rng.random(truth.shape) < fraction
    return truth, seen, truth + noise * rng.normal(size=truth.shape)


@pytest.mark.parametrize("name", ["rank-k", "alternating"])
def test_methods_of_given_rank_find_a_planted_matrix(name: str) -> None:
    rng = np.random.default_rng(0)
    truth = rng.normal(size=(40, 2)) @ rng.normal(size=(2, 50))
    seen = rng.random(truth.shape) < 0.6
    found = run_to_end(method_of(name).job(CompletionProblem(truth, seen), rank=2))
    assert found.relative_error(truth) < 1e-4
    assert found.rank == 2


def test_baselines_by_hand() -> None:
    matrix = np.array([[1.0, 3.0, np.nan], [5.0, np.nan, 9.0]])
    problem = CompletionProblem.of(matrix)
    rows = run_to_end(METHODS["row-mean"].job(problem)).matrix
    columns = run_to_end(METHODS["column-mean"].job(problem)).matrix
    both = run_to_end(METHODS["row-and-column-mean"].job(problem)).matrix
    np.testing.assert_allclose(rows, [[1, 3, 2], [5, 7, 9]])
    np.testing.assert_allclose(columns, [[1, 3, 9], [5, 3, 9]])
    np.testing.assert_allclose(both, [[1, 3, 5], [5, 7, 9]], atol=1e-6)


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("scaling", TITLES)
def test_every_method_with_every_scaling(name: str, scaling: str) -> None:
    truth, seen, _ = planted(0.6)
    problem = CompletionProblem(truth, seen)
    found = run_to_end(method_of(name).job(problem, scaling=scaling))
    assert found.method == name
    assert found.matrix.shape == truth.shape
    assert np.isfinite(found.matrix).all()
    assert found.problem is problem
    if name not in ("rank-k", "alternating", "soft-impute"):
        np.testing.assert_allclose(found.matrix[seen], truth[seen], rtol=1e-9)


@pytest.mark.parametrize("scaling", TITLES)
def test_scalings_come_back(scaling: str) -> None:
    truth, seen, _ = planted()
    problem = CompletionProblem(truth, seen)
    changed = scaled(problem, scaling)
    whole = CompletionProblem(truth, np.ones(truth.shape, dtype=bool))
    direct = changed.problem.known * changed.rows * changed.columns
    if changed.offset is not None:
        direct = np.exp(direct) - changed.offset
    np.testing.assert_allclose(direct[seen], truth[seen])
    if scaling in ("rows", "both"):
        assert len(np.unique(changed.rows)) == len(truth)
    assert whole.fraction == 1


def test_delta_is_estimated_from_what_is_held_out() -> None:
    truth, seen, noisy = planted(0.6, noise=0.15)
    problem = CompletionProblem(noisy, seen)
    delta = run_to_end(estimate_delta_job(problem))
    size = 0.15 * np.sqrt(seen.sum())
    assert 0.3 * size < delta < 2 * size
    exact = run_to_end(method_of("nuclear-norm").job(problem, delta=0.0))
    smooth = run_to_end(method_of("nuclear-norm").job(problem, delta=None))
    assert smooth.mse(truth) < exact.mse(truth)
    with pytest.raises(ModelError, match="at least 20"):
        run_to_end(estimate_delta_job(CompletionProblem.of([[1.0, 2.0]])))


def test_names_and_values_are_checked() -> None:
    with pytest.raises(ModelError, match="no method"):
        method_of("magic")
    problem = CompletionProblem.of(np.ones((3, 3)))
    with pytest.raises(ModelError, match="no parameter"):
        run_to_end(method_of("row-mean").job(problem, rank=2))
    with pytest.raises(ModelError, match="between 1 and 3"):
        run_to_end(method_of("rank-k").job(problem, rank=4))
    with pytest.raises(ModelError, match="no logarithm"):
        run_to_end(method_of("row-mean").job(CompletionProblem.of([[-1.0, 1.0]]), scaling="log"))


def test_estimator() -> None:
    truth, seen, _ = planted(0.5)
    found = NuclearNormCompletion(tol=1e-8).fit(np.where(seen, truth, np.nan))
    np.testing.assert_allclose(found.matrix_, truth, atol=1e-4)
    assert found.certificate_.gap <= 1e-8
    assert found.get_params()["scaling"] == "plain"
    again = NuclearNormCompletion(**found.get_params()).fit(truth, observed=seen.astype(int))
    np.testing.assert_array_equal(again.transform(), found.matrix_)
    with pytest.raises(ModelError, match="mask"):
        NuclearNormCompletion().fit(truth, observed=seen[:5])
    assert NuclearNormCompletion(delta=None).fit(truth, observed=seen).delta_ == 0.0
