from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import AtlasError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.structures import Structure, StructureTree

SHAPE = (3, 4, 5)


@pytest.fixture
def inside() -> np.ndarray:
    return np.random.default_rng(2).random(SHAPE) > 0.6


@pytest.fixture
def mask(inside: np.ndarray) -> VoxelMask:
    return VoxelMask.from_volume(inside)


def test_rows_follow_c_order(mask: VoxelMask, inside: np.ndarray) -> None:
    assert len(mask) == inside.sum()
    np.testing.assert_array_equal(mask.coordinates, np.argwhere(inside))
    np.testing.assert_array_equal(mask.indices, np.flatnonzero(inside))


def test_row_of_every_voxel(mask: VoxelMask, inside: np.ndarray) -> None:
    rows = [mask.row_of(index) for index in np.argwhere(inside)]
    assert rows == list(range(len(mask)))
    assert {mask.row_of(index) for index in np.argwhere(~inside)} == {-1}
    assert mask.row_of((3, 0, 0)) == mask.row_of((0, -1, 0)) == -1
    np.testing.assert_array_equal(mask.row_volume >= 0, inside)


@pytest.mark.parametrize("order", ["C", "F"])
def test_volume_to_vector_and_back(mask: VoxelMask, inside: np.ndarray, order: str) -> None:
    volume = np.asarray(np.random.default_rng(0).random(SHAPE), order=order)
    vector = mask.to_vector(volume)
    np.testing.assert_array_equal(vector, volume[inside])
    np.testing.assert_array_equal(mask.to_volume(vector), np.where(inside, volume, 0))
    out = np.full(SHAPE, -1.0)
    assert mask.to_volume(vector, out) is out
    np.testing.assert_array_equal(out, np.where(inside, volume, -1))


def test_a_mirrored_vector_lies_in_the_other_hemisphere(mask: VoxelMask) -> None:
    vector = np.random.default_rng(0).random(len(mask))
    whole = mask.to_volume(vector)
    np.testing.assert_array_equal(mask.to_volume(vector, mirrored=True), whole[:, :, ::-1])
    out = np.full(SHAPE, -1.0)
    assert mask.to_volume(vector, out, mirrored=True) is out
    assert np.count_nonzero(out == -1) == out.size - len(mask)


def test_structures_of_an_atlas() -> None:
    tree = StructureTree([Structure(1, "a", "a", (0, 0, 0), (1,), 0)])
    annotation = np.zeros((2, 2, 4), dtype=np.uint32)
    annotation[0] = 1
    atlas = Atlas(tree, annotation, 100.0)
    assert len(VoxelMask.from_atlas(atlas, [1])) == 8
    assert VoxelMask.from_atlas(atlas, [1], "right").coordinates[:, 2].min() == 2
    with pytest.raises(AtlasError, match="Does the atlas have these structures"):
        VoxelMask.from_atlas(atlas, [2])


def test_equality(mask: VoxelMask, inside: np.ndarray) -> None:
    assert mask == VoxelMask(SHAPE, np.flatnonzero(inside))
    assert mask != VoxelMask((4, 3, 5), mask.indices)
    assert mask != VoxelMask(SHAPE, mask.indices[1:])
    assert mask != "mask"


def test_rows_cannot_be_changed(mask: VoxelMask) -> None:
    with pytest.raises(ValueError, match="read-only"):
        mask.indices[0] = 3


def test_another_shape(mask: VoxelMask) -> None:
    with pytest.raises(AtlasError, match=r"\(3, 4, 5\) was expected, \(3, 5, 4\) came"):
        mask.to_vector(np.zeros((3, 5, 4)))


@pytest.mark.parametrize("indices", [[], [2, 1], [1, 1], [-1, 2], [59, 60]])
def test_indices_that_are_no_mask(indices: list[int]) -> None:
    with pytest.raises(AtlasError, match="increasing indices inside the box"):
        VoxelMask(SHAPE, indices)
