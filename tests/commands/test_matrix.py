"""The command ``matrix``: what it writes is the matrix of the model, and says what it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from napari_connectome.cli import main
from napari_connectome.core.io import load_model
from napari_connectome.core.regional import MEASURES, RegionalMatrix, regional_matrix
from napari_connectome.core.regional_order import matrix_order
from napari_connectome.data.regional_files import read_matrix

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def saved(small_brain: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model fitted to the small brain."""
    path = tmp_path_factory.mktemp("matrix") / "brain.h5"
    assert main(["fit", str(small_brain), "--out", str(path), "--no-template"]) == 0
    return path


@pytest.fixture(scope="module")
def matrix(saved: Path) -> RegionalMatrix:
    return regional_matrix(load_model(saved))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Exit code, output and remarks of a command."""

    def command(*arguments: object) -> tuple[int, str, str]:
        try:
            code = main(["matrix", *map(str, arguments)])
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


@pytest.mark.parametrize("measure", MEASURES)
def test_table_holds_the_measure_that_was_asked_for(
    saved: Path, matrix: RegionalMatrix, measure: str, tmp_path: Path, run: Run
) -> None:
    out = tmp_path / "m.csv"
    code, said, _ = run(saved, "--measure", measure.replace("_", "-"), "--out", out)
    assert code == 0
    assert MEASURES[measure].title in said
    assert MEASURES[measure].unit in said
    again = read_matrix(out, matrix.tree)
    np.testing.assert_array_equal(again.values(measure), matrix.values(measure))
    provenance = load_model(saved).provenance
    assert f'"folder": {json.dumps(provenance["folder"])}' in out.read_text()


def test_array_in_clustered_order(
    saved: Path, matrix: RegionalMatrix, tmp_path: Path, run: Run
) -> None:
    assert run(saved, "--order", "clustered", "--out", tmp_path / "m.npy")[0] == 0
    measure = "normalized_connection_density"
    rows, columns = matrix_order(matrix, measure, "clustered")
    np.testing.assert_array_equal(
        np.load(tmp_path / "m.npy"), matrix.values(measure)[np.ix_(rows, columns)]
    )


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_figures(saved: Path, tmp_path: Path, suffix: str, run: Run) -> None:
    out = tmp_path / f"m{suffix}"
    assert run(saved, "--log", "--width", "120", "--regions", "TH,HY", "--out", out)[0] == 0
    assert out.stat().st_size > 5000


def test_figures_for_programs(
    saved: Path, matrix: RegionalMatrix, tmp_path: Path, run: Run
) -> None:
    code, said, _ = run(saved, "--regions", "Isocortex", "--out", tmp_path / "m.csv", "--json")
    assert code == 0
    figures = json.loads(said)
    cortex = matrix.of_regions([315])
    values = cortex.values("normalized_connection_density")
    assert (figures["sources"], figures["targets"]) == cortex.shape
    assert figures["missing_sources"] == int((cortex.source_counts == 0).sum())
    assert figures["missing_targets"] == int((cortex.target_counts == 0).sum())
    assert figures["zero_cells"] == int((values == 0).sum())
    largest = figures["largest"]
    assert largest["value"] == np.nanmax(values)
    cell = cortex.cell(
        cortex.tree.by_acronym(largest["source"]).id,
        cortex.tree.by_acronym(largest["target"]).id,
        largest["side"],
    )
    assert cell.values["normalized_connection_density"] == largest["value"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("MODEL",), "required: --out"),
        (("nowhere", "--out", "m.csv"), "nowhere is missing"),
        (("MODEL", "--out", "m.txt"), r"\.npy, \.graphml or \.zip; 'm\.txt' came"),
        (("MODEL", "--out", "nowhere/m.csv"), "nowhere does not exist"),
        (("MODEL", "--out", "m.csv", "--measure", "weight"), "invalid choice: 'weight'"),
        (("MODEL", "--out", "m.csv", "--order", "size"), "invalid choice: 'size'"),
        (("MODEL", "--out", "m.csv", "--log"), "go with figures"),
        (("MODEL", "--out", "m.npy", "--width", "90"), "go with figures"),
        (("MODEL", "--out", "m.png", "--width", "0"), "larger than 0"),
        (("MODEL", "--out", "m.png", "--width", "20"), "at least 60 mm; 20 came"),
        (("MODEL", "--out", "m.csv", "--regions", "QQQ"), "'QQQ'"),
        (("MODEL", "--out", "m.csv", "--regions", "fiber tracts"), "No region of the matrix"),
    ],
)
def test_bad_input_is_one_line(
    arguments: tuple[str, ...],
    line: str,
    saved: Path,
    tmp_path: Path,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    code, said, remarks = run(*(saved if a == "MODEL" else a for a in arguments))
    assert (code, said) == (2, "")
    assert re.search(line, remarks.splitlines()[-1])
    assert list(tmp_path.iterdir()) == []
