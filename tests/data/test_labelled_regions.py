"""Tables whose names are regions become regional matrices; others are refused, and why."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from napari_connectome.core.errors import DataError
from napari_connectome.core.regional import regional_matrix
from napari_connectome.data.completion_files import LabelledMatrix, read_labelled
from napari_connectome.data.labelled_regions import regional_of_table
from napari_connectome.data.regional_files import read_matrix, write_matrix
from tests.core.regional_data import AREA_A, NUCLEUS, region_model, region_tree

MEASURE = "normalized_connection_strength"


def test_a_matrix_of_ours_is_read_with_its_measure(tmp_path: Path) -> None:
    matrix = regional_matrix(region_model())
    file = tmp_path / "m.csv"
    write_matrix(file, matrix, "connection_density")
    table = read_labelled(file)
    assert (table.rows[0], table.columns[0], table.columns[-1]) == ("A", "A ipsi", "K contra")
    found = regional_of_table(table, region_tree(), measure=MEASURE)
    expected = read_matrix(file, region_tree())
    assert found.measure == "connection_density"
    for name in ("source_ids", "target_ids", "contra", "strength"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))


@pytest.mark.parametrize(
    "text",
    [
        ",ipsi,contra,ipsi\n,11,21,21\n21,1,2,3\n11,4,5,6\n",
        "source,11 ipsi,21 contra,21 ipsi\n21,1,2,3\n11,4,5,6\n",
        "id,A R,N L,N R\nN,1,2,3\nA,4,5,6\n",
    ],
)
def test_sides_stand_above_or_behind(text: str, tmp_path: Path) -> None:
    file = tmp_path / "m.csv"
    file.write_text(text)
    found = regional_of_table(read_labelled(file), region_tree(), measure=MEASURE)
    assert found.source_ids.tolist() == [NUCLEUS, AREA_A]
    assert found.target_ids.tolist() == [AREA_A, NUCLEUS, NUCLEUS]
    assert found.contra.tolist() == [False, False, True]
    np.testing.assert_array_equal(found.strength, [[1, 3, 2], [4, 6, 5]])
    assert found.measure == MEASURE


def test_columns_without_sides() -> None:
    names = ("A", "N")
    twice = regional_of_table(
        LabelledMatrix(np.zeros((2, 4)), names, names + names), region_tree(), measure=MEASURE
    )
    assert twice.contra.tolist() == [False, False, True, True]
    once = regional_of_table(
        LabelledMatrix(np.zeros((2, 2)), names, names), region_tree(), measure=MEASURE
    )
    assert not once.contra.any()


def test_ids_may_be_names_under_a_corner_that_says_so(tmp_path: Path) -> None:
    file = tmp_path / "m.csv"
    file.write_text("id,11,21\n21,1,2\n11,3,4\n")
    found = read_labelled(file)
    assert (found.rows, found.columns) == (("21", "11"), ("11", "21"))
    np.testing.assert_array_equal(found.values, [[1, 2], [3, 4]])


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (LabelledMatrix(np.zeros((1, 1)), origin="t.csv"), "t.csv: rows and columns without names"),
        (
            LabelledMatrix(np.zeros((1, 1)), ("100141219",), ("A R",), "experiment", "s3.xlsx"),
            "rows of s3.xlsx are experiments .* no regional connectivity",
        ),
        (LabelledMatrix(np.zeros((1, 2)), ("A",), ("N", "Q")), "1 of 2 columns are no regions"),
        (LabelledMatrix(np.zeros((2, 1)), ("A", "11"), ("N",)), "A stands there twice as a source"),
    ],
)
def test_other_tables_are_refused(table: LabelledMatrix, words: str) -> None:
    with pytest.raises(DataError, match=words):
        regional_of_table(table, region_tree(), measure=MEASURE)
