"""Nested cross-validation in closed form equals fitting again, hyper-parameters included."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.models.catalog import entry_of
from napari_connectome.core.models.kernels import (
    GaussianKernel,
    PolynomialKernel,
    gaussian_of_width,
    kernel_of,
)
from napari_connectome.core.models.leave_one_out import gram_matrix
from napari_connectome.core.models.voxel_fit import fit_voxel
from napari_connectome.core.models.weights import kernel_weights, squared_distances
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.scoring import mse_rel, relative_errors
from napari_connectome.core.validation import make_folds
from napari_connectome.core.validation.data import validation_data_job
from napari_connectome.core.validation.kernel_sums import nested_sums
from napari_connectome.core.validation.voxel import validate_voxel
from tests.core.model_data import ISOCORTEX, PONS, THALAMUS, experiment_set
from tests.core.validation.brute import check_answer, kernel_predictions, pooled_error

SETTINGS = [
    {},
    {"kernel": "polynomial"},
    {"kernel": "polynomial", "degree": 2.0},
    {"bandwidth_um": 400.0},
]


def answers_of(data, kind, *given, seed=0):
    folds = make_folds(data.experiments.division_ids, kind, seed=seed)
    values = [entry_of("voxel").values(one) for one in given or ({},)]
    found = []
    run_to_end(validate_voxel(data, folds, values, found.append, 1))
    return folds, found


@pytest.mark.parametrize("values", SETTINGS, ids=str)
def test_leave_one_out_equals_fitting_again(smooth, atlas, values):
    experiments = smooth.experiments
    _, found = answers_of(smooth, "loo", values)
    held_out = {int(row): (answer, i) for answer in found for i, row in enumerate(answer.rows)}
    training: dict[int, np.ndarray] = {}
    for row in range(len(experiments)):
        train = np.delete(np.arange(len(experiments)), row)
        again = run_to_end(fit_voxel(experiments.subset(train), atlas, **values))
        division_id = int(experiments.division_ids[row])
        acronym = atlas.tree[division_id].acronym
        kernel = kernel_of(again.choices[acronym])
        answer, place = held_out[row]
        chosen = answer.chosen[acronym]
        chosen = chosen["each"][place] if "each" in chosen else chosen
        assert chosen == pytest.approx(kernel.parameters)
        predicted = kernel_predictions(smooth, kernel, np.array([row]), train)
        check_answer(smooth, answer, place, predicted[0], 1e-6)
        same = train[experiments.division_ids[train] == division_id]
        known = kernel_predictions(smooth, kernel, same, train)
        truth = experiments.projections[same].astype(np.float64)
        sums = [(known**2).sum(), (known * truth).sum(), (truth**2).sum()]
        training[division_id] = training.get(division_id, 0) + np.array(sums)
    for division_id, sums in training.items():
        ours = sum(
            answer.training[division_id][0] for answer in found if division_id in answer.training
        )
        np.testing.assert_allclose(ours, sums, rtol=1e-6)


@pytest.mark.parametrize("values", SETTINGS[:2], ids=str)
def test_folds_equal_fitting_again(smooth, values):
    experiments = smooth.experiments
    folds, found = answers_of(smooth, 3, values, seed=4)
    for fold in folds:
        inner = list(folds.inner(fold, experiments.division_ids))
        for answer in found:
            if not len(answer.rows) or answer.rows[0] not in fold.test:
                continue
            (acronym,) = answer.chosen
            kernel = kernel_of(answer.chosen[acronym])
            predicted = kernel_predictions(smooth, kernel, answer.rows, fold.train)
            for place in range(len(answer.rows)):
                check_answer(smooth, answer, place, predicted[place], 1e-6)
            if values or acronym == "P":
                continue
            division_id = experiments.division_ids[answer.rows[0]]
            rows, known = [], {}
            widths = np.geomspace(200, 2512, 50) / 100
            for one in inner:
                test = one.test[experiments.division_ids[one.test] == division_id]
                rows.append(test)
                for width in widths:
                    part = kernel_predictions(smooth, gaussian_of_width(width), test, one.train)
                    known.setdefault(width, []).append(part.reshape(len(test), -1))
            every = np.concatenate(rows)
            scores = [
                pooled_error(smooth, every, np.concatenate([p for p in known[w] if len(p)]))
                for w in widths
            ]
            assert kernel.bandwidth == pytest.approx(widths[int(np.argmin(scores))])


@pytest.mark.parametrize(
    "kernels",
    [
        [GaussianKernel(g) for g in (40.0, 1.0, 0.01)],
        [PolynomialKernel(h, d) for h in (0.5, 2.0, 9.0) for d in (0.0, 1.0, 5.0)],
    ],
    ids=["gaussian", "polynomial"],
)
def test_every_pair_left_out(kernels):
    """Narrow kernels, coinciding and equally near centroids included."""
    rng = np.random.default_rng(7)
    centroids = rng.integers(0, 5, (9, 3)).astype(float)
    centroids[1] = centroids[0]
    projections = rng.random((9, 40))
    gram = run_to_end(gram_matrix(projections))
    sums, _ = nested_sums(squared_distances(centroids, centroids), gram, kernels)
    scores = relative_errors(sums)
    for number, kernel in enumerate(kernels):
        for outer in range(9):
            rest = np.delete(np.arange(9), outer)
            predicted = []
            for inner in rest:
                known = rest[rest != inner]
                weights = kernel_weights(centroids[[inner]], centroids[known], kernel)
                predicted.append(weights[0] @ projections[known])
            expected = mse_rel(projections[rest], np.array(predicted))
            assert scores[number, outer] == pytest.approx(expected, rel=1e-9)


def test_kernels_of_several_candidates_compete(smooth):
    _, gaussian = answers_of(smooth, "loo", {})
    _, both = answers_of(smooth, "loo", {}, {"kernel": "polynomial"})
    _, same = answers_of(smooth, "loo", {}, {"bandwidth_um": 20_000.0})
    assert any(
        chosen["kernel"] == "polynomial"
        for answer in both
        for choice in answer.chosen.values()
        for chosen in choice.get("each", [choice])
    )
    for one, other in zip(gaussian, same, strict=True):
        np.testing.assert_allclose(one.voxel, other.voxel)


def test_the_only_experiment_of_a_division_is_refused(atlas):
    experiments = experiment_set(atlas, {ISOCORTEX: 4, THALAMUS: 1, PONS: 2})
    data = run_to_end(validation_data_job(experiments, atlas))
    for kind in ("loo", 3):
        _, found = answers_of(data, kind)
        refused = {row: text for answer in found for row, text in answer.refused.items()}
        assert list(refused) == [4]
        assert "only experiment of its division" in refused[4]
        # Two: each is predicted as the other.
        (row,) = [a for a in found if 5 in a.rows]
        place = row.rows.tolist().index(5)
        check_answer(data, row, place, experiments.projections[6].astype(float), 1e-6)


def test_equal_centroids(atlas):
    experiments = experiment_set(atlas, {ISOCORTEX: 6})
    experiments.centroids.setflags(write=True)
    experiments.centroids[:] = experiments.centroids[0]
    data = run_to_end(validation_data_job(experiments, atlas))
    _, found = answers_of(data, "loo")
    for answer in found:
        for place, row in enumerate(answer.rows.tolist()):
            others = np.delete(experiments.projections, row, axis=0).astype(float)
            check_answer(data, answer, place, others.mean(axis=0), 1e-6)
