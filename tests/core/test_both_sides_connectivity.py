"""Two sides joined answer like one matrix."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from napari_connectome.core.both_sides_connectivity import BothSidesConnectivity
from napari_connectome.core.division_factor import DivisionWeights
from napari_connectome.core.errors import ModelError
from napari_connectome.core.factored import FactoredConnectivity
from napari_connectome.core.io import load_model, save_model
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.sources import SourceWeights
from tests.core.model_data import ISOCORTEX, small_atlas

RNG = np.random.default_rng(3)


def part(source: VoxelMask, target: VoxelMask) -> FactoredConnectivity:
    weights = csr_array(RNG.random((len(source), 3)))
    return FactoredConnectivity(
        source,
        target,
        [DivisionWeights(ISOCORTEX, np.arange(len(source)), slice(0, 3), weights)],
        RNG.random((3, len(target))).astype(np.float32),
        np.array([7, 8, 9]),
        RNG.random(len(source)).astype(np.float32),
    )


@pytest.fixture(scope="module")
def sides():
    """Targets of both sides lie between one another in the order of the box."""
    atlas = small_atlas()
    source = VoxelMask.from_atlas(atlas, [ISOCORTEX], "right")
    left = VoxelMask.from_atlas(atlas, [ISOCORTEX], "left")
    return part(source, source), part(source, left)


@pytest.fixture(scope="module")
def dense(sides):
    """W of both, columns in the order of the joined mask."""
    every = [s.block(np.arange(len(s.source_mask)), np.arange(len(s.target_mask))) for s in sides]
    indices = np.concatenate([s.target_mask.indices for s in sides])
    return np.concatenate(every, axis=1)[:, np.argsort(indices)]


def test_every_question_is_answered_like_one_matrix(sides, dense):
    both = BothSidesConnectivity(*sides)
    n_source, n_target = dense.shape
    assert len(both.target_mask) == n_target == 2 * n_source
    rows, values = np.array([0, 5, 40]), np.array([0.5, 2.0, 1.0])
    source = SourceWeights(rows, values)
    np.testing.assert_allclose(both.from_source(source), values @ dense[rows], rtol=1e-5)
    operator = csr_array(RNG.random((4, n_target)) * (RNG.random((4, n_target)) < 0.3))
    seen = both.through(operator.astype(np.float32)).from_source(source)
    np.testing.assert_allclose(seen, operator @ (values @ dense[rows]), rtol=1e-5)
    targets = np.array([1, 2, 77, n_target - 1])
    onto = both.onto_target(targets, np.arange(1.0, 5.0))
    np.testing.assert_allclose(onto, dense[:, targets] @ np.arange(1.0, 5.0), rtol=1e-5)
    np.testing.assert_allclose(both.block(rows, targets), dense[np.ix_(rows, targets)], rtol=1e-5)
    support = both.support(source)
    np.testing.assert_array_equal(support.shares, sides[0].support(source).shares)


def test_a_region_may_have_voxels_on_both_sides(sides, dense):
    both = BothSidesConnectivity(*sides)
    source_keys = np.arange(dense.shape[0]) % 3 - 1
    target_keys = np.arange(dense.shape[1]) % 5 - 1
    found = both.regional_strength(source_keys, target_keys)
    expected = [
        [dense[np.ix_(source_keys == i, target_keys == j)].sum() for j in range(4)]
        for i in range(2)
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_saved_and_opened(sides, tmp_path):
    both = BothSidesConnectivity(*sides)
    model = FittedModel("voxel", {}, both, small_atlas(), np.array([7, 8, 9]))
    save_model(model, tmp_path / "model.h5")
    again = load_model(tmp_path / "model.h5").connectivity
    source = SourceWeights(np.array([3, 4]), np.array([1.0, 2.0]))
    np.testing.assert_array_equal(again.from_source(source), both.from_source(source))
    with pytest.raises(ModelError, match="ipsi/kind"):
        BothSidesConnectivity.from_parts({})


def test_sides_that_do_not_fit_are_refused(sides):
    ipsi, contra = sides
    with pytest.raises(ModelError, match="200 target voxels belong to"):
        BothSidesConnectivity(ipsi, ipsi)
    fewer = VoxelMask(ipsi.source_mask.shape, ipsi.source_mask.indices[1:])
    with pytest.raises(ModelError, match="both need the same"):
        BothSidesConnectivity(ipsi, part(fewer, contra.target_mask))
