"""Sources: which rows and weights they become, on both sides of the midline."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.errors import AtlasError, SourceError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.sources import (
    GaussianSource,
    RegionSource,
    Source,
    SphereSource,
    VoxelSource,
    format_um,
    moved_to,
)
from tests.core.model_data import ISOCORTEX, PONS, SHAPE, THALAMUS, small_atlas

WIDTH_UM = SHAPE[2] * 100.0


@pytest.fixture(scope="module")
def atlas():
    return small_atlas()


@pytest.fixture(scope="module")
def mask(atlas):
    return VoxelMask.from_atlas(atlas, (ISOCORTEX, THALAMUS), "right")


def mirrored(point):
    return point[0], point[1], WIDTH_UM - point[2]


SOURCES = [
    VoxelSource((350.0, 150.0, 730.0)),
    SphereSource((350.0, 150.0, 730.0), 180.0),
    GaussianSource((350.0, 150.0, 730.0), 90.0),
]


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: type(s).__name__)
def test_weights_sum_to_one_on_increasing_rows(atlas, mask, source):
    weights = source.weights(atlas, mask)
    assert isinstance(source, Source)
    assert weights.values.sum() == pytest.approx(1)
    assert np.all(weights.values > 0)
    assert np.all(np.diff(weights.rows) > 0)
    assert not weights.mirrored


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: type(s).__name__)
def test_the_left_twin_has_the_same_weights_and_says_so(atlas, mask, source):
    place = source.point_um if isinstance(source, VoxelSource) else source.center_um
    right = source.weights(atlas, mask)
    left = moved_to(source, mirrored(place)).weights(atlas, mask)
    assert left.mirrored
    np.testing.assert_array_equal(left.rows, right.rows)
    np.testing.assert_allclose(left.values, right.values)


def test_a_voxel_is_the_one_that_holds_the_point(atlas, mask):
    for point in ((300.0, 100.0, 700.0), (399.9, 199.9, 799.9)):
        rows = VoxelSource(point).weights(atlas, mask).rows
        assert mask.coordinates[rows].tolist() == [[3, 1, 7]]


def test_a_sphere_is_every_source_voxel_whose_centre_is_within(atlas, mask):
    weights = SphereSource((420.0, 230.0, 730.0), 210.0).weights(atlas, mask)
    centres = (mask.coordinates + 0.5) * 100
    distance = np.sqrt(((centres - [420, 230, 730]) ** 2).sum(axis=1))
    np.testing.assert_array_equal(weights.rows, np.flatnonzero(distance <= 210))
    np.testing.assert_allclose(weights.values, 1 / len(weights.rows))


def test_a_gaussian_ends_at_three_standard_deviations(atlas, mask):
    weights = GaussianSource((420.0, 230.0, 730.0), 80.0).weights(atlas, mask)
    centres = (mask.coordinates + 0.5) * 100
    distance = np.sqrt(((centres - [420, 230, 730]) ** 2).sum(axis=1))
    expected = np.exp(-0.5 * (distance / 80) ** 2)
    expected[distance > 240] = 0
    np.testing.assert_array_equal(weights.rows, np.flatnonzero(expected))
    np.testing.assert_allclose(weights.values, expected[expected > 0] / expected.sum())


@pytest.mark.parametrize("source", [SphereSource, GaussianSource])
def test_a_source_smaller_than_a_voxel_is_its_voxel(atlas, mask, source):
    weights = source((301.0, 101.0, 799.0), 1.0).weights(atlas, mask)
    assert mask.coordinates[weights.rows].tolist() == [[3, 1, 7]]
    assert weights.values.tolist() == [1.0]


def test_a_sphere_at_the_edge_of_the_box_stays_inside(atlas, mask):
    weights = SphereSource((5.0, 5.0, WIDTH_UM - 5.0), 150.0).weights(atlas, mask)
    assert np.all(mask.coordinates[weights.rows] >= [0, 0, 8])


def test_a_region_is_all_its_source_voxels(atlas, mask):
    weights = RegionSource((THALAMUS,)).weights(atlas, mask)
    assert len(weights.rows) == 10 * 3 * 5
    np.testing.assert_allclose(weights.values, 1 / 150)
    both = RegionSource((THALAMUS, ISOCORTEX)).weights(atlas, mask)
    assert len(both.rows) == len(mask)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (VoxelSource((350.0, 150.0, float("nan"))), "finite"),
        (VoxelSource((-1.0, 150.0, 700.0)), "outside the atlas box"),
        (VoxelSource((350.0, 150.0, 1e6)), "outside the atlas box"),
        (VoxelSource((350.0, 750.0, 700.0)), "outside the brain: no source voxel"),
        (VoxelSource((1150.0, 150.0, 700.0)), "is P: no source voxel"),
        (VoxelSource((1150.0, 150.0, 200.0)), "is P: no source voxel"),
        (SphereSource((1150.0, 650.0, 700.0), 20.0), "is P: no source voxel"),
        (SphereSource((350.0, 150.0, 700.0), 0.0), "larger than 0"),
        (GaussianSource((350.0, 150.0, 700.0), float("inf")), "larger than 0"),
        (RegionSource((PONS,)), "P has no source voxel"),
        (RegionSource(()), "at least one structure"),
    ],
    ids=str,
)
def test_sources_without_a_voxel_are_refused(atlas, mask, source, message):
    with pytest.raises(SourceError, match=message):
        source.weights(atlas, mask)


def test_unknown_structures_are_refused(atlas, mask):
    with pytest.raises(AtlasError, match="12345"):
        RegionSource((ISOCORTEX, 12345)).weights(atlas, mask)


def test_labels_say_what_and_where():
    assert format_um((9250.0, 3050.4, 8950.0)) == "AP 9250, DV 3050, ML 8950 µm"
    assert SOURCES[0].label == "voxel at AP 350, DV 150, ML 730 µm"
    assert SOURCES[1].label == "sphere of 180 µm at AP 350, DV 150, ML 730 µm"
    assert SOURCES[2].label == "Gaussian of 90 µm at AP 350, DV 150, ML 730 µm"
    assert RegionSource((1, 2)).label == "region 1, 2"


def test_moving_keeps_kind_and_size():
    there = (1.0, 2.0, 3.0)
    assert moved_to(SOURCES[1], there) == SphereSource(there, 180.0)
    assert moved_to(SOURCES[2], there) == GaussianSource(there, 90.0)
    for other in (SOURCES[0], RegionSource((1,)), None):
        assert moved_to(other, there) == VoxelSource(there)
