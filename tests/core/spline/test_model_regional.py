"""The regional comparator of the catalog: planted weights come back, whatever is hidden."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from napari_connectome.core.hold_out import hold_out
from napari_connectome.core.io import load_model, save_model
from napari_connectome.core.models.catalog import entry_of
from napari_connectome.core.models.spline_data import unobserved_voxels
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.regional import regional_matrix
from napari_connectome.core.sources import VoxelSource
from napari_connectome.core.validation import CrossValidation, ModelRequest, score_table
from tests.core.model_data import ISOCORTEX, THALAMUS, experiment_set
from tests.core.regional_data import AREA_A, AREA_B, region_atlas
from tests.core.spline.planted import with_clouds

VALUES = {"regions": "A,B", "min_contained": 0.99}
DENSITIES = {
    "ipsi": np.array([[3.0, 1.0], [0.5, 2.0]]),
    "contra": np.array([[0.2, 0.0], [0.1, 0.7]]),
}


@pytest.fixture(scope="module")
def atlas():
    return region_atlas()


@pytest.fixture(scope="module")
def experiments(atlas):
    """Every voxel of a region sends alike; what injections hide is nonsense."""
    plain = with_clouds(experiment_set(atlas, {ISOCORTEX: 40, THALAMUS: 2}))
    sent, received = (
        mask.to_vector(atlas.regions) for mask in (plain.source_mask, plain.target_mask)
    )
    right = plain.target_mask.coordinates[:, 2] >= atlas.midline
    weights = np.zeros((len(sent), len(received)))
    for i, source in enumerate((AREA_A, AREA_B)):
        for j, target in enumerate((AREA_A, AREA_B)):
            for side, here in (("ipsi", right), ("contra", ~right)):
                weights[np.ix_(sent == source, (received == target) & here)] = DENSITIES[side][i, j]
    projections = plain.injections @ weights
    places = plain.target_mask.row_volume.ravel()[plain.source_mask.indices]
    for row in range(len(plain)):
        hit = plain.injections[[row]].indices
        projections[row, places[hit]] = 50.0
    return replace(plain, projections=projections.astype(np.float32))


@pytest.fixture(scope="module")
def model(experiments, atlas):
    entry = entry_of("spline-regional")
    return run_to_end(entry.fit(experiments, atlas, **entry.values(VALUES)))


def test_planted_weights_come_back_on_both_sides(model):
    matrix = regional_matrix(model)
    density = matrix.values("normalized_connection_density")
    areas = (AREA_A, AREA_B)
    rows = [matrix.row_of(i) for i in areas]
    for side, planted in DENSITIES.items():
        columns = [matrix.column_of(i, side) for i in areas]
        np.testing.assert_allclose(density[np.ix_(rows, columns)], planted, rtol=1e-4, atol=1e-6)


def test_voxels_of_a_region_answer_alike_and_are_traced_back(model, atlas):
    first, second = (model.predict(VoxelSource(atlas.um_of_index((ap, 1, 7)))) for ap in (0, 3))
    np.testing.assert_array_equal(first.vector, second.vector)
    assert np.unique(first.vector.round(5)).tolist() == pytest.approx([0.0, 0.2, 1.0, 3.0])
    back = model.trace_back(VoxelSource(atlas.um_of_index((1, 1, 7))))
    assert np.unique(back.vector.round(5)).tolist() == pytest.approx([0.1, 0.2, 0.5, 3.0])


def test_held_out_experiments_are_predicted_but_for_what_they_hide(model, experiments):
    chosen = int(model.experiment_ids[0])
    found = hold_out(model, experiments, chosen, ask="injection")
    assert found.voxel_mse_rel < 1e-6
    assert found.regional_mse_rel < 1e-6
    hidden = unobserved_voxels(model, experiments, experiments.row_of(chosen))
    assert np.isnan(found.measured.vector[hidden]).all()


def test_table_one_on_the_same_folds(experiments, atlas):
    """The planted regional weights leave the spline model no chance."""
    requests = [
        ModelRequest("spline-regional", (VALUES,)),
        ModelRequest("low-rank-spline", ({**VALUES, "lam": 1.0, "rank": 3},)),
    ]
    job = CrossValidation(experiments, atlas, requests, folds=3, power_to_predict=False).job()
    result = run_to_end(job)
    np.testing.assert_array_equal(*[model.held_out.done for model in result.models])
    scores = score_table(result).query("division == 'all'").set_index(["model", "score"])
    for score in ("voxel_mse_rel", "regional_mse_rel"):
        for column in ("test", "train"):
            regional = scores.loc[("spline-regional", score), column]
            assert regional < 1e-6 < scores.loc[("low-rank-spline", score), column]


def test_saved_and_opened(model, tmp_path):
    save_model(model, tmp_path / "model.h5")
    again = load_model(tmp_path / "model.h5")
    np.testing.assert_array_equal(again.connectivity.weights, model.connectivity.weights)
    assert again.parameters == model.parameters
