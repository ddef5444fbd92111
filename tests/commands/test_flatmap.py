"""The command ``flatmap``: what it writes is the model's answer on the map that was asked for."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from napari_connectome.cli import main
from napari_connectome.core.atlas import Atlas
from napari_connectome.core.flatmap import CorticalView, FlatmapProjector
from napari_connectome.core.io import load_model
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.sources import RegionSource, SphereSource, VoxelSource
from napari_connectome.data.cortical_views import load_cortical_views

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def saved(small_brain: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model fitted to the small brain."""
    path = tmp_path_factory.mktemp("flatmap") / "brain.h5"
    assert main(["fit", str(small_brain), "--out", str(path), "--no-template"]) == 0
    return path


@pytest.fixture(scope="module")
def model(saved: Path) -> FittedModel:
    return load_model(saved)


@pytest.fixture(scope="module")
def paths(small_brain: Path) -> Path:
    return small_brain / "cortical_paths"


@pytest.fixture(scope="module")
def views(model: FittedModel, paths: Path) -> dict[str, CorticalView]:
    found = run_to_end(load_cortical_views(model.atlas, paths))
    return {view.name: view for view in found}


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Exit code, output and remarks of a command."""

    def command(*arguments: object) -> tuple[int, str, str]:
        try:
            code = main(["flatmap", *map(str, arguments)])
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


def visual(atlas: Atlas, left: bool = False) -> tuple[float, float, float]:
    """A place in the middle of VISp."""
    side = "left" if left else "right"
    voxels = np.argwhere(atlas.structure_mask([385], side))
    middle = voxels[np.argmin(np.linalg.norm(voxels - voxels.mean(axis=0), axis=1))]
    return atlas.um_of_index(middle)


def at(point: tuple[float, float, float]) -> str:
    return ",".join(f"{value:g}" for value in point)


@pytest.mark.parametrize("aggregate", ["mean", "max", "sum"])
@pytest.mark.parametrize("name", ["top", "dorsal"])
def test_array_is_the_answer_on_the_map(
    saved: Path,
    model: FittedModel,
    paths: Path,
    views: dict[str, CorticalView],
    aggregate: str,
    name: str,
    tmp_path: Path,
    run: Run,
) -> None:
    point, out = visual(model.atlas), tmp_path / "map.npy"
    options = ("--view", name, "--aggregate", aggregate, "--depth", "0.1,0.6", "--paths", paths)
    code, said, _ = run(saved, "--at", at(point), "--radius", 500, *options, "--out", out)
    assert code == 0
    assert "Primary visual area; right hemisphere" in said
    prediction = model.predict(SphereSource(point, 500.0))
    projector = FlatmapProjector(views[name], depth=(0.1, 0.6), aggregate=aggregate)
    np.testing.assert_allclose(np.load(out), projector.image(prediction.volume()), rtol=1e-5)


def test_a_left_source_is_seen_on_the_left(
    saved: Path, model: FittedModel, views: dict[str, CorticalView], tmp_path: Path, run: Run
) -> None:
    point, out = visual(model.atlas, left=True), tmp_path / "map.npy"
    code, said, _ = run(saved, "--at", at(point), "--out", out, "--json")
    assert code == 0
    figures = json.loads(said)
    assert figures["largest"]["hemisphere"] == "left"
    assert figures["view"]["origin"] == "computed from the annotation"
    assert figures["view"]["shape"] == list(views["dorsal"].shape)
    volume = model.predict(VoxelSource(point)).volume()
    expected = FlatmapProjector(views["dorsal"]).image(volume)
    np.testing.assert_allclose(np.load(out), expected, rtol=1e-5)
    row, column = figures["largest"]["pixel"]
    assert figures["largest"]["value"] == pytest.approx(float(np.nanmax(expected)))
    assert expected[row, column] == np.nanmax(expected)


def test_what_projects_onto_a_region(
    saved: Path, model: FittedModel, views: dict[str, CorticalView], tmp_path: Path, run: Run
) -> None:
    out = tmp_path / "map.npy"
    assert run(saved, "--region", "VISp", "--retrograde", "--out", out)[0] == 0
    volume = model.trace_back(RegionSource((385,))).volume()
    expected = FlatmapProjector(views["dorsal"]).image(volume)
    np.testing.assert_allclose(np.load(out), expected, rtol=1e-5)


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_figures(saved: Path, paths: Path, suffix: str, tmp_path: Path, run: Run) -> None:
    out = tmp_path / f"map{suffix}"
    options = ("--region", "VISp,MOp", "--log", "--width", 120, "--paths", paths)
    code, said, _ = run(saved, *options, "--out", out)
    assert code == 0
    assert f"Written to {out}." in said
    assert out.stat().st_size > 5000
    if suffix == ".svg":
        text = out.read_text()
        for expected in ("Projection of VISp, MOp", "Primary visual area", "VISl", "anterior"):
            assert expected in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--region", "VISp"), "--out"),
        (("--out", "m.npy"), "--at --region --mask is required"),
        (("--region", "VISp", "--out", "m.gif"), r"\.npy.*'?m\.gif"),
        (("--region", "VISp", "--out", "nowhere/m.png"), "nowhere"),
        (("--region", "VISp", "--out", "m.npy", "--depth", "0.6,0.2"), "LOW,HIGH.*'0.6,0.2'"),
        (("--region", "VISp", "--out", "m.npy", "--depth", "1"), "LOW,HIGH"),
        (("--region", "VISp", "--out", "m.npy", "--depth", "0,nan"), "LOW,HIGH"),
        (("--region", "VISp", "--out", "m.npy", "--view", "side"), "invalid choice: 'side'"),
        (("--region", "VISp", "--out", "m.npy", "--aggregate", "median"), "invalid choice"),
        (("--region", "VISp", "--out", "m.npy", "--paths", "nowhere"), "nowhere is no folder"),
        (("--region", "VISp", "--out", "m.png", "--width", "20"), "at least 60 mm"),
        (("--at", "1,2,3", "--out", "m.npy"), "outside the brain"),
    ],
)
def test_bad_input_is_one_line(
    saved: Path,
    options: tuple[str, ...],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    run: Run,
) -> None:
    monkeypatch.chdir(tmp_path)
    code, said, remarks = run(saved, *options)
    assert code == 2
    assert said == ""
    assert re.search(message, remarks.splitlines()[-1])
    assert not list(tmp_path.iterdir())


def test_paths_of_another_atlas_are_refused(
    saved: Path, paths: Path, tmp_path: Path, run: Run
) -> None:
    from napari_connectome.sample_data import folder

    wrong = tmp_path / "paths"
    wrong.mkdir()
    for path in (folder() / "cortical_paths").iterdir():
        shutil.copyfile(path, wrong / path.name.replace("100", "200"))
    out = tmp_path / "m.npy"
    code, _, remarks = run(saved, "--region", "VISp", "--paths", wrong, "--out", out)
    assert code == 2
    assert "another atlas or resolution" in remarks.splitlines()[-1]
    assert not out.exists()
