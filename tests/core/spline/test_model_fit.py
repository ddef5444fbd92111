"""A low-rank spline model of the catalog: fitted, asked, held out, validated, saved."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core import memory
from napari_connectome.core.answers import measured
from napari_connectome.core.errors import ModelError
from napari_connectome.core.hold_out import hold_out
from napari_connectome.core.models.catalog import entry_of
from napari_connectome.core.models.spline_data import refused_experiments, unobserved_voxels
from napari_connectome.core.models.voxel_left_out import injection_weights
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.regional import regional_matrix
from napari_connectome.core.scoring import mse_rel
from napari_connectome.core.sources import VoxelSource
from napari_connectome.core.spline.checkpoint import Checkpointing
from napari_connectome.core.spline.lambda_search import LAMBDAS
from napari_connectome.core.spline.model_factors import factor_pairs
from napari_connectome.core.validation import CrossValidation, ModelRequest, score_table
from tests.core.model_data import ISOCORTEX, THALAMUS, experiment_set
from tests.core.regional_data import region_atlas
from tests.core.spline.planted import with_clouds

VALUES = {"regions": "Isocortex", "min_contained": 0.6, "lam": 1.0, "rank": 4}


@pytest.fixture(scope="module")
def atlas():
    return region_atlas()


@pytest.fixture(scope="module")
def experiments(atlas):
    return with_clouds(experiment_set(atlas, {ISOCORTEX: 8, THALAMUS: 3}))


def fitted(experiments, atlas, **values):
    entry = entry_of("low-rank-spline")
    return run_to_end(entry.fit(experiments, atlas, **entry.values({**VALUES, **values})))


@pytest.fixture(scope="module")
def model(experiments, atlas):
    return fitted(experiments, atlas)


def test_only_the_regions_experiments_take_part(model, experiments, atlas):
    refused = refused_experiments(experiments, atlas, model.parameters)
    used = np.delete(experiments.ids, list(refused))
    np.testing.assert_array_equal(model.experiment_ids, used)
    assert 3 <= len(used) < len(experiments)
    choice = model.choices["Isocortex"]
    assert (choice["experiments"], choice["lam"]) == (len(used), 1.0)
    for side in ("ipsi", "contra"):
        assert choice[side]["objective"] >= choice[side]["lower_bound"]
        assert choice[side]["residual"] <= 1e-3


def test_it_answers_in_both_hemispheres_and_by_regions(model, atlas):
    place = atlas.um_of_index((4, 2, 7))
    right = model.predict(VoxelSource(place))
    left = model.predict(VoxelSource(atlas.um_of_index(atlas.mirror_index((4, 2, 7)))))
    np.testing.assert_allclose(left.volume(), right.volume()[:, :, ::-1])
    assert right.vector.min() >= 0
    assert right.vector.max() > 0
    back = model.trace_back(VoxelSource(place))
    assert back.vector.max() > 0
    matrix = regional_matrix(model)
    assert np.isfinite(matrix.strength).any()
    assert np.isnan(matrix.strength).any(), "regions that are no part of it are missing"


def test_held_out_where_it_is_observed(model, experiments):
    chosen = int(model.experiment_ids[0])
    found = hold_out(model, experiments, chosen, ask="injection")
    others = np.flatnonzero(experiments.ids != chosen)
    again = fitted(experiments.subset(others), model.atlas)
    row = experiments.row_of(chosen)
    expected = again.connectivity.from_source(injection_weights(again, experiments, row))
    np.testing.assert_allclose(found.predicted.vector, expected, rtol=1e-5, atol=1e-9)
    hidden = unobserved_voxels(model, experiments, row)
    assert len(hidden)
    assert np.isnan(found.measured.vector[hidden]).all()
    seen = np.delete(np.arange(len(found.measured.vector)), hidden)
    truth = measured(model, chosen, experiments=experiments).vector
    assert found.voxel_mse_rel == pytest.approx(mse_rel(truth[seen], expected[seen]))


def test_an_experiment_that_is_no_part_of_it_cannot_be_held_out(model, experiments):
    other = next(int(i) for i in experiments.ids if i not in model.experiment_ids)
    with pytest.raises(ModelError, match="that the model was fitted to: there is nothing"):
        hold_out(model, experiments, other)


def test_validated_on_its_own_voxels_after_hiding(model, experiments, atlas):
    request = ModelRequest("low-rank-spline", (VALUES,))
    job = CrossValidation(experiments, atlas, [request], power_to_predict=False).job()
    result = run_to_end(job)
    held = result.models[0].held_out
    np.testing.assert_array_equal(experiments.ids[held.done], model.experiment_ids)
    refused = refused_experiments(experiments, atlas, model.parameters)
    assert dict(held.refused) == dict(refused)
    for row in np.flatnonzero(held.done).tolist():
        found = hold_out(model, experiments, int(experiments.ids[row]), ask="injection")
        assert held.errors("voxel")[row] == pytest.approx(found.voxel_mse_rel, rel=1e-5)
        assert held.errors("regional")[row] == pytest.approx(found.regional_mse_rel, rel=1e-4)
    note = score_table(result).query("division == 'all'")["note"].iloc[0]
    assert f"scored on {len(model.connectivity.target_mask):,} of" in note
    assert "of its injection lies in the model's regions" in note


def test_lambda_is_chosen_when_it_is_left_to_the_data(experiments, atlas):
    found = fitted(experiments, atlas, lam=None)
    choice = found.choices["Isocortex"]
    assert choice["lam"] in LAMBDAS
    assert "λ by 5 folds" in choice["how"]
    assert found.parameters["lam"] is None
    assert entry_of("low-rank-spline").again(found)["lam"] == choice["lam"]


def test_pairs_are_sorted_and_make_up_the_matrix(model):
    pairs = factor_pairs(model)
    for side, part in (("ipsi", model.connectivity.ipsi), ("contra", model.connectivity.contra)):
        ours = [pair for pair in pairs if pair.side == side]
        energies = [pair.energy for pair in ours]
        assert energies == sorted(energies, reverse=True)
        assert ours[-1].cumulative == pytest.approx(1.0)
        assert all(pair.source.vector.max() <= 1.0 for pair in ours)
        first = ours[0]
        shape = np.outer(first.source.vector, first.target.vector)
        one = first.energy * shape / np.linalg.norm(shape)
        expected = np.outer(part.source_factors[:, 0], part.target_factors[:, 0])
        np.testing.assert_allclose(one, expected, rtol=1e-4, atol=1e-7)


def test_a_model_without_factors_says_so(experiments, atlas):
    voxel = run_to_end(entry_of("voxel").fit(experiments, atlas))
    with pytest.raises(ModelError, match="not made of factors"):
        factor_pairs(voxel)


def test_told_before_the_fit(experiments, atlas, model, monkeypatch):
    entry = entry_of("low-rank-spline")
    values = entry.values(VALUES)
    said = entry.outlook(experiments, atlas, values)
    sources, targets = (len(getattr(model.connectivity, f"{n}_mask")) for n in ("source", "target"))
    count = f"{len(model.experiment_ids)} of {len(experiments)} experiments pass"
    assert said.startswith(f"{count}; {sources} source voxels, {targets} target voxels; about 0.1 ")
    with pytest.raises(ModelError, match=r"rank must be a whole number from 1 to"):
        entry.outlook(experiments, atlas, {**values, "rank": 1999})
    with pytest.raises(ModelError, match="experiments passes"):
        entry.outlook(experiments, atlas, {**values, "max_injection_volume_mm3": 1e-6})
    monkeypatch.setattr(memory, "available_bytes", lambda: 1000)
    for job in (entry.outlook, lambda *_: fitted(experiments, atlas)):
        with pytest.raises(ModelError, match="coarser grid, or a lower rank"):
            job(experiments, atlas, values)


def test_nothing_is_computed_for_a_rank_that_is_refused(experiments, atlas):
    """Not even the search of λ begins."""
    entry = entry_of("low-rank-spline")
    values = entry.values({**VALUES, "lam": None, "rank": 1999})
    job = entry.fit(experiments, atlas, **values)
    with pytest.raises(ModelError, match="rank must be a whole number from 1 to"):
        next(job)


def test_every_pair_of_voxels_by_itself_is_no_worse_than_factors(experiments, atlas, model):
    kept = {name: value for name, value in VALUES.items() if name != "rank"}
    entry = entry_of("spline")
    values = entry.values({**kept, "gap": 1e-6})
    found = run_to_end(entry.fit(experiments, atlas, **values))
    for side in ("ipsi", "contra"):
        one, low_rank = (m.choices["Isocortex"][side] for m in (found, model))
        assert one["converged"]
        assert one["gap"] <= 1e-6
        assert low_rank["objective"] >= one["objective"] * (1 - 1e-6)
        assert one["lower_bound"] >= low_rank["lower_bound"] * (1 - 1e-6), "the sign is known"
    chosen = int(found.experiment_ids[0])
    held = hold_out(found, experiments, chosen, ask="injection")
    assert np.isfinite(held.voxel_mse_rel)
    prediction = found.predict(VoxelSource(atlas.um_of_index((4, 2, 7))))
    assert prediction.vector.min() >= 0
    assert prediction.vector.max() > 0
    assert found.trace_back(VoxelSource(atlas.um_of_index((4, 2, 7)))).vector.max() > 0
    assert np.isfinite(regional_matrix(found).strength).any()
    with pytest.raises(ModelError, match="not made of factors"):
        factor_pairs(found)


def test_memory_for_every_pair_is_told_and_refused_before_the_fit(experiments, atlas, monkeypatch):
    entry = entry_of("spline")
    values = entry.values({name: value for name, value in VALUES.items() if name != "rank"})
    assert entry.outlook(experiments, atlas, values).endswith("about 0.1 GB of memory.")
    monkeypatch.setattr(memory, "available_bytes", lambda: 1000)
    for ask in (entry.outlook, lambda *_: next(entry.fit(experiments, atlas, **values))):
        with pytest.raises(ModelError, match=r"every pair of .* Choose the low-rank spline model"):
            ask(experiments, atlas, values)


def test_a_stopped_fit_in_full_ends_like_one_that_was_not(experiments, atlas, tmp_path):
    entry = entry_of("spline")
    kept = {name: value for name, value in VALUES.items() if name != "rank"}
    values = entry.values({**kept, "gap": 1e-6})
    whole = run_to_end(entry.fit(experiments, atlas, **values))
    place = tmp_path / "fit.npz"
    job = entry.fit(experiments, atlas, **values, checkpoint=Checkpointing(place))
    contra = 0
    for moment in job:
        contra += "Contralateral: Nonnegative fit" in moment.text
        if contra == 3:
            break
    job.close()
    assert place.exists()
    again = Checkpointing(place, resume=True)
    gone_on = run_to_end(entry.fit(experiments, atlas, **values, checkpoint=again))
    assert not place.exists()
    for side in ("ipsi", "contra"):
        expected, found = (getattr(m.connectivity, side).weights for m in (whole, gone_on))
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-8)
