"""The same source in the other hemisphere, and in both."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import SourceError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.sources import (
    CombinedSource,
    GaussianSource,
    RegionSource,
    SourceWeights,
    SphereSource,
    TwoSidedWeights,
    VolumeSource,
    VoxelSource,
    both_sides,
    mirrored,
)
from tests.core.model_data import ISOCORTEX, SHAPE, THALAMUS, small_atlas

WIDTH_UM = SHAPE[2] * 100.0


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return small_atlas()


@pytest.fixture(scope="module")
def mask(atlas) -> VoxelMask:
    return VoxelMask.from_atlas(atlas, (ISOCORTEX, THALAMUS), "right")


def painted() -> np.ndarray:
    volume = np.zeros(SHAPE)
    volume[3, 1, 7], volume[4, 2, 5], volume[2, 1, 9] = 1, 2, 3
    return volume


SOURCES = [
    VoxelSource((350.0, 150.0, 730.0)),
    VoxelSource((350.0, 150.0, 700.0)),
    VoxelSource((350.0, 150.0, 500.0)),
    SphereSource((350.0, 150.0, 730.0), 180.0),
    SphereSource((350.0, 150.0, 700.0), 150.0),
    SphereSource((350.0, 150.0, 500.0), 250.0),
    GaussianSource((350.0, 150.0, 730.0), 90.0),
    RegionSource((THALAMUS,)),
    VolumeSource(painted(), "painted", "as drawn"),
    CombinedSource(((VoxelSource((350.0, 150.0, 730.0)), 2.0), (RegionSource((1,)), 0.0)), "some"),
]


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: type(s).__name__)
def test_the_mirror_image_has_the_same_weights_on_the_left(atlas, mask, source):
    twin = mirrored(source, atlas)
    assert type(twin) is type(source)
    right, left = source.weights(atlas, mask), twin.weights(atlas, mask)
    assert isinstance(left, SourceWeights)
    assert (right.mirrored, left.mirrored) == (False, True)
    np.testing.assert_array_equal(left.rows, right.rows)
    np.testing.assert_allclose(left.values, right.values)


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: type(s).__name__)
def test_mirrored_twice_it_is_itself(atlas, mask, source):
    again = mirrored(mirrored(source, atlas), atlas).weights(atlas, mask)
    once = source.weights(atlas, mask)
    assert not again.mirrored
    np.testing.assert_array_equal(again.rows, once.rows)
    np.testing.assert_allclose(again.values, once.values)


def test_places_and_words_of_mirror_images(atlas):
    assert mirrored(SOURCES[0], atlas) == VoxelSource((350.0, 150.0, 270.0))
    assert mirrored(SOURCES[3], atlas) == SphereSource((350.0, 150.0, 270.0), 180.0)
    assert mirrored(SOURCES[7], atlas) == RegionSource((THALAMUS,), "left")
    assert mirrored(SOURCES[7], atlas).label == f"region {THALAMUS} (left)"
    np.testing.assert_array_equal(mirrored(SOURCES[8], atlas).values, painted()[:, :, ::-1])


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: type(s).__name__)
def test_both_sides_share_the_weight(atlas, mask, source):
    weights = both_sides(source, atlas).weights(atlas, mask)
    assert isinstance(weights, TwoSidedWeights)
    once = source.weights(atlas, mask)
    part = 1.0 if isinstance(source, VolumeSource) else 0.5
    for side in weights.parts:
        np.testing.assert_array_equal(side.rows, once.rows)
        np.testing.assert_allclose(side.values, once.values * part)


def test_both_sides_say_so(atlas):
    assert both_sides(RegionSource((1,)), atlas).label == "region 1, both sides"


def test_what_is_no_known_source_is_refused(atlas):
    class Other:
        label = "other"

        def weights(self, atlas: Atlas, mask: VoxelMask) -> SourceWeights:
            raise NotImplementedError

    with pytest.raises(SourceError, match="A Other has no mirror image"):
        mirrored(Other(), atlas)
