from __future__ import annotations

from copy import copy
from pathlib import Path

import h5py
import numpy as np
import pytest

from napari_connectome.core.errors import DataError
from napari_connectome.core.io.rows import RowWriter
from napari_connectome.core.io.stored_matrix import StoredMatrix, open_matrix
from napari_connectome.core.models.leave_one_out import gram_matrix
from napari_connectome.core.nodes import entries, weighted_rows
from napari_connectome.core.progress import run_to_end

SHAPE = (7, 1003)


@pytest.fixture
def values() -> np.ndarray:
    drawn = np.random.default_rng(3).random(SHAPE, dtype=np.float32)
    drawn[drawn < 0.6] = 0
    return drawn


@pytest.fixture
def path(values: np.ndarray, tmp_path: Path) -> Path:
    place = tmp_path / "matrix.h5"
    with h5py.File(place, "x") as file:
        writer = RowWriter(file, "matrix", SHAPE, chunk_bytes=400)
        for row in reversed(range(SHAPE[0])):
            writer.write(row, values[row])
    return place


@pytest.fixture
def stored(path: Path) -> StoredMatrix:
    return open_matrix(path, "matrix", cache_bytes=2 * 4 * SHAPE[1])


@pytest.mark.parametrize(
    "key",
    [
        0,
        np.int64(6),
        -1,
        (slice(None), slice(0, 1)),
        (slice(2, 5), slice(99, 101)),
        (slice(None), slice(100, 100)),
        (slice(None), slice(950, 2000)),
        (slice(1, 1), slice(0, 50)),
        np.ix_([4, 1], [1002, 0, 500, 500]),
        (slice(0, 3), slice(None)),
    ],
)
def test_it_is_indexed_like_the_array(stored: StoredMatrix, values: np.ndarray, key) -> None:
    np.testing.assert_array_equal(stored[key], values[key])
    np.testing.assert_array_equal(stored[2], values[2])  # a row that is kept from now on
    np.testing.assert_array_equal(stored[key], values[key])


@pytest.mark.parametrize("key", [slice(2, 6), [5, 0, 3], np.array([6])])
def test_some_rows_are_a_matrix_of_their_own(stored: StoredMatrix, values: np.ndarray, key) -> None:
    part = stored[key]
    assert isinstance(part, StoredMatrix)
    assert part.shape == values[key].shape
    assert part.nbytes == values[key].nbytes
    np.testing.assert_array_equal(part[:, 10:400], values[key][:, 10:400])
    np.testing.assert_array_equal(part[[0]][0], values[key][0])


def test_entries_of_a_row(stored: StoredMatrix, values: np.ndarray) -> None:
    columns = np.array([1002, 3, 3, 777, 0])
    for row in (5, 6):
        np.testing.assert_array_equal(entries(stored, row, columns), values[row, columns])
    _ = stored[5]
    np.testing.assert_array_equal(entries(stored, 5, columns), values[5, columns])


def test_sums_are_those_of_the_array(stored: StoredMatrix, values: np.ndarray) -> None:
    coefficients = np.array([0.0, 0.5, 0.0, -2.0, 1.0, 0.0, 0.25])
    np.testing.assert_allclose(
        weighted_rows(stored, coefficients), coefficients @ values, rtol=1e-5, atol=1e-6
    )
    np.testing.assert_array_equal(
        run_to_end(gram_matrix(stored[1:6])), run_to_end(gram_matrix(values[1:6]))
    )


def test_no_more_rows_are_kept_than_there_is_room_for(stored: StoredMatrix) -> None:
    rows = [stored[row] for row in range(4)]
    assert stored[3] is rows[3]
    assert stored[2] is rows[2]
    assert stored[0] is not rows[0]


def test_a_copy_opens_the_file_again(stored: StoredMatrix, values: np.ndarray) -> None:
    again = copy(stored[[4, 2]])
    np.testing.assert_array_equal(again[:, 5:300], values[[4, 2], 5:300])


def test_steps_in_columns_are_refused(stored: StoredMatrix) -> None:
    with pytest.raises(IndexError, match="neighbouring columns"):
        stored[:, ::2]


def test_a_damaged_chunk_is_refused(path: Path, values: np.ndarray) -> None:
    with h5py.File(path, "r") as file:
        info = file["matrix"].id.get_chunk_info_by_coord((3, 0))
    content = bytearray(path.read_bytes())
    content[info.byte_offset + info.size // 2] ^= 0xFF
    path.write_bytes(content)
    damaged = open_matrix(path, "matrix")
    np.testing.assert_array_equal(damaged[2], values[2])
    with pytest.raises(DataError, match="row 3 cannot be read"):
        damaged[:, 0:10]
