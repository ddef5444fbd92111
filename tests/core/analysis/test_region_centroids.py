"""Centroids and distances of regions, by brute force on a small brain."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.analysis.region_centroids import region_centroids
from napari_connectome.core.regional import regional_matrix
from tests.core.regional_data import EMPTY, region_atlas, region_model


def test_centroids_are_means_of_voxel_centres() -> None:
    atlas = region_atlas()
    found = region_centroids(atlas)
    assert found.structure_ids == atlas.tree.summary_ids()
    for number, structure_id in enumerate(found.structure_ids):
        for side, place in (("right", found.right_um), ("left", found.left_um)):
            voxels = np.argwhere(atlas.structure_mask([structure_id], side))
            if structure_id == EMPTY:
                assert np.isnan(place[number]).all()
                continue
            expected = (voxels.mean(axis=0) + 0.5) * atlas.resolution_um
            assert place[number] == pytest.approx(expected)


def test_distances_are_between_the_hemispheres_for_contralateral_targets() -> None:
    model = region_model()
    matrix, centroids = regional_matrix(model), region_centroids(model.atlas)
    distances = centroids.distances_um(matrix)
    assert distances.shape == matrix.shape
    for row, source in enumerate(matrix.source_ids.tolist()):
        for column, target in enumerate(matrix.target_ids.tolist()):
            there = centroids.left_um if matrix.contra[column] else centroids.right_um
            gap = (
                centroids.right_um[centroids.structure_ids.index(source)]
                - there[centroids.structure_ids.index(target)]
            )
            expected = np.linalg.norm(gap)
            assert distances[row, column] == pytest.approx(expected, nan_ok=True)
            if source == target and source != EMPTY and not matrix.contra[column]:
                assert distances[row, column] == 0


def test_a_region_of_another_atlas_has_no_distance() -> None:
    model = region_model()
    matrix, centroids = regional_matrix(model), region_centroids(model.atlas)
    fewer = type(centroids)(
        centroids.structure_ids[1:], centroids.right_um[1:], centroids.left_um[1:]
    )
    distances = fewer.distances_um(matrix)
    assert np.isnan(distances[0]).all()
    np.testing.assert_array_equal(distances[1:, 1:5], centroids.distances_um(matrix)[1:, 1:5])
