"""Leave-one-out in closed form equals leaving one out and fitting again, for every kernel."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.models.leave_one_out import (
    gram_matrix,
    leave_one_out_scores,
    leave_one_out_weights,
)
from napari_connectome.core.models.nadaraya_watson import NadarayaWatson
from napari_connectome.core.models.selection import KernelOptions, choose_kernel
from napari_connectome.core.models.weights import squared_distances
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.scoring import mse_rel


@pytest.fixture
def experiments():
    rng = np.random.default_rng(5)
    centroids = rng.uniform(0, 25, (17, 3))
    projections = np.maximum(rng.normal(size=(17, 900)), 0) + centroids.sum(axis=1, keepdims=True)
    return centroids, projections.astype(np.float32)


def refitted_score(centroids, projections, kernel):
    predictions = np.empty(projections.shape)
    for e in range(len(centroids)):
        others = np.arange(len(centroids)) != e
        model = NadarayaWatson(**kernel.parameters)
        model.fit(centroids[others], projections[others].astype(np.float64))
        predictions[e] = model.predict(centroids[e : e + 1])[0]
    return mse_rel(projections, predictions)


@pytest.mark.parametrize("family", ["gaussian", "polynomial"])
def test_closed_form_equals_refitting_for_every_candidate(experiments, family):
    centroids, projections = experiments
    kernels = KernelOptions(family).candidates(3.0)
    assert len(kernels) == 50
    gram = run_to_end(gram_matrix(projections))
    scores = run_to_end(leave_one_out_scores(centroids, gram, kernels))
    refitted = [refitted_score(centroids, projections, kernel) for kernel in kernels]
    np.testing.assert_allclose(scores, refitted, rtol=1e-6, atol=1e-9)


def test_gram_matrix_is_summed_in_blocks(experiments, monkeypatch):
    _, projections = experiments
    monkeypatch.setattr("napari_connectome.core.models.leave_one_out.BLOCK_COLUMNS", (100, 100))
    monkeypatch.setattr("napari_connectome.core.models.leave_one_out.BLOCKS_AT_ONCE", 3)
    moments = []
    gram = run_to_end(gram_matrix(projections), moments.append)
    exact = projections.astype(np.float64) @ projections.astype(np.float64).T
    np.testing.assert_allclose(gram, exact, rtol=1e-12)
    assert [m.done for m in moments] == [300, 600, 900]


def test_scores_do_not_depend_on_how_kernels_are_grouped(experiments, monkeypatch):
    centroids, projections = experiments
    kernels = KernelOptions("polynomial").candidates(4.0)
    gram = run_to_end(gram_matrix(projections))
    together = run_to_end(leave_one_out_scores(centroids, gram, kernels))
    monkeypatch.setattr("napari_connectome.core.models.leave_one_out.STACK_ENTRIES", 1)
    np.testing.assert_allclose(
        run_to_end(leave_one_out_scores(centroids, gram, kernels)), together, rtol=1e-12
    )


def test_nobody_predicts_itself_and_rows_sum_to_one(experiments):
    centroids, _ = experiments
    squared = squared_distances(centroids, centroids)
    for kernel in KernelOptions("polynomial").candidates(0.5):
        weights = leave_one_out_weights(squared, kernel)
        assert np.all(np.diag(weights) == 0)
        np.testing.assert_allclose(weights.sum(axis=1), 1)


def test_zero_projections_score_zero():
    centroids = np.arange(12.0).reshape(4, 3)
    kernels = KernelOptions().candidates(1.0)
    assert not run_to_end(leave_one_out_scores(centroids, np.zeros((4, 4)), kernels)).any()


def test_the_best_candidate_is_chosen(experiments):
    centroids, projections = experiments
    options = KernelOptions("gaussian")
    choice = run_to_end(choose_kernel(centroids, projections, 3.0, options))
    scores = [refitted_score(centroids, projections, k) for k in options.candidates(3.0)]
    assert choice.kernel == options.candidates(3.0)[int(np.argmin(scores))]
    assert choice.mse_rel == pytest.approx(min(scores), rel=1e-6)
    assert (choice.experiments, choice.candidates) == (17, 50)


@pytest.mark.parametrize("count", [1, 2])
def test_too_few_experiments_take_the_stated_default(experiments, count):
    centroids, projections = experiments
    for family, expected in (
        ("gaussian", {"kernel": "gaussian", "gamma": 1 / 4}),
        ("polynomial", {"kernel": "polynomial", "bandwidth": 4.0, "degree": 1.0}),
    ):
        job = choose_kernel(centroids[:count], projections[:count], 4.0, KernelOptions(family))
        choice = run_to_end(job)
        assert choice.kernel.parameters == expected
        assert choice.mse_rel is None
        assert "experiment" in choice.how


def test_what_is_given_is_kept_and_the_rest_is_chosen(experiments):
    centroids, projections = experiments
    options = KernelOptions("polynomial", bandwidth=7.0)
    assert {k.bandwidth for k in options.candidates(3.0)} == {7.0}
    assert len(options.candidates(3.0)) == 10
    options = KernelOptions("polynomial", degree=2.0)
    assert {k.degree for k in options.candidates(3.0)} == {2.0}
    assert min(k.bandwidth for k in options.candidates(3.0)) == 3.0
    choice = run_to_end(choose_kernel(centroids, projections, 3.0, KernelOptions(bandwidth=5.0)))
    assert choice.kernel.bandwidth == pytest.approx(5.0)
    assert choice.mse_rel is None
