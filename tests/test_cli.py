"""The command line end to end: on a small simulated brain, with every kind of bad input."""

from __future__ import annotations

import fcntl
import json
import math
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nrrd
import numpy as np
import pytest

from napari_connectome import __version__
from napari_connectome.cli import main
from napari_connectome.core.io import load_model
from napari_connectome.core.sources import SphereSource, VoxelSource
from napari_connectome.data.allen_cache import open_cache

RESOLUTION = 200
EXPERIMENTS = 36
PROGRAM = (sys.executable, "-m", "napari_connectome")
Ask = Callable[..., str]


def program(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the program as a person does."""
    command = [*PROGRAM, *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=300, **options
    )


@pytest.fixture(scope="module")
def brain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated cache folder."""
    folder = tmp_path_factory.mktemp("cli") / "brain"
    result = program(
        "simulate", folder, "--resolution", RESOLUTION, "--experiments", EXPERIMENTS, "--seed", 3
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout == f"{EXPERIMENTS} experiments simulated into {folder}.\n"
    return folder


@pytest.fixture(scope="module")
def saved(brain: Path) -> Path:
    """A model fitted to it."""
    path = brain.parent / "brain.h5"
    result = program("fit", brain, "--model", "voxel", "--out", path)
    assert result.returncode == 0, result.stderr
    assert f"Saved as {path}" in result.stdout
    return path


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run a command that must succeed, and give what it prints."""

    def run(*arguments: object) -> str:
        assert main([str(a) for a in arguments]) == 0
        return capsys.readouterr().out

    return run


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run a command that must be refused, and give its one line."""

    def run(*arguments: object) -> str:
        try:
            code = main([str(a) for a in arguments])
        except SystemExit as leaving:
            code = leaving.code
        assert code == 2
        output = capsys.readouterr()
        assert output.out == ""
        remarks = output.err.splitlines()
        assert all(not line.startswith("Traceback") for line in remarks)
        assert [n for n, line in enumerate(remarks) if line.startswith("napari-connectome")] == [
            len(remarks) - 1
        ]
        return remarks[-1]

    return run


def middle_of(saved: Path, acronym: str) -> tuple[float, ...]:
    """CCF coordinates of a right-hemisphere source voxel of a region."""
    model = load_model(saved)
    atlas = model.atlas
    inside = atlas.structure_mask([atlas.tree.by_acronym(acronym).id], "right")
    mask = model.connectivity.source_mask
    rows = np.flatnonzero(mask.to_vector(inside))
    return atlas.um_of_index(mask.coordinates[rows[len(rows) // 2]])


def at(point: tuple[float, ...]) -> str:
    return ",".join(f"{c:g}" for c in point)


# What works


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    for argument in ("--version", "--help"):
        with pytest.raises(SystemExit) as leaving:
            main([argument])
        assert leaving.value.code == 0
    printed = capsys.readouterr().out
    assert printed.startswith(f"napari-connectome {__version__}\n")
    for command in ("demo", "open", "info", "simulate", "fit", "predict"):
        assert re.search(rf"^ +{command} ", printed, re.MULTILINE)


@pytest.mark.parametrize(
    "command", ["demo", "open", "info", "simulate", "fit", "predict", "matrix"]
)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        main([command, "--help"])
    assert leaving.value.code == 0
    assert f"usage: napari-connectome {command}" in capsys.readouterr().out


def test_help_loads_no_library() -> None:
    script = (
        "import sys\nfrom napari_connectome.cli import main\n"
        "try:\n    main(['fit', '--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'scipy', 'pandas', 'h5py', 'sklearn', 'napari', 'qtpy', 'tqdm'}\n"
        "sys.exit(','.join(sorted(heavy & sys.modules.keys())) or 0)"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert result.returncode == 0, result.stderr


def test_info_of_a_folder(brain: Path, ask: Ask) -> None:
    figures = json.loads(ask("info", brain, "--json"))
    cache = open_cache(brain)
    assert figures["resolution_um"] == RESOLUTION
    assert figures["resolutions_um"] == [RESOLUTION]
    assert figures["shape"] == list(cache.atlas.shape)
    assert figures["experiments"] == figures["experiments_with_volumes"] == EXPERIMENTS
    assert len(figures["divisions"]) == 12
    assert sum(d["experiments"] for d in figures["divisions"]) == EXPERIMENTS
    assert sum(d["regions"] for d in figures["divisions"]) == figures["regions"]
    thalamus = next(d for d in figures["divisions"] if d["acronym"] == "TH")
    voxels = cache.atlas.structure_mask([549], "right").sum()
    assert thalamus["right_mm3"] == pytest.approx(voxels * 0.2**3)


def test_info_of_a_folder_in_words(brain: Path, ask: Ask) -> None:
    printed = ask("info", brain)
    assert f"voxels of {RESOLUTION} µm" in printed
    assert f"{EXPERIMENTS} listed" in printed
    assert re.search(r"^ +Isocortex +\d+\.\d{3} ", printed, re.MULTILINE)


def test_info_of_a_model(saved: Path, brain: Path, ask: Ask) -> None:
    figures = json.loads(ask("info", saved, "--json"))
    assert figures["model"] == "voxel"
    assert len(figures["experiments"]) == EXPERIMENTS
    assert figures["parameters"]["kernel"] == "gaussian"
    assert figures["choices"]["TH"]["experiments"] >= 1
    origin = figures["provenance"]
    assert origin["folder"] == str(brain.resolve())
    assert set(origin["sha256"]) == {
        f"annotation/ccf_2017/annotation_{RESOLUTION}.nrrd",
        "structures.json",
        "experiments.json",
    }
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in origin["sha256"].values())
    assert origin["versions"]["napari-connectome"] == __version__


def test_info_of_a_model_in_words(saved: Path, ask: Ask) -> None:
    printed = ask("info", saved)
    assert f"voxel model, {EXPERIMENTS} experiments" in printed
    assert "kernel=gaussian" in printed
    assert "Folder: " in printed


def test_fit_takes_parameters_and_filters(brain: Path, tmp_path: Path, ask: Ask) -> None:
    ids = [record.id for record in open_cache(brain).experiments if record.wild_type][:20]
    listed = tmp_path / "ids.txt"
    listed.write_text("\n".join(map(str, ids)))
    figures = json.loads(
        ask(
            *("fit", brain, "--out", tmp_path / "m.h5", "--ids", listed, "--wild-type"),
            *("--set", "kernel=polynomial", "--set", "degree=2", "--set", "bandwidth_um=auto"),
            *("--no-template", "--json"),
        )
    )
    assert figures["parameters"]["kernel"] == "polynomial"
    assert figures["parameters"]["degree"] == 2.0
    assert figures["parameters"]["bandwidth_um"] is None
    assert figures["experiments"] == len(ids)
    model = load_model(tmp_path / "m.h5")
    assert sorted(model.experiment_ids.tolist()) == sorted(ids)
    assert model.atlas.template is None
    assert figures["bytes"] == (tmp_path / "m.h5").stat().st_size


@pytest.mark.parametrize("listing", ["[{0}, {1}]", "{0} {1}", "{0},{1}\n", "{0}\n{1}\n"])
def test_ids_are_read_as_people_write_them(tmp_path: Path, listing: str) -> None:
    from napari_connectome.commands.arguments import read_ids

    file = tmp_path / "ids"
    file.write_text(listing.format(112596790, 12))
    assert read_ids(file) == (112596790, 12)


def test_structure_filter_takes_descendants(brain: Path, tmp_path: Path, ask: Ask) -> None:
    ask("fit", brain, "--out", tmp_path / "m.h5", "--structure", "TH,HY")
    model, cache = load_model(tmp_path / "m.h5"), open_cache(brain)
    assert {
        cache.tree.division_of(cache.experiments[int(i)].structure_id) for i in model.experiment_ids
    } == {549, 1097}


def test_volume_bounds_are_measured(brain: Path, tmp_path: Path, ask: Ask) -> None:
    from napari_connectome.core.progress import run_to_end
    from napari_connectome.data.tracing import load_experiments

    cache = open_cache(brain)
    everything = run_to_end(load_experiments(cache))
    volumes = everything.injection_sums * cache.atlas.voxel_volume_mm3
    low, high = np.quantile(volumes, [0.2, 0.7])
    ask(
        *("fit", brain, "--out", tmp_path / "m.h5"),
        *("--min-injection-volume", low, "--max-injection-volume", high),
    )
    expected = everything.ids[(volumes >= low) & (volumes <= high)]
    assert sorted(load_model(tmp_path / "m.h5").experiment_ids) == sorted(expected)


def test_predicted_volume_has_the_atlas_geometry(
    brain: Path, saved: Path, tmp_path: Path, ask: Ask
) -> None:
    point, out = middle_of(saved, "VISp"), tmp_path / "visual.nrrd"
    ask("predict", saved, "--at", at(point), "--radius", 300, "--out", out)
    volume, header = nrrd.read(str(out))
    annotation, reference = nrrd.read(str(open_cache(brain).annotation_path))
    assert volume.dtype == np.float32
    assert volume.shape == annotation.shape
    assert np.array_equal(header["space directions"], np.eye(3) * RESOLUTION)
    assert np.array_equal(header["space directions"], reference["space directions"])
    assert np.array_equal(header["space origin"], reference["space origin"])
    model = load_model(saved)
    expected = model.predict(SphereSource(point, 300.0)).volume()
    assert np.array_equal(volume, expected)
    assert volume.max() > 0


def test_a_left_source_gives_the_mirrored_volume(saved: Path, tmp_path: Path, ask: Ask) -> None:
    ap, dv, ml = middle_of(saved, "VISp")
    box_ml = load_model(saved).atlas.shape[2] * RESOLUTION
    printed = [
        json.loads(
            ask("predict", saved, "--at", at((ap, dv, x)), "--out", tmp_path / name, "--json")
        )
        for x, name in ((ml, "right.nrrd"), (box_ml - ml, "left.nrrd"))
    ]
    right, left = (nrrd.read(str(tmp_path / f"{side}.nrrd"))[0] for side in ("right", "left"))
    assert np.array_equal(left, right[:, :, ::-1])
    assert not np.array_equal(left, right)
    assert [p["source"]["hemisphere"] for p in printed] == ["right", "left"]
    assert printed[0]["targets"] == printed[1]["targets"]


def test_predict_prints_targets_and_support(saved: Path, ask: Ask) -> None:
    point = middle_of(saved, "VISp")
    figures = json.loads(ask("predict", saved, "--at", at(point), "--top", 5, "--json"))
    support = load_model(saved).predict(VoxelSource(point)).support
    assert figures["support"]["experiments"] == support.experiment_ids.tolist()
    assert sum(figures["support"]["shares"]) == pytest.approx(1.0)
    densities = [target["mean_density"] for target in figures["targets"]]
    assert len(densities) == 5
    assert densities == sorted(densities, reverse=True)
    assert {target["hemisphere"] for target in figures["targets"]} <= {"ipsi", "contra"}
    assert "injection" in figures["unit"]
    assert figures["source"]["place"].startswith("Primary visual area")
    assert figures["volume"] is None


def test_predict_in_words(saved: Path, tmp_path: Path, ask: Ask) -> None:
    out = tmp_path / "v.nrrd"
    printed = ask("predict", saved, "--region", "VISp,LGd", "--by", "strength", "--out", out)
    assert printed.startswith("VISp, LGd: Primary visual area, ")
    assert "Regions by strength, in projection density" in printed
    assert len(re.findall(r"^ +\S+ +(?:ipsi|contra) ", printed, re.MULTILINE)) == 20
    assert f"Volume written to {out}." in printed


def test_a_gaussian_is_no_sphere(saved: Path, ask: Ask) -> None:
    point = at(middle_of(saved, "CP"))
    found = [
        json.loads(ask("predict", saved, "--at", point, option, 500, "--json"))["targets"]
        for option in ("--radius", "--sigma")
    ]
    assert found[0] != found[1]


def test_predict_needs_no_data_folder(saved: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone.h5"
    alone.write_bytes(saved.read_bytes())
    point = at(middle_of(saved, "VISp"))
    result = program("predict", alone.name, "--at", point, "--out", "v.nrrd", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    assert (tmp_path / "v.nrrd").is_file()


def test_progress_goes_to_the_error_stream(brain: Path, tmp_path: Path) -> None:
    result = program("fit", brain, "--out", tmp_path / "m.h5", "--json")
    assert result.returncode == 0
    json.loads(result.stdout)
    needs, first, *_ = result.stderr.splitlines()
    assert needs.startswith("Needs at most: 200 µm: 36 experiments, about 0.3")
    assert first == "Reading the atlas"
    assert "\r" not in result.stderr


def test_progress_is_a_bar_in_a_terminal(brain: Path, tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    command = [*PROGRAM, "fit", str(brain), "--out", str(tmp_path / "m.h5"), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs) as running:
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # the other side has gone
                break
            if not piece:
                break
            shown += piece
        assert running.stdout is not None
        json.loads(running.stdout.read())
    os.close(ours)
    assert running.returncode == 0
    assert b"\r" in shown
    assert b"% |" in shown


# What does not


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ((), "required: COMMAND"),
        (("dance",), "invalid choice: 'dance'"),
        (("info",), "required: PATH"),
        (("info", "nowhere"), "nowhere is not there; a cache folder or a model file was expected"),
        (
            ("open", "nowhere"),
            "nowhere is not there; a cache folder, a model file, an exploration or a matrix",
        ),
        (("open", "."), "holds no manifest"),
        (("open", "text.h5"), r"text\.h5 is not a saved model"),
        (("info", "text.h5"), r"text\.h5 is not a saved model"),
        (("info", "."), "holds no manifest"),
        (("demo", "--screenshot", "nowhere/x.png"), "nowhere does not exist"),
        (("fit", "BRAIN"), "required: --out"),
        (("fit", "nowhere", "--out", "m.h5"), "nowhere is not there"),
        (("fit", "BRAIN", "--out", "nowhere/m.h5"), "nowhere does not exist"),
        (("fit", "BRAIN", "--out", "."), "is a folder"),
        (("fit", "BRAIN", "--out", "m.h5", "--model", "magic"), "no model 'magic'.*voxel"),
        (("fit", "BRAIN", "--out", "m.h5", "--set", "kernel"), "NAME=VALUE was expected"),
        (("fit", "BRAIN", "--out", "m.h5", "--set", "=3"), "NAME=VALUE was expected"),
        (("fit", "BRAIN", "--out", "m.h5", "--set", "color=red"), "no parameter 'color'.*kernel"),
        (("fit", "BRAIN", "--out", "m.h5", "--set", "kernel=cubic"), "gaussian, polynomial.*cubic"),
        (("fit", "BRAIN", "--out", "m.h5", "--set", "bandwidth_um=wide"), "bandwidth_um.*'wide'"),
        (("fit", "BRAIN", "--out", "m.h5", "--set", "bandwidth_um=-5"), "at least 50.*'-5'"),
        (("fit", "BRAIN", "--out", "m.h5", "--ids", "nowhere"), "nowhere is missing"),
        (("fit", "BRAIN", "--out", "m.h5", "--ids", "text.h5"), "should hold experiment ids"),
        (("fit", "BRAIN", "--out", "m.h5", "--ids", "empty"), "holds no experiment id"),
        (("fit", "BRAIN", "--out", "m.h5", "--structure", "XYZ"), "no structure.*'XYZ'|'XYZ'"),
        (("fit", "BRAIN", "--out", "m.h5", "--structure", ","), "separated by commas"),
        (("fit", "BRAIN", "--out", "m.h5", "--line", "Nobody-Cre"), "No experiment to load"),
        (("fit", "BRAIN", "--out", "m.h5", "--min-contained", "2"), "between 0 and 1"),
        (("fit", "BRAIN", "--out", "m.h5", "--min-injection-volume", "0"), "larger than 0"),
        (("fit", "BRAIN", "--out", "m.h5", "--resolution", "25"), "no annotation at 25 µm"),
        (("simulate", "."), "were not simulated"),
        (("simulate", "new", "--experiments", "none"), "whole number.*'none'"),
        (("simulate", "new", "--atlas", "BRAIN", "--experiments", "5"), "too few"),
        (("simulate", "new", "--atlas", "nowhere"), "nowhere is not there"),
        (("simulate", "new", "--atlas", "BRAIN", "--centroids", "text.h5"), r"text\.h5"),
        (("predict", "nowhere", "--at", "1,2,3"), "nowhere is missing"),
        (("predict", "MODEL"), "--at --region --mask is required"),
        (("predict", "MODEL", "--at", "1,2"), "three numbers.*'1,2'"),
        (("predict", "MODEL", "--at", "1,2,x"), "three numbers.*'1,2,x'"),
        (("predict", "MODEL", "--at", "1,2,nan"), "finite"),
        (("predict", "MODEL", "--at", "1,2,3"), "outside the brain"),
        (("predict", "MODEL", "--at", "99999,2,3"), "outside the atlas box"),
        (("predict", "MODEL", "--at=-1,2,3"), "outside the atlas box"),
        (("predict", "MODEL", "--at", "1,2,3", "--region", "TH"), "not allowed with"),
        (("predict", "MODEL", "--at", "1,2,3", "--radius", "0"), "larger than 0.*'0'"),
        (
            ("predict", "MODEL", "--at", "1,2,3", "--radius", "9", "--sigma", "9"),
            "not allowed with",
        ),
        (("predict", "MODEL", "--region", "TH", "--sigma", "100"), "--sigma go with --at"),
        (("predict", "MODEL", "--region", "QQQ"), "'QQQ'"),
        (("predict", "MODEL", "--region", "TH", "--top", "0"), "at least 1"),
        (("predict", "MODEL", "--region", "TH", "--out", "nowhere/v.nrrd"), "nowhere"),
        (("info", "MODEL", "--resolution", "100"), "Leave --resolution out"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_bad_input_is_one_line(
    arguments: tuple[str, ...],
    line: str,
    brain: Path,
    saved: Path,
    tmp_path: Path,
    refused: Ask,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "text.h5").write_text("no numbers here")
    (tmp_path / "empty").write_text("\n")
    monkeypatch.chdir(tmp_path)
    places = {"BRAIN": str(brain), "MODEL": str(saved)}
    assert re.search(line, refused(*(places.get(a, a) for a in arguments)))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["empty", "text.h5"]


def test_a_damaged_experiment_stops_or_is_left_out(
    brain: Path, tmp_path: Path, refused: Ask, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(brain, folder)
    first = open_cache(folder).experiments.ids[0]
    broken = open_cache(folder).volume_path(first, "projection_density")
    broken.write_bytes(broken.read_bytes()[:-40])
    out = tmp_path / "m.h5"
    assert str(first) in refused("fit", folder, "--out", out)
    assert not out.exists()
    assert main(["fit", str(folder), "--out", str(out), "--skip-damaged"]) == 0
    assert f"Experiment {first} left out" in capsys.readouterr().err
    assert len(load_model(out).experiment_ids) == EXPERIMENTS - 1


def test_a_process_answers_bad_input_with_code_two(tmp_path: Path) -> None:
    result = program("info", tmp_path / "nowhere")
    assert (result.returncode, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [(signal.SIGINT, 130, "napari-connectome: stopped\n"), (signal.SIGTERM, 143, "")],
    ids=["ctrl-c", "terminated"],
)
def test_stopping_leaves_nothing_half_written(
    brain: Path, tmp_path: Path, number: signal.Signals, code: int, said: str
) -> None:
    command = [*PROGRAM, "simulate", str(tmp_path / "brain"), "--atlas", str(brain)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        until = time.monotonic() + 60
        while not any(tmp_path.rglob("experiment_*")) and time.monotonic() < until:
            time.sleep(0.02)
        running.send_signal(number)
        _, errors = running.communicate(timeout=60)
    assert running.returncode == code
    assert errors.endswith(said)
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_leaves_is_no_error(brain: Path) -> None:
    command = [*PROGRAM, "info", str(brain), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        errors = running.stderr.read()
    assert errors == b""


def test_windows_are_handed_their_target(
    saved: Path, brain: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from napari_connectome.state.exploration_places import Places
    from napari_connectome.widgets import app

    opened: list[tuple[Path | None, Path | None]] = []

    def run(target: Path | None, screenshot: Path | None, places: Places | None) -> int:
        opened.append((target, screenshot))
        assert places in (None, Places())
        return 0

    monkeypatch.setattr(app, "run", run)
    picture = tmp_path / "picture.png"
    assert main(["demo"]) == 0
    assert main(["demo", "--screenshot", str(picture)]) == 0
    assert main(["open", str(brain)]) == 0
    assert main(["open", str(saved), "--screenshot", str(picture)]) == 0
    assert opened == [(None, None), (None, picture), (brain, None), (saved, picture)]


def test_json_has_no_words_for_what_is_no_number(capsys: pytest.CaptureFixture[str]) -> None:
    from napari_connectome.commands.console import say_json

    say_json({"a": math.nan, "b": [math.inf, 1.5], "c": (2, "µm")})
    assert json.loads(capsys.readouterr().out) == {"a": None, "b": [None, 1.5], "c": [2, "µm"]}
