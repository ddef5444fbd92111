"""The homogeneous model of a small brain: planted weights, missing regions, options, reports."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.errors import ModelError, OutsideError
from napari_connectome.core.hold_out import hold_out
from napari_connectome.core.models.catalog import entry_of
from napari_connectome.core.models.homogeneous_fit import fit_homogeneous
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.regional import regional_matrix
from napari_connectome.core.regional_experiments import regional_experiments_job
from napari_connectome.core.sources import RegionSource
from tests.core.homogeneous_data import homogeneous_experiments
from tests.core.model_data import ISOCORTEX, PONS, THALAMUS, experiment_set, small_atlas
from tests.core.regional_data import AREA_A, AREA_B, BACK, EMPTY, NUCLEUS, region_atlas


@pytest.fixture(scope="module")
def atlas():
    return region_atlas()


@pytest.fixture(scope="module")
def planted(atlas):
    return homogeneous_experiments(atlas, {ISOCORTEX: 14, THALAMUS: 9, PONS: 4})


def test_planted_weights_are_recovered(atlas, planted):
    experiments, weights = planted
    model = run_to_end(fit_homogeneous(experiments, atlas))
    matrix = regional_matrix(model)
    found = matrix.values("normalized_connection_strength")
    for region in (AREA_A, AREA_B, NUCLEUS, BACK):
        row = matrix.row_of(region)
        there = matrix.target_counts > 0
        np.testing.assert_allclose(
            found[row, there], weights[row, there], rtol=1e-4, atol=1e-4 * weights.max()
        )


def test_regions_see_what_voxels_hold(atlas, planted):
    experiments, _ = planted
    regional = run_to_end(regional_experiments_job(experiments, atlas))
    assert regional.injected.shape == (27, 5)
    assert regional.received.shape == (27, 10)
    tracer = experiments.injections.toarray()
    for region in range(5):
        inside = regional.sources.keys == region
        np.testing.assert_allclose(
            regional.injected[:, region], tracer[:, inside].sum(axis=1, dtype=np.float64)
        )
        assert regional.reached[region] == np.count_nonzero(tracer[:, inside].any(axis=0))
    for region in range(10):
        inside = regional.targets.keys == region
        np.testing.assert_allclose(
            regional.received[:, region],
            experiments.projections[:, inside].sum(axis=1, dtype=np.float64),
        )


def test_a_region_that_was_never_injected_is_missing(atlas):
    experiments, _ = homogeneous_experiments(atlas, {ISOCORTEX: 12, THALAMUS: 6})
    keep = np.flatnonzero(
        run_to_end(regional_experiments_job(experiments, atlas)).injected[:, 4] == 0
    )
    model = run_to_end(fit_homogeneous(experiments.subset(keep), atlas))
    matrix = regional_matrix(model)
    assert np.isnan(matrix.strength[matrix.row_of(BACK)]).all()
    assert np.isnan(matrix.strength[matrix.row_of(EMPTY)]).all()
    assert not np.isnan(matrix.strength[matrix.row_of(AREA_A), matrix.target_counts > 0]).any()
    assert model.choices["P"]["regions_not_injected"] == ["K"]
    assert model.choices["P"]["experiments"] == 0
    assert model.choices["P"]["how"] == "0 of 1 regions can be a source; not injected: K"
    with pytest.raises(OutsideError):
        model.predict(RegionSource((BACK,)))


def test_least_injected_voxels(atlas, planted):
    experiments, _ = planted
    reached = run_to_end(regional_experiments_job(experiments, atlas)).reached
    least = int(reached[4]) + 1
    model = run_to_end(fit_homogeneous(experiments, atlas, min_injected_voxels=least))
    assert model.choices["P"]["regions_fitted"] == 0
    assert model.choices["Isocortex"]["regions_fitted"] == 2
    with pytest.raises(ModelError, match="ask for fewer injected voxels"):
        run_to_end(fit_homogeneous(experiments, atlas, min_injected_voxels=10**6))


def test_regions_that_depend_on_others_are_said(atlas, planted):
    experiments, _ = planted
    model = run_to_end(fit_homogeneous(experiments, atlas, kappa=1.0))
    left = [name for choice in model.choices.values() for name in choice["regions_ill_conditioned"]]
    assert len(left) == 3
    assert "left out for the condition number" in " ".join(
        choice["how"] for choice in model.choices.values()
    )
    assert model.choices["TH"]["condition_number"] == pytest.approx(1.0)


def test_an_atlas_without_regions_is_refused():
    plain = small_atlas()
    with pytest.raises(ModelError, match="a regional model needs regions"):
        run_to_end(fit_homogeneous(experiment_set(plain, {ISOCORTEX: 4}), plain))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"kappa": "0.5"}, "kappa must be a number at least 1"),
        ({"min_injected_voxels": "0"}, "min_injected_voxels must be a whole number"),
        ({"ridge": "-1"}, "ridge must be"),
        ({"threshold": "maybe"}, "true or false"),
    ],
)
def test_bad_values_are_refused(values, message):
    with pytest.raises(ModelError, match=message):
        entry_of("homogeneous").values(values)


def test_an_experiment_is_held_out_by_fitting_again(atlas, planted):
    experiments, _ = planted
    model = run_to_end(fit_homogeneous(experiments, atlas))
    held_out = hold_out(model, experiments, 103, ask="injection")
    assert held_out.regional_mse_rel == pytest.approx(0, abs=1e-6)
    assert held_out.voxel_mse_rel == pytest.approx(0, abs=1e-6)
