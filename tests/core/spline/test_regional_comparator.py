"""The regional model and the errors of Table 1, against loops and planted weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import lsq_linear
from scipy.sparse import csr_array

from napari_connectome.core.errors import ModelError
from napari_connectome.core.progress import Progress, run_to_end
from napari_connectome.core.scoring import mse_rel
from napari_connectome.core.spline.regional_comparator import fit_regional
from napari_connectome.core.spline.scores import observed_sums
from napari_connectome.core.spline.table_one import table_one_job
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
    sums = observed_sums(problem, predicted, TARGETS)
    seen = ~problem.hidden
    truth, ours = problem.projections * seen, predicted * seen
    assert sums.voxel_error == pytest.approx(mse_rel(truth, ours), rel=1e-12)
    regions = [np.stack([v[:, r == TARGETS].sum(axis=1) for r in range(3)]) for v in (truth, ours)]
    assert sums.regional_error == pytest.approx(mse_rel(*regions), rel=1e-12)
    sparse = replace(problem, hidden=csr_array(problem.hidden))
    np.testing.assert_array_equal(observed_sums(sparse, predicted, TARGETS).voxel, sums.voxel)


def test_table_one(problem):
    exact, _ = planted(problem)
    folds = [np.array([0, 3, 6]), np.array([1, 4, 7]), np.array([2, 5, 8])]
    fitted_to = []

    def fit(part):
        """Predicts nothing at all."""
        fitted_to.append(part.injections.shape[0])
        yield Progress(1, 1, "fitting")
        return lambda injections: np.zeros((injections.shape[0], 15))

    moments = []
    table = run_to_end(table_one_job(exact, folds, fit, SOURCES, TARGETS), moments.append)
    assert fitted_to == [6, 6, 6]
    assert len(table.voxel.test.voxel) == 9
    assert len(table.voxel.train.voxel) == 18
    assert moments[1].text == "Fold 2 of 3: fitting"
    regional, voxel = table.rows()
    numbers = [name for name in voxel if name != "model"]
    assert [voxel[name] for name in numbers] == [2.0] * 4
    assert all(regional[name] < 1e-15 for name in numbers)


def test_bad_input(problem):
    for folds in ([np.arange(9)], [np.arange(5), np.arange(4, 9)]):
        with pytest.raises(ModelError, match="each of 9"):
            run_to_end(table_one_job(problem, folds, None, SOURCES, TARGETS))
    with pytest.raises(ModelError, match="needs a region number"):
        fit_regional(problem, SOURCES[:5], TARGETS)
    with pytest.raises(ModelError, match="no regional model"):
        fit_regional(problem, np.full(12, -1), TARGETS)
    with pytest.raises(ModelError, match="finite"):
        observed_sums(problem, np.full((9, 15), np.nan), TARGETS)
    with pytest.raises(ModelError, match="were expected"):
        observed_sums(problem, np.zeros((9, 14)), TARGETS)
