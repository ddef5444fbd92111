from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

from napari_connectome.core.errors import ExperimentError
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.masks import VoxelMask


def make(**changes: Any) -> ExperimentSet:
    rng = np.random.default_rng(0)
    parts: dict[str, Any] = {
        "ids": np.array([4, 9, 2, 7]),
        "division_ids": np.array([315, 315, 549, 549]),
        "centroids": rng.random((4, 3)),
        "injections": csr_array(np.eye(4, 5, dtype=np.float32)),
        "projections": rng.random((4, 8)).astype(np.float32),
        "injection_sums": rng.random(4),
        "mirrored": np.array([False, True, False, True]),
        "source_mask": VoxelMask((2, 2, 2), np.arange(5)),
        "target_mask": VoxelMask((2, 2, 2), np.arange(8)),
    }
    return ExperimentSet(**(parts | changes))


def test_rows() -> None:
    experiments = make()
    assert len(experiments) == 4
    assert experiments.rows_of_division(315) == slice(0, 2)
    assert experiments.rows_of_division(549) == slice(2, 4)
    assert experiments.rows_of_division(1097) == slice(0, 0)
    assert experiments.row_of(2) == 2
    with pytest.raises(ExperimentError, match="Experiment 3 is not among the 4"):
        experiments.row_of(3)


def test_subset_keeps_the_order_and_everything_of_a_row() -> None:
    experiments = make()
    part = experiments.subset([3, 1])
    assert part.ids.tolist() == [9, 7]
    assert part.division_ids.tolist() == [315, 549]
    assert part.mirrored.tolist() == [True, True]
    np.testing.assert_array_equal(part.projections, experiments.projections[[1, 3]])
    np.testing.assert_array_equal(part.centroids, experiments.centroids[[1, 3]])
    np.testing.assert_array_equal(part.injections.toarray(), np.eye(4, 5)[[1, 3]])
    np.testing.assert_array_equal(part.injection_sums, experiments.injection_sums[[1, 3]])


def test_arrays_are_read_only() -> None:
    experiments = make()
    for array in (experiments.projections, experiments.centroids, experiments.ids):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("division_ids", np.array([315])),
        ("centroids", np.zeros((4, 2))),
        ("injections", csr_array((4, 6))),
        ("projections", np.zeros((4, 7), dtype=np.float32)),
        ("injection_sums", np.zeros(3)),
        ("mirrored", np.zeros((4, 1), dtype=bool)),
    ],
)
def test_lengths_are_checked(name: str, value: Any) -> None:
    with pytest.raises(ExperimentError, match=f"{name} must have shape"):
        make(**{name: value})


def test_repeated_id() -> None:
    with pytest.raises(ExperimentError, match="an id is repeated"):
        make(ids=np.array([4, 9, 4, 7]))


def test_divisions_that_are_scattered() -> None:
    with pytest.raises(ExperimentError, match="one after the other"):
        make(division_ids=np.array([315, 549, 315, 549]))
