"""The command ``movie``: a file of the frames that were asked for, or a line that says why not."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from napari_connectome.core.io import load_model
from napari_connectome.core.models.fitted import FittedModel

Run = Callable[..., tuple[int, str, str]]
VISP = 385


@pytest.fixture(scope="module")
def model(saved: Path) -> FittedModel:
    return load_model(saved)


@pytest.fixture
def run(run_command: Run) -> Run:
    return partial(run_command, "movie")


def neighbours(model: FittedModel) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Two source voxels of VISp, side by side."""
    inside = model.atlas.structure_mask([VISP], "right")
    pairs = np.argwhere(inside[:-1] & inside[1:])
    ap, dv, ml = pairs[len(pairs) // 2].tolist()
    return model.atlas.um_of_index((ap, dv, ml)), model.atlas.um_of_index((ap + 1, dv, ml))


def written(*points: tuple[float, ...]) -> str:
    return ";".join(",".join(f"{value:g}" for value in point) for point in points)


@pytest.mark.parametrize("view", ["dorsal", "top"])
def test_a_gif_of_the_path(
    saved: Path, small_brain: Path, model: FittedModel, view: str, tmp_path: Path, run: Run
) -> None:
    out, (start, end) = tmp_path / "path.gif", neighbours(model)
    options = ("--view", view, "--paths", small_brain / "cortical_paths", "--plane", "mip")
    code, printed, remarks = run(
        saved, "--path", written(start, end), "--frames", 3, *options, "--out", out, "--json"
    )
    assert code == 0, remarks
    told = json.loads(printed)
    assert told["frames"] == 3
    assert told["length_um"] == pytest.approx(200)
    middle = [(a + b) / 2 for a, b in zip(start, end, strict=True)]
    np.testing.assert_allclose(told["points_um"], [start, middle, end])
    assert "3 frames" in remarks
    assert "MB of memory" in remarks
    with Image.open(out) as movie:
        assert movie.n_frames == 3
        assert list(movie.size) == told["size_px"]
        first = np.asarray(movie.convert("RGB")).astype(int)
        movie.seek(2)
        assert np.abs(np.asarray(movie.convert("RGB")) - first).mean() > 0.1


def test_backwards_and_in_words(
    saved: Path, small_brain: Path, model: FittedModel, tmp_path: Path, run: Run
) -> None:
    out, ends = tmp_path / "path.gif", neighbours(model)
    code, printed, remarks = run(
        saved, "--path", written(*ends), "--retrograde", "--log", "--plane", "sagittal",
        "--paths", small_brain / "cortical_paths", "--out", out,
    )  # fmt: skip
    assert code == 0, remarks
    assert "2 frames along 0.20 mm" in printed
    assert out.stat().st_size > 0


def test_bad_paths_end_with_one_line_and_no_file(
    saved: Path, model: FittedModel, tmp_path: Path, run: Run
) -> None:
    start, _end = neighbours(model)
    out = tmp_path / "path.gif"
    cases = {
        written(start): "at least two points; one point came",
        written(start, start): "the same place",
        f"{written(start)};a,b,c": "Point 2 of the path",
        written(start, (100.0, 100.0, 100.0)): "outside the brain",
        "": "no point came",
    }
    for text, words in cases.items():
        code, printed, remarks = run(saved, "--path", text, "--out", out)
        assert (code, printed) == (2, "")
        assert words in remarks
        assert len(remarks.strip().splitlines()) == 1
    assert not out.exists()


def test_other_bad_input(saved: Path, model: FittedModel, tmp_path: Path, run: Run) -> None:
    line = written(*neighbours(model))
    for options, words in (
        (("--out", tmp_path / "path.avi"), ".gif or .mp4"),
        (("--out", tmp_path / "no" / "path.gif"), "does not exist"),
        (("--out", tmp_path / "path.gif", "--fps", 400), "frames per second"),
        (("--out", tmp_path / "path.gif", "--fps", "x"), "larger than 0"),
        (("--out", tmp_path / "path.gif", "--frames", 1), "1 were asked for"),
        (("--out", tmp_path / "path.gif", "--frames", 0), "at least 1"),
        (("--out", tmp_path / "path.gif", "--paths", tmp_path / "no"), "is no folder"),
    ):
        code, _printed, remarks = run(saved, "--path", line, *options)
        assert code == 2
        assert words in remarks
    assert list(tmp_path.iterdir()) == []
