"""Drawings on other grids land on the right voxels: an asymmetric phantom, and exact amounts."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import SourceError
from napari_connectome.core.resampling import resample_to_atlas
from tests.core.model_data import SHAPE, small_atlas


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return small_atlas()


def placed(step, first_center, order=(0, 1, 2)) -> np.ndarray:
    """Affine whose data axis j runs along CCF axis order[j]."""
    affine = np.zeros((4, 4))
    affine[list(order), range(3)] = step
    affine[:3, 3] = first_center
    affine[3, 3] = 1
    return affine


def phantom() -> np.ndarray:
    """A corner of three unlike arms: no exchange of axes or sides leaves it as it is."""
    volume = np.zeros(SHAPE, dtype=np.uint8)
    volume[2:9, 1, 6] = 1
    volume[2, 1:5, 6] = 2
    volume[2, 1, 6:8] = 3
    return volume


OWN = placed([100.0] * 3, [50.0] * 3)


def test_the_phantom_is_unlike_every_turned_and_flipped_one() -> None:
    drawn = phantom() > 0
    cube = np.zeros((12, 12, 12), dtype=bool)
    cube[tuple(slice(0, n) for n in SHAPE)] = drawn
    places = np.argwhere(cube)
    spans = []
    for order in permutations(range(3)):
        for flips in product((1, -1), repeat=3):
            turned = places[:, order] * flips
            turned -= turned.min(axis=0)
            spans.append(tuple(sorted(map(tuple, turned))))
    assert len(set(spans)) == 48


@pytest.mark.parametrize("how", ["labels", "mask"])
def test_the_atlas_grid_stays_as_it_is(atlas, how) -> None:
    drawn = phantom()
    expected = drawn > 0 if how == "labels" else drawn
    np.testing.assert_array_equal(resample_to_atlas(drawn, atlas, OWN, how), expected)


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("flips", list(product((False, True), repeat=3)))
def test_exchanged_and_flipped_axes_lead_to_the_same_voxels(atlas, order, flips) -> None:
    ends = np.array(SHAPE) * 100.0
    first = [ends[i] - 50 if flips[i] else 50.0 for i in range(3)]
    step = [-100.0 if flips[i] else 100.0 for i in order]
    flipped = np.flip(phantom(), [i for i in range(3) if flips[i]])
    found = resample_to_atlas(flipped.transpose(order), atlas, placed(step, first, order))
    np.testing.assert_array_equal(found, phantom() > 0)


def test_a_finer_drawing_is_the_part_of_each_voxel_that_is_painted(atlas) -> None:
    fine = np.zeros([n * 4 for n in SHAPE], dtype=bool)
    fine[8:13, 4:6, 24:25] = True
    found = resample_to_atlas(fine, atlas, placed([25.0] * 3, [12.5] * 3))
    expected = np.zeros(SHAPE)
    expected[2, 1, 6] = 4 * 2 * 1 / 64
    expected[3, 1, 6] = 1 * 2 * 1 / 64
    np.testing.assert_allclose(found, expected, atol=1e-7)


def test_a_coarser_drawing_fills_the_voxels_that_it_covers(atlas) -> None:
    coarse = np.zeros((3, 3, 3))
    coarse[1, 0, 2] = 0.5
    affine = placed([300.0, 200.0, 150.0], [150.0, 100.0, 375.0])
    found = resample_to_atlas(coarse, atlas, affine, "mask")
    expected = np.zeros(SHAPE)
    expected[3:6, 0:2, 6] = 0.5
    expected[3:6, 0:2, 7] = 0.25
    np.testing.assert_allclose(found, expected, atol=1e-7)


def test_a_moved_drawing_shares_itself_out(atlas) -> None:
    one = np.ones((1, 1, 1))
    found = resample_to_atlas(one, atlas, placed([100.0] * 3, [475.0, 250.0, 680.0]))
    expected = np.zeros(SHAPE)
    expected[4:6, 2, 6:8] = np.outer([0.75, 0.25], [0.7, 0.3])
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_amounts_are_neither_lost_nor_made(atlas) -> None:
    rng = np.random.default_rng(3)
    drawn = rng.random((9, 7, 8))
    step = np.array([37.0, 61.0, 83.0])
    found = resample_to_atlas(drawn, atlas, placed(step, [300.0, 123.0, 111.0]), "mask")
    assert found.sum() * 100.0**3 == pytest.approx(drawn.sum() * step.prod(), rel=1e-5)


def test_what_lies_beyond_the_box_is_cut_off(atlas) -> None:
    found = resample_to_atlas(np.ones((2, 2, 2)), atlas, placed([100.0] * 3, [-50.0, 750.0, 950.0]))
    expected = np.zeros(SHAPE)
    expected[0, 7, 9] = 1
    np.testing.assert_array_equal(found, expected)


def test_a_turned_grid_is_sampled(atlas) -> None:
    angle = np.deg2rad(30)
    turn = np.array(
        [[np.cos(angle), 0, -np.sin(angle)], [0, 1, 0], [np.sin(angle), 0, np.cos(angle)]]
    )
    affine = np.eye(4)
    affine[:3, :3] = turn * 20.0
    affine[:3, 3] = [400.0, 230.0, 650.0]
    found = resample_to_atlas(np.ones((15, 9, 5)), atlas, affine)
    assert found.sum() * 100.0**3 == pytest.approx(15 * 9 * 5 * 20.0**3, rel=0.04)
    place = np.array(np.nonzero(found))
    centre = ((place + 0.5) * found[tuple(place)]).sum(axis=1) / found.sum() * 100
    expected = affine[:3, :3] @ [7, 4, 2] + affine[:3, 3]
    np.testing.assert_allclose(centre, expected, atol=3)


@pytest.mark.parametrize(
    ("values", "affine", "message"),
    [
        (np.zeros((3, 3, 3)), OWN, "Nothing is drawn"),
        (np.full((3, 3, 3), np.nan), OWN, "27 voxels are NaN"),
        (np.full((3, 3, 3), -1), OWN, "27 voxels are negative"),
        (np.ones((3, 3)), OWN, "2 axes"),
        (np.ones((3, 3, 3, 1)), OWN, "4 axes"),
        (np.ones((3, 3, 3), dtype=complex), OWN, "complex"),
        (np.ones((3, 3, 3)), np.eye(3), "4 × 4 affine"),
        (np.ones((3, 3, 3)), np.full((4, 4), np.nan), "4 × 4 affine"),
        (np.ones((3, 3, 3)), placed([100, 0, 100], [50] * 3), "independent"),
        (np.ones((3, 3, 3)), placed([100.0] * 3, [5000.0, 50.0, 50.0]), "AP 4950 to 5250"),
        (np.ones((3, 3, 3)), placed([100.0] * 3, [50.0, -350.0, 50.0]), r"DV -400 to -100"),
        (np.ones((3, 3, 3)), placed([0.001] * 3, [50.0] * 3), "covers no voxel"),
    ],
)
def test_what_cannot_be_placed_is_refused(atlas, values, affine, message) -> None:
    with pytest.raises(SourceError, match=message):
        resample_to_atlas(values, atlas, affine)
