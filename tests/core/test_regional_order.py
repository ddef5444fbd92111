"""Orders in which like rows are neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.regional import RegionalMatrix, clustered_order, regional_matrix
from napari_connectome.core.regional_order import matrix_order
from tests.core.regional_data import AREA_A, BACK, NUCLEUS, region_model


def planted(blocks: int, size: int, seed: int = 0) -> np.ndarray:
    """Groups of rows that each project to columns of their own, over several decades."""
    rng = np.random.default_rng(seed)
    values = 1e-4 * rng.lognormal(sigma=1.0, size=(blocks * size, blocks * size))
    for block in range(blocks):
        inside = slice(block * size, (block + 1) * size)
        values[inside, inside] *= 3e3
    return values


def test_shuffled_groups_are_put_together_again() -> None:
    values = planted(4, 6)
    shuffle = np.random.default_rng(1).permutation(24)
    group = (shuffle // 6)[clustered_order(values[shuffle])]
    assert np.count_nonzero(np.diff(group)) == 3


def test_a_gradient_becomes_the_line_that_it_is() -> None:
    position = np.linspace(0, 1, 12)
    values = np.exp(-(((position[:, None] - position[None]) / 0.2) ** 2))
    shuffle = np.random.default_rng(2).permutation(12)
    line = shuffle[clustered_order(values[shuffle])]
    assert abs(np.diff(line)).tolist() == [1] * 11


def test_rows_of_nothing_come_last_and_missing_ones_at_the_end() -> None:
    values = planted(2, 4)
    values[1] = np.nan
    values[3] = 0.0
    values[5] = 0.0
    values[5, 2] = np.nan
    order = clustered_order(values).tolist()
    assert sorted(order) == list(range(8))
    assert order[-3:] == [3, 5, 1]


def test_the_scale_of_the_values_does_not_matter_and_the_answer_never_changes() -> None:
    values = planted(3, 5, seed=7)
    order = clustered_order(values).tolist()
    assert clustered_order(values).tolist() == order
    assert clustered_order(values * 2.0**20).tolist() == order


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_few_rows_stay_as_they_are(rows: int) -> None:
    assert clustered_order(np.ones((rows, 3))).tolist() == list(range(rows))


def test_equal_rows_and_empty_matrices_have_an_order() -> None:
    assert sorted(clustered_order(np.ones((5, 2))).tolist()) == list(range(5))
    assert clustered_order(np.zeros((3, 2))).tolist() == [0, 1, 2]
    assert clustered_order(np.full((3, 2), np.nan)).tolist() == [0, 1, 2]


@pytest.fixture(scope="module")
def matrix() -> RegionalMatrix:
    return regional_matrix(region_model())


def test_ontology_order_is_the_matrix_as_it_is(matrix: RegionalMatrix) -> None:
    rows, columns = matrix_order(matrix, "connection_density", "ontology")
    assert rows.tolist() == list(range(5))
    assert columns.tolist() == list(range(10))


def test_both_blocks_are_clustered_alike_and_stay_apart(matrix: RegionalMatrix) -> None:
    rows, columns = matrix_order(matrix, "connection_density", "clustered")
    assert rows[:3].tolist() != []
    assert rows[3:].tolist() == [3, 4]
    ordered = matrix.part(rows, columns)
    assert ordered.contra.tolist() == [False] * 5 + [True] * 5
    assert ordered.target_ids[:5].tolist() == ordered.target_ids[5:].tolist()
    assert set(ordered.target_ids[:4].tolist()) >= {AREA_A, NUCLEUS, BACK}
