"""Regional weights spread over voxels answer like the voxel matrix that they stand for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from napari_connectome.core.errors import ModelError
from napari_connectome.core.evidence import support_maps
from napari_connectome.core.io import load_model, save_model
from napari_connectome.core.models.homogeneous_fit import fit_homogeneous
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.regional_connectivity import RegionalConnectivity
from napari_connectome.core.sources import RegionSource, SourceWeights
from tests.core.homogeneous_data import homogeneous_experiments
from tests.core.model_data import ISOCORTEX, THALAMUS
from tests.core.regional_data import AREA_A, AREA_B, region_atlas


@pytest.fixture(scope="module")
def experiments():
    return homogeneous_experiments(region_atlas(), {ISOCORTEX: 12, THALAMUS: 8}, noise=0.3)[0]


@pytest.fixture(scope="module")
def model(experiments):
    return run_to_end(fit_homogeneous(experiments, region_atlas()))


@pytest.fixture(scope="module")
def connectivity(model):
    return model.connectivity


@pytest.fixture(scope="module")
def whole(connectivity):
    """W voxel by voxel, shape (n_source, n_target): Π_source' W Π_target† with loops."""
    matrix = np.zeros((len(connectivity.source_mask), len(connectivity.target_mask)))
    voxels = [np.count_nonzero(connectivity.target_keys == t) for t in range(10)]
    for column, target in enumerate(connectivity.target_keys.tolist()):
        if target >= 0:
            matrix[:, column] = (
                connectivity.weights[connectivity.source_keys, target] / voxels[target]
            )
    return matrix


@pytest.fixture(scope="module")
def source(connectivity):
    rng = np.random.default_rng(0)
    rows = np.sort(rng.choice(len(connectivity.source_mask), 30, replace=False))
    return SourceWeights(rows, rng.random(30))


def test_forwards(connectivity, whole, source):
    expected = source.values @ whole[source.rows]
    np.testing.assert_allclose(connectivity.from_source(source), expected, rtol=1e-6)


def test_backwards(connectivity, whole):
    rng = np.random.default_rng(1)
    rows = rng.choice(len(connectivity.target_mask), 40, replace=False)
    values = rng.random(40)
    np.testing.assert_allclose(
        connectivity.onto_target(rows, values), whole[:, rows] @ values, rtol=1e-6
    )


def test_blocks(connectivity, whole):
    rows, columns = np.array([5, 0, 90]), np.array([7, 300, 2, 11])
    np.testing.assert_allclose(
        connectivity.block(rows, columns), whole[np.ix_(rows, columns)], rtol=1e-6
    )


def test_sums_over_other_regions(connectivity, whole):
    rng = np.random.default_rng(2)
    sources = rng.integers(-1, 4, len(connectivity.source_mask))
    targets = rng.integers(-1, 3, len(connectivity.target_mask))
    expected = [
        [whole[np.ix_(sources == s, targets == t)].sum() for t in range(3)] for s in range(4)
    ]
    np.testing.assert_allclose(connectivity.regional_strength(sources, targets), expected)


def test_through_an_operator(connectivity, source):
    rng = np.random.default_rng(3)
    dense = np.where(rng.random((6, len(connectivity.target_mask))) < 0.1, 1.5, 0.0)
    operator = csr_array(dense.astype(np.float32))
    np.testing.assert_allclose(
        connectivity.through(operator).from_source(source),
        operator @ connectivity.from_source(source),
        rtol=1e-5,
    )


def test_support_names_those_who_injected_the_region(model, experiments):
    prediction = model.predict(RegionSource((AREA_A,)))
    tracer = experiments.injections.toarray()
    inside = experiments.source_mask.to_vector(model.atlas.regions) == AREA_A
    amounts = tracer[:, inside].sum(axis=1)
    shares = dict(zip(prediction.support.experiment_ids, prediction.support.shares, strict=True))
    assert set(shares) == set(experiments.ids[amounts > 0].tolist())
    for row in np.flatnonzero(amounts):
        assert shares[experiments.ids[row]] == pytest.approx(amounts[row] / amounts.sum(), rel=1e-5)


def test_distances_are_to_those_who_injected_the_region(connectivity, experiments, model):
    keys = experiments.source_mask.to_vector(model.atlas.regions)
    tracer = experiments.injections.toarray()
    for row in (0, 40, 100):
        place = connectivity.source_mask.coordinates[row]
        region = model.atlas.regions[tuple(place)]
        who = tracer[:, keys == region].any(axis=1)
        nearest = np.sqrt(((experiments.centroids[who] - place) ** 2).sum(axis=1)).min() * 100
        assert connectivity.nearest_um[row] == pytest.approx(nearest, rel=1e-5)


def test_evidence_of_every_voxel_is_that_of_its_support(connectivity):
    evidence = run_to_end(connectivity.evidence_job())
    for row in (0, 33, 120):
        support = connectivity.support(SourceWeights(np.array([row]), np.ones(1)))
        assert evidence.effective_experiments[row] == pytest.approx(
            support.effective_experiments, rel=1e-5
        )
        assert evidence.largest_share[row] == pytest.approx(support.shares[0], rel=1e-5)
        assert evidence.nearest_um[row] == pytest.approx(support.nearest_um)


def test_support_maps_say_where_nothing_is_known(model):
    maps = support_maps(model)
    there = model.connectivity.source_mask.row_volume >= 0
    expected = maps.mask.to_vector(there | there[:, :, ::-1])
    np.testing.assert_array_equal(maps.unsupported, ~expected)


def test_saved_and_opened_it_answers_the_same(model, tmp_path):
    path = tmp_path / "regional.h5"
    save_model(model, path)
    again = load_model(path)
    assert again.model == "homogeneous"
    assert again.choices == model.choices
    place = RegionSource((AREA_B,))
    ours, theirs = model.predict(place), again.predict(place)
    np.testing.assert_array_equal(ours.vector, theirs.vector)
    np.testing.assert_array_equal(ours.support.shares, theirs.support.shares)
    np.testing.assert_array_equal(model.trace_back(place).vector, again.trace_back(place).vector)


def test_parts_that_do_not_fit_are_refused(connectivity):
    parts = connectivity.parts()
    with pytest.raises(ModelError, match="needs the part 'weights'"):
        RegionalConnectivity.from_parts({k: v for k, v in parts.items() if k != "weights"})
    with pytest.raises(ModelError, match="injected must have shape"):
        RegionalConnectivity.from_parts(parts | {"injected": parts["injected"][:, :1]})
    with pytest.raises(ModelError, match="must lie in the"):
        RegionalConnectivity.from_parts(parts | {"source_keys": parts["source_keys"] + 9})
    with pytest.raises(ModelError, match="must have been injected"):
        RegionalConnectivity.from_parts(parts | {"injected": np.zeros_like(parts["injected"])})
