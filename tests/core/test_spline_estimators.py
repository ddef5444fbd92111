"""SplineModel and LowRankSplineModel: scikit-learn's contract, solvers, lattices, arguments."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from napari_connectome.core.errors import ModelError
from napari_connectome.core.laplacian import lattice_laplacian
from napari_connectome.core.models import LowRankSplineModel, SplineModel
from tests.core.spline_data import free_solution, line_problem, nonnegative_solution, sheet_problem

NO_TRACER = "some of its experiments have no tracer, which is refused"
EXPECTED_FAILURES = {
    "check_estimators_dtypes": NO_TRACER,
    "check_fit2d_1feature": NO_TRACER,
}
NO_FACTORS = {"check_fit2d_1sample": "its only projection is zero, which has no factors"}


def expected_failures(estimator):
    low_rank = isinstance(estimator, LowRankSplineModel)
    return EXPECTED_FAILURES | NO_FACTORS if low_rank else EXPECTED_FAILURES


@parametrize_with_checks(
    [SplineModel(gap=1e-3), LowRankSplineModel(rank=1, tol=1e-2)],
    expected_failed_checks=expected_failures,
)
# The check of other array libraries skips itself, with a warning, unless they are switched on.
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
def test_scikit_learn_contract(estimator, check):
    check(estimator)


def arguments(problem, **more):
    lattices = {"source": problem.source_laplacian, "target": problem.target_laplacian}
    known = problem.injections.toarray(), problem.projections
    return known, {"hidden": problem.hidden, **lattices, **more}


@pytest.mark.parametrize("solver", ["auto", "dense", "operator"])
def test_without_a_sign_all_solvers_agree(solver):
    problem = sheet_problem()
    known, more = arguments(problem)
    model = SplineModel(problem.lam, nonnegative=False, solver=solver).fit(*known, **more)
    expected = free_solution(problem)
    found = model.weights_ @ np.eye(expected.shape[1])
    np.testing.assert_allclose(found, expected, atol=1e-5 * np.abs(expected).max())
    predicted = problem.injections @ expected
    np.testing.assert_allclose(model.predict(known[0]), np.maximum(predicted, 0), atol=1e-5)
    below = -np.minimum(predicted, 0).sum() / np.abs(predicted).sum()
    assert model.negative_mass_ == pytest.approx(below, abs=1e-4)
    assert model.objective_ == pytest.approx(problem.objective(expected), rel=1e-4)


def test_the_minimum_with_its_certificate():
    problem = sheet_problem(lam=0.05, seed=3)
    known, more = arguments(problem)
    model = SplineModel(problem.lam, gap=1e-9).fit(*known, **more)
    best = problem.objective(nonnegative_solution(problem, free_solution(problem)))
    assert model.objective_ == pytest.approx(best, rel=1e-8)
    assert model.lower_bound_ <= best * (1 + 1e-10)
    assert model.gap_ <= 1e-9
    assert model.converged_
    assert model.negative_mass_ == 0
    assert model.trace_.last.gap == model.gap_
    low = LowRankSplineModel(problem.lam, rank=12, tol=1e-6, max_seconds=20).fit(*known, **more)
    assert low.objective_ >= best * (1 - 1e-9)
    assert low.objective_ <= best * 1.03, "at sufficient rank"
    assert low.predict(known[0]).shape == problem.projections.shape


def test_lattices_by_points_by_laplacian_and_by_default():
    problem = sheet_problem(sources=(3, 4), targets=(3, 4))
    known, more = arguments(problem)
    expected = SplineModel(problem.lam).fit(*known, **more).weights_
    points = np.argwhere(np.ones((3, 4), dtype=bool))
    named = SplineModel(problem.lam).fit(*known, hidden=problem.hidden, source=points)
    np.testing.assert_array_equal(named.weights_, expected)
    line, _ = line_problem(n=24)
    known, more = arguments(line)
    default = SplineModel(line.lam).fit(*known, hidden=line.hidden)
    np.testing.assert_array_equal(
        default.weights_, SplineModel(line.lam).fit(*known, **more).weights_
    )


def test_nothing_is_smoothed_across_a_border():
    """Data about one half alone say nothing about the other one."""
    points, halves = np.arange(20)[:, None], np.arange(20) // 10
    apart = lattice_laplacian(points, halves)
    X = np.zeros((2, 20))
    X[0, 2:5] = X[1, 6:9] = 1
    Y = np.ones((2, 20))
    joined = SplineModel(1.0).fit(X, Y, source=points).weights_
    parted = SplineModel(1.0).fit(X, Y, source=apart, target=points).weights_
    assert joined[15].min() > 0.1
    np.testing.assert_allclose(parted[10:], 0, atol=1e-6)
    np.testing.assert_allclose(parted[:10], 1 / 3, atol=1e-3)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"lam": 0.0}, "λ must be a number above zero"),
        ({"gap": -1.0}, "gap must be a number above zero"),
        ({"solver": "fast"}, "solver must be one of auto, dense, operator; fast came"),
    ],
)
def test_parameters_out_of_bounds(changed, said):
    with pytest.raises(ModelError, match=said):
        SplineModel(**changed).fit(np.eye(4), np.eye(4))


def test_arguments_that_do_not_fit():
    with pytest.raises(ModelError, match="one point for each of 4 voxels; 3"):
        SplineModel().fit(np.eye(4), np.eye(4), source=np.arange(3)[:, None])
    with pytest.raises(ModelError, match="hidden must have shape"):
        SplineModel().fit(np.eye(4), np.eye(4), hidden=np.zeros((4, 3), dtype=bool))
    with pytest.raises(ModelError, match="rank must be a whole number from 1 to 4"):
        LowRankSplineModel(rank=5).fit(np.eye(4), np.eye(4))
    with pytest.raises(ModelError, match="number 2 has no tracer"):
        SplineModel().fit(np.diag([1.0, 0, 1, 1]), np.eye(4))
