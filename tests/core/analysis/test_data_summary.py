"""The summary of the data, by brute force on a small brain."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from napari_connectome.core.analysis.data_summary import (
    DivisionSummary,
    data_summary,
    summary_of_experiments,
)
from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import ModelError
from napari_connectome.core.progress import run_to_end
from tests.core.model_data import ISOCORTEX, PONS, THALAMUS, experiment_set, small_atlas
from tests.core.regional_data import AREA_A, AREA_B, NUCLEUS, region_atlas

REGIONS = {ISOCORTEX: (AREA_A, AREA_B), THALAMUS: (NUCLEUS,)}


@pytest.fixture(scope="module")
def found() -> dict[int, DivisionSummary]:
    atlas = region_atlas()
    experiments = experiment_set(atlas, {ISOCORTEX: 9, THALAMUS: 1})
    experiments = replace(experiments, injection_sums=np.linspace(10, 100, 10))
    summaries = run_to_end(summary_of_experiments(experiments, atlas))
    return {summary.division_id: summary for summary in summaries}


def voxels(atlas: Atlas, structure_id: int) -> np.ndarray:
    return np.argwhere(atlas.structure_mask([structure_id], "right"))


def test_volumes_are_those_of_the_right_hemisphere(found: dict[int, DivisionSummary]) -> None:
    atlas = region_atlas()
    assert list(found) == [ISOCORTEX, THALAMUS, PONS]
    for division_id, regions in REGIONS.items():
        summary = found[division_id]
        assert summary.regions == len(regions)
        assert summary.volume_mm3 == pytest.approx(len(voxels(atlas, division_id)) * 1e-3)
        sizes = np.array([len(voxels(atlas, i)) * 1e-3 for i in regions])
        spread = summary.region_volume_mm3
        assert spread is not None
        assert (spread.least, spread.most, spread.mean) == pytest.approx(
            (sizes.min(), sizes.max(), sizes.mean())
        )
        variance = sizes.var(ddof=1) if len(sizes) > 1 else None
        assert spread.variance == (None if variance is None else pytest.approx(variance))


def test_distances_are_to_the_nearest_centroid(found: dict[int, DivisionSummary]) -> None:
    atlas = region_atlas()
    experiments = experiment_set(atlas, {ISOCORTEX: 9, THALAMUS: 1})
    for division_id in REGIONS:
        centroids = experiments.centroids[experiments.rows_of_division(division_id)]
        nearest = cdist(voxels(atlas, division_id), centroids).min(axis=1) * 0.1
        spread = found[division_id].nearest_mm
        assert spread is not None
        assert (spread.least, spread.most, spread.mean, spread.variance) == pytest.approx(
            (nearest.min(), nearest.max(), nearest.mean(), nearest.var(ddof=1))
        )


def test_regions_are_injected_where_a_centroid_is_within_reach(
    found: dict[int, DivisionSummary],
) -> None:
    atlas = region_atlas()
    experiments = experiment_set(atlas, {ISOCORTEX: 9, THALAMUS: 1})
    for division_id, regions in REGIONS.items():
        centroids = experiments.centroids[experiments.rows_of_division(division_id)]
        hits = [int((cdist(voxels(atlas, i), centroids).min(axis=0) <= 2.0).sum()) for i in regions]
        expected = tuple(sum(n >= k for n in hits) for k in range(1, 6))
        assert found[division_id].regions_injected == expected


def test_injected_volumes_count_tracer_inside_the_division(
    found: dict[int, DivisionSummary],
) -> None:
    spread = found[ISOCORTEX].injection_mm3
    assert spread is not None
    amounts = np.linspace(10, 100, 10)[:9] * 1e-3
    assert (spread.least, spread.most, spread.mean) == pytest.approx(
        (amounts.min(), amounts.max(), amounts.mean()), rel=1e-6
    )
    one = found[THALAMUS].injection_mm3
    assert one is not None
    assert one.variance is None


def test_a_division_without_experiments_has_no_distances(
    found: dict[int, DivisionSummary],
) -> None:
    pons = found[PONS]
    assert (pons.experiments, pons.regions, pons.regions_injected) == (0, 1, (0,) * 5)
    assert pons.nearest_mm is None
    assert pons.injection_mm3 is None


def test_all_centroids_in_one_place_are_no_trouble() -> None:
    atlas = region_atlas()
    places = np.tile([2.0, 2.0, 7.0], (4, 1))
    cortex, *_ = data_summary(atlas, places, [ISOCORTEX] * 4)
    assert cortex.regions_injected[3] == cortex.regions_injected[0] > 0
    assert cortex.injection_mm3 is None


def test_without_any_experiment_the_atlas_is_summarised() -> None:
    cortex, *_ = data_summary(region_atlas(), np.empty((0, 3)), [])
    assert (cortex.experiments, cortex.regions, cortex.nearest_mm) == (0, 2, None)


def test_an_atlas_without_regions_has_divisions_all_the_same() -> None:
    cortex, *_ = data_summary(small_atlas(), [[2.0, 2.0, 7.0]], [ISOCORTEX])
    assert (cortex.regions, cortex.region_volume_mm3) == (0, None)
    assert cortex.nearest_mm is not None


def test_bad_input_is_refused_with_words() -> None:
    atlas = region_atlas()
    with pytest.raises(ModelError, match="1 and 2 came"):
        data_summary(atlas, [[1.0, 1.0, 7.0]], [ISOCORTEX] * 2)
    with pytest.raises(ModelError, match="not a number"):
        data_summary(atlas, [[1.0, np.nan, 7.0]], [ISOCORTEX])
    empty = Atlas(atlas.tree, np.zeros_like(atlas.annotation), 100.0)
    with pytest.raises(ModelError, match="none of the major divisions"):
        data_summary(empty, np.empty((0, 3)), [])
