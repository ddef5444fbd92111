"""Every answer of the factored connectivity equals the product of its factors."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from napari_connectome.core import division_factor, factored
from napari_connectome.core.connectivity import Connectivity
from napari_connectome.core.division_factor import DivisionWeights
from napari_connectome.core.errors import ModelError
from napari_connectome.core.factored import FactoredConnectivity
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.nodes import weighted_rows
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.sources import SourceWeights

M, N_SOURCE, N_TARGET = 14, 40, 70
BOX = (5, 4, 4)


class RowsOnDemand:
    """A row store that is no array, and counts what it reads."""

    def __init__(self, array):
        self._array = array
        self.shape = array.shape
        self.read = []

    def __getitem__(self, row):
        self.read.append(row)
        return self._array[row]


def make_factors(seed=0):
    rng = np.random.default_rng(seed)
    weights = np.zeros((N_SOURCE, M), dtype=np.float32)
    shuffled = rng.permutation(N_SOURCE)
    spans = {315: (shuffled[:22], slice(0, 9)), 549: (shuffled[22:], slice(9, 14))}
    parts = []
    for division_id, (rows, used) in spans.items():
        rows = np.sort(rows)
        block = rng.random((len(rows), used.stop - used.start)).astype(np.float32)
        block[block < 0.4] = 0
        block[:, 0] += 0.1
        block /= block.sum(axis=1, keepdims=True)
        weights[rows, used] = block
        kept = csr_array(block) if division_id == 549 else block
        parts.append(DivisionWeights(division_id, rows, used, kept))
    nodes = rng.random((M, N_TARGET)).astype(np.float32)
    return weights, parts, nodes, rng.random(N_SOURCE).astype(np.float32)


def build(parts, nodes, nearest):
    return FactoredConnectivity(
        source_mask=VoxelMask(BOX, np.arange(N_SOURCE) * 2),
        target_mask=VoxelMask(BOX, np.arange(N_TARGET)),
        divisions=parts,
        nodes=nodes,
        experiment_ids=np.arange(M) + 500,
        nearest_um=nearest,
    )


@pytest.fixture(params=["array", "on demand", "half precision"])
def case(request):
    weights, parts, nodes, nearest = make_factors()
    if request.param == "half precision":
        nodes = nodes.astype(np.float16)
    store = RowsOnDemand(nodes) if request.param == "on demand" else nodes
    dense = weights.astype(np.float64) @ nodes.astype(np.float64)
    return build(parts, store, nearest), dense


def one(row):
    return SourceWeights(np.array([row]), np.ones(1))


def test_rows_of_the_dense_matrix(case):
    model, dense = case
    for row in range(N_SOURCE):
        answer = model.from_source(one(row))
        assert answer.dtype == np.float32
        np.testing.assert_allclose(answer, dense[row], rtol=1e-5)


def test_columns_of_the_dense_matrix(case):
    model, dense = case
    for column in range(0, N_TARGET, 7):
        answer = model.onto_target(np.array([column]), np.ones(1))
        assert answer.dtype == np.float32
        np.testing.assert_allclose(answer, dense[:, column], rtol=1e-5)


def test_weighted_sources_and_targets(case):
    model, dense = case
    rng = np.random.default_rng(1)
    rows, columns = rng.permutation(N_SOURCE)[:15], rng.permutation(N_TARGET)[:20]
    values, received = rng.random(15), rng.random(20)
    np.testing.assert_allclose(
        model.from_source(SourceWeights(rows, values)), values @ dense[rows], rtol=1e-5
    )
    np.testing.assert_allclose(
        model.onto_target(columns, received), dense[:, columns] @ received, rtol=1e-5
    )


@pytest.mark.parametrize("block", [1, 2, 5])
def test_sources_of_many_voxels_are_summed_in_blocks(case, block, monkeypatch):
    model, dense = case
    for module in (factored, division_factor):
        monkeypatch.setattr(module, "ROW_BLOCK", block)
    rng = np.random.default_rng(4)
    # Some voxels come twice, as in a source with its mirror image.
    rows = np.concatenate([rng.permutation(N_SOURCE)[:25], np.arange(10)])
    values = rng.random(len(rows))
    expected = values @ dense[rows]
    np.testing.assert_allclose(model.from_source(SourceWeights(rows, values)), expected, rtol=1e-5)


def test_blocks_of_the_dense_matrix(case):
    model, dense = case
    rng = np.random.default_rng(2)
    rows, columns = rng.permutation(N_SOURCE)[:9], rng.permutation(N_TARGET)[:11]
    block = model.block(rows, columns)
    assert block.shape == (9, 11)
    np.testing.assert_allclose(block, dense[np.ix_(rows, columns)], rtol=1e-5)
    assert model.block(rows[:0], columns).shape == (0, 11)


def test_forwards_and_backwards_are_the_same_numbers(case):
    model, _ = case
    forwards = model.from_source(one(11))
    backwards = [model.onto_target(np.array([j]), np.ones(1))[11] for j in range(N_TARGET)]
    np.testing.assert_allclose(forwards, backwards, rtol=1e-5)


def test_regional_strength_sums_region_pairs_and_leaves_out_the_rest(case, monkeypatch):
    model, dense = case
    monkeypatch.setattr("napari_connectome.core.division_factor.ROW_BLOCK", 5)
    rng = np.random.default_rng(3)
    source_keys = rng.integers(-1, 4, N_SOURCE)
    target_keys = rng.integers(-1, 6, N_TARGET)
    expected = np.array(
        [
            [dense[np.ix_(source_keys == i, target_keys == j)].sum() for j in range(6)]
            for i in range(4)
        ]
    )
    np.testing.assert_allclose(
        model.regional_strength(source_keys, target_keys), expected, rtol=1e-5
    )


def test_answers_are_linear(case):
    model, _ = case
    together = model.from_source(SourceWeights(np.array([3, 30]), np.array([2.0, 0.5])))
    apart = 2 * model.from_source(one(3)) + 0.5 * model.from_source(one(30))
    np.testing.assert_allclose(together, apart, rtol=1e-5)


def test_support_names_who_contributes(case):
    model, _ = case
    weights, _, _, nearest = make_factors()
    source = SourceWeights(np.array([5, 6]), np.array([0.75, 0.25]))
    shares = 0.75 * weights[5] + 0.25 * weights[6]
    support = model.support(source)
    assert support.shares.sum() == pytest.approx(1)
    assert np.all(np.diff(support.shares) <= 0)
    np.testing.assert_allclose(support.shares, shares[support.experiment_ids - 500], rtol=1e-5)
    assert len(support.shares) == np.count_nonzero(shares)
    assert support.nearest_um == pytest.approx(0.75 * nearest[5] + 0.25 * nearest[6])


def test_parts_put_together_answer_alike(case):
    model, dense = case
    again = FactoredConnectivity.from_parts(model.parts())
    np.testing.assert_array_equal(again.from_source(one(8)), model.from_source(one(8)))
    np.testing.assert_allclose(again.onto_target(np.array([4]), np.ones(1)), dense[:, 4], rtol=1e-5)
    assert again.source_mask == model.source_mask
    assert again.unit == model.unit
    assert isinstance(again.divisions[1].weights, csr_array)
    assert again.parts().keys() == model.parts().keys()


def test_a_missing_part_is_named():
    _, parts, nodes, nearest = make_factors()
    stored = build(parts, nodes, nearest).parts()
    del stored["weights/549/indptr"]
    with pytest.raises(ModelError, match="weights/549/indptr"):
        FactoredConnectivity.from_parts(stored)


def test_only_contributing_rows_are_read():
    weights, parts, nodes, nearest = make_factors()
    store = RowsOnDemand(nodes)
    build(parts, store, nearest).from_source(one(5))
    assert store.read == np.flatnonzero(weights[5]).tolist()


def test_factors_that_do_not_fit_are_refused():
    _, parts, nodes, nearest = make_factors()
    with pytest.raises(ModelError, match=r"nodes must have shape \(14, 70\); \(13, 70\) came"):
        build(parts, nodes[1:], nearest)
    with pytest.raises(ModelError, match="each once"):
        build(parts[:1], nodes, nearest)
    with pytest.raises(ModelError, match="must have shape"):
        DivisionWeights(315, np.arange(4), slice(0, 3), np.zeros((4, 2), dtype=np.float32))


@pytest.mark.parametrize("used", [[], [2], [0, 1, 2, 3, 4], [0, 3, 9, 13], list(range(14))])
def test_weighted_rows_over_many_blocks(used, monkeypatch):
    monkeypatch.setattr("napari_connectome.core.nodes.BLOCK_COLUMNS", (8, 16))
    rng = np.random.default_rng(4)
    nodes = rng.random((14, 101)).astype(np.float32)
    coefficients = np.zeros(14)
    coefficients[used] = rng.random(len(used))
    np.testing.assert_allclose(
        weighted_rows(nodes, coefficients), coefficients @ nodes.astype(np.float64), rtol=1e-5
    )


def test_evidence_of_every_voxel_is_its_support(case):
    model, _ = case
    found = run_to_end(model.evidence_job())
    asked = run_to_end(Connectivity.evidence_job(model))
    for name in ("nearest_um", "effective_experiments", "largest_share"):
        ours, theirs = getattr(found, name), getattr(asked, name)
        assert ours.dtype == np.float32
        np.testing.assert_allclose(ours, theirs, rtol=1e-5)


def test_a_connection_is_a_sum_over_experiments(case):
    model, dense = case
    source = SourceWeights(np.array([3, 30]), np.array([0.75, 0.25]))
    columns = np.array([4, 60, 61])
    found = model.by_experiment(source, columns)
    assert found.weights.sum() == pytest.approx(1, rel=1e-6)
    expected = (source.values @ dense[np.ix_(source.rows, columns)]).mean()
    assert found.weights @ found.received == pytest.approx(expected, rel=1e-5)
    assert len(np.unique(found.experiment_ids)) == len(found.experiment_ids)


def test_measured_projections_are_the_nodes(case):
    model, _ = case
    projection = model.measured_projection(507)
    assert projection.dtype == np.float32
    np.testing.assert_array_equal(projection, np.asarray(model.nodes[7], dtype=np.float32))
    with pytest.raises(ModelError, match="Experiment 7 is not among the 14"):
        model.measured_projection(7)


def test_a_model_that_is_no_sum_over_experiments_says_so(case):
    model, _ = case
    with pytest.raises(ModelError, match="no sum over experiments"):
        Connectivity.by_experiment(model, one(3), np.array([1]))
    with pytest.raises(ModelError, match="experiment 507"):
        Connectivity.measured_projection(model, 507)
