"""Masks and mirror images on the command line: the answer is that to the drawing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import nrrd
import numpy as np
import pytest

from napari_connectome.cli import main
from napari_connectome.core.io import load_model
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.sources import RegionSource, VolumeSource, VoxelSource, both_sides
from napari_connectome.data.nrrd import write_volume

Run = Callable[..., tuple[int, str, str]]
VISP = 385


@pytest.fixture(scope="module")
def saved(small_brain: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model fitted to the small brain."""
    path = tmp_path_factory.mktemp("masks") / "brain.h5"
    assert main(["fit", str(small_brain), "--out", str(path), "--no-template"]) == 0
    return path


@pytest.fixture(scope="module")
def model(saved: Path) -> FittedModel:
    return load_model(saved)


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


@pytest.fixture
def drawn(model: FittedModel, tmp_path: Path) -> Path:
    """A part of VISp on the left, and something outside the brain, at twice the resolution."""
    volume = model.atlas.structure_mask((VISP,), "left").astype(np.uint8)
    volume[::2] = 0
    volume[0, 0, 0] = 1
    path = tmp_path / "drawn.nrrd"
    fine = np.kron(volume, np.ones((2, 2, 2), dtype=np.uint8))
    write_volume(path, fine, model.atlas.resolution_um / 2)
    return path


def volume_of(path: Path) -> np.ndarray:
    return nrrd.read(str(path))[0]


def test_a_mask_is_asked_as_drawn_or_not(
    saved: Path, model: FittedModel, drawn: Path, tmp_path: Path, run: Run
) -> None:
    values = volume_of(drawn)[::2, ::2, ::2]
    for scale, options in (("unit-sum", ()), ("as drawn", ("--as-drawn",))):
        out = tmp_path / "v.nrrd"
        code, said, remarks = run("predict", saved, "--mask", drawn, *options, "--out", out)
        assert code == 0
        expected = model.predict(VolumeSource(values, scale=scale))
        np.testing.assert_allclose(volume_of(out), expected.volume(), rtol=1e-5, atol=1e-9)
        assert said.startswith("drawn.nrrd: Primary visual area; left hemisphere\n")
        inside = values.sum() - 1
        assert f"{inside / values.sum():.2%} lies on source voxels; the rest is left" in remarks
        assert "its coordinates are AP, DV, ML, in micrometres, as its header says" in remarks


def test_figures_of_a_mask(saved: Path, drawn: Path, run: Run) -> None:
    code, said, _ = run("predict", saved, "--mask", drawn, "--as-drawn", "--json")
    assert code == 0
    source = json.loads(said)["source"]
    assert source["mask"] == str(drawn)
    assert source["as_drawn"] is True
    assert source["hemisphere"] == "left"
    assert 0.9 < source["inside_fraction"] < 1
    assert source["mirror_fraction"] == 1


def test_what_projects_onto_a_mask(
    saved: Path, model: FittedModel, drawn: Path, tmp_path: Path, run: Run
) -> None:
    out = tmp_path / "v.nrrd"
    code, _, remarks = run("predict", saved, "--mask", drawn, "--retrograde", "--out", out)
    assert code == 0
    expected = model.trace_back(VolumeSource(volume_of(drawn)[::2, ::2, ::2])).volume()
    np.testing.assert_allclose(volume_of(out), expected, rtol=1e-5, atol=1e-9)
    assert "lies on target voxels" in remarks


def test_both_sides_of_a_region(saved: Path, model: FittedModel, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "v.nrrd"
    code, said, _ = run("predict", saved, "--region", "VISp", "--both-sides", "--out", out)
    assert code == 0
    right, left = (
        model.predict(RegionSource((VISP,), side)).volume() for side in ("right", "left")
    )
    np.testing.assert_allclose(volume_of(out), (right + left) / 2, rtol=1e-5, atol=1e-9)
    assert said.startswith("VISp: Primary visual area; both hemispheres\n")
    sides = re.findall(r"^ +\S+ +(\S+) +[\d.e-]+ ", said, re.MULTILINE)
    assert set(sides) <= {"right", "left"}
    assert len(sides) == 20


@pytest.mark.parametrize("options", [("--mask",), ("--mask", "--both-sides"), ("--at",)])
def test_on_the_map(
    saved: Path, model: FittedModel, drawn: Path, options: tuple[str, ...], tmp_path: Path, run: Run
) -> None:
    point = model.atlas.um_of_index(
        np.argwhere(model.atlas.structure_mask((VISP,), "right"))[5].tolist()
    )
    value = drawn if options[0] == "--mask" else ",".join(f"{x:g}" for x in point)
    place = (options[0], value, *options[1:])
    if options[0] == "--mask":
        source = VolumeSource(volume_of(drawn)[::2, ::2, ::2])
    else:
        source = VoxelSource(point)
        place += ("--both-sides",)
    if "--both-sides" in place:
        source = both_sides(source, model.atlas)
    code, _, _ = run("flatmap", saved, *place, "--out", tmp_path / "m.npy", "--aggregate", "sum")
    assert code == 0
    image = np.load(tmp_path / "m.npy")
    assert np.nansum(image) > 0
    answer = model.predict(source)
    if answer.side == "both":
        assert answer.volume()[:, :, : model.atlas.midline].sum() > 0
    code, said, _ = run("flatmap", saved, *place, "--out", tmp_path / "m.svg")
    assert code == 0
    assert ("both hemispheres" if answer.side == "both" else "left hemisphere") in said


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--mask", "nowhere.nrrd"), "nowhere.nrrd is missing; a mask was expected"),
        (("--mask", "m.tif"), "m.tif is missing"),
        (("--mask", "small.npy"), "were expected; 3 × 3 × 3 came"),
        (("--mask", "empty.npy"), "empty.npy: Nothing is drawn"),
        (("--mask", "outside.npy"), "outside.npy touches no source voxel.*outside the brain"),
        (("--mask", "outside.npy", "--at", "1,2,3"), "not allowed with"),
        (("--mask", "outside.npy", "--radius", "5"), "--radius and --sigma go with --at"),
        (("--region", "VISp", "--as-drawn"), "--as-drawn goes with --mask"),
    ],
)
def test_bad_input_is_one_line(
    saved: Path,
    model: FittedModel,
    options: tuple[str, ...],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    run: Run,
) -> None:
    monkeypatch.chdir(tmp_path)
    np.save("small.npy", np.ones((3, 3, 3)))
    np.save("empty.npy", np.zeros(model.atlas.shape, dtype=bool))
    outside = np.zeros(model.atlas.shape)
    outside[0, 0, 0] = 1
    np.save("outside.npy", outside)
    for command in (("predict",), ("flatmap", "--out", "m.npy")):
        code, said, remarks = run(command[0], saved, *command[1:], *options)
        assert code == 2
        assert said == ""
        assert re.search(message, remarks.splitlines()[-1])
    assert not Path("m.npy").exists()
