"""Kernel weights: against brute force, in rows that sum to one, whatever the kernel reaches."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.models.division_weights import division_weights
from napari_connectome.core.models.kernels import GaussianKernel, PolynomialKernel
from napari_connectome.core.models.weights import (
    kernel_weights,
    nearest_distances,
    reaching_bandwidth,
    spacing_bandwidth,
    squared_distances,
)
from napari_connectome.core.progress import run_to_end

KERNELS = [GaussianKernel(0.05), PolynomialKernel(9.0, 0), PolynomialKernel(9.0, 3)]
NARROW = [GaussianKernel(80.0), PolynomialKernel(0.01, 0), PolynomialKernel(0.5, 200)]


@pytest.fixture
def places():
    rng = np.random.default_rng(3)
    return rng.integers(0, 30, (400, 3)), rng.uniform(0, 30, (60, 3))


def brute_weights(voxels, centroids, kernel):
    rows = []
    for voxel in voxels:
        distance = np.array([np.sqrt(sum((voxel - c) ** 2)) for c in centroids])
        values = kernel(distance)
        if values.sum() == 0:
            values = (distance == distance.min()).astype(float)
        rows.append(values / values.sum())
    return np.array(rows)


def test_squared_distances_equal_the_definition(places):
    voxels, centroids = places
    expected = ((voxels[:, None] - centroids[None]) ** 2).sum(axis=2)
    np.testing.assert_allclose(squared_distances(voxels, centroids), expected, rtol=1e-10)
    single = squared_distances(voxels, centroids, np.float32)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, expected, rtol=1e-5)


@pytest.mark.parametrize("kernel", KERNELS, ids=str)
def test_weights_equal_brute_force(places, kernel):
    voxels, centroids = places
    expected = brute_weights(voxels, centroids, kernel)
    np.testing.assert_allclose(kernel_weights(voxels, centroids, kernel), expected, atol=1e-12)


@pytest.mark.parametrize("kernel", KERNELS + NARROW, ids=str)
def test_rows_sum_to_one_and_are_never_nan(places, kernel):
    voxels, centroids = places
    weights = kernel_weights(voxels, centroids, kernel)
    assert np.all(weights >= 0)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0, rtol=1e-12)


@pytest.mark.parametrize("kernel", NARROW, ids=str)
def test_out_of_reach_takes_the_nearest_centroid(places, kernel):
    voxels, centroids = places
    weights = kernel_weights(voxels, centroids, kernel)
    nearest = ((voxels[:, None] - centroids[None]) ** 2).sum(axis=2).argmin(axis=1)
    far = nearest_distances(voxels, centroids) > kernel.reach
    rows = far if np.isfinite(kernel.reach) else np.ones(len(voxels), dtype=bool)
    assert rows.sum() > 300
    np.testing.assert_array_equal(weights[rows].argmax(axis=1), nearest[rows])


def test_equally_near_centroids_share_a_voxel_out_of_reach():
    centroids = np.array([[0.0, 0, 0], [4, 0, 0], [9, 0, 0]])
    weights = kernel_weights([[2.0, 0, 0]], centroids, PolynomialKernel(1.0, 1))
    assert weights.tolist() == [[0.5, 0.5, 0.0]]


def test_smallest_support_leaves_no_voxel_without_weight(places):
    voxels, centroids = places
    distances = nearest_distances(voxels, centroids)
    expected = np.sqrt(((voxels[:, None] - centroids[None]) ** 2).sum(axis=2).min(axis=1))
    np.testing.assert_allclose(distances, expected, rtol=1e-5)
    exact = PolynomialKernel(expected.max(), 1)
    strict = PolynomialKernel(reaching_bandwidth(distances), 1)
    farthest = ((voxels[expected.argmax()] - centroids) ** 2).sum(axis=1) ** 0.5
    assert exact(farthest).sum() < 1e-12
    for voxel in voxels:
        assert strict(np.sqrt(((voxel - centroids) ** 2).sum(axis=1))).sum() > 0


def test_support_where_nothing_is_far():
    assert reaching_bandwidth(np.zeros(4)) == 1.0
    assert reaching_bandwidth(np.zeros(0)) == 1.0
    assert spacing_bandwidth([[1.0, 2, 3]]) == 1.0
    assert spacing_bandwidth([[0.0, 0, 0], [0, 0, 0], [0, 3, 4]]) == pytest.approx(5.005)


@pytest.mark.parametrize("kernel", KERNELS, ids=str)
def test_stored_weights_are_those_weights(places, kernel):
    voxels, centroids = places
    stored = run_to_end(division_weights(voxels, centroids, kernel, 0.0))
    dense = stored if isinstance(stored, np.ndarray) else stored.toarray()
    assert dense.dtype == np.float32
    np.testing.assert_allclose(dense, kernel_weights(voxels, centroids, kernel), atol=2e-6)


@pytest.mark.parametrize("negligible", [1e-6, 1e-3, 0.1])
def test_dropping_negligible_weights_keeps_its_bound(places, negligible):
    voxels, centroids = places
    nodes = np.random.default_rng(0).uniform(0, 5, (len(centroids), 40))
    kernel = GaussianKernel(0.03)
    all_of_them = kernel_weights(voxels, centroids, kernel) @ nodes
    stored = run_to_end(division_weights(voxels, centroids, kernel, negligible))
    dense = stored if isinstance(stored, np.ndarray) else stored.toarray()
    assert np.count_nonzero(dense) < dense.size
    np.testing.assert_allclose(dense.sum(axis=1), 1, rtol=1e-5)
    rounding = 1e-5 * nodes.max()
    assert np.all(np.abs(dense @ nodes - all_of_them) <= negligible * nodes.max(axis=0) + rounding)


def test_strips_and_storage_do_not_change_weights(places, monkeypatch):
    voxels, centroids = places
    module = "napari_connectome.core.models.division_weights"
    kernel = PolynomialKernel(6.0, 2)
    whole = run_to_end(division_weights(voxels, centroids, kernel, 0.0))
    assert not isinstance(whole, np.ndarray)
    monkeypatch.setattr(f"{module}.STRIP_ENTRIES", 1000)
    moments = []
    strips = run_to_end(division_weights(voxels, centroids, kernel, 0.0), moments.append)
    assert len(moments) > 10
    np.testing.assert_array_equal(strips.toarray(), whole.toarray())
    monkeypatch.setattr(f"{module}.SPARSE_BELOW", 0.03)
    mixed = run_to_end(division_weights(voxels, centroids, kernel, 0.0))
    np.testing.assert_array_equal(mixed, whole.toarray())
