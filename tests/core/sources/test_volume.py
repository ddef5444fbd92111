"""Drawings as sources: rows, weights, both hemispheres, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import OutsideError, SourceError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.sources import (
    Drawing,
    RegionSource,
    Source,
    SourceWeights,
    TwoSidedWeights,
    VolumeSource,
)
from tests.core.model_data import ISOCORTEX, SHAPE, THALAMUS, small_atlas


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return small_atlas()


@pytest.fixture(scope="module")
def mask(atlas) -> VoxelMask:
    return VoxelMask.from_atlas(atlas, (ISOCORTEX, THALAMUS), "right")


def drawn(**voxels: float) -> np.ndarray:
    """A volume from names such as ``v317=2.0``: AP 3, DV 1, ML 7."""
    volume = np.zeros(SHAPE)
    for name, value in voxels.items():
        volume[tuple(int(digit) for digit in name[1:])] = value
    return volume


def on_voxels(mask: VoxelMask, part: SourceWeights) -> dict[tuple[int, ...], float]:
    places = map(tuple, mask.coordinates[part.rows].tolist())
    return dict(zip(places, part.values.tolist(), strict=True))


def test_weights_sum_to_one_on_increasing_rows(atlas, mask):
    source = VolumeSource(drawn(v317=3, v318=1, v225=4))
    weights = source.weights(atlas, mask)
    assert isinstance(source, Source)
    assert isinstance(weights, SourceWeights)
    assert not weights.mirrored
    assert np.all(np.diff(weights.rows) > 0)
    assert on_voxels(mask, weights) == {(3, 1, 7): 0.375, (3, 1, 8): 0.125, (2, 2, 5): 0.5}
    assert weights.inside_fraction == 1
    assert weights.parts == (weights,)
    assert weights.together is weights


def test_as_drawn_strengths_count(atlas, mask):
    weights = VolumeSource(drawn(v317=3, v318=1), scale="as drawn").weights(atlas, mask)
    assert on_voxels(mask, weights) == {(3, 1, 7): 3, (3, 1, 8): 1}


def test_the_left_is_its_twin_on_the_right_and_says_so(atlas, mask):
    weights = VolumeSource(drawn(v312=3, v311=1, v224=4)).weights(atlas, mask)
    assert isinstance(weights, SourceWeights)
    assert weights.mirrored
    assert np.all(np.diff(weights.rows) > 0)
    assert on_voxels(mask, weights) == {(3, 1, 7): 0.375, (3, 1, 8): 0.125, (2, 2, 5): 0.5}


def test_a_drawing_over_the_midline_has_two_parts(atlas, mask):
    weights = VolumeSource(drawn(v314=1, v315=2, v316=5)).weights(atlas, mask)
    assert isinstance(weights, TwoSidedWeights)
    assert on_voxels(mask, weights.right) == {(3, 1, 5): 0.25, (3, 1, 6): 0.625}
    assert on_voxels(mask, weights.left) == {(3, 1, 5): 0.125}
    assert (weights.right.mirrored, weights.left.mirrored) == (False, True)
    assert weights.parts == (weights.right, weights.left)
    assert weights.together.values.sum() == pytest.approx(1)
    assert len(weights.together.rows) == 3


def test_the_middle_voxels_of_an_odd_box_are_on_the_right():
    even = small_atlas()
    odd = Atlas(even.tree, even.annotation[:, :, :9], 100.0)
    mask = VoxelMask.from_atlas(odd, (ISOCORTEX,), "right")
    volume = np.zeros(odd.shape)
    volume[3, 1, 4] = volume[3, 1, 3] = 1
    weights = VolumeSource(volume).weights(odd, mask)
    assert on_voxels(mask, weights.right) == {(3, 1, 4): 0.5}
    assert on_voxels(mask, weights.left) == {(3, 1, 5): 0.5}


def test_what_is_left_out_is_told(atlas, mask):
    """AP 11 is pons, no source here; DV 7 is outside the brain."""
    volume = drawn(v317=1, v312=2, v377=1)
    volume[11, 1, 7] = 4
    weights = VolumeSource(volume, scale="as drawn").weights(atlas, mask)
    assert weights.inside_fraction == pytest.approx(3 / 8)
    assert weights.right.values.tolist() == [1]
    assert weights.left.values.tolist() == [2]


def test_a_left_voxel_without_a_twin_is_left_out_and_told(atlas):
    annotation = atlas.annotation.copy()
    annotation[3, 1, 7] = 0
    lopsided = Atlas(atlas.tree, annotation, 100.0)
    mask = VoxelMask.from_atlas(lopsided, (ISOCORTEX,), "right")
    weights = VolumeSource(drawn(v312=3, v311=1)).weights(lopsided, mask)
    assert on_voxels(mask, weights) == {(3, 1, 8): 1}
    assert weights.inside_fraction == pytest.approx(0.25)
    with pytest.raises(OutsideError, match="all of it lies in Isocortex"):
        VolumeSource(drawn(v312=3)).weights(lopsided, mask)


def test_a_painted_region_is_the_region(atlas, mask):
    painted = VolumeSource(atlas.structure_mask((THALAMUS,), "right")).weights(atlas, mask)
    region = RegionSource((THALAMUS,)).weights(atlas, mask)
    np.testing.assert_array_equal(painted.rows, region.rows)
    np.testing.assert_allclose(painted.values, region.values)


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.uint32, np.int16, np.float32])
def test_any_numbers_will_do(atlas, mask, dtype):
    source = VolumeSource(drawn(v317=1).astype(dtype))
    assert on_voxels(mask, source.weights(atlas, mask)) == {(3, 1, 7): 1}


def test_it_keeps_its_values_and_only_those_above_zero():
    volume = drawn(v317=0.5, v014=2)
    source = VolumeSource(volume, "two", "as drawn")
    np.testing.assert_array_equal(source.values, volume)
    assert source.values.dtype == np.float32
    assert len(source.drawing.indices) == 2
    volume[3, 1, 7] = 9
    assert source.values[3, 1, 7] == 0.5
    assert (source.label, source.scale) == ("two", "as drawn")


def test_equal_is_only_the_same_object():
    volume = drawn(v317=1)
    source = VolumeSource(volume)
    assert source == source
    assert source != VolumeSource(volume)
    assert len({source, VolumeSource(volume)}) == 2


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.zeros(SHAPE), "Nothing is drawn"),
        (np.zeros((0, 3, 3)), "Nothing is drawn"),
        (np.ones(SHAPE[:2]), "three axes.*2 axes"),
        (np.full(SHAPE, "a"), "volume of numbers"),
        (np.full(SHAPE, np.nan), "960 voxels are NaN or infinite"),
        (drawn(v317=np.inf), "1 voxels are NaN or infinite"),
        (drawn(v317=-0.5, v318=2), "1 voxels are negative"),
        (np.full(SHAPE, -1, dtype=np.int8), "960 voxels are negative"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_drawing_is_refused(values, message):
    with pytest.raises(SourceError, match=message):
        VolumeSource(values)


def test_another_scale_is_refused():
    with pytest.raises(SourceError, match="'unit-sum' or 'as drawn' was expected; 'half' came"):
        VolumeSource(drawn(v317=1), scale="half")


def test_another_box_and_a_drawing_wholly_outside_are_refused(atlas, mask):
    with pytest.raises(SourceError, match="mine has 3 × 3 × 3 voxels; the atlas has 12 × 8 × 10"):
        VolumeSource(np.ones((3, 3, 3)), "mine").weights(atlas, mask)
    with pytest.raises(OutsideError, match=r"mine touches no source voxel.*outside the brain"):
        VolumeSource(drawn(v377=1), "mine").weights(atlas, mask)
    pons = np.zeros(SHAPE)
    pons[11, 2, 8] = 1
    with pytest.raises(OutsideError, match="all of it lies in P"):
        VolumeSource(pons).weights(atlas, mask)


@pytest.mark.parametrize(
    ("indices", "strengths", "message"),
    [
        ([], [], "Nothing is drawn"),
        ([3, 2], [1, 1], "Increasing"),
        ([2, 2], [1, 1], "Increasing"),
        ([-1], [1], "Increasing"),
        ([960], [1], "Increasing"),
        ([3], [0], "strengths above 0"),
        ([3], [np.nan], "strengths above 0"),
        ([3], [1, 1], "strengths above 0"),
    ],
)
def test_voxels_that_make_no_drawing_are_refused(indices, strengths, message):
    with pytest.raises(SourceError, match=message):
        Drawing(SHAPE, np.array(indices, dtype=np.int64), np.array(strengths, dtype=np.float64))
