"""Sums over regions: the right numbers, each row read once, and only those that matter."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from napari_connectome.core.progress import run_to_end
from napari_connectome.core.region_sums import region_indicator, summed_rows

M, N, REGIONS = 37, 500, 6


class CountingRows:
    """A row store that is no array, and notes what it is asked for."""

    def __init__(self, array: npt.NDArray[Any]) -> None:
        self._array = array
        self.shape = array.shape
        self.read: list[int] = []

    def __getitem__(self, row: int, /) -> npt.NDArray[Any]:
        self.read.append(row)
        return self._array[row]


@pytest.fixture
def keys() -> npt.NDArray[np.int64]:
    found = np.random.default_rng(0).integers(-1, REGIONS, N)
    found[found == 2] = 3  # a region without a voxel
    return found


@pytest.mark.parametrize("kind", [np.float32, np.float16])
def test_sums_equal_those_of_each_region(keys: npt.NDArray[np.int64], kind: Any) -> None:
    rows = np.random.default_rng(1).lognormal(sigma=2, size=(M, N)).astype(kind)
    sums = run_to_end(summed_rows(rows, keys, np.ones(M, dtype=bool)))
    exact = rows.astype(np.float64)
    expected = np.stack([exact[:, keys == region].sum(axis=1) for region in range(REGIONS)], axis=1)
    np.testing.assert_allclose(sums, expected, rtol=1e-13)
    assert not sums[:, 2].any()


def test_every_row_that_matters_is_read_once_in_order(keys: npt.NDArray[np.int64]) -> None:
    store = CountingRows(np.ones((M, N), dtype=np.float32))
    used = np.arange(M) % 3 != 0
    sums = run_to_end(summed_rows(store, keys, used))
    assert store.read == np.flatnonzero(used).tolist()
    assert not sums[~used].any()
    assert sums[used].any(axis=1).all()


def test_it_stops_between_blocks(
    keys: npt.NDArray[np.int64], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("napari_connectome.core.region_sums.ROWS_AT_ONCE", 4)
    store = CountingRows(np.ones((M, N), dtype=np.float32))
    job = summed_rows(store, keys, np.ones(M, dtype=bool))
    assert (next(job).done, next(job).done, next(job).fraction) == (0, 4, 8 / M)
    job.close()
    assert store.read == list(range(8))


def test_a_row_that_cannot_be_read_ends_the_job(keys: npt.NDArray[np.int64]) -> None:
    class Broken(CountingRows):
        def __getitem__(self, row: int, /) -> npt.NDArray[Any]:
            raise OSError(f"row {row}")

    with pytest.raises(OSError, match="row 0"):
        run_to_end(summed_rows(Broken(np.ones((M, N))), keys, np.ones(M, dtype=bool)))


def test_indicator_has_one_entry_for_each_voxel_inside(keys: npt.NDArray[np.int64]) -> None:
    indicator = region_indicator(keys).toarray()
    assert indicator.shape == (REGIONS, N)
    np.testing.assert_array_equal(indicator.sum(axis=0), keys >= 0)
    np.testing.assert_array_equal(indicator.argmax(axis=0)[keys >= 0], keys[keys >= 0])
    assert region_indicator(keys, 9).shape == (9, N)
    assert region_indicator(np.full(3, -1)).shape == (0, 3)
