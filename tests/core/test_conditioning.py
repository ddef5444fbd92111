"""Columns leave until the matrix is well conditioned: any number of them, never too many."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.errors import ModelError
from napari_connectome.core.models.conditioning import well_conditioned_columns


def ill_conditioned(seed: int, dependent: int, empty: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    x = rng.random((50, 20))
    for column in range(dependent):
        x[:, column] = x[:, 10 + column] + x[:, 9 + column] + 1e-7 * rng.random(50)
    x[:, 20 - empty :] = 0
    return x


@pytest.mark.parametrize("dependent", [0, 1, 2, 5, 8])
def test_as_many_leave_as_depend_on_others(dependent):
    x = ill_conditioned(0, dependent)
    found = well_conditioned_columns(x, 1000.0)
    assert len(found.kept) == 20 - dependent
    assert np.linalg.cond(x[:, found.kept]) == pytest.approx(found.condition, rel=1e-6)
    assert found.condition <= 1000
    assert sorted([*found.kept.tolist(), *found.left_out.tolist()]) == list(range(20))


@pytest.mark.parametrize("kappa", [1.0, 2.0, 5.0, 20.0])
def test_the_last_to_leave_had_to(kappa):
    x = np.random.default_rng(1).random((40, 30)) ** 3
    found = well_conditioned_columns(x, kappa)
    assert np.linalg.cond(x[:, found.kept]) <= kappa * (1 + 1e-9)
    with_last = np.append(found.kept, found.left_out[-1])
    assert np.linalg.cond(x[:, with_last]) > kappa


def test_same_as_removing_by_the_smallest_singular_vector():
    x = ill_conditioned(2, 4)
    columns = np.arange(20)
    while True:
        _, values, vectors = np.linalg.svd(x[:, columns], full_matrices=False)
        if values[0] / values[-1] <= 1000:
            break
        columns = np.delete(columns, np.argmax(np.abs(vectors[-1])))
    assert len(well_conditioned_columns(x, 1000.0).kept) == len(columns)


def test_columns_of_zeros_leave_first():
    found = well_conditioned_columns(ill_conditioned(3, 1, empty=2), 1000.0)
    assert found.left_out[:2].tolist() == [18, 19]
    assert len(found.left_out) == 3


def test_more_columns_than_rows():
    x = np.random.default_rng(4).random((6, 15))
    found = well_conditioned_columns(x, 1000.0)
    assert len(found.kept) == 6
    everything = well_conditioned_columns(x, np.inf)
    assert len(everything.kept) == 15
    assert everything.condition == np.inf


def test_nothing_but_zeros():
    found = well_conditioned_columns(np.zeros((4, 3)), 1000.0)
    assert not len(found.kept)
    assert found.left_out.tolist() == [0, 1, 2]


@pytest.mark.parametrize("kappa", [0.5, np.nan, -np.inf])
def test_an_impossible_bound_is_refused(kappa):
    with pytest.raises(ModelError, match="kappa must be at least 1"):
        well_conditioned_columns(np.eye(3), kappa)
