"""The commands ``complete`` and ``completion-curve``, and the files they read."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from napari_connectome.core.errors import DataError
from napari_connectome.data.completion_files import LabelledMatrix, read_labelled, write_labelled

Run = Callable[..., tuple[int, str, str]]


def planted() -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.normal(size=(20, 2)) @ rng.normal(size=(2, 25))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    names = tuple(f"R{i}" for i in range(20)), tuple(f"C{i}" for i in range(25))
    matrix = planted()
    matrix[2, 3] = np.nan
    return write_labelled(tmp_path / "m.csv", LabelledMatrix(matrix, *names, "source"))


def test_a_hidden_part_is_recovered(table: Path, tmp_path: Path, run_command: Run) -> None:
    out = tmp_path / "full.csv"
    asked = ("complete", table, "--fraction", 0.6, "--set", "tol=1e-9", "--out", out, "--json")
    code, printed, remarks = run_command(*asked)
    assert code == 0, remarks
    told = json.loads(printed)
    assert told["rank"] == 2
    assert told["relative_error_hidden"] < 1e-6
    assert told["baselines"]["row-mean"] > 0.5
    found = read_labelled(out)
    np.testing.assert_allclose(found.values, planted(), atol=1e-6)
    assert (found.rows[1], found.columns[2], found.corner) == ("R1", "C2", "source")
    first = out.read_bytes()
    run_command(*asked)
    assert out.read_bytes() == first


def test_a_mask_and_other_methods(table: Path, tmp_path: Path, run_command: Run) -> None:
    seen = np.random.default_rng(1).random((20, 25)) < 0.7
    mask = write_labelled(tmp_path / "mask.csv", LabelledMatrix(seen.astype(float)))
    for options in (
        ("--method", "rank-k", "--set", "rank=2"),
        ("--delta", "auto", "--scaling", "rows"),
    ):
        out = tmp_path / "o.csv"
        code, printed, remarks = run_command(
            "complete", table, "--observed", mask, *options, "--out", out
        )
        assert code == 0, remarks
        assert "Relative error of" in printed


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n3\n", "line 3: 2 cells were expected"),
        ("1,2\n3,x\n", "line 2: a number was expected; 'x' came"),
        ("1,inf\n3,4\n", "line 1: a finite number"),
        ("", "is empty"),
        ("a,b\n", "no numbers"),
    ],
)
def test_tables_that_are_none(text: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text(text)
    with pytest.raises(DataError, match=words):
        read_labelled(file)


@pytest.mark.parametrize(
    ("text", "rows", "columns"),
    [
        ("1,2\n3,4\n", (), ()),
        ("a,b\n1,2\n3,4\n", (), ("a", "b")),
        ("x,1,2\ny,3,4\n", ("x", "y"), ()),
        (",a,b\nx,1,2\ny,3,4\n", ("x", "y"), ("a", "b")),
        ("id,a,b\n385,1,2\n402,3,4\n", ("385", "402"), ("a", "b")),
    ],
)
def test_names_are_told_from_numbers(
    text: str, rows: tuple[str, ...], columns: tuple[str, ...], tmp_path: Path
) -> None:
    file = tmp_path / "t.csv"
    file.write_text(f"# a note\n{text}")
    found = read_labelled(file)
    np.testing.assert_array_equal(found.values, [[1, 2], [3, 4]])
    assert (found.rows, found.columns) == (rows, columns)


def test_workbooks(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in ([None, "a", "b"], ["x", 1.5, None], ["y", 3, 4]):
        book.active.append(row)
    book.save(tmp_path / "m.xlsx")
    found = read_labelled(tmp_path / "m.xlsx")
    np.testing.assert_array_equal(found.values, [[1.5, np.nan], [3, 4]])
    (tmp_path / "bad.xlsx").write_bytes(b"no workbook")
    with pytest.raises(DataError, match="no readable workbook"):
        read_labelled(tmp_path / "bad.xlsx")


OH_HEADERS = (
    ["", "", "", "", "", "", "right", "left"],
    ["", "", "", "", "", "", "Isocortex", "Isocortex"],
    ["", "", "", "", "", "", "VISp", "VISp"],
    ["", "image-series-id", "", "", "", "", "R", "L"],
    ["", "100141219", "", "", "", "", 0.5, -1],
)


@pytest.mark.parametrize(
    ("row", "column", "header", "words"),
    [
        (3, 1, "experiment", "a number was expected.*as published: four lines of headers"),
        (3, 7, "left", "R and L were expected as in the published table; ..left.. came"),
        (4, 7, "n/a", "experiment 100141219 lacks a number"),
    ],
)
def test_workbooks_with_other_headers_are_refused(
    row: int, column: int, header: str, words: str, tmp_path: Path
) -> None:
    file = tmp_path / "s3.xlsx"

    def write(rows: list[list[object]]) -> None:
        book = openpyxl.Workbook()
        for cells in rows:
            book.active.append(cells)
        book.save(file)

    published = [list(cells) for cells in OH_HEADERS]
    write(published)
    found = read_labelled(file)
    np.testing.assert_array_equal(found.values, [[0.5, np.nan]])
    assert (found.rows, found.columns) == (("100141219",), ("VISp R", "VISp L"))
    published[row][column] = header
    write(published)
    with pytest.raises(DataError, match=f"(?s)s3.xlsx.*{words}"):
        read_labelled(file)


def test_bad_requests(table: Path, tmp_path: Path, run_command: Run) -> None:
    out = tmp_path / "o.csv"
    small = write_labelled(tmp_path / "small.csv", LabelledMatrix(np.ones((2, 2))))
    for options, words in (
        (("--method", "magic"), "no method"),
        (("--delta", "-1"), "delta must be"),
        (("--observed", small), "20 rows and 25 columns"),
        (("--observed", table), "20 rows"),
        (("--fraction", "2"), "between 0 and 1"),
    ):
        code, _, remarks = run_command("complete", table, *options, "--out", out)
        assert code == 2, options
        if options != ("--observed", table):
            assert words in remarks
    assert not out.exists()


def test_curve_with_checkpoint(table: Path, tmp_path: Path, run_command: Run) -> None:
    out, kept = tmp_path / "c.csv", tmp_path / "c.json"
    asked = ("completion-curve", table, "--steps", 4, "--out", out, "--checkpoint", kept)
    figure = tmp_path / "c.svg"
    code, printed, remarks = run_command(*asked, "--repeats", 1, "--figure", figure)
    assert code == 0, remarks
    assert "would have been enough" in printed
    assert b"<svg" in figure.read_bytes()
    code, printed, remarks = run_command(*asked, "--repeats", 3, "--resume", "--json")
    assert code == 0, remarks
    again = tmp_path / "again.csv"
    run_command("completion-curve", table, "--steps", 4, "--out", again, "--repeats", 3)
    assert again.read_text() == out.read_text()
    with out.open() as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    assert len(rows) == 10
    assert float(rows[-1]["mean_mse"]) < 1e-12
    code, _, remarks = run_command(*asked, "--repeats", 3, "--resume", "--seed", 5)
    assert code == 2
    assert "another matrix" in remarks
    kept.write_text(kept.read_text()[:200])
    code, _, remarks = run_command(*asked, "--repeats", 3, "--resume")
    assert code == 2
    assert "damaged" in remarks


def test_a_completed_matrix_is_saved_as_a_model(
    saved: Path, small_brain: Path, tmp_path: Path, run_command: Run
) -> None:
    given, full, model = tmp_path / "m.csv", tmp_path / "full.csv", tmp_path / "full.h5"
    option = ("--measure", "normalized-connection-density")
    assert run_command("matrix", saved, *option, "--out", given)[0] == 0
    asked = ("complete", given, "--fraction", 0.8, "--method", "row-mean", "--out", full)
    code, printed, remarks = run_command(*asked, "--out-model", model, "--brain", saved)
    assert code == 0, remarks
    assert f"Saved as a model: {model}" in printed
    again = tmp_path / "again.csv"
    assert run_command("matrix", model, *option, "--out", again)[0] == 0
    table, found = read_labelled(full), read_labelled(again)
    rows = [found.rows.index(name) for name in table.rows]
    columns = [found.columns.index(name) for name in table.columns]
    shown = found.values[np.ix_(rows, columns)]
    there = np.isfinite(shown)
    assert there.any()
    np.testing.assert_allclose(shown[there], table.values[there], rtol=1e-6)
    region = ",".join(table.rows[row] for row in np.flatnonzero(there.any(axis=1)))
    code, printed, remarks = run_command("predict", model, "--region", region)
    assert code == 0, remarks
    assert "completed matrix" in printed
    # With experiments beside it, it knows how far they are.
    code, _, remarks = run_command(*asked, "--out-model", model, "--brain", small_brain)
    assert code == 0, remarks
    assert "nearest injection" in run_command("predict", model, "--region", region)[1]


def test_what_cannot_be_a_model_is_refused(
    table: Path, saved: Path, tmp_path: Path, run_command: Run
) -> None:
    out, model = tmp_path / "o.csv", tmp_path / "o.h5"
    asked = ("complete", table, "--method", "row-mean", "--out", out, "--out-model", model)
    code, _, remarks = run_command(*asked)
    assert code == 2
    assert "--out-model needs --brain" in remarks
    assert not out.exists()
    code, _, remarks = run_command(*asked, "--brain", saved)
    assert code == 2
    assert "20 of 20 rows are no regions of this atlas ('R0'" in remarks
    assert not model.exists()
