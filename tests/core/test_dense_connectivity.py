"""Every answer of the dense connectivity equals that of its matrix."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array, random_array

from napari_connectome.core.dense_connectivity import DenseConnectivity
from napari_connectome.core.errors import ModelError
from napari_connectome.core.io.model_file import load_model, save_model
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.sources import SourceWeights
from napari_connectome.core.spline.proximity import Proximity
from tests.core.model_data import SHAPE, small_atlas

SOURCE = SourceWeights(np.array([2, 5, 11]), np.array([0.5, 0.25, 0.25]))


@pytest.fixture
def model():
    rng = np.random.default_rng(0)
    sources = VoxelMask(SHAPE, np.arange(0, 60, 3))
    targets = VoxelMask(SHAPE, np.arange(10, 40))
    near = Proximity(np.array([7, 8, 9]), rng.random((3, 3)) * SHAPE, 100.0)
    weights = rng.random((len(sources), len(targets))).astype(np.float32)
    return DenseConnectivity(sources, targets, weights, near)


def test_answers(model):
    dense = model.weights.astype(np.float64)
    expected = SOURCE.values @ dense[SOURCE.rows]
    np.testing.assert_allclose(model.from_source(SOURCE), expected, rtol=1e-6)
    operator = csr_array(random_array((6, 30), density=0.3, rng=1).astype(np.float32))
    seen = model.through(operator).from_source(SOURCE)
    np.testing.assert_allclose(seen, operator @ expected, rtol=1e-6)
    rows, values = np.array([0, 9, 29]), np.array([1.0, -2.0, 0.5])
    backwards = model.onto_target(rows, values)
    np.testing.assert_allclose(backwards, dense[:, rows] @ values, rtol=1e-5, atol=1e-6)
    block = model.block(np.array([4, 1]), rows)
    np.testing.assert_array_equal(block, model.weights[np.ix_([4, 1], rows)])


def test_regions(model):
    rng = np.random.default_rng(1)
    source_keys, target_keys = rng.integers(-1, 4, 20), rng.integers(-1, 3, 30)
    found = model.regional_strength(source_keys, target_keys)
    for i, j in np.ndindex(found.shape):
        block = model.weights[np.ix_(source_keys == i, target_keys == j)]
        assert found[i, j] == pytest.approx(block.sum(dtype=np.float64), rel=1e-6)


def test_evidence_is_how_near_injections_are(model):
    near = model.proximity
    support = model.support(SOURCE)
    expected = near.support(model.source_mask.coordinates[SOURCE.rows], SOURCE.values)
    np.testing.assert_array_equal(support.experiment_ids, expected.experiment_ids)
    evidence = run_to_end(model.evidence_job())
    alone = model.support(SourceWeights(np.array([4]), np.ones(1)))
    assert evidence.nearest_um[4] == pytest.approx(alone.nearest_um, rel=1e-5)


def test_saved_and_loaded(model, tmp_path):
    fitted = FittedModel("spline", {"lam": 1.0}, model, small_atlas(), np.array([7, 8, 9]), {})
    save_model(fitted, tmp_path / "model")
    found = load_model(tmp_path / "model").connectivity
    assert isinstance(found, DenseConnectivity)
    np.testing.assert_array_equal(found.weights, model.weights)
    assert found.target_mask == model.target_mask
    assert found.unit == model.unit


def test_what_does_not_fit_is_refused(model):
    mask = VoxelMask(SHAPE, np.arange(7))
    with pytest.raises(ModelError, match="Weights of shape"):
        DenseConnectivity(mask, model.target_mask, model.weights, model.proximity)
    for wrong in (-1.0, np.nan, np.inf):
        weights = model.weights.copy()
        weights[3, 4] = wrong
        with pytest.raises(ModelError, match="finite and not negative"):
            DenseConnectivity(model.source_mask, model.target_mask, weights, model.proximity)
