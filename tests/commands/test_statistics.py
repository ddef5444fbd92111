"""The commands ``statistics``, ``summary`` and ``report``."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from napari_connectome.cli import main
from napari_connectome.core.analysis import mixture
from napari_connectome.core.analysis.connections import connections_of
from napari_connectome.core.analysis.region_centroids import region_centroids
from napari_connectome.core.analysis.weight_distribution import weight_distribution
from napari_connectome.core.io import load_model
from napari_connectome.core.regional import RegionalMatrix, regional_matrix
from napari_connectome.data.allen_cache import open_cache
from napari_connectome.data.regional_files import write_matrix
from napari_connectome.figures import html_page

Run = Callable[..., tuple[int, str, str]]
DENSITY = "normalized_connection_density"


@pytest.fixture(scope="module")
def saved(small_brain: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model fitted to the small brain."""
    path = tmp_path_factory.mktemp("statistics") / "brain.h5"
    assert main(["fit", str(small_brain), "--out", str(path), "--no-template"]) == 0
    return path


@pytest.fixture(scope="module")
def matrix(saved: Path) -> RegionalMatrix:
    """Its cortical part: small enough to be quick."""
    return regional_matrix(load_model(saved)).of_regions([315])


@pytest.fixture(scope="module")
def table(matrix: RegionalMatrix, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as a file."""
    path = tmp_path_factory.mktemp("matrices") / "cortex.csv"
    write_matrix(path, matrix, "connection_strength")
    return path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Exit code, output and remarks of a command."""

    def command(*arguments: object) -> tuple[int, str, str]:
        try:
            code = main([*map(str, arguments)])
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


def test_numbers_are_those_of_the_model(
    saved: Path, matrix: RegionalMatrix, tmp_path: Path, run: Run
) -> None:
    out = tmp_path / "s.csv"
    arguments = ("--divisions", "Isocortex", "--side", "contra", "--out", out, "--json")
    code, said, _ = run("statistics", saved, *arguments)
    assert code == 0
    (one,) = json.loads(said)["statistics"]
    chosen = connections_of(matrix, DENSITY, "contra")
    assert (one["side"], one["connections"]) == ("contra", len(chosen))
    expected = weight_distribution(chosen.weights)
    assert one["distribution"]["best"] == expected.best.family
    assert one["distribution"]["fits"][0]["bic"] == pytest.approx(expected.best.bic)
    atlas = load_model(saved).atlas
    distances = region_centroids(atlas).distances_um(matrix)[chosen.rows, chosen.columns]
    assert one["distance"]["pairs"] == np.isfinite(distances).sum()
    with out.open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert {(line["group"], line["side"], line["measure"]) for line in lines} == {
        ("Isocortex", "contra", DENSITY)
    }


def test_a_matrix_with_its_atlas_gives_the_same_numbers(
    saved: Path, table: Path, small_brain: Path, run: Run
) -> None:
    of_model = run("statistics", saved, "--divisions", "Isocortex", "--side", "ipsi", "--json")
    of_file = run("statistics", table, "--atlas", small_brain, "--side", "ipsi", "--json")
    (one,), (other,) = (json.loads(said)["statistics"] for _, said, _ in (of_model, of_file))
    assert one["distribution"]["fits"][0]["bic"] == pytest.approx(
        other["distribution"]["fits"][0]["bic"]
    )
    assert one["distance"]["fits"][0]["slope"] == pytest.approx(
        other["distance"]["fits"][0]["slope"]
    )


def test_a_matrix_alone_has_no_distances_and_says_so(table: Path, run: Run) -> None:
    code, said, remarks = run("statistics", table, "--side", "ipsi")
    assert code == 0
    # The table has nothing but cortex: that is no whole brain.
    assert said.count("Isocortex, ipsilateral") == 1
    assert "Whole brain" not in said
    assert "law of distance" not in said
    assert "give --atlas or --distances" in remarks


def test_distances_come_from_a_table_where_one_is_given(
    table: Path, matrix: RegionalMatrix, tmp_path: Path, run: Run
) -> None:
    names = [matrix.tree[i].acronym for i in matrix.source_ids.tolist()]
    rng = np.random.default_rng(0)
    file = tmp_path / "d.csv"
    lines = [",".join([name, *map(str, rng.uniform(300, 9000, len(names)))]) for name in names]
    file.write_text("\n".join([",".join(["", *names]), *lines]))
    code, said, _ = run("statistics", table, "--side", "ipsi", "--distances", file, "--json")
    assert code == 0
    assert json.loads(said)["statistics"][0]["distance"]["left_out"] == 0


def test_a_folder_gets_numbers_and_figures(table: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "found"
    code, said, _ = run("statistics", table, "--out", out)
    assert code == 0
    assert f"Written to {out}" in said
    names = {path.name for path in out.iterdir()}
    assert names == {
        "statistics.csv",
        *(
            f"{what}-{side}.png"
            for what in ("distribution", "mixture")
            for side in ("ipsi", "contra")
        ),
    }
    assert run("statistics", table, "--side", "ipsi", "--out", tmp_path / "s.svg")[0] == 0
    assert (tmp_path / "s.svg").stat().st_size > 10_000


def test_a_side_without_connections_is_a_remark(
    matrix: RegionalMatrix, tmp_path: Path, run: Run
) -> None:
    ipsi = np.flatnonzero(~matrix.contra)
    write_matrix(tmp_path / "i.csv", matrix.part(np.arange(matrix.shape[0]), ipsi), DENSITY)
    code, said, remarks = run("statistics", tmp_path / "i.csv", "--json")
    assert code == 0
    assert [one["side"] for one in json.loads(said)["statistics"]] == ["ipsi"]
    assert "No connection (Isocortex, contralateral) is larger than zero" in remarks


def test_summary_is_that_of_the_folder(small_brain: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "d.csv"
    code, said, _ = run("summary", small_brain, "--out", out, "--json")
    assert code == 0
    rows = json.loads(said)["divisions"]
    atlas = open_cache(small_brain).atlas
    assert sum(row["experiments"] for row in rows) == 40
    for row in rows:
        assert row["volume_mm3"] == pytest.approx(atlas.volume_mm3(row["id"], "right"))
        assert row["nearest_mm_least"] <= row["nearest_mm_mean"] <= row["nearest_mm_most"]
        assert row["injection_mm3_least"] > 0
    with out.open(newline="") as file:
        assert [line["division"] for line in csv.DictReader(file)] == [r["division"] for r in rows]
    assert run("summary", small_brain, "--out", tmp_path / "d.png")[0] == 0
    assert (tmp_path / "d.png").stat().st_size > 5000


def test_summary_takes_the_filters_of_fit(small_brain: Path, run: Run) -> None:
    code, said, _ = run("summary", small_brain, "--structure", "Isocortex", "--json")
    assert code == 0
    counts = {row["division"]: row["experiments"] for row in json.loads(said)["divisions"]}
    assert counts["Isocortex"] > 0
    assert counts["CB"] == 0


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rough mixtures and coarse images: a report holds many, and here only that it has them."""
    monkeypatch.setattr(mixture, "STARTS", 1)
    monkeypatch.setattr(mixture, "PATIENCE", 1)
    monkeypatch.setitem(mixture.ITERATION, "tol", 1e-2)
    monkeypatch.setattr(html_page, "DPI", 40.0)


@pytest.mark.usefixtures("quick")
def test_report_is_one_page_with_everything_in_it(
    small_brain: Path, tmp_path: Path, run: Run
) -> None:
    saved, out = tmp_path / "cortex.h5", tmp_path / "report"
    assert run("fit", small_brain, "--structure", "Isocortex", "--out", saved)[0] == 0
    code, said, _ = run("report", saved, "--data", small_brain, "--out", out, "--json")
    assert code == 0
    figures = json.loads(said)
    parts = ["model", "data", "matrix", "maps", "statistics", "validation", "provenance"]
    assert figures["sections"] == parts
    assert len(figures["statistics"]) == 4
    page = (out / "report.html").read_text(encoding="utf-8")
    assert [path.name for path in out.iterdir()] == ["report.html"]
    for name in figures["sections"]:
        assert f'<section id="{name}">' in page
    # Data, two matrices, three maps, three figures for each of four groups; errors, correlations
    # twice, and those of three sources that can be drawn.
    assert 21 <= page.count("data:image/png;base64") <= 24
    for words in ("Held-out and training errors", "Correlations of every", "p (paired t)"):
        assert words in page
    assert not re.search(r"(src|href)=\"(?!#|data:)", page)
    model = load_model(saved)
    assert all(str(i) in page for i in model.experiment_ids)
    assert next(iter(model.provenance["sha256"].values())) in page
    assert not re.search(r"\bnan\b", re.sub(r"base64,[^\"]*", "", page), re.IGNORECASE)
    # The folder is named in the model.
    code, said, _ = run("report", saved, "--folds", "none", "--out", out, "--json")
    assert code == 0
    assert json.loads(said)["sections"] == [part for part in parts if part != "validation"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("statistics", "nowhere.csv"), "nowhere.csv is missing"),
        (("statistics", "nowhere.h5"), "nowhere.h5 is missing"),
        (("statistics", "MODEL", "--side", "left"), "invalid choice: 'left'"),
        (("statistics", "MODEL", "--measure", "weight"), "invalid choice: 'weight'"),
        (("statistics", "MODEL", "--atlas", "x"), "a saved model has its own atlas"),
        (("statistics", "MODEL", "--divisions", "QQQ"), "'QQQ'"),
        (("statistics", "MODEL", "--divisions", "fiber tracts"), "No region of the matrix"),
        (("statistics", "MODEL", "--distances", "none.csv"), "none.csv is missing"),
        (("statistics", "MODEL", "--out", "s.txt"), r"\.csv, \.png, \.svg or \.pdf; 's\.txt' came"),
        (("statistics", "MODEL", "--out", "no/where"), "does not exist"),
        (("summary", "nowhere"), "nowhere"),
        (("summary", "BRAIN", "--out", "d.h5"), "'d.h5' came"),
        (("report", "nowhere.h5", "--out", "r"), "nowhere.h5 is missing"),
        (("report", "MODEL", "--out", "no/where"), "does not exist"),
        (("report", "MODEL"), "required: --out"),
    ],
)
def test_bad_input_is_one_line(
    arguments: tuple[str, ...],
    line: str,
    saved: Path,
    small_brain: Path,
    tmp_path: Path,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    places = {"MODEL": saved, "BRAIN": small_brain}
    code, said, remarks = run(*(places.get(a, a) for a in arguments))
    assert (code, said) == (2, "")
    assert re.search(line, remarks.splitlines()[-1])
    assert list(tmp_path.iterdir()) == []


def test_a_matrix_of_zeros_is_refused_with_words(
    matrix: RegionalMatrix, tmp_path: Path, run: Run
) -> None:
    zeros = tmp_path / "zeros.csv"
    values = np.zeros((2, 2))
    part = matrix.part(np.arange(2), np.arange(2))
    lines = [",".join(["", *(matrix.tree[int(i)].acronym for i in part.target_ids)])]
    lines += [
        ",".join([matrix.tree[int(i)].acronym, *map(str, row)])
        for i, row in zip(part.source_ids, values, strict=True)
    ]
    zeros.write_text("\n".join(lines))
    code, said, remarks = run("statistics", zeros)
    assert (code, said) == (2, "")
    assert "4 are zero, 0 missing" in remarks.splitlines()[-1]
