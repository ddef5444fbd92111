"""Regional matrices in files: nothing is lost, and what is wrong is named with its line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from napari_connectome.core.errors import DataError, ModelError
from napari_connectome.core.regional import (
    MEASURES,
    Measure,
    RegionalMatrix,
    clustered_order,
    regional_matrix,
)
from napari_connectome.core.structures import StructureTree
from napari_connectome.data.regional_files import read_matrix, write_matrix
from tests.core.model_data import ISOCORTEX, THALAMUS
from tests.core.regional_data import AREA_A, AREA_B, NUCLEUS, REGIONS, region_model, region_tree

ARRAYS = ("source_ids", "target_ids", "contra", "source_counts", "target_counts")
PUBLISHED = ",ipsi,ipsi,contra\n,11,21,11\n21,0.5,0,1e-3\n11,1.25,,7\n"
PLAIN = "source,A,N,A,N\nA,1,2,3,4\nN,5,6,7,8\n"


@pytest.fixture(scope="module")
def matrix() -> RegionalMatrix:
    """Of a fitted model: with missing rows and columns, and values over many decades."""
    found = regional_matrix(region_model())
    strength = found.strength * np.logspace(-9, 5, 10)
    strength[0, 1] = 0.0
    strength[1, 0] = 0.1 + 0.2
    strength[2, 2] = 5e-324
    return replace(found, strength=strength)


def save(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("with_tree", [True, False])
def test_it_reads_back_without_loss(
    matrix: RegionalMatrix, measure: Measure, with_tree: bool, tmp_path: Path
) -> None:
    path = tmp_path / "matrix.csv"
    write_matrix(path, matrix, measure, provenance={"folder": "a: b\nc", "µ": [1]})
    again = read_matrix(path, matrix.tree if with_tree else None)
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(again, name), getattr(matrix, name))
    np.testing.assert_array_equal(again.values(measure), matrix.values(measure))
    assert again.origin == matrix.origin
    assert again.divisions() == matrix.divisions()
    for structure_id in REGIONS:
        here, there = again.tree[structure_id], matrix.tree[structure_id]
        assert (here.acronym, here.name, here.rgb) == (there.acronym, there.name, there.rgb)
        assert again.tree.division_of(structure_id) == matrix.tree.division_of(structure_id)
    assert again.tree[ISOCORTEX].rgb == matrix.tree[ISOCORTEX].rgb


def test_strength_with_voxel_counts_gives_all_measures(
    matrix: RegionalMatrix, tmp_path: Path
) -> None:
    write_matrix(tmp_path / "strength.csv", matrix, "connection_strength")
    again = read_matrix(tmp_path / "strength.csv")
    for measure in MEASURES:
        np.testing.assert_array_equal(again.values(measure), matrix.values(measure))
    write_matrix(tmp_path / "density.csv", matrix, "connection_density")
    alone = read_matrix(tmp_path / "density.csv")
    assert alone.measures == ("connection_density",)
    with pytest.raises(ModelError, match="holds connection density only"):
        write_matrix(tmp_path / "strength.csv", alone, "connection_strength")
    assert read_matrix(tmp_path / "strength.csv").measure is None


def test_the_header_says_what_the_numbers_are(matrix: RegionalMatrix, tmp_path: Path) -> None:
    write_matrix(tmp_path / "m.csv", matrix, "connection_density", provenance={"a": "b\nc"})
    lines = (tmp_path / "m.csv").read_text().splitlines()
    notes = [line for line in lines if line.startswith("#")]
    assert notes[0] == "# napari-connectome regional matrix, version 1"
    assert "# measure: connection_density" in notes
    assert f"# unit: {MEASURES['connection_density'].unit}" in notes
    assert '# provenance: {"a": "b\\nc"}' in notes
    assert any(note.startswith("# orientation: rows are sources") for note in notes)
    assert lines[: len(notes)] == notes


def test_other_programs_read_it(matrix: RegionalMatrix, tmp_path: Path) -> None:
    write_matrix(tmp_path / "m.csv", matrix, "connection_strength")
    frame = pd.read_csv(
        tmp_path / "m.csv", comment="#", header=list(range(7)), index_col=list(range(6))
    )
    assert list(frame.columns.names) == [
        "side",
        "id",
        "acronym",
        "name",
        "division",
        "color",
        "voxels",
    ]
    assert frame.columns.get_level_values("side").tolist() == ["ipsi"] * 5 + ["contra"] * 5
    assert list(frame.index.get_level_values("id")) == list(REGIONS)
    np.testing.assert_allclose(frame.to_numpy(), matrix.strength, rtol=1e-15)


def test_a_clustered_matrix_keeps_its_order_until_an_atlas_sorts_it(
    matrix: RegionalMatrix, tmp_path: Path
) -> None:
    rows = clustered_order(matrix.strength)[::-1]
    write_matrix(tmp_path / "m.csv", matrix.part(rows, np.arange(10)), "connection_strength")
    assert read_matrix(tmp_path / "m.csv").source_ids.tolist() == matrix.source_ids[rows].tolist()
    sorted_again = read_matrix(tmp_path / "m.csv", matrix.tree)
    np.testing.assert_array_equal(sorted_again.strength, matrix.strength)


def test_a_spreadsheet_may_have_saved_it_again(matrix: RegionalMatrix, tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    write_matrix(path, matrix, "connection_density", provenance={"folder": "here"})
    lines = path.read_text().splitlines()
    padded = [
        f"{line},,,,," if n % 2 else '"' + line.replace('"', '""') + '",,,,,'
        for n, line in enumerate(lines)
        if line.startswith("#")
    ]
    save(path, "\r\n".join([*padded, *lines[len(padded) :], ""]))
    again = read_matrix(path)
    assert again.measure == "connection_density"
    assert again.origin == matrix.origin
    assert again.divisions() == matrix.divisions()
    np.testing.assert_array_equal(again.strength, matrix.values("connection_density"))


def test_the_published_form(tmp_path: Path) -> None:
    path = save(tmp_path / "published.csv", PUBLISHED)
    matrix = read_matrix(path, region_tree())
    assert matrix.source_ids.tolist() == [AREA_A, NUCLEUS]
    assert matrix.target_ids.tolist() == [AREA_A, NUCLEUS, AREA_A]
    assert matrix.contra.tolist() == [False, False, True]
    np.testing.assert_array_equal(matrix.strength, [[1.25, np.nan, 7.0], [0.5, 0.0, 1e-3]])
    assert matrix.measure == "normalized_connection_strength"
    assert matrix.source_counts.tolist() == [-1, -1]
    assert matrix.origin == "published.csv"
    assert read_matrix(path, measure="connection_density").measure == "connection_density"


def test_the_published_form_without_an_atlas(tmp_path: Path) -> None:
    matrix = read_matrix(save(tmp_path / "published.csv", PUBLISHED))
    assert matrix.source_ids.tolist() == [NUCLEUS, AREA_A]
    assert matrix.tree[AREA_A].acronym == "11"
    assert matrix.divisions() == ()
    assert matrix.row_divisions.tolist() == [0, 0]


@pytest.mark.parametrize("tree", [region_tree(), None])
def test_a_plain_table_whose_labels_come_twice_has_two_sides(
    tree: StructureTree | None, tmp_path: Path
) -> None:
    matrix = read_matrix(save(tmp_path / "plain.csv", PLAIN), tree)
    assert [matrix.tree[i].acronym for i in matrix.source_ids.tolist()] == ["A", "N"]
    assert [matrix.tree[i].acronym for i in matrix.target_ids.tolist()] == ["A", "N", "A", "N"]
    assert matrix.contra.tolist() == [False, False, True, True]
    assert matrix.strength.tolist() == [[1, 2, 3, 4], [5, 6, 7, 8]]


def test_a_plain_table_of_one_side_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "plain.csv"
    path.write_bytes("\ufeff,N,A\r\nA,1,\r\n\r\nN, nan ,NA\r\n".encode())
    matrix = read_matrix(path, region_tree())
    assert not matrix.contra.any()
    np.testing.assert_array_equal(matrix.strength, [[np.nan, 1], [np.nan, np.nan]])


def test_contralateral_columns_are_put_behind(tmp_path: Path) -> None:
    text = ",contra,ipsi,Contra\n,A,A,N\nA,1,2,3\n"
    matrix = read_matrix(save(tmp_path / "m.csv", text))
    assert matrix.strength.tolist() == [[2, 1, 3]]
    assert matrix.contra.tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no matrix"),
        (",A,B\n", "holds no matrix.*1 lines and 0 columns"),
        (",ipsi\n,A\n", "holds no matrix"),
        (";A;B\nA;1;2\n", "separated by commas; 2 lines and 0 columns"),
        (",A,B\nA,1,2\nB,3\n", "line 3: 3 cells were expected, as in the lines before; 2 came"),
        (",A,B\nA,1,2\n\nB,3,4,5\n", "line 4: 3 cells were expected"),
        (",A,B\nA,1,two\n", "line 2, cell 3: a finite number.* 'two' came"),
        (",A,B\nA,1,inf\n", "line 2, cell 3: a finite number.* 'inf' came"),
        (",ipsi,contra\n,A\nA,1,2\n", "line 2: 3 cells were expected"),
        ("# a note\n,A,B\nA,1\n", "line 3: 3 cells"),
        (",A,Z\nA,1,2\n", r"1 of 2 regions are not in this atlas \('Z'\)"),
        (",11,4711\n11,1,2\n", r"1 of 2 regions are not in this atlas \('4711'\)"),
        (",A,B\nA,1,2\nA,3,4\n", "A stands there twice as a source"),
        (",A,B,A\nB,1,2,3\n", "A stands there twice ipsi"),
        ("# napari-connectome regional matrix, version 2\n,A\nA,1\n", "version 2.*Update"),
        ("# napari-connectome regional matrix, version 1\n,A\nA,1\n", "begin with side, id"),
        ("# measure: weight\n,A\nA,1\n", "'weight' is none of connection_strength"),
        (',A\n"A,1\n', "cannot be read as CSV"),
    ],
)
def test_what_is_wrong_is_named(text: str, message: str, tmp_path: Path) -> None:
    path = save(tmp_path / "wrong.csv", text)
    with pytest.raises(DataError, match=f"wrong.csv.*{message}"):
        read_matrix(path, region_tree())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("side,,,,,,ipsi", "side,,,,,,up", "line .*ipsi or contra was expected; 'up' came"),
        ("voxels,,,,,,", "voxels,,,,,,x", "whole numbers of voxels"),
        ("color,", "colour,", "lines that begin with side, id"),
    ],
)
def test_a_damaged_file_of_ours(
    matrix: RegionalMatrix, old: str, new: str, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "m.csv"
    write_matrix(path, matrix, "connection_strength")
    text = path.read_text()
    assert old in text
    save(path, text.replace(old, new, 1))
    with pytest.raises(DataError, match=message):
        read_matrix(path)


def test_files_that_are_not_there_or_no_text(matrix: RegionalMatrix, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is missing; a matrix"):
        read_matrix(tmp_path / "missing.csv")
    (tmp_path / "image.csv").write_bytes(b"\x89PNG\r\n\x1a\n\x00\xff")
    with pytest.raises(DataError, match="cannot be read as CSV text"):
        read_matrix(tmp_path / "image.csv")
    with pytest.raises(DataError, match="cannot be read"):
        read_matrix(tmp_path)
    with pytest.raises(DataError, match="nowhere"):
        write_matrix(tmp_path / "nowhere" / "m.csv", matrix, "connection_strength")


def test_a_division_can_be_a_region(tmp_path: Path) -> None:
    matrix = read_matrix(save(tmp_path / "m.csv", f",{ISOCORTEX},{THALAMUS}\n{ISOCORTEX},1,2\n"))
    assert matrix.source_ids.tolist() == [ISOCORTEX]
    assert matrix.divisions() == (ISOCORTEX, THALAMUS)
    assert AREA_B not in matrix.tree


@pytest.mark.parametrize("measure", ["connection_density", "normalized_connection_strength"])
def test_a_published_table_says_its_measure_by_its_name(tmp_path: Path, measure: str) -> None:
    """Two lines of labels, packed, as the published voxel model's tables are."""
    columns = pd.MultiIndex.from_product([["ipsi", "contra"], ["VISp", "LGd"]])
    table = pd.DataFrame(np.arange(8.0).reshape(2, 4), index=["VISp", "LGd"], columns=columns)
    path = tmp_path / f"{measure}.csv.gz"
    table.to_csv(path)
    matrix = read_matrix(path)
    assert matrix.measure == measure
    np.testing.assert_array_equal(matrix.strength, table.to_numpy())
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(DataError, match="cannot be read as CSV"):
        read_matrix(path)
