"""Every answer of the low-rank connectivity equals that of the product of its factors."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array, random_array

from napari_connectome.core.errors import ModelError
from napari_connectome.core.io.model_file import load_model, save_model
from napari_connectome.core.low_rank_connectivity import LowRankConnectivity
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.sources import SourceWeights
from napari_connectome.core.spline.factors import Factors
from napari_connectome.core.spline.proximity import Proximity
from tests.core.model_data import SHAPE, small_atlas

RANK = 3
SOURCE = SourceWeights(np.array([2, 5, 11]), np.array([0.5, 0.25, 0.25]))


@pytest.fixture
def case():
    rng = np.random.default_rng(0)
    sources = VoxelMask(SHAPE, np.arange(0, 60, 3))
    targets = VoxelMask(SHAPE, np.arange(10, 40))
    factors = Factors(rng.random((len(sources), RANK)), rng.random((len(targets), RANK)))
    near = Proximity(np.array([7, 8, 9]), rng.random((3, 3)) * SHAPE, 100.0)
    model = LowRankConnectivity(sources, targets, factors, near)
    return model, factors.sources @ factors.targets.T


def test_answers(case):
    model, dense = case
    expected = SOURCE.values @ dense[SOURCE.rows]
    np.testing.assert_allclose(model.from_source(SOURCE), expected, rtol=1e-6)
    operator = csr_array(random_array((6, 30), density=0.3, rng=1).astype(np.float32))
    seen = model.through(operator).from_source(SOURCE)
    np.testing.assert_allclose(seen, operator @ expected, rtol=1e-6)
    rows, values = np.array([0, 9, 29]), np.array([1.0, -2.0, 0.5])
    backwards = model.onto_target(rows, values)
    np.testing.assert_allclose(backwards, dense[:, rows] @ values, rtol=1e-5, atol=1e-6)
    block = model.block(np.array([4, 1]), rows)
    np.testing.assert_allclose(block, dense[np.ix_([4, 1], rows)], rtol=1e-6)


def test_regions(case):
    model, dense = case
    rng = np.random.default_rng(1)
    source_keys, target_keys = rng.integers(-1, 4, 20), rng.integers(-1, 3, 30)
    found = model.regional_strength(source_keys, target_keys)
    for i, j in np.ndindex(found.shape):
        expected = dense[np.ix_(source_keys == i, target_keys == j)].sum()
        assert found[i, j] == pytest.approx(expected, rel=1e-6)


def test_evidence_is_how_near_injections_are(case):
    model, _ = case
    evidence = run_to_end(model.evidence_job())
    voxels = model.source_mask.coordinates
    apart = np.linalg.norm(voxels[:, None] - model.proximity.centroids[None], axis=-1)
    np.testing.assert_allclose(evidence.nearest_um, 100 * apart.min(axis=1), rtol=1e-6)
    support = model.support(SOURCE)
    nearest = apart[SOURCE.rows].min(axis=1) @ SOURCE.values
    assert support.nearest_um == pytest.approx(100 * nearest)
    assert support.shares.sum() == pytest.approx(1)
    assert np.all(np.diff(support.shares) <= 0)
    one = model.support(SourceWeights(np.array([4]), np.ones(1)))
    assert one.shares[0] == pytest.approx(evidence.largest_share[4])
    assert one.effective_experiments == pytest.approx(evidence.effective_experiments[4])
    assert one.experiment_ids[0] == model.proximity.experiment_ids[apart[4].argmin()]


def test_as_near_as_the_nearest_counts_as_much():
    near = Proximity(np.arange(3), np.array([[0.0, 0, 2], [0, 2, 0], [9, 0, 0]]), 50.0)
    support = near.support(np.array([[0, 0, 0]]), np.array([2.0]))
    assert support.shares[:2] == pytest.approx([0.5, 0.5], abs=1e-4)
    assert support.nearest_um == pytest.approx(100.0)
    on_it = near.support(np.array([[0, 0, 2]]), np.array([1.0]))
    assert on_it.nearest_um == 0
    assert on_it.shares[0] == pytest.approx(1)


def test_saved_and_read(case, tmp_path):
    model, _ = case
    ids = model.proximity.experiment_ids
    fitted = FittedModel("low-rank-spline", {"rank": RANK}, model, small_atlas(), ids)
    save_model(fitted, tmp_path / "model.h5")
    again = load_model(tmp_path / "model.h5").connectivity
    assert isinstance(again, LowRankConnectivity)
    np.testing.assert_array_equal(again.source_factors, model.source_factors)
    np.testing.assert_array_equal(again.target_factors, model.target_factors)
    np.testing.assert_array_equal(again.from_source(SOURCE), model.from_source(SOURCE))
    assert run_to_end(again.evidence_job()).nearest_um[3] == pytest.approx(
        run_to_end(model.evidence_job()).nearest_um[3]
    )


def test_bad_input(case):
    model, _ = case
    with pytest.raises(ModelError, match="Factors for 20 source"):
        LowRankConnectivity(model.source_mask, model.source_mask, model.factors, model.proximity)
    parts = model.parts()
    del parts["centroids"]
    with pytest.raises(ModelError, match="centroids"):
        LowRankConnectivity.from_parts(parts)
    with pytest.raises(ModelError, match="injection centroid"):
        Proximity(np.arange(3), np.zeros((2, 3)), 100.0)
