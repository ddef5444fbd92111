"""Folds of the homogeneous model equal fitting again, over voxels and regions, in any process."""

from __future__ import annotations

import joblib
import numpy as np
import pytest

from napari_connectome.core.errors import ModelError
from napari_connectome.core.models.catalog import entry_of
from napari_connectome.core.models.homogeneous_fit import fit_homogeneous
from napari_connectome.core.models.voxel_left_out import injection_weights
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.scoring import mse_rel
from napari_connectome.core.validation import make_folds
from napari_connectome.core.validation.data import validation_data_job
from napari_connectome.core.validation.homogeneous import validate_homogeneous
from napari_connectome.core.validation.refitted import validator_of
from tests.core.homogeneous_data import homogeneous_experiments
from tests.core.model_data import ISOCORTEX
from tests.core.validation.brute import check_answer


def answers_of(data, kind, *given, validate=validate_homogeneous, n_jobs=1):
    folds = make_folds(data.experiments.division_ids, kind)
    values = [entry_of("homogeneous").values(one) for one in given or ({},)]
    found = []
    run_to_end(validate(data, folds, values, found.append, n_jobs))
    return folds, found


def predicted_again(data, atlas, train, row, **values):
    again = run_to_end(fit_homogeneous(data.experiments.subset(train), atlas, **values))
    source = injection_weights(again, data.experiments, row)
    return again.connectivity.from_source(source).astype(np.float64)


@pytest.mark.parametrize("values", [{}, {"min_injected_voxels": 12}, {"ridge": 0.5}], ids=str)
@pytest.mark.parametrize("kind", ["loo", 4])
def test_folds_equal_fitting_again(regional, atlas, kind, values):
    folds, found = answers_of(regional, kind, values)
    for fold, answer in zip(folds, found, strict=True):
        np.testing.assert_array_equal(answer.rows, fold.test)
        for place, row in enumerate(answer.rows.tolist()):
            predicted = predicted_again(regional, atlas, fold.train, row, **values)
            check_answer(regional, answer, place, predicted, 1e-5)


def test_training_error_is_that_of_the_fitted_experiments(regional, atlas):
    folds, found = answers_of(regional, 4)
    experiments = regional.experiments
    fold, answer = next(zip(folds, found, strict=True))
    for division_id, sums in answer.training.items():
        rows = fold.train[experiments.division_ids[fold.train] == division_id]
        known = np.array([predicted_again(regional, atlas, fold.train, row) for row in rows])
        truth = experiments.projections[rows].astype(np.float64)
        expected = [(known**2).sum(), (known * truth).sum(), (truth**2).sum()]
        np.testing.assert_allclose(sums[0], expected, rtol=1e-5)


def test_explicit_refitting_of_any_model_agrees(regional):
    _, ours = answers_of(regional, 3)
    _, plain = answers_of(regional, 3, validate=validator_of("homogeneous"))
    for one, other in zip(ours, plain, strict=True):
        np.testing.assert_allclose(one.voxel, other.voxel, rtol=1e-5)
        np.testing.assert_allclose(one.regional, other.regional, rtol=1e-4, atol=1e-6)
        for division_id, sums in one.training.items():
            np.testing.assert_allclose(sums, other.training[division_id], rtol=1e-4)


def test_the_inner_loop_takes_the_better_candidate(regional):
    """A ridge so strong that nothing is predicted loses against none, in every fold."""
    grid = ({"ridge": 1e5}, {"ridge": 0.0})
    for validate in (validate_homogeneous, validator_of("homogeneous")):
        folds, found = answers_of(regional, 3, *grid, validate=validate)
        assert [answer.chosen["all"]["ridge"] for answer in found] == [0.0] * len(folds)
        _, alone = answers_of(regional, 3, {}, validate=validate)
        for one, other in zip(found, alone, strict=True):
            np.testing.assert_allclose(one.regional, other.regional, rtol=1e-6, atol=1e-9)


def test_it_can_be_stopped_inside_of_a_fold(regional):
    """The inner loop reports every fit: a person who cancels need not wait for a whole fold."""
    grid = [entry_of("homogeneous").values({"ridge": ridge}) for ridge in (0.0, 0.1)]
    folds = make_folds(regional.experiments.division_ids, "loo")
    for validate in (validate_homogeneous, validator_of("homogeneous")):
        found = []
        job = validate(regional, folds, grid, found.append, 1)
        fractions = []
        while not found:
            moment = next(job)
            if "fold 1 of" in moment.text and "choosing hyper-parameters" in moment.text:
                fractions.append(moment.fraction)
        job.close()
        assert len(set(fractions)) == 2 * (len(folds) - 1), "two candidates, each inner fold"
        assert fractions == sorted(fractions)
        assert fractions[-1] < 1 / len(folds)


def test_the_inner_loop_equals_choosing_by_hand(regional, atlas):
    grid = ({"ridge": 0.02}, {"ridge": 0.2}, {"ridge": 2.0})
    folds, found = answers_of(regional, 3, *grid)
    experiments = regional.experiments
    targets = regional.regional.targets
    for fold, answer in zip(folds, found, strict=True):
        scores = []
        for values in grid:
            truth, predicted = [], []
            for inner in folds.inner(fold, experiments.division_ids):
                for row in inner.test.tolist():
                    vector = predicted_again(regional, atlas, inner.train, row, **values)
                    predicted.append(targets.sums(vector.astype(np.float32)))
                    truth.append(regional.regional.received[row])
            scores.append(mse_rel(np.array(truth), np.array(predicted)))
        assert answer.chosen["all"]["ridge"] == grid[int(np.argmin(scores))]["ridge"]


def test_other_processes_give_the_same(regional):
    _, here = answers_of(regional, 4)
    with joblib.parallel_config(backend="loky"):
        _, there = answers_of(regional, 4, n_jobs=2)
    for one, other in zip(here, there, strict=True):
        np.testing.assert_array_equal(one.rows, other.rows)
        np.testing.assert_allclose(one.voxel, other.voxel, rtol=1e-12)


def test_stopped_while_other_processes_work(regional):
    folds = make_folds(regional.experiments.division_ids, "loo")
    values = [entry_of("homogeneous").values({})]
    found = []
    job = validate_homogeneous(regional, folds, values, found.append, 2)
    while len(found) < 3:
        next(job)
    job.close()
    _, expected = answers_of(regional, "loo")
    for one, other in zip(found, expected, strict=False):
        np.testing.assert_allclose(one.voxel, other.voxel, rtol=1e-12)


def test_when_nothing_is_left_to_fit_to_the_reason_is_kept(atlas):
    experiments, _ = homogeneous_experiments(atlas, {ISOCORTEX: 1})
    data = run_to_end(validation_data_job(experiments, atlas))
    _, (answer,) = answers_of(data, "loo")
    assert not len(answer.rows)
    assert "nothing to fit" in answer.refused[0]


def test_what_cannot_be_fitted_at_all_is_an_error(regional):
    with pytest.raises(ModelError, match="ask for fewer injected voxels"):
        answers_of(regional, "loo", {"min_injected_voxels": 10**5})
