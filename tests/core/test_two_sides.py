"""Sources on both hemispheres: linear, the same numbers both ways, losses told."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.models.fitted import Direction, FittedModel, Prediction
from napari_connectome.core.models.voxel_fit import fit_voxel
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.sources import (
    CombinedSource,
    RegionSource,
    Source,
    SphereSource,
    VolumeSource,
    VoxelSource,
    both_sides,
    mirrored,
)
from tests.core.model_data import ISOCORTEX, PONS, SHAPE, THALAMUS, experiment_set, small_atlas

DIRECTIONS: tuple[Direction, ...] = ("anterograde", "retrograde")


def fitted(atlas: Atlas) -> FittedModel:
    experiments = experiment_set(atlas, {ISOCORTEX: 9, THALAMUS: 7, PONS: 3})
    return run_to_end(fit_voxel(experiments, atlas))


@pytest.fixture(scope="module")
def model() -> FittedModel:
    return fitted(small_atlas())


@pytest.fixture(scope="module")
def lopsided() -> FittedModel:
    """One voxel on either side has no twin in the brain."""
    whole = small_atlas()
    annotation = whole.annotation.copy()
    annotation[3, 2, 2] = annotation[5, 5, 8] = 0
    return fitted(Atlas(whole.tree, annotation, whole.resolution_um))


def volume_of(*places: tuple[int, int, int], value: float = 1.0) -> np.ndarray:
    volume = np.zeros(SHAPE)
    for place in places:
        volume[place] = value
    return volume


def as_drawn(volume: np.ndarray) -> VolumeSource:
    return VolumeSource(volume, scale="as drawn")


def close(found: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6 * np.abs(expected).max())


def in_mask(prediction: Prediction, like: Prediction) -> np.ndarray:
    """An answer on the voxels of another one, wherever it lies."""
    return like.mask.to_vector(prediction.volume())


RIGHT = volume_of((3, 1, 7), (4, 1, 7), (8, 5, 6), value=0.5)
LEFT = volume_of((3, 1, 1), (7, 5, 3), value=2.0)
ACROSS = volume_of((6, 2, 4), (6, 2, 5), (6, 2, 6))


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("which", ["model", "lopsided"])
@pytest.mark.parametrize("pair", list(combinations((RIGHT, LEFT, ACROSS), 2)))
def test_answers_are_linear(which, direction, pair, request) -> None:
    model = request.getfixturevalue(which)
    a, b = (as_drawn(volume) for volume in pair)
    together = model.answer(as_drawn(pair[0] + pair[1]), direction)
    parts = [in_mask(model.answer(source, direction), together) for source in (a, b)]
    assert together.side == "both"
    assert not together.mirrored
    close(in_mask(together, together), parts[0] + parts[1])
    combined = model.answer(CombinedSource(((a, 1.0), (b, 1.0)), "a + b", "as drawn"), direction)
    close(combined.vector, together.vector)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_unit_sum_is_the_weighted_mean(model, direction) -> None:
    source = VolumeSource(RIGHT + LEFT)
    found = model.answer(source, direction)
    total = (RIGHT + LEFT).sum()
    expected = np.zeros(SHAPE)
    for place in map(tuple, np.argwhere(RIGHT + LEFT)):
        one = model.answer(VoxelSource(model.atlas.um_of_index(place)), direction)
        expected += (RIGHT + LEFT)[place] / total * one.volume()
    close(found.volume(), expected)
    assert found.inside_fraction == found.mirror_fraction == 1


@pytest.mark.parametrize("side", ["right", "left"])
def test_a_region_is_the_mean_of_its_voxels(model, side) -> None:
    voxels = np.argwhere(model.atlas.structure_mask((PONS,), side))
    answers = [model.predict(VoxelSource(model.atlas.um_of_index(v))).volume() for v in voxels]
    found = model.predict(RegionSource((PONS,), side))
    assert found.side == side
    close(found.volume(), np.mean(answers, axis=0, dtype=np.float64))


def test_a_sphere_drawn_at_strength_two_is_twice_the_sphere(model) -> None:
    sphere = SphereSource((350.0, 150.0, 750.0), 180.0)
    twice = model.predict(CombinedSource(((sphere, 2.0),), "twice", "as drawn"))
    close(twice.vector, 2 * model.predict(sphere).vector)
    assert twice.side == "right"


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize(
    "source",
    [SphereSource((350.0, 150.0, 750.0), 180.0), as_drawn(LEFT), VolumeSource(ACROSS + RIGHT)],
    ids=["sphere", "left", "both"],
)
def test_the_mirror_image_is_answered_by_the_mirror_image(model, direction, source: Source) -> None:
    answer = model.answer(source, direction)
    twin = model.answer(mirrored(source, model.atlas), direction)
    close(twin.volume(), answer.volume()[:, :, ::-1])
    both = model.answer(both_sides(source, model.atlas), direction)
    part = 1.0 if getattr(source, "scale", "") == "as drawn" else 0.5
    close(both.volume(), part * (answer.volume() + twin.volume()))


@pytest.mark.parametrize("which", ["model", "lopsided"])
def test_forwards_and_backwards_are_the_same_numbers(which, request) -> None:
    """Σ target · P(source) = Σ source · R(target), for drawings on both sides."""
    model = request.getfixturevalue(which)
    rng = np.random.default_rng(5)
    for _ in range(5):
        source, target = (np.zeros(SHAPE) for _ in range(2))
        for volume in (source, target):
            places = rng.integers((0, 0, 0), (10, 7, 10), (6, 3))
            volume[tuple(places.T)] = rng.random(6) + 0.1
        # Voxels without a twin are left out on either side.
        twins = (model.atlas.annotation > 0) & (model.atlas.annotation[:, :, ::-1] > 0)
        source, target = source * twins, target * twins
        forwards = (model.predict(as_drawn(source)).volume() * target).sum()
        backwards = (model.trace_back(as_drawn(target)).volume() * source).sum()
        assert forwards == pytest.approx(backwards, rel=1e-5)


def test_the_evidence_is_that_of_both_parts(model) -> None:
    found = model.predict(VolumeSource(RIGHT + LEFT)).support
    folded = (RIGHT + LEFT[:, :, ::-1]).astype(float)
    expected = model.predict(VolumeSource(folded)).support
    assert found.experiment_ids.tolist() == expected.experiment_ids.tolist()
    np.testing.assert_allclose(found.shares, expected.shares)
    assert found.nearest_um == pytest.approx(expected.nearest_um)
    assert found.shares.sum() == pytest.approx(1)


def test_what_is_lost_in_the_mirror_is_told(lopsided) -> None:
    right, left = (3, 1, 7), (3, 1, 1)
    found = lopsided.predict(as_drawn(volume_of(right, left)))
    alone = lopsided.predict(VoxelSource(lopsided.atlas.um_of_index((3, 1, 8))))
    outside = alone.mask.row_of((3, 2, 7)), alone.mask.row_of((5, 5, 8))
    assert outside[0] >= 0 > outside[1]
    # The answer to the left part has no place at the mirror images of (3, 2, 7) and of the
    # one voxel on the left that has none on the right.
    lost = alone.vector[[outside[0], alone.mask.row_of((5, 5, 1))]].sum()
    assert found.mirror_fraction == pytest.approx(1 - lost / alone.vector.sum())
    assert found.inside_fraction == 1
    assert found.volume()[3, 2, 2] == 0


def test_what_is_drawn_where_there_is_no_source_is_told(lopsided) -> None:
    found = lopsided.predict(as_drawn(volume_of((5, 5, 1), (5, 4, 1), (5, 4, 7), (3, 7, 7))))
    assert found.inside_fraction == 0.5
    backwards = lopsided.trace_back(as_drawn(volume_of((5, 5, 1), (5, 4, 1), (3, 2, 7), (3, 3, 7))))
    assert backwards.inside_fraction == 0.75
    assert backwards.mirror_fraction == pytest.approx(2 / 3)
