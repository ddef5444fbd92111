"""The voxel model as the window and the command fit it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from napari_connectome.core.errors import ModelError, SourceError
from napari_connectome.core.models.catalog import CATALOG, entry_of
from napari_connectome.core.models.nadaraya_watson import NadarayaWatson
from napari_connectome.core.models.voxel import VoxelModel
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.scoring import mse_rel
from napari_connectome.core.sources import VoxelSource
from tests.core.model_data import ISOCORTEX, PONS, THALAMUS, experiment_set, planted, small_atlas


@pytest.fixture(scope="module")
def atlas():
    return small_atlas()


@pytest.fixture
def experiments(atlas):
    return experiment_set(atlas, {ISOCORTEX: 20, THALAMUS: 12, PONS: 1})


def fit(experiments, atlas, report=None, **values):
    entry = entry_of("voxel")
    return run_to_end(entry.fit(experiments, atlas, **entry.values(values)), report)


@pytest.mark.parametrize("kernel", ["gaussian", "polynomial"])
def test_it_is_the_estimator_at_every_source_voxel(experiments, atlas, kernel):
    mask = experiments.source_mask
    division = mask.to_vector(atlas.divisions)
    model = fit(experiments, atlas, kernel=kernel, negligible=0)
    estimator = VoxelModel(kernel).fit(
        experiments.centroids,
        experiments.projections,
        experiments.division_ids,
        voxels=mask.coordinates,
        voxel_divisions=division,
    )
    expected = estimator.predict(mask.coordinates, division)
    everything = np.arange(len(experiments.target_mask))
    answer = model.connectivity.block(np.arange(len(mask)), everything)
    np.testing.assert_allclose(answer, expected, atol=2e-5)
    chosen = estimator.choices_[ISOCORTEX]
    assert model.choices["Isocortex"]["leave_one_out_mse_rel"] == pytest.approx(chosen.mse_rel)
    assert model.choices["Isocortex"]["bandwidth_um"] == pytest.approx(
        chosen.kernel.bandwidth * 100, rel=1e-5
    )


def test_a_click_answers_with_the_division_s_experiments_only(experiments, atlas):
    prediction = fit(experiments, atlas).predict(VoxelSource((350.0, 150.0, 750.0)))
    rows = [experiments.row_of(i) for i in prediction.support.experiment_ids.tolist()]
    assert set(experiments.division_ids[rows]) == {ISOCORTEX}
    assert prediction.support.shares.sum() == pytest.approx(1)
    ours = experiments.division_ids == ISOCORTEX
    offset = experiments.centroids[ours] - [3, 1, 7]
    nearest = np.sqrt((offset**2).sum(axis=1)).min() * 100
    assert prediction.support.nearest_um == pytest.approx(nearest, rel=1e-4)


def test_one_experiment_is_the_answer_of_its_whole_division(experiments, atlas):
    model = fit(experiments, atlas)
    prediction = model.predict(VoxelSource((1150.0, 350.0, 650.0)))
    np.testing.assert_allclose(prediction.vector, experiments.projections[-1], rtol=1e-6)
    assert "one experiment" in model.choices["P"]["how"]


def test_a_division_without_experiments_is_left_out_and_reported(atlas):
    model = fit(experiment_set(atlas, {ISOCORTEX: 6, THALAMUS: 2}), atlas)
    assert model.choices["P"]["experiments"] == 0
    assert "cannot be a source" in model.choices["P"]["how"]
    assert "2 experiments are too few" in model.choices["TH"]["how"]
    with pytest.raises(SourceError, match="no source voxel"):
        model.predict(VoxelSource((1150.0, 350.0, 650.0)))
    assert len(model.connectivity.source_mask) == 10 * 7 * 5


def test_nothing_to_fit_is_refused(atlas):
    with pytest.raises(ModelError, match="No experiment lies in a division"):
        fit(experiment_set(atlas, {}), atlas)


def test_choices_are_plain_values(experiments, atlas):
    for kernel in ("gaussian", "polynomial"):
        model = fit(experiments, atlas, kernel=kernel)
        assert json.loads(json.dumps(dict(model.choices))) == model.choices
        assert list(model.choices) == ["Isocortex", "TH", "P"]


def test_a_width_too_small_to_reach_every_voxel_falls_back_and_says_so(experiments, atlas):
    model = fit(experiments, atlas, kernel="polynomial", bandwidth_um=100, degree=1)
    choice = model.choices["Isocortex"]
    assert 0 < choice["voxels_on_nearest_experiment_only"] < choice["source_voxels"]
    assert choice["bandwidth_um"] == 100
    rows = np.arange(len(model.connectivity.source_mask))
    answer = model.connectivity.block(rows, rows[:50])
    assert np.all(np.isfinite(answer))
    reference = NadarayaWatson("polynomial", bandwidth=1.0)
    ours = experiments.rows_of_division(ISOCORTEX)
    reference.fit(experiments.centroids[ours], experiments.projections[ours])
    mask = model.connectivity.source_mask
    inside = np.flatnonzero(mask.to_vector(atlas.divisions) == ISOCORTEX)
    expected = reference.predict(mask.coordinates[inside])[:, :50]
    np.testing.assert_allclose(answer[inside], expected, atol=1e-5)


def test_automatic_support_reaches_every_voxel(experiments, atlas):
    model = fit(experiments, atlas, kernel="polynomial")
    for choice in model.choices.values():
        assert choice["voxels_on_nearest_experiment_only"] == 0
        assert choice["bandwidth_um"] > choice["farthest_um"]


def test_more_experiments_recover_the_planted_connectome_better(atlas):
    errors = []
    for count in (4, 16, 64):
        data = experiment_set(atlas, {ISOCORTEX: count, THALAMUS: count, PONS: count}, seed=2)
        model = fit(data, atlas)
        sources = data.source_mask.coordinates.astype(float)
        truth = planted(sources, data.target_mask.coordinates.astype(float))
        everything = np.arange(len(data.target_mask))
        errors.append(mse_rel(truth, model.connectivity.block(np.arange(len(sources)), everything)))
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.02


def test_progress_goes_forwards_and_names_the_division(experiments, atlas):
    moments = []
    fit(experiments, atlas, report=moments.append)
    fractions = [moment.fraction for moment in moments]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert {moment.text.split(":")[0] for moment in moments} == {"Isocortex", "TH", "P"}


def test_a_fit_can_be_stopped_at_any_moment(experiments, atlas):
    entry = CATALOG["voxel"]
    job = entry.fit(experiments, atlas, **entry.values({}))
    next(job)
    next(job)
    job.close()
    with pytest.raises(StopIteration):
        next(job)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kernel": "box"}, "one of gaussian, polynomial"),
        ({"bandwidth_um": "wide"}, "a number"),
        ({"negligible": 0.5}, "at most 0.1"),
        ({"shape": 3}, "has no parameter 'shape'"),
    ],
)
def test_bad_parameters_are_refused(given, message):
    with pytest.raises(ModelError, match=message):
        entry_of("voxel").values(given)


@pytest.mark.parametrize("negligible", [-0.1, 1.0, float("nan")])
def test_negligible_out_of_bounds_is_refused(experiments, atlas, negligible):
    with pytest.raises(ModelError, match="negligible"):
        run_to_end(entry_of("voxel").fit(experiments, atlas, negligible=negligible))


def test_unknown_models_are_refused():
    with pytest.raises(ModelError, match="choose one of: voxel"):
        entry_of("oracle")
