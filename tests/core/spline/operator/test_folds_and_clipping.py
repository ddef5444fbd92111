"""Held-out experiments, what cutting off costs, and a search that was stopped: by brute force."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array, eye_array

from napari_connectome.core.errors import ModelError
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.spline.lambda_search import fold_rows
from napari_connectome.core.spline.operator import clipping, folds, spectrum
from napari_connectome.core.spline.operator.clipping import clipping_job
from napari_connectome.core.spline.operator.folds import operator_search_job
from napari_connectome.core.spline.operator.preparation import Geometry, prepare_job
from napari_connectome.core.spline.operator.solve import fit_operator_job, solve_job
from napari_connectome.core.spline.operator.spectrum import spectrum_job
from tests.core.spline.operator.planted import OTHER, brute_force, problem

LAMBDAS = (1e-2, 1e2)
CASE = problem(OTHER, OTHER, 7, 1.0)


@pytest.fixture(autouse=True)
def large_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have Lanczos and the polynomials do what small pieces are too small for."""
    monkeypatch.setattr(spectrum, "DENSE_SIZE", 5)


def geometry() -> Geometry:
    return Geometry.of(run_to_end(spectrum_job(CASE.source_laplacian, 5)))


def test_errors_of_held_out_experiments_are_those_of_separate_fits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(folds, "TOLERANCE", 1e-8)
    kept = {}
    found = run_to_end(operator_search_job(CASE, LAMBDAS, keep=kept.__setitem__))
    for number, test in enumerate(fold_rows(7)):
        train = np.setdiff1d(np.arange(7), test)
        seen = ~CASE.hidden.toarray()[test]
        measured = CASE.projections[test] * seen
        for place, lam in enumerate(LAMBDAS):
            weights = brute_force(CASE.subset(train).with_lam(lam))
            predicted = np.maximum(CASE.injections[test] @ weights, 0) * seen
            pairs = ((predicted, predicted), (predicted, measured), (measured, measured))
            expected = [np.vdot(a, b) for a, b in pairs]
            np.testing.assert_allclose(found.sums[number, place], expected, rtol=1e-4)
    again = operator_search_job(CASE, LAMBDAS, known=kept.get)
    np.testing.assert_array_equal(run_to_end(again).sums, found.sums)
    with pytest.raises(ModelError, match="no λ"):
        run_to_end(operator_search_job(CASE, ()))


def test_what_cutting_off_costs_is_exact_when_all_voxels_are_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clipping, "VOXELS", len(OTHER))
    monkeypatch.setattr(clipping, "EXPERIMENTS", 7)
    # Injections of one voxel: whichever is drawn of each, it is all of it.
    single = csr_array(eye_array(len(OTHER)).tocsr()[::3][:7] * 0.7)
    signed = CASE.projections - 0.8
    case = replace(CASE, injections=single, hidden=csr_array(single > 0), projections=signed, lam=1)
    found = run_to_end(fit_operator_job(case, geometry(), tol=1e-8))
    cut = run_to_end(clipping_job(found))
    weights = brute_force(case)
    positive = np.maximum(weights, 0)
    assert case.objective(positive) > 1.01 * case.objective(weights)
    assert cut.objective == pytest.approx(case.objective(positive), rel=1e-4)
    negative = (positive - weights).sum() / np.abs(weights).sum()
    assert cut.negative_mass == pytest.approx(negative, rel=1e-3)


def test_an_estimate_lies_within_a_few_of_its_errors() -> None:
    found = run_to_end(fit_operator_job(CASE.with_lam(1e-1), geometry()))
    cut = run_to_end(clipping_job(found))
    exact = CASE.with_lam(1e-1).objective(np.maximum(brute_force(CASE.with_lam(1e-1)), 0))
    assert 0 < cut.objective_error < exact
    assert abs(cut.objective - exact) < 4 * cut.objective_error


def test_a_search_that_was_stopped_goes_on_as_if_it_had_not_been() -> None:
    prepared = run_to_end(prepare_job(CASE, geometry()))
    states = []
    whole = run_to_end(solve_job(prepared, 1.0, tol=1e-8, keep=states.append))
    assert len(states) == whole.steps > 4
    rest = run_to_end(solve_job(prepared, 1.0, tol=1e-8, resume=states[2]))
    assert rest.steps == whole.steps
    np.testing.assert_array_equal(rest.missing, whole.missing)
    assert rest.lower_bound == whole.lower_bound


def test_progress_of_a_search_never_goes_back() -> None:
    prepared = run_to_end(prepare_job(CASE, geometry()))
    parts = [moment.fraction for moment in solve_job(prepared, 1.0, tol=1e-8)]
    assert parts == sorted(parts)
    assert parts[0] < 0.1
    assert parts[-1] > 0.9
