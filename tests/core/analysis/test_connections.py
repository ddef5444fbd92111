"""The connections that statistics are about."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from napari_connectome.core.analysis.connections import connections_of
from napari_connectome.core.analysis.weight_statistics import weight_statistics_job
from napari_connectome.core.errors import ModelError
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.regional import RegionalMatrix, regional_matrix
from tests.core.model_data import ISOCORTEX, PONS
from tests.core.regional_data import AREA_A, AREA_B, region_model


@pytest.fixture(scope="module")
def matrix() -> RegionalMatrix:
    return regional_matrix(region_model())


@pytest.mark.parametrize("side", ["ipsi", "contra"])
def test_the_whole_brain_is_every_cell_of_a_side(matrix: RegionalMatrix, side: str) -> None:
    found = connections_of(matrix, "normalized_connection_density", side)
    values = matrix.values("normalized_connection_density")
    block = values[:, matrix.contra == (side == "contra")]
    np.testing.assert_array_equal(found.weights, block[block > 0])
    np.testing.assert_array_equal(found.weights, values[found.rows, found.columns])
    assert (matrix.contra[found.columns] == (side == "contra")).all()
    assert found.missing == np.isnan(block).sum() > 0
    assert found.zeros + found.missing + len(found) == block.size
    assert found.unit == matrix.unit("normalized_connection_density")


def test_a_division_is_the_connections_inside_it(matrix: RegionalMatrix) -> None:
    found = connections_of(matrix, "connection_strength", "contra", [ISOCORTEX])
    regions = {AREA_A, AREA_B}
    assert set(matrix.source_ids[found.rows].tolist()) <= regions
    assert set(matrix.target_ids[found.columns].tolist()) <= regions
    assert len(found) + found.zeros + found.missing == 4
    assert found.title == "Isocortex, contralateral"
    whole = connections_of(matrix, "connection_strength", "ipsi")
    assert whole.title == "Whole brain, ipsilateral"
    cortex = matrix.of_regions([ISOCORTEX])
    assert connections_of(cortex, "connection_strength", "ipsi").title == "Isocortex, ipsilateral"


def test_nothing_above_zero_is_refused_with_words(matrix: RegionalMatrix) -> None:
    with pytest.raises(ModelError, match=r"No connection .P, ipsilateral.* 1 missing"):
        connections_of(matrix, "connection_strength", "ipsi", [PONS])
    silent = replace(matrix, strength=np.zeros(matrix.shape))
    with pytest.raises(ModelError, match="25 are zero, 0 missing"):
        connections_of(silent, "connection_strength", "ipsi")


def test_negative_weights_are_refused_with_words(matrix: RegionalMatrix) -> None:
    wrong = replace(matrix, strength=np.full(matrix.shape, -1.0))
    with pytest.raises(ModelError, match=r"25 connections .* are negative"):
        connections_of(wrong, "connection_strength", "ipsi")


def test_statistics_say_what_they_cannot_tell(matrix: RegionalMatrix) -> None:
    found = connections_of(matrix, "connection_strength", "ipsi")
    few = replace(found, weights=np.tile(found.weights, 3)[:12], rows=found.rows[[0] * 12])
    few = replace(few, columns=found.columns[[0] * 12])
    without = run_to_end(weight_statistics_job(few))
    assert (without.distance, without.notes) == (None, ())
    same = run_to_end(weight_statistics_job(few, np.full(matrix.shape, 700.0)))
    assert same.distance is None
    assert "12 connections span 1 distance (0.7 mm)" in same.notes[0]


def test_statistics_of_connections_with_distances(matrix: RegionalMatrix) -> None:
    rng = np.random.default_rng(0)
    wide = connections_of(matrix, "connection_strength", "ipsi")
    rows, columns = np.indices((30, 30)).reshape(2, -1)
    distances = rng.uniform(300, 8000, (30, 30))
    weights = 1e-3 * (distances[rows, columns] / 1000) ** -2.0
    found = run_to_end(
        weight_statistics_job(replace(wide, weights=weights, rows=rows, columns=columns), distances)
    )
    assert found.distance is not None
    assert found.distance.best.slope == pytest.approx(-2.0)
    assert found.distribution.count == found.mixture.count == 900
