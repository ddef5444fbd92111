"""NadarayaWatson and VoxelModel: scikit-learn's contract, brute force, and separate divisions."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from napari_connectome.core.errors import ModelError
from napari_connectome.core.models import NadarayaWatson, VoxelModel
from napari_connectome.core.models.weights import reaching_bandwidth, spacing_bandwidth
from napari_connectome.core.scoring import mse_rel

# Nothing is expected to fail; the mapping is passed so that an exception needs a reason here.
EXPECTED_FAILURES: dict[str, str] = {}


@parametrize_with_checks(
    [
        NadarayaWatson(),
        NadarayaWatson("polynomial", degree=2.0),
        VoxelModel(),
        VoxelModel("polynomial"),
    ],
    expected_failed_checks=lambda _: EXPECTED_FAILURES,
)
# The check of other array libraries skips itself, with a warning, unless they are switched on.
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.fixture
def data():
    rng = np.random.default_rng(1)
    return rng.uniform(0, 20, (25, 3)), rng.random((25, 6)), rng.uniform(0, 20, (40, 3))


@pytest.mark.parametrize(
    "model",
    [
        NadarayaWatson(gamma=0.1),
        NadarayaWatson(bandwidth=4.0),
        NadarayaWatson("polynomial", bandwidth=40.0, degree=3.0),
        NadarayaWatson("polynomial", bandwidth=40.0, degree=0.0),
    ],
    ids=str,
)
def test_prediction_equals_brute_force(data, model):
    centroids, projections, points = data
    gamma = 0.1 if model.gamma else 1 / 16
    expected = []
    for point in points:
        squared = ((point - centroids) ** 2).sum(axis=1)
        if model.kernel == "gaussian":
            weights = np.exp(-gamma * squared)
        else:
            weights = (1 - squared / 1600) ** model.degree
        expected.append(weights @ projections / weights.sum())
    fitted = model.fit(centroids, projections)
    np.testing.assert_allclose(fitted.predict(points), expected, rtol=1e-9)
    np.testing.assert_allclose(fitted.weights(points).sum(axis=1), 1)


def test_any_number_of_coordinates(data):
    rng = np.random.default_rng(2)
    for d in (1, 2, 7):
        points = rng.random((9, d))
        answer = NadarayaWatson().fit(points, rng.random(9)).predict(points)
        assert answer.shape == (9,)


def test_an_equal_weight_changes_nothing(data):
    centroids, projections, points = data
    plain = NadarayaWatson().fit(centroids, projections).predict(points)
    for weight in (2.0, np.full(25, 0.3)):
        weighted = NadarayaWatson().fit(centroids, projections, weight).predict(points)
        np.testing.assert_allclose(weighted, plain, rtol=1e-12)


@pytest.mark.parametrize("kernel", ["gaussian", "polynomial"])
def test_a_weight_of_two_counts_twice_and_zero_leaves_out(data, kernel):
    centroids, projections, points = data
    weight = np.ones(25)
    weight[3], weight[[5, 7]] = 2, 0
    kept = [i for i in range(25) if weight[i]] + [3]
    weighted = NadarayaWatson(kernel, bandwidth=3.0).fit(centroids, projections, weight)
    repeated = NadarayaWatson(kernel, bandwidth=3.0).fit(centroids[kept], projections[kept])
    np.testing.assert_allclose(weighted.predict(points), repeated.predict(points), rtol=1e-9)


@pytest.mark.parametrize("weight", [-np.ones(25), np.ones(24), np.full(25, np.nan)])
def test_bad_sample_weights_are_refused(data, weight):
    with pytest.raises(ValueError, match="sample_weight needs 25 finite"):
        NadarayaWatson().fit(data[0], data[1], weight)


def test_default_width_follows_the_spacing(data):
    centroids, projections, _ = data
    reach = spacing_bandwidth(centroids)
    compact = NadarayaWatson("polynomial").fit(centroids, projections)
    assert compact.kernel_.bandwidth == pytest.approx(reach)
    gaussian = NadarayaWatson().fit(centroids, projections)
    assert gaussian.kernel_.bandwidth == pytest.approx(reach / 2)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"kernel": "box"}, "gaussian or polynomial"),
        ({"gamma": -1.0}, "larger than 0"),
        ({"gamma": 1.0, "bandwidth": 1.0}, "not both"),
        ({"kernel": "polynomial", "gamma": 1.0}, "belongs to the gaussian"),
        ({"kernel": "polynomial", "degree": -1.0}, "at least 0"),
        ({"bandwidth": 0.0}, "larger than 0"),
    ],
)
@pytest.mark.parametrize("estimator", [NadarayaWatson, VoxelModel])
def test_bad_parameters_are_refused_when_fitting(data, estimator, parameters, message):
    model = clone(estimator(**parameters))
    with pytest.raises(ModelError, match=message):
        model.fit(data[0], data[1])


def test_divisions_do_not_influence_each_other(data):
    centroids, projections, points = data
    divisions = np.array([315] * 15 + [549] * 10)
    asked = np.where(points[:, 0] > 10, 315, 549)
    before = VoxelModel().fit(centroids, projections, divisions)
    moved, louder = centroids.copy(), projections.copy()
    moved[15:] += 3
    louder[15:] *= 7
    after = VoxelModel().fit(moved, louder, divisions)
    same = asked == 315
    np.testing.assert_array_equal(
        before.predict(points, asked)[same], after.predict(points, asked)[same]
    )
    assert before.choices_[315] == after.choices_[315]
    assert not np.allclose(
        before.predict(points, asked)[~same], after.predict(points, asked)[~same]
    )


@pytest.mark.parametrize("kernel", ["gaussian", "polynomial"])
def test_order_of_experiments_does_not_matter(data, kernel):
    centroids, projections, points = data
    divisions = np.array([315, 549] * 12 + [315])
    asked = np.array([315, 549] * 20)
    order = np.random.default_rng(9).permutation(25)
    straight = VoxelModel(kernel).fit(centroids, projections, divisions)
    mixed = VoxelModel(kernel).fit(centroids[order], projections[order], divisions[order])
    np.testing.assert_allclose(
        straight.predict(points, asked), mixed.predict(points, asked), rtol=1e-9
    )


def test_smallest_support_comes_from_the_source_voxels(data):
    centroids, projections, points = data
    divisions, asked = np.repeat([1, 2], [12, 13]), np.repeat([1, 2], 20)
    model = VoxelModel("polynomial", degree=1.0)
    model.fit(centroids, projections, divisions, voxels=points, voxel_divisions=asked)
    for division in (1, 2):
        ours, near = points[asked == division], centroids[divisions == division]
        nearest = np.sqrt(((ours[:, None] - near[None]) ** 2).sum(axis=2)).min(axis=1)
        chosen = model.models_[division].kernel_
        assert chosen.bandwidth >= reaching_bandwidth(nearest) * (1 - 1e-6)
        assert chosen.bandwidth > nearest.max()
        reached = chosen(np.sqrt(((ours[:, None] - near[None]) ** 2).sum(axis=2)))
        assert np.all(reached.sum(axis=1) > 0)


def test_one_experiment_answers_for_its_whole_division(data):
    centroids, projections, points = data
    model = VoxelModel().fit(centroids[:4], projections[:4], [1, 2, 2, 2])
    answer = model.predict(points, np.ones(len(points), dtype=int))
    np.testing.assert_array_equal(answer, np.broadcast_to(projections[0], answer.shape))
    assert "one experiment" in model.choices_[1].how


def test_a_division_without_experiments_is_refused(data):
    centroids, projections, points = data
    model = VoxelModel().fit(centroids, projections, np.full(25, 315))
    with pytest.raises(ModelError, match="549 had no experiment"):
        model.predict(points, np.full(40, 549))
    with pytest.raises(ValueError, match="One division per point"):
        model.predict(points, [315])


@pytest.mark.parametrize("kernel", ["gaussian", "polynomial"])
def test_a_planted_smooth_connectome_is_recovered_with_more_experiments(kernel):
    rng = np.random.default_rng(0)
    targets = rng.uniform(0, 10, (80, 3))

    def planted(points):
        return np.exp(-((points[:, None] - targets[None]) ** 2).sum(axis=2) / 20)

    held_out = rng.uniform(1, 9, (60, 3))
    errors = []
    for m in (10, 40, 160, 640):
        centroids = rng.uniform(0, 10, (m, 3))
        model = VoxelModel(kernel).fit(centroids, planted(centroids))
        errors.append(mse_rel(planted(held_out), model.predict(held_out)))
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.03 < 0.1 < errors[0]


def test_catalog_does_not_load_scikit_learn():
    code = (
        "import sys, napari_connectome.core.models.catalog\n"
        "sys.exit('sklearn' in sys.modules or 'pandas' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
