"""The regional model and errors of observed projections, against loops and planted weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import lsq_linear
from scipy.sparse import csr_array

from napari_connectome.core.errors import ModelError
from napari_connectome.core.scoring import mse_rel, relative_errors
from napari_connectome.core.spline.regional_comparator import fit_regional
from napari_connectome.core.spline.scores import observed_sums
from tests.core.spline_data import sheet_problem

SOURCES = np.repeat([0, 1, 2], 4)
TARGETS = np.array([0] * 6 + [1] * 5 + [-1] + [2] * 3)


@pytest.fixture
def problem():
    return sheet_problem(m=9)


def planted(problem, seed=3):
    """The same experiments with projections that are constant over regions."""
    densities = np.random.default_rng(seed).random((3, 3))
    weights = np.pad(densities, ((0, 0), (0, 1)))[SOURCES][:, TARGETS]
    return replace(problem, projections=problem.injections @ weights), densities


def test_planted_weights_are_found_whatever_is_hidden(problem):
    exact, densities = planted(problem)
    spoiled = exact.projections.copy()
    spoiled[exact.hidden] = 99.0
    found = fit_regional(replace(exact, projections=spoiled), SOURCES, TARGETS)
    np.testing.assert_allclose(found.densities, densities, atol=1e-10)
    np.testing.assert_allclose(found.predict(exact.injections), exact.projections, atol=1e-10)


def test_least_misfit_of_all_regional_weights(problem):
    found = fit_regional(problem, SOURCES, TARGETS)
    x = problem.injections.toarray() @ np.eye(3)[SOURCES]
    for target in range(3):
        voxels = np.flatnonzero(target == TARGETS)
        rows = [(x[e], problem.projections[e, j])
                for e in range(9) for j in voxels if not problem.hidden[e, j]]  # fmt: skip
        design, wanted = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
        best = lsq_linear(design, wanted, bounds=(0, np.inf), tol=1e-14).x
        np.testing.assert_allclose(found.densities[:, target], best, atol=1e-7)


def test_a_region_that_was_never_injected_sends_nothing(problem):
    x = problem.injections.toarray()
    x[:, SOURCES == 2] = 0
    x[:, 0] += 0.1
    found = fit_regional(replace(problem, injections=csr_array(x)), SOURCES, TARGETS)
    assert not found.densities[2].any()
    assert found.densities[:2].any()


def test_errors_leave_out_what_is_hidden(problem):
    predicted = np.random.default_rng(5).random(problem.projections.shape)
    sums = observed_sums(problem, predicted)
    seen = ~problem.hidden
    error = relative_errors(sums.sum(axis=0))
    assert error == pytest.approx(mse_rel(problem.projections * seen, predicted * seen), rel=1e-12)
    sparse = replace(problem, hidden=csr_array(problem.hidden))
    np.testing.assert_array_equal(observed_sums(sparse, predicted), sums)


def test_bad_input(problem):
    with pytest.raises(ModelError, match="needs a region number"):
        fit_regional(problem, SOURCES[:5], TARGETS)
    with pytest.raises(ModelError, match="no regional model"):
        fit_regional(problem, np.full(12, -1), TARGETS)
    with pytest.raises(ModelError, match="finite"):
        observed_sums(problem, np.full((9, 15), np.nan))
    with pytest.raises(ModelError, match="were expected"):
        observed_sums(problem, np.zeros((9, 14)))
