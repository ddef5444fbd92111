"""Ranked target regions against sums taken voxel by voxel."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.connectivity import Connectivity, Support
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.fitted import FittedModel, Prediction
from napari_connectome.core.sources import VoxelSource
from napari_connectome.core.structures import SUMMARY_SET_ID, Structure, StructureTree
from napari_connectome.core.targets import RegionValue, rank_targets

SHAPE = (6, 5, 9)
CORTEX, AREA_A, AREA_B, LAYER_OF_B, THALAMUS, TRACT = 315, 10, 20, 21, 549, 30


class Fixed(Connectivity):
    """Answers every question with the same vector."""

    unit = "density"

    def __init__(self, mask: VoxelMask, vector: npt.NDArray[np.float32]) -> None:
        self.source_mask = self.target_mask = mask
        self.vector = vector

    def from_source(self, source: Any) -> Any:
        return self.vector

    def support(self, source: Any) -> Support:
        return Support(np.array([1]), np.ones(1), 0.0)

    def onto_target(self, rows: Any, values: Any) -> Any:
        raise AssertionError("not asked here")

    block = regional_strength_job = onto_target


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    """Two areas of cortex (one with a layer of its own id), a thalamus without regions, a tract."""
    summary = frozenset({SUMMARY_SET_ID})
    places = {
        CORTEX: ("Isocortex", (997, CORTEX), frozenset()),
        AREA_A: ("A", (997, CORTEX, AREA_A), summary),
        AREA_B: ("B", (997, CORTEX, AREA_B), summary),
        LAYER_OF_B: ("B1", (997, CORTEX, AREA_B, LAYER_OF_B), frozenset()),
        THALAMUS: ("TH", (997, THALAMUS), frozenset()),
        TRACT: ("t", (997, TRACT), frozenset()),
    }
    tree = StructureTree(
        [Structure(997, "root", "root", (0, 0, 0), (997,), 0)]
        + [
            Structure(i, acronym, acronym, (1, 2, 3), path, n, sets)
            for n, (i, (acronym, path, sets)) in enumerate(places.items(), start=1)
        ]
    )
    annotation = np.random.default_rng(3).choice(
        np.array([0, AREA_A, AREA_B, LAYER_OF_B, THALAMUS, TRACT], dtype=np.uint32), SHAPE
    )
    annotation[1, 1, 8] = AREA_A
    annotation[1, 1, 0] = AREA_A
    return Atlas(tree, annotation, 200.0)


@pytest.fixture(scope="module")
def vector(atlas: Atlas) -> npt.NDArray[np.float32]:
    mask = VoxelMask.from_atlas(atlas, [CORTEX, THALAMUS])
    values = np.random.default_rng(4).lognormal(size=len(mask)).astype(np.float32)
    # One region on one side receives nothing.
    left = mask.coordinates[:, 2] < atlas.midline
    values[left & (mask.to_vector(atlas.regions) == AREA_A)] = 0.0
    return values


def predict(atlas: Atlas, vector: npt.NDArray[np.float32], ml_um: float = 1700.0) -> Prediction:
    mask = VoxelMask.from_atlas(atlas, [CORTEX, THALAMUS])
    model = FittedModel("fixed", {}, Fixed(mask, vector), atlas, np.array([1]))
    return model.predict(VoxelSource((300.0, 300.0, ml_um)))


def by_hand(atlas: Atlas, volume: npt.NDArray[np.float32]) -> dict[tuple[int, str], RegionValue]:
    """Regions of a source on the right, voxel by voxel."""
    members: dict[tuple[int, str], list[float]] = {}
    for index in np.ndindex(SHAPE):
        structure_id = int(atlas.annotation[index])
        region = {AREA_A: AREA_A, AREA_B: AREA_B, LAYER_OF_B: AREA_B}.get(structure_id)
        if region is not None:
            side = "ipsi" if index[2] >= SHAPE[2] // 2 else "contra"
            members.setdefault((region, side), []).append(float(volume[index]))
    whole = float(volume.sum(dtype=np.float64))
    return {
        (region, side): RegionValue(
            region,
            side,
            sum(values) / len(values),
            sum(values),
            len(values) * 0.2**3,
            sum(values) / whole,
        )
        for (region, side), values in members.items()
    }


@pytest.mark.parametrize("measure", ["mean_density", "sum_strength"])
def test_regions_equal_sums_over_voxels(
    atlas: Atlas, vector: npt.NDArray[np.float32], measure: Any
) -> None:
    prediction = predict(atlas, vector)
    found = rank_targets(prediction, measure)
    expected = by_hand(atlas, prediction.volume())
    assert expected.pop((AREA_A, "contra")).sum_strength == 0.0
    assert {(v.structure_id, v.hemisphere) for v in found} == expected.keys()
    for value in found:
        known = expected[value.structure_id, value.hemisphere]
        for name in ("mean_density", "sum_strength", "volume_mm3", "share"):
            assert getattr(value, name) == pytest.approx(getattr(known, name), rel=1e-6)
    ranked = [getattr(value, measure) for value in found]
    assert ranked == sorted(ranked, reverse=True)


def test_ipsi_is_the_side_of_the_source(atlas: Atlas, vector: npt.NDArray[np.float32]) -> None:
    assert not predict(atlas, vector, 1700.0).mirrored
    left = predict(atlas, vector, 100.0)
    assert left.mirrored
    assert rank_targets(left) == rank_targets(predict(atlas, vector, 1700.0))


def test_top_keeps_the_largest(atlas: Atlas, vector: npt.NDArray[np.float32]) -> None:
    prediction = predict(atlas, vector)
    assert rank_targets(prediction, top=2) == rank_targets(prediction)[:2]


def test_what_lies_outside_all_regions_counts_in_the_whole(
    atlas: Atlas, vector: npt.NDArray[np.float32]
) -> None:
    prediction = predict(atlas, vector)
    in_thalamus = prediction.volume()[atlas.annotation == THALAMUS].sum()
    shares = sum(value.share for value in rank_targets(prediction))
    assert shares == pytest.approx(1.0 - in_thalamus / vector.sum(), rel=1e-5)


def test_a_prediction_of_nothing_has_no_targets(
    atlas: Atlas, vector: npt.NDArray[np.float32]
) -> None:
    assert rank_targets(predict(atlas, np.zeros_like(vector))) == []


def test_models_do_not_share_their_regions(atlas: Atlas, vector: npt.NDArray[np.float32]) -> None:
    first = rank_targets(predict(atlas, vector))
    doubled = rank_targets(predict(atlas, 2 * vector))
    assert [v.sum_strength for v in doubled] == [2 * v.sum_strength for v in first]
