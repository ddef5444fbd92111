"""Simulated measurements: faultless when asked, and with the faults that real ones have."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from napari_connectome.data.allen_cache import open_cache
from napari_connectome.data.simulate import (
    PlantedConnectome,
    TracingParams,
    plan_sites,
    simulate_experiments,
)
from napari_connectome.data.simulate.injection import centroid
from napari_connectome.data.simulate.tracing import quantize


@pytest.fixture(scope="module")
def planted(small_brain):
    return PlantedConnectome.from_json(
        small_brain / "ground_truth.json", open_cache(small_brain).atlas
    )


@pytest.fixture(scope="module")
def sites(planted):
    return plan_sites(planted.brain, 40, 0)


@pytest.fixture(scope="module")
def experiments(planted, sites):
    return list(simulate_experiments(planted, sites))


def test_an_ideal_measurement_is_w_times_the_injection(planted, sites):
    for experiment in islice(simulate_experiments(planted, sites, TracingParams.ideal()), 4):
        expected = planted.project(experiment.injected)
        assert np.allclose(experiment.projection_density, expected, rtol=1e-6, atol=0)
        assert experiment.data_mask.min() == 1
        assert experiment.strength == 1


def test_a_noisy_measurement_follows_w(planted, sites):
    params = TracingParams(saturate=False, gaps=False, threshold=0.0, levels=0)
    for experiment in islice(simulate_experiments(planted, sites, params), 4):
        expected = experiment.strength * planted.project(experiment.injected)
        correlation = np.corrcoef(experiment.projection_density.ravel(), expected.ravel())[0, 1]
        assert 0.8 < correlation < 0.9999


def test_volumes_are_densities(experiments):
    for experiment in experiments:
        for volume in (
            experiment.injection_density,
            experiment.injection_fraction,
            experiment.projection_density,
            experiment.data_mask,
        ):
            assert volume.dtype == np.float32
            assert volume.min() >= 0
            assert volume.max() <= 1
        assert set(np.unique(experiment.data_mask)) <= {0.0, 1.0}


def test_injections_have_the_planned_volume_and_place(planted, experiments):
    atlas = planted.brain.atlas
    for experiment in experiments:
        volume = experiment.injection_fraction.sum() * atlas.voxel_volume_mm3
        assert volume == pytest.approx(experiment.site.volume_mm3, rel=0.1)
        center = (np.array(centroid(experiment.injected)) + 0.5) * atlas.resolution_um / 1000
        radius = (3 * volume / (4 * np.pi)) ** (1 / 3)
        assert np.linalg.norm(center - experiment.site.center_mm) < max(radius, 0.3)


def test_injections_stay_mostly_in_one_region(planted, experiments):
    regions = planted.brain.atlas.regions
    shares = []
    for experiment in experiments:
        mass = np.bincount(
            np.searchsorted(np.unique(regions), regions.ravel()), experiment.injected.ravel()
        )
        shares.append(mass.max() / mass.sum())
    assert np.median(shares) > 0.6
    assert min(shares) < 0.95  # some leak


def test_the_injection_site_is_saturated(experiments):
    for experiment in experiments:
        core = (experiment.injection_fraction > 0.95) & (experiment.data_mask == 1)
        assert np.all(experiment.projection_density[core] > 0.7)


def test_missing_data_are_marked_and_empty(experiments):
    gaps = [e.data_mask == 0 for e in experiments]
    assert 5 < sum(g.any() for g in gaps) < 35
    in_site = [(g & (e.injected > 0)).any() for g, e in zip(gaps, experiments, strict=True)]
    assert sum(in_site) >= 3
    for gap, experiment in zip(gaps, experiments, strict=True):
        assert not experiment.projection_density[gap].any()


def test_most_voxels_are_exact_zeros(experiments):
    zeros = np.mean([np.mean(e.projection_density == 0) for e in experiments])
    assert 0.7 < zeros < 0.97


def test_strength_varies_between_experiments(experiments):
    strengths = np.log([e.strength for e in experiments])
    assert 0.15 < strengths.std() < 0.5


def test_an_experiment_does_not_depend_on_how_many_follow(planted, sites, experiments):
    for again, before in zip(simulate_experiments(planted, sites[:2]), experiments, strict=False):
        assert np.array_equal(again.projection_density, before.projection_density)


def test_quantized_values_are_few_and_near():
    values = np.linspace(0, 1, 5001)
    found = quantize(values, 48)
    assert len(np.unique(found)) == 49
    assert np.abs(found - values).max() < 1 / 48
    assert found[0] == 0
    assert found[-1] == 1
    assert np.array_equal(quantize(values, 0), values.astype(np.float32))
