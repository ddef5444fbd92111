"""Tables of distances between regions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from napari_connectome.core.errors import DataError
from napari_connectome.core.regional import RegionalMatrix, regional_matrix
from napari_connectome.data.distance_table import read_distances_um
from tests.core.regional_data import AREA_A, AREA_B, NUCLEUS, region_model


@pytest.fixture(scope="module")
def matrix() -> RegionalMatrix:
    return regional_matrix(region_model())


def write(folder: Path, text: str) -> Path:
    file = folder / "distances.csv"
    file.write_text(text)
    return file


def test_distances_are_found_by_acronym_or_id(matrix: RegionalMatrix, tmp_path: Path) -> None:
    file = write(tmp_path, f",A,{AREA_B},Z\nA,0,700,1\n{NUCLEUS},1200.5,,2\n")
    found = read_distances_um(file, matrix)
    assert found.shape == matrix.shape
    a, b = (matrix.column_of(i, "ipsi") for i in (AREA_A, AREA_B))
    expected = np.full(matrix.shape, np.nan)
    expected[matrix.row_of(AREA_A), [a, b]] = 0.0, 700.0
    expected[matrix.row_of(NUCLEUS), a] = 1200.5
    np.testing.assert_array_equal(found, expected)


def test_contralateral_distances_stand_in_a_second_half(
    matrix: RegionalMatrix, tmp_path: Path
) -> None:
    file = write(tmp_path, ",A,B,A,B\nA,0,700,3000,3100\n")
    found = read_distances_um(file, matrix)
    assert found[matrix.row_of(AREA_A), matrix.column_of(AREA_B, "ipsi")] == 700
    assert found[matrix.row_of(AREA_A), matrix.column_of(AREA_B, "contra")] == 3100


def test_a_table_of_other_regions_is_refused(matrix: RegionalMatrix, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no distance between two regions of the matrix"):
        read_distances_um(write(tmp_path, ",X,Y\nX,0,1\nY,1,0\n"), matrix)


def test_a_negative_distance_is_refused(matrix: RegionalMatrix, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a distance is negative"):
        read_distances_um(write(tmp_path, ",A,B\nA,0,-1\n"), matrix)


def test_a_missing_file_is_refused(matrix: RegionalMatrix, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is missing"):
        read_distances_um(tmp_path / "none.csv", matrix)
