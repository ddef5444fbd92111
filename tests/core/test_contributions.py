"""Shares of experiments against the sums that they are shares of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from napari_connectome.core.contributions import contributions, why_connection
from napari_connectome.core.errors import ModelError
from napari_connectome.core.models.voxel_fit import fit_voxel
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.regional import regional_matrix
from napari_connectome.core.sources import RegionSource, SphereSource, both_sides
from tests.core.model_data import ISOCORTEX, THALAMUS, experiment_set
from tests.core.regional_data import (
    AREA_A,
    AREA_B,
    BACK,
    EMPTY,
    LAYER_OF_B,
    NUCLEUS,
    region_atlas,
    region_model,
)

SPHERE = SphereSource((450.0, 390.0, 700.0), 220.0)
"""Partly in the cortex, partly in the thalamus."""


@pytest.fixture(scope="module")
def atlas():
    return region_atlas()


@pytest.fixture(scope="module")
def experiments(atlas):
    return experiment_set(atlas, {ISOCORTEX: 9, THALAMUS: 7})


@pytest.fixture(scope="module")
def model():
    return region_model()


@pytest.mark.parametrize(
    "source", [SPHERE, RegionSource((ISOCORTEX,)), both_sides(SPHERE, region_atlas())]
)
def test_contributions_sum_to_one_and_make_up_the_prediction(model, experiments, source):
    found = contributions(model, source)
    assert found.shares.sum() == pytest.approx(1)
    assert np.all(np.diff(found.shares) <= 0)
    assert np.all(np.isnan(found.distances_um))
    rows = [experiments.row_of(i) for i in found.experiment_ids.tolist()]
    together = found.shares @ experiments.projections[rows].astype(float)
    prediction = model.predict(source)
    if prediction.side == "both":
        volume = model.connectivity.target_mask.to_volume(together)
        together = model.connectivity.target_mask.to_vector((volume + volume[:, :, ::-1]) / 2)
    np.testing.assert_allclose(prediction.vector, together, rtol=1e-5)


def test_distances_are_means_over_the_voxels_of_the_experiment_s_division(
    model, atlas, experiments
):
    found = contributions(model, SPHERE, experiments)
    weights = SPHERE.weights(atlas, model.connectivity.source_mask)
    voxels = model.connectivity.source_mask.coordinates[weights.rows]
    divisions = atlas.divisions[tuple(voxels.T)]
    assert set(divisions) == {ISOCORTEX, THALAMUS}
    for experiment_id, distance_um in zip(found.experiment_ids, found.distances_um, strict=True):
        row = experiments.row_of(int(experiment_id))
        ours = divisions == experiments.division_ids[row]
        distances = np.sqrt(((voxels[ours] - experiments.centroids[row]) ** 2).sum(axis=1))
        expected = np.average(distances, weights=weights.values[ours]) * 100
        assert distance_um == pytest.approx(expected, rel=1e-6)


def test_every_cell_of_the_matrix_is_taken_apart(model):
    matrix = regional_matrix(model)
    for source_id in (AREA_A, AREA_B, NUCLEUS):
        for target_id in (AREA_A, AREA_B, NUCLEUS, BACK):
            for side in ("ipsi", "contra"):
                why = why_connection(model, source_id, target_id, side)
                cell = matrix.cell(source_id, target_id, side)
                expected = cell.values["normalized_connection_density"]
                assert why.value == pytest.approx(expected, rel=1e-5)
                assert why.weights.sum() == pytest.approx(1, rel=1e-6)
                assert why.shares.sum() == pytest.approx(1)
                assert np.all(np.diff(why.shares) <= 0)
                np.testing.assert_allclose(why.weights * why.received, why.shares * why.value)


def test_what_an_experiment_sent_is_its_measured_mean(model, atlas, experiments):
    why = why_connection(model, AREA_A, NUCLEUS, "contra")
    mask = experiments.target_mask
    inside = mask.to_vector(atlas.regions) == NUCLEUS
    inside &= mask.coordinates[:, 2] < atlas.midline
    row = experiments.row_of(int(why.experiment_ids[0]))
    expected = experiments.projections[row, inside].mean()
    assert why.received[0] == pytest.approx(expected, rel=1e-5)
    assert why.explanation.startswith("A draws on 9 experiments; 9 of them labelled N (contra)")


def test_a_zero_is_explained(atlas, experiments):
    silent = experiments.projections.copy()
    inside = experiments.target_mask.to_vector(atlas.regions) == BACK
    silent[:, inside] = 0
    model = run_to_end(fit_voxel(replace(experiments, projections=silent), atlas))
    why = why_connection(model, AREA_A, BACK, "ipsi")
    assert (why.value, why.shares.sum(), len(why.shares)) == (0.0, 0.0, 9)
    assert why.explanation == (
        "The value is 0, not missing: A draws on 9 experiments, and nothing was labelled in "
        "K (ipsi) by any of them."
    )


def test_what_is_missing_is_refused_with_the_reason(model):
    with pytest.raises(ModelError, match=r"K has no source voxel.*no experiment"):
        why_connection(model, BACK, AREA_A, "ipsi")
    with pytest.raises(ModelError, match=r"E \(contra\) has no target voxel at 100 µm"):
        why_connection(model, AREA_A, EMPTY, "contra")
    with pytest.raises(ModelError, match="B1 is no region of the matrix"):
        why_connection(model, LAYER_OF_B, AREA_A, "ipsi")
