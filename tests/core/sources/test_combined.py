"""Several sources with strengths."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import AtlasError, OutsideError, SourceError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.sources import (
    CombinedSource,
    RegionSource,
    Source,
    SourceWeights,
    SphereSource,
    TwoSidedWeights,
    VolumeSource,
    VoxelSource,
)
from tests.core.model_data import ISOCORTEX, PONS, SHAPE, THALAMUS, small_atlas

HERE = VoxelSource((350.0, 150.0, 750.0))
THERE = VoxelSource((250.0, 150.0, 650.0))
LEFT = VoxelSource((350.0, 150.0, 250.0))
NOWHERE = VoxelSource((1150.0, 150.0, 750.0))


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return small_atlas()


@pytest.fixture(scope="module")
def mask(atlas) -> VoxelMask:
    return VoxelMask.from_atlas(atlas, (ISOCORTEX, THALAMUS), "right")


def dense(mask: VoxelMask, part: SourceWeights) -> np.ndarray:
    vector = np.zeros(len(mask))
    np.add.at(vector, part.rows, part.values)
    return vector


def test_strengths_are_shares(atlas, mask):
    source = CombinedSource(((HERE, 3.0), (THERE, 1.0)), "two")
    weights = source.weights(atlas, mask)
    assert isinstance(source, Source)
    assert isinstance(weights, SourceWeights)
    rows = [mask.row_of((2, 1, 6)), mask.row_of((3, 1, 7))]
    assert weights.rows.tolist() == rows
    assert weights.values.tolist() == [0.25, 0.75]


def test_as_drawn_a_sphere_of_strength_two_is_twice_the_sphere(atlas, mask):
    sphere = SphereSource((350.0, 150.0, 750.0), 180.0)
    twice = CombinedSource(((sphere, 2.0),), "twice", "as drawn").weights(atlas, mask)
    once = sphere.weights(atlas, mask)
    np.testing.assert_array_equal(twice.rows, once.rows)
    np.testing.assert_allclose(twice.values, 2 * once.values)


def test_overlapping_parts_add_up(atlas, mask):
    parts = (
        (SphereSource((350.0, 150.0, 750.0), 180.0), 1.0),
        (SphereSource((350.0, 250.0, 750.0), 180.0), 2.0),
        (RegionSource((THALAMUS,)), 4.0),
    )
    weights = CombinedSource(parts, "three", "as drawn").weights(atlas, mask)
    assert np.all(np.diff(weights.rows) > 0)
    expected = sum(s * dense(mask, part.weights(atlas, mask)) for part, s in parts)
    np.testing.assert_allclose(dense(mask, weights), expected)
    assert weights.values.sum() == pytest.approx(7)


def test_parts_on_both_sides_make_two_parts(atlas, mask):
    weights = CombinedSource(((HERE, 1.0), (LEFT, 3.0)), "both").weights(atlas, mask)
    assert isinstance(weights, TwoSidedWeights)
    assert weights.right.values.tolist() == [0.25]
    assert weights.left.values.tolist() == [0.75]
    assert weights.left.rows.tolist() == weights.right.rows.tolist() == [mask.row_of((3, 1, 7))]


def test_drawings_keep_their_own_scale(atlas, mask):
    volume = np.zeros(SHAPE)
    volume[3, 1, 7] = 5
    for scale, expected in (("unit-sum", 2.0), ("as drawn", 10.0)):
        part = VolumeSource(volume, scale=scale)
        weights = CombinedSource(((part, 2.0),), "one", "as drawn").weights(atlas, mask)
        assert weights.values.tolist() == [expected]


def test_a_part_outside_is_left_out_and_told(atlas, mask):
    volume = np.zeros(SHAPE)
    volume[3, 1, 7], volume[11, 1, 7] = 1, 1
    parts = ((HERE, 1.0), (NOWHERE, 2.0), (VolumeSource(volume), 1.0), (THERE, 0.0))
    weights = CombinedSource(parts, "some").weights(atlas, mask)
    assert weights.rows.tolist() == [mask.row_of((3, 1, 7))]
    assert weights.values.tolist() == [1]
    assert weights.inside_fraction == pytest.approx(1.5 / 4)


def test_all_parts_outside_are_refused(atlas, mask):
    with pytest.raises(OutsideError, match="is P: no source voxel"):
        CombinedSource(((NOWHERE, 1.0), (RegionSource((PONS,)), 0.0)), "none").weights(atlas, mask)


def test_a_part_that_is_wrong_is_refused(atlas, mask):
    wrong = SphereSource((350.0, 150.0, 750.0), -1.0)
    with pytest.raises(SourceError, match="larger than 0"):
        CombinedSource(((HERE, 1.0), (wrong, 1.0)), "two").weights(atlas, mask)
    with pytest.raises(AtlasError, match="12345"):
        CombinedSource(((HERE, 1.0), (RegionSource((12345,)), 1.0)), "two").weights(atlas, mask)


@pytest.mark.parametrize(
    ("strengths", "scale", "message"),
    [
        ((), "unit-sum", "Nothing is chosen"),
        ((0.0, 0.0), "unit-sum", "Nothing is chosen"),
        ((1.0, -1.0), "unit-sum", "at least 0 was expected for voxel at AP 350.*; -1.0 came"),
        ((1.0, float("nan")), "unit-sum", "nan came"),
        ((float("inf"),), "unit-sum", "inf came"),
        ((1.0,), "double", "'double' came"),
    ],
)
def test_strengths_that_are_none_are_refused(strengths, scale, message):
    with pytest.raises(SourceError, match=message):
        CombinedSource(tuple((HERE, s) for s in strengths), "some", scale)
