"""The solver without a matrix against least squares with explicit Kronecker products."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from napari_connectome.core.errors import ModelError
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.spline.operator import spectrum
from napari_connectome.core.spline.operator.preparation import Geometry, prepare_job
from napari_connectome.core.spline.operator.solution import OperatorSolution
from napari_connectome.core.spline.operator.solve import fit_operator_job, solve_job
from napari_connectome.core.spline.operator.spectrum import spectrum_job
from napari_connectome.core.spline.problem import SplineProblem
from tests.core.spline.operator.planted import BOX, OTHER, PIECES, brute_force, problem


@pytest.fixture(autouse=True)
def large_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have Lanczos and the polynomials do what small pieces are too small for."""
    monkeypatch.setattr(spectrum, "DENSE_SIZE", 5)


def geometry(of: SplineProblem, dtype: npt.DTypeLike = np.float64) -> Geometry:
    source = run_to_end(spectrum_job(of.source_laplacian, 5, dtype))
    return Geometry.of(source, run_to_end(spectrum_job(of.target_laplacian, 5, dtype)))


def solved(of: SplineProblem, tol: float = 1e-9) -> OperatorSolution:
    return run_to_end(fit_operator_job(of, geometry(of), tol=tol))


@pytest.mark.parametrize(
    "case",
    [
        problem(BOX, BOX, 6, 1e5),
        problem(BOX, BOX, 6, 1e2),
        problem(BOX, BOX, 6, 1e-2),
        problem(BOX, OTHER, 6, 10.0, hidden=False),
        problem(PIECES, PIECES, 6, 10.0),
        problem(PIECES, OTHER, 2, 10.0, hidden=False),
    ],
    ids=["stiff", "middle", "loose", "other targets", "pieces", "fewer experiments than pieces"],
)
def test_both_products_agree_with_least_squares(case: SplineProblem) -> None:
    expected, found = brute_force(case), solved(case)
    scale = np.linalg.norm(expected)
    forward = found.weights.predict(np.eye(expected.shape[0]))
    backward = found.weights.onto_target(np.eye(expected.shape[1])).T
    assert np.linalg.norm(forward - expected) < 1e-5 * scale
    assert np.linalg.norm(backward - expected) < 1e-5 * scale
    assert found.objective == pytest.approx(case.objective(expected), rel=1e-5)
    assert run_to_end(found.misfit_check_job()) < 1e-5


def test_single_precision_is_enough() -> None:
    case = problem(BOX, BOX, 6, 1.0)
    found = run_to_end(fit_operator_job(case, geometry(case, np.float32)))
    expected = brute_force(case)
    difference = found.weights.predict(np.eye(len(expected))) - expected
    assert np.linalg.norm(difference) < 1e-5 * np.linalg.norm(expected)


def test_what_an_injection_hides_changes_nothing() -> None:
    case = problem(BOX, BOX, 6, 1.0)
    changed = case.projections + 100.0 * case.hidden.toarray()
    other = SplineProblem(
        case.injections,
        changed,
        case.hidden,
        case.source_laplacian,
        case.target_laplacian,
        case.lam,
    )
    source = np.eye(len(BOX))
    assert np.array_equal(
        solved(case).weights.predict(source), solved(other).weights.predict(source)
    )


def test_a_start_at_the_solution_needs_no_step_and_a_fold_is_its_own_problem() -> None:
    case = problem(BOX, BOX, 6, 1.0)
    prepared = run_to_end(prepare_job(case, geometry(case)))
    first = run_to_end(solve_job(prepared, 1.0, tol=1e-8))
    again = run_to_end(solve_job(prepared, 1.0, start=first.missing, tol=1e-6))
    assert first.steps > 3
    assert again.steps == 0
    rows = np.array([0, 2, 3, 5])
    fold = run_to_end(solve_job(prepared.subset(rows), 1.0, tol=1e-9))
    expected = brute_force(case.subset(rows))
    difference = fold.weights.predict(np.eye(len(BOX))) - expected
    assert np.linalg.norm(difference) < 1e-5 * np.linalg.norm(expected)


def test_the_bound_holds_and_a_loose_solution_says_so() -> None:
    case = problem(BOX, BOX, 6, 1e-2)
    best = case.objective(brute_force(case))
    loose = solved(case, tol=1e-1)
    assert loose.lower_bound <= best * (1 + 1e-9)
    assert loose.objective >= best * (1 - 1e-9)
    assert 1e-8 < loose.residual <= 2e-1


def test_another_lattice_and_a_wrong_start_are_refused() -> None:
    case = problem(BOX, BOX, 6, 1.0)
    other = problem(OTHER, OTHER, 3, 1.0)
    with pytest.raises(ModelError, match="another lattice"):
        run_to_end(fit_operator_job(case, geometry(other)))
    with pytest.raises(ModelError, match="start for"):
        run_to_end(fit_operator_job(case, geometry(case), start=np.zeros(3)))
