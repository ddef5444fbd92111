"""Frames of a movie and the files they become, read back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import Normalize
from PIL import Image

from napari_connectome.core.errors import DataError
from napari_connectome.core.models.catalog import entry_of
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.path_answers import PathAnswers, answers_along
from napari_connectome.core.progress import Progress, run_to_end
from napari_connectome.core.source_path import path_through
from napari_connectome.figures.brain_picture import PLANES, BrainPicture, Plane, added_colors
from napari_connectome.figures.movie import WIDTH_PX, MovieFigure
from napari_connectome.figures.movie_file import check_movie, movie_job
from tests.core.model_data import ISOCORTEX, SHAPE, THALAMUS, experiment_set, small_atlas
from tests.core.test_flatmap import small_view

FRAMES = 5


@pytest.fixture(scope="module")
def model() -> FittedModel:
    atlas = small_atlas()
    return run_to_end(
        entry_of("voxel").fit(experiment_set(atlas, {ISOCORTEX: 12, THALAMUS: 8}), atlas)
    )


@pytest.fixture(scope="module")
def answers(model: FittedModel) -> PathAnswers:
    ends = [(150.0, 150.0, 950.0), (850.0, 250.0, 650.0)]
    mask = model.connectivity.source_mask
    return run_to_end(answers_along(model, path_through(ends, model.atlas, mask, frames=FRAMES)))


@pytest.fixture(scope="module")
def figure(answers: PathAnswers) -> MovieFigure:
    return MovieFigure(answers, small_view())


@pytest.mark.parametrize("plane", PLANES)
def test_a_bright_voxel_is_where_its_place_is(plane: Plane) -> None:
    atlas, index = small_atlas(), (3, 6, 8)
    picture = BrainPicture(atlas, plane)
    volume = np.zeros(SHAPE, dtype=np.float32)
    volume[index] = 1.0
    colored = picture.colored(volume, index, Normalize(0, 1))
    assert colored.shape == (*picture.shape, 3)
    x, y = picture.place(atlas.um_of_index(index))
    row, column = np.unravel_index(int(colored.sum(axis=2).argmax()), picture.shape)
    assert (column + 0.5, row + 0.5) == (x, y)
    expected = {"coronal": (6, 8), "horizontal": (3, 8), "sagittal": (6, 3), "mip": (3, 8)}
    assert (row, column) == expected[plane]
    elsewhere = picture.colored(volume, (2, 5, 7), Normalize(0, 1))
    assert (elsewhere.max() > 0.9) == (plane == "mip"), "only the whole depth shows other slices"


def test_zero_adds_no_light_and_more_adds_more() -> None:
    colors = added_colors(np.array([-1.0, 0.0, 0.5, 1.0, 9.0], dtype=np.float32), Normalize(0, 1))
    light = colors.sum(axis=1)
    assert light[0] == light[1] == 0
    assert light[1] < light[2] < light[3] == light[4]


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("log", [False, True])
def test_frames_are_of_one_even_size_and_differ(
    answers: PathAnswers, plane: Plane, log: bool
) -> None:
    figure = MovieFigure(answers, small_view(), plane=plane, log=log)
    width, height = figure.size_px
    assert width == WIDTH_PX
    assert height % 2 == 0
    first, last = figure.frame(0), figure.frame(FRAMES - 1)
    assert first.shape == last.shape == (height, width, 3)
    assert (first != last).any(axis=2).mean() > 0.01
    np.testing.assert_array_equal(figure.frame(0), first)


def test_without_a_map_the_brain_stands_alone(answers: PathAnswers) -> None:
    figure = MovieFigure(answers, None, plane="mip")
    width, height = figure.size_px
    assert figure.frame(1).shape == (height, width, 3)


def test_limits_are_those_that_are_asked_for(answers: PathAnswers) -> None:
    dim = MovieFigure(answers, None, limits=(0.0, 1e6)).frame(0)
    bright = MovieFigure(answers, None).frame(0)
    assert dim.sum() < bright.sum()


def test_a_gif_reads_back_with_its_frames_and_speed(figure: MovieFigure, tmp_path: Path) -> None:
    file = tmp_path / "path.gif"
    moments: list[Progress] = []
    assert run_to_end(movie_job(figure, file, fps=4), moments.append) == file
    with Image.open(file) as movie:
        assert movie.n_frames == FRAMES
        assert movie.size == figure.size_px
        assert movie.info["duration"] == 250
        assert movie.info["loop"] == 0
        read = []
        for number in range(FRAMES):
            movie.seek(number)
            read.append(np.asarray(movie.convert("RGB")).astype(int))
    for number, picture in enumerate(read):
        assert np.abs(picture - figure.frame(number)).mean() < 2
    assert np.abs(read[0] - read[-1]).mean() > 0.5
    assert [m.done for m in moments] == list(range(FRAMES + 1))


def test_an_mp4_reads_back_with_its_frames_and_speed(figure: MovieFigure, tmp_path: Path) -> None:
    ffmpeg = pytest.importorskip("imageio_ffmpeg")
    file = tmp_path / "path.mp4"
    run_to_end(movie_job(figure, file, fps=5))
    width, height = figure.size_px
    decoded = subprocess.run(
        [ffmpeg.get_ffmpeg_exe(), "-i", file, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
        capture_output=True,
        check=True,
    )
    assert f"{width}x{height}" in decoded.stderr.decode()
    assert " 5 fps" in decoded.stderr.decode()
    read = np.frombuffer(decoded.stdout, np.uint8).reshape(-1, height, width, 3).astype(int)
    assert len(read) == FRAMES
    for number, picture in enumerate(read):
        assert np.abs(picture - figure.frame(number)).mean() < 4
    assert np.abs(read[0] - read[-1]).mean() > 0.5


@pytest.mark.parametrize("suffix", [".gif", ".mp4"])
def test_what_is_stopped_leaves_the_old_file_and_nothing_else(
    figure: MovieFigure, tmp_path: Path, suffix: str
) -> None:
    if suffix == ".mp4":
        pytest.importorskip("imageio_ffmpeg")
    file = tmp_path / f"path{suffix}"
    file.write_bytes(b"older")
    job = movie_job(figure, file)
    for _ in range(3):
        next(job)
    job.close()
    assert [p.name for p in tmp_path.iterdir()] == [file.name]
    assert file.read_bytes() == b"older"


def test_other_files_and_speeds_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DataError, match=r"'path\.avi' has another suffix"):
        check_movie(tmp_path / "path.avi", 8)
    for fps in (0.0, 51.0, float("nan")):
        with pytest.raises(DataError, match="frames per second"):
            check_movie(tmp_path / "path.gif", fps)
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    with pytest.raises(DataError, match=r"imageio-ffmpeg.*\.gif"):
        check_movie(tmp_path / "path.mp4", 8)
