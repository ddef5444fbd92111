"""Comparisons against sums over the atlas box, voxel by voxel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from napari_connectome.core.answers import VoxelValues, measured
from napari_connectome.core.comparison import agreement, compare
from napari_connectome.core.errors import ExperimentError, ModelError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.voxel_fit import fit_voxel
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.scoring import mse_rel
from napari_connectome.core.sources import VoxelSource, both_sides
from napari_connectome.core.targets import rank_targets
from tests.core.model_data import ISOCORTEX, THALAMUS, experiment_set
from tests.core.regional_data import AREA_A, AREA_B, BACK, NUCLEUS, region_atlas, region_model

HERE, THERE = (350.0, 150.0, 750.0), (850.0, 550.0, 650.0)


@pytest.fixture(scope="module")
def model():
    return region_model()


def predict(model, point, *, left=False):
    ap, dv, ml = point
    return model.predict(VoxelSource((ap, dv, 1000.0 - ml if left else ml)))


def check(found, a, b, atlas):
    """Against two volumes with NaN where there is nothing."""
    both = np.isfinite(a) & np.isfinite(b)
    difference = np.full(a.shape, np.nan, dtype=np.float32)
    found.difference.mask.to_volume(
        found.difference.vector, out=difference, mirrored=found.difference.mirrored
    )
    np.testing.assert_allclose(difference, a - b, rtol=1e-5, atol=1e-9)
    assert found.voxelwise.mse_rel == pytest.approx(mse_rel(a[both], b[both]))
    assert found.voxelwise.correlation == pytest.approx(np.corrcoef(a[both], b[both])[0, 1])
    pairs = found.regions
    for row, structure_id in enumerate(pairs.structure_ids.tolist()):
        inside = both & (atlas.regions == structure_id)
        inside[:, :, slice(5, None) if pairs.left[row] else slice(0, 5)] = False
        assert pairs.voxels[row] == np.count_nonzero(inside)
        assert pairs.first[row] == pytest.approx(a[inside].sum(dtype=float), rel=1e-6)
        assert pairs.second[row] == pytest.approx(b[inside].sum(dtype=float), rel=1e-6)
    assert found.regional.mse_rel == pytest.approx(mse_rel(pairs.first, pairs.second))


def volume(answer):
    out = np.full(answer.mask.shape, np.nan, dtype=np.float32)
    return answer.volume(out=out)


@pytest.mark.parametrize("left", [(False, False), (True, True), (False, True), (True, False)])
def test_two_sources_are_compared_where_they_lie(model, left):
    a, b = (
        predict(model, point, left=side) for point, side in zip((HERE, THERE), left, strict=True)
    )
    found = compare(a, b)
    check(found, volume(a), volume(b), model.atlas)
    # This atlas is symmetric, and so is its mask.
    assert set(found.regions.structure_ids.tolist()) == {AREA_A, AREA_B, NUCLEUS, BACK}
    assert len(found.regions.structure_ids) == 8


def test_a_source_in_both_hemispheres_beside_one_of_its_halves(model):
    a, b = (
        model.predict(both_sides(VoxelSource(HERE), model.atlas)),
        predict(model, HERE, left=True),
    )
    check(compare(a, b), volume(a), volume(b), model.atlas)


def test_an_answer_agrees_with_itself(model):
    one = predict(model, HERE)
    found = compare(one, one)
    assert not found.difference.vector.any()
    assert found.difference_limits == (-1.0, 1.0)
    assert found.voxelwise.mse_rel == found.regional.mse_rel == 0
    assert found.voxelwise.correlation == pytest.approx(1)
    assert found.regional.correlation == pytest.approx(1)


def test_voxels_that_only_one_has_are_missing(model):
    atlas = model.atlas
    some = VoxelMask.from_volume(atlas.regions == AREA_A)
    rest = VoxelMask.from_volume((atlas.regions == AREA_A) | (atlas.regions == NUCLEUS))
    rng = np.random.default_rng(0)
    a = VoxelValues(rng.random(len(some), dtype=np.float32), some, False, "a", model)
    b = VoxelValues(rng.random(len(rest), dtype=np.float32), rest, True, "b", model)
    found = compare(a, b)
    assert len(found.difference.mask) == len(rest)
    assert np.count_nonzero(np.isnan(found.first.vector)) == len(rest) - len(some)
    check(found, volume(a), volume(b), atlas)
    assert set(found.regions.structure_ids.tolist()) == {AREA_A}


def test_two_models_of_one_brain(model):
    other = region_model("polynomial")
    a, b = predict(model, HERE), predict(other, HERE)
    found = compare(a, b)
    check(found, volume(a), volume(b), model.atlas)
    assert found.first.model is model
    assert found.second.model is other


def test_limits_are_shared_and_the_difference_is_centred(model):
    a = predict(model, HERE)
    spike = a.vector.copy()
    spike[7] += 1000
    doubled = VoxelValues(2 * spike, a.mask, False, "twice", model)
    found = compare(a, doubled)
    assert found.limits == pytest.approx((0, np.percentile(doubled.vector, 99.5)))
    low, high = found.difference_limits
    assert low == -high
    assert high == pytest.approx(np.percentile(doubled.vector - a.vector, 99.5))


def test_nothing_in_common_is_refused(model):
    parts = [VoxelMask.from_volume(model.atlas.regions == i) for i in (AREA_A, AREA_B)]
    a, b = (VoxelValues(np.ones(len(m), dtype=np.float32), m, False, "part", model) for m in parts)
    with pytest.raises(ModelError, match="no voxel in common"):
        compare(a, b)


def test_another_box_is_refused(model):
    elsewhere = VoxelMask((2, 2, 2), np.arange(8))
    other = VoxelValues(np.ones(8, dtype=np.float32), elsewhere, False, "other", model)
    with pytest.raises(ModelError, match=r"\(12, 8, 10\) and \(2, 2, 2\) voxels"):
        compare(predict(model, HERE), other)


def test_agreement_of_numbers():
    found = agreement([1.0, 2.0, 3.0], [3.0, 2.0, 1.0])
    assert found.correlation == pytest.approx(-1)
    assert found.mse_rel == pytest.approx(2 * 8 / 28)
    constant = agreement([1.0, 1.0], [0.0, 5.0])
    assert np.isnan(constant.correlation)
    assert np.isnan(agreement([], []).correlation)


def test_a_measured_experiment_can_be_shown_ranked_and_compared(model):
    experiments = experiment_set(model.atlas, {ISOCORTEX: 9, THALAMUS: 7})
    kept = measured(model, 103)
    given = measured(model, 103, experiments=experiments)
    np.testing.assert_array_equal(kept.vector, experiments.projections[3])
    np.testing.assert_array_equal(given.vector, kept.vector)
    assert kept.label == "measured in experiment 103"
    left = measured(model, 103, mirrored=True)
    np.testing.assert_array_equal(left.volume(), kept.volume()[:, :, ::-1])
    assert rank_targets(left) == rank_targets(kept) != []
    check(
        compare(kept, predict(model, HERE)), volume(kept), volume(predict(model, HERE)), model.atlas
    )


def test_an_experiment_of_other_data_is_refused(model):
    atlas = region_atlas()
    experiments = experiment_set(atlas, {ISOCORTEX: 9, THALAMUS: 7})
    with pytest.raises(ModelError, match="not among the 16"):
        measured(model, 7)
    with pytest.raises(ExperimentError, match="not among the 16"):
        measured(model, 7, experiments=experiments)
    half = VoxelMask(atlas.shape, experiments.target_mask.indices[::2])
    fewer = replace(experiments, target_mask=half, projections=experiments.projections[:, ::2])
    with pytest.raises(ModelError, match="target voxels"):
        measured(model, 103, experiments=fewer)
    other = run_to_end(fit_voxel(fewer, atlas))
    found = compare(measured(model, 103), measured(other, 103))
    assert found.voxelwise.mse_rel == 0
    assert np.isnan(found.difference.vector).sum() == len(experiments.target_mask) - len(half)
