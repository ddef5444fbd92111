"""Holding one out in closed form equals fitting again without it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from napari_connectome.core.errors import ExperimentError, ModelError
from napari_connectome.core.hold_out import hold_out
from napari_connectome.core.io import load_model, save_model
from napari_connectome.core.models import catalog
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.models.nadaraya_watson import NadarayaWatson
from napari_connectome.core.models.voxel_fit import fit_voxel
from napari_connectome.core.models.voxel_left_out import injection_weights
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.scoring import mse_rel
from napari_connectome.core.sources import SourceWeights
from napari_connectome.data.allen_cache import open_cache
from napari_connectome.data.tracing import load_experiments
from tests.core.model_data import ISOCORTEX, PONS, THALAMUS, experiment_set
from tests.core.regional_data import region_atlas

KERNELS = [
    {"kernel": "gaussian", "bandwidth_um": 300.0},
    {"kernel": "gaussian", "bandwidth_um": 80.0},
    {"kernel": "polynomial", "bandwidth_um": 500.0, "degree": 2.0},
    {"kernel": "polynomial", "bandwidth_um": 120.0, "degree": 1.0},
]


@pytest.fixture(scope="module")
def atlas():
    return region_atlas()


@pytest.fixture(scope="module")
def experiments(atlas):
    """Injections are clouds that reach into other divisions and out of the source space."""
    plain = experiment_set(atlas, {ISOCORTEX: 9, THALAMUS: 6, PONS: 2})
    voxels = plain.source_mask.coordinates
    squared = ((plain.centroids[:, None] - voxels[None]) ** 2).sum(axis=2)
    clouds = np.where(squared < 9, np.exp(-squared / 4), 0)
    clouds /= clouds.sum(axis=1, keepdims=True)
    clouds *= np.linspace(0.6, 1.0, len(plain))[:, None]
    return replace(plain, injections=csr_array(clouds.astype(np.float32)))


def refitted(experiments, atlas, row, **values) -> FittedModel:
    others = np.delete(np.arange(len(experiments)), row)
    return run_to_end(fit_voxel(experiments.subset(others), atlas, **values))


@pytest.mark.parametrize("values", KERNELS)
def test_asked_with_the_injection(experiments, atlas, values):
    model = run_to_end(fit_voxel(experiments, atlas, **values))
    for row in range(len(experiments)):
        injection = experiments.injections[[row]]
        source = SourceWeights(injection.indices.astype(np.int64), injection.data.astype(float))
        again = refitted(experiments, atlas, row, **values).connectivity.from_source(source)
        found = hold_out(model, experiments, int(experiments.ids[row]), ask="injection")
        np.testing.assert_allclose(found.predicted.vector, again, rtol=1e-6, atol=2e-7)


@pytest.mark.parametrize("values", KERNELS)
def test_asked_at_the_centroid(experiments, atlas, values):
    model = run_to_end(fit_voxel(experiments, atlas, **values))
    width = values["bandwidth_um"] / 100
    estimator = NadarayaWatson(values["kernel"], bandwidth=width, degree=values.get("degree", 1))
    for row in range(len(experiments)):
        ours = experiments.division_ids == experiments.division_ids[row]
        ours[row] = False
        estimator.fit(experiments.centroids[ours], experiments.projections[ours].astype(float))
        expected = estimator.predict(experiments.centroids[row : row + 1])[0]
        found = hold_out(model, experiments, int(experiments.ids[row]))
        np.testing.assert_allclose(found.predicted.vector, expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("kernel", ["gaussian", "polynomial"])
def test_all_of_them_together_are_the_score_that_chose_the_kernel(experiments, atlas, kernel):
    model = run_to_end(fit_voxel(experiments, atlas, kernel=kernel))
    used = experiments.rows_of_division(ISOCORTEX)
    held_out = [hold_out(model, experiments, int(i)) for i in experiments.ids[used]]
    truth, guess = (
        [getattr(h, name).vector for h in held_out] for name in ("measured", "predicted")
    )
    score = model.choices["Isocortex"]["leave_one_out_mse_rel"]
    assert mse_rel(truth, guess) == pytest.approx(score, rel=1e-5)


def test_what_is_shown(experiments, atlas):
    model = run_to_end(fit_voxel(experiments, atlas))
    found = hold_out(model, experiments, 104)
    truth, guess = experiments.projections[4], found.predicted.vector
    np.testing.assert_array_equal(found.measured.vector, truth)
    np.testing.assert_allclose(found.residual.vector, truth - guess)
    assert found.voxel_mse_rel == pytest.approx(mse_rel(truth, guess))
    pairs = found.regions
    assert found.regional_mse_rel == pytest.approx(mse_rel(pairs.first, pairs.second))
    assert found.residual.volume().shape == atlas.shape
    assert found.predicted.label == "predicted without experiment 104"
    assert (found.experiment_id, found.ask) == (104, "centroid")


def test_of_two_the_other_one_answers(experiments, atlas):
    model = run_to_end(fit_voxel(experiments, atlas))
    found = hold_out(model, experiments, int(experiments.ids[-1]))
    np.testing.assert_allclose(found.predicted.vector, experiments.projections[-2], rtol=1e-6)


def test_a_model_without_a_closed_form_is_fitted_again(experiments, atlas, monkeypatch):
    values = KERNELS[0]
    model = run_to_end(fit_voxel(experiments, atlas, **values))
    quick = hold_out(model, experiments, 103, ask="injection")
    entry = replace(catalog.VOXEL, left_out=None)
    monkeypatch.setattr(catalog, "CATALOG", {"voxel": entry})
    slow = hold_out(model, experiments, 103, ask="injection")
    np.testing.assert_allclose(quick.predicted.vector, slow.predicted.vector, atol=2e-7)
    place = np.rint(experiments.centroids[3]).astype(int)
    row = model.connectivity.source_mask.row_of(place)
    again = refitted(experiments, atlas, 3, **values).connectivity
    expected = again.from_source(SourceWeights(np.array([row]), np.ones(1)))
    at_centroid = hold_out(model, experiments, 103)
    np.testing.assert_allclose(at_centroid.predicted.vector, expected, rtol=1e-6)


def test_a_saved_model_can_be_asked(experiments, atlas, tmp_path):
    model = run_to_end(fit_voxel(experiments, atlas, kernel="polynomial"))
    save_model(model, tmp_path / "model.h5")
    again = load_model(tmp_path / "model.h5")
    for ask in ("centroid", "injection"):
        ours, theirs = (hold_out(m, experiments, 103, ask=ask) for m in (model, again))
        np.testing.assert_array_equal(ours.predicted.vector, theirs.predicted.vector)


def test_the_only_experiment_of_a_division_is_refused(atlas):
    experiments = experiment_set(atlas, {ISOCORTEX: 4, THALAMUS: 1})
    model = run_to_end(fit_voxel(experiments, atlas))
    with pytest.raises(ModelError, match="Experiment 104 is the only one in its division"):
        hold_out(model, experiments, 104)


def test_other_experiments_are_refused(experiments, atlas):
    model = run_to_end(fit_voxel(experiments, atlas))
    with pytest.raises(ExperimentError, match="not among the 17"):
        hold_out(model, experiments, 7)
    with pytest.raises(ModelError, match="fitted to 17 experiments; 16 or others came"):
        hold_out(model, experiments.subset(np.arange(16)), 103)
    with pytest.raises(ModelError, match="centroid or injection; 'voxel' came"):
        hold_out(model, experiments, 103, ask="voxel")


def test_a_region_that_is_a_source_through_one_experiment_only(small_brain) -> None:
    cache = open_cache(small_brain)
    experiments = run_to_end(load_experiments(cache))
    model = run_to_end(catalog.entry_of("homogeneous").fit(experiments, cache.atlas, kappa=1e12))
    asked = set()
    for experiment_id in experiments.ids.tolist():
        others = experiments.subset(np.flatnonzero(experiments.ids != experiment_id))
        again = run_to_end(catalog.entry_of("homogeneous").fit(others, cache.atlas, kappa=1e12))
        row = experiments.row_of(experiment_id)
        if not len(injection_weights(again, experiments, row).rows):
            with pytest.raises(ModelError, match=r"nothing can be predicted|only one in its"):
                hold_out(model, experiments, experiment_id)
            continue
        if np.count_nonzero(experiments.division_ids == experiments.division_ids[row]) == 1:
            continue
        found = hold_out(model, experiments, experiment_id)
        asked.add(found.ask)
        centre = tuple(np.floor(experiments.centroids[row] + 0.5).astype(int))
        has_source = again.connectivity.source_mask.row_of(centre) >= 0
        assert (found.ask == "centroid") == has_source
        assert ("whole injection" in found.predicted.label) != has_source
        assert np.isfinite(found.predicted.vector).all()
    assert asked == {"centroid", "injection"}
