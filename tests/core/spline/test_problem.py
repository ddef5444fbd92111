"""The objective against explicit Kronecker products, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from napari_connectome.core.errors import ModelError
from tests.core.spline_data import sheet_problem


def test_objective_and_gradient_by_kronecker_products():
    problem = sheet_problem()
    m, n_source = problem.injections.shape
    n_target = problem.projections.shape[1]
    weights = np.random.default_rng(1).random((n_source, n_target))
    smooth = np.kron(problem.source_laplacian.toarray(), np.eye(n_target))
    smooth += np.kron(np.eye(n_source), problem.target_laplacian.toarray())
    design = np.kron(problem.injections.toarray(), np.eye(n_target))
    design = design[~problem.hidden.reshape(-1)]
    data = problem.projections[~problem.hidden]
    w = weights.reshape(-1)
    c = 3.0 * m / n_source
    misfit = design @ w - data
    expected = misfit @ misfit + c * (smooth @ w) @ (smooth @ w)
    assert problem.objective(weights) == pytest.approx(expected, rel=1e-12)
    slope = 2 * design.T @ misfit + 2 * c * smooth.T @ (smooth @ w)
    np.testing.assert_allclose(problem.gradient(weights).reshape(-1), slope, rtol=1e-10)


def test_hidden_data_do_not_matter():
    problem = sheet_problem()
    changed = problem.projections.copy()
    changed[problem.hidden] = 17.0
    other = replace(problem, projections=changed, hidden=csr_array(problem.hidden))
    weights = np.random.default_rng(1).random((12, 15))
    assert other.objective(weights) == problem.objective(weights)
    np.testing.assert_array_equal(other.gradient(weights), problem.gradient(weights))


def test_subset_and_lambda():
    problem = sheet_problem()
    part = problem.subset([2, 0]).with_lam(5.0)
    assert part.penalty == 5.0 * 2 / 12
    np.testing.assert_array_equal(part.projections, problem.projections[[2, 0]])
    np.testing.assert_array_equal(part.injections.toarray(), problem.injections.toarray()[[2, 0]])
    mask = np.array([True, False, True, False])
    np.testing.assert_array_equal(problem.subset(mask).hidden, problem.hidden[[0, 2]])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lam": 0.0}, "λ must be"),
        ({"lam": np.nan}, "λ must be"),
        ({"projections": np.zeros((4, 14))}, "must have shape"),
        ({"projections": np.full((4, 15), np.nan)}, "finite"),
        ({"injections": csr_array(-np.ones((4, 12)))}, "negative"),
        ({"injections": csr_array((4, 12))}, "Experiment number 1"),
    ],
)
def test_bad_input(changes, words):
    with pytest.raises(ModelError, match=words):
        replace(sheet_problem(), **changes)
