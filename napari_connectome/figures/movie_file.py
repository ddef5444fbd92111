"""A movie in a file: GIF or mp4, complete or not there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from napari_connectome.core.cortex.view import CorticalView
from napari_connectome.core.errors import DataError
from napari_connectome.core.io.atomic import appearing
from napari_connectome.core.path_answers import PathAnswers
from napari_connectome.core.progress import Job, Progress, run_to_end
from napari_connectome.figures.brain_picture import Plane
from napari_connectome.figures.movie import MovieFigure

SUFFIXES = (".gif", ".mp4")
DEFAULT_FPS = 8.0
FASTEST_FPS = 50.0
"""A GIF counts in hundredths of a second, and players slow down what takes less than two."""
Writer = Callable[[MovieFigure, Path, float], Job[None]]


def check_movie(path: Path, fps: float) -> None:
    """Refuse what could not be written, before the work.

    Raises
    ------
    DataError
        When the suffix is another one, the speed makes no sense, or mp4 is not installed.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise DataError(
            f"A movie is saved as {' or '.join(SUFFIXES)}; {path.name!r} has another suffix. "
            "Choose a file name that ends in one of these."
        )
    if not 0 < fps <= FASTEST_FPS:
        raise DataError(
            f"A movie has more than 0 and up to {FASTEST_FPS:g} frames per second; {fps:g} came."
        )
    if suffix == ".mp4":
        _ffmpeg()


def movie_job(figure: MovieFigure, path: Path, fps: float = DEFAULT_FPS) -> Job[Path]:
    """Draw every frame and write the file; stopped half-way, it leaves nothing behind.

    Parameters
    ----------
    figure : MovieFigure
        Draws the frames.
    path : Path
        File that ends in ``.gif`` or ``.mp4``; an older one of this name is replaced.
    fps : float
        Frames per second.

    Raises
    ------
    DataError
        As :func:`check_movie`, or when the file cannot be written.
    """
    check_movie(path, fps)
    write: Writer = _write_gif if path.suffix.lower() == ".gif" else _write_mp4
    with appearing(path.absolute()) as part:
        yield from write(figure, part, fps)
    return path


def write_movie(
    path: str | Path,
    answers: PathAnswers,
    view: CorticalView | None = None,
    *,
    plane: Plane = "coronal",
    fps: float = DEFAULT_FPS,
    limits: tuple[float, float] | None = None,
    log: bool = False,
) -> Path:
    """Draw the answers along a path, brain and map side by side, and write them as a movie.

    Parameters
    ----------
    path, fps
        As for :func:`movie_job`.
    answers, view, plane, limits, log
        As for :class:`~napari_connectome.figures.movie.MovieFigure`.

    Raises
    ------
    DataError
        As :func:`movie_job`.
    """
    figure = MovieFigure(answers, view, plane=plane, limits=limits, log=log)
    return run_to_end(movie_job(figure, Path(path), fps))


def _write_gif(figure: MovieFigure, path: Path, fps: float) -> Job[None]:
    pictures = []
    for number in range(len(figure)):
        yield _moment(figure, number)
        # 256 colours a frame, chosen for it; dots in place of missing colours would flicker.
        picture = Image.fromarray(figure.frame(number))
        pictures.append(picture.quantize(256, dither=Image.Dither.NONE))
    yield Progress(len(figure), len(figure), "Writing the file")
    first, *others = pictures
    # In hundredths of a second: others would be cut off.
    duration_ms = 10 * max(round(100 / fps), 2)
    first.save(
        path, format="GIF", save_all=True, append_images=others, duration=duration_ms, loop=0
    )


def _write_mp4(figure: MovieFigure, path: Path, fps: float) -> Job[None]:
    # The name of the file says nothing yet, so that the format must be told.
    writer = _ffmpeg().write_frames(
        str(path),
        figure.size_px,
        fps=fps,
        quality=8,
        macro_block_size=2,
        ffmpeg_log_level="error",
        output_params=["-f", "mp4", "-movflags", "+faststart"],
    )
    writer.send(None)
    try:
        for number in range(len(figure)):
            yield _moment(figure, number)
            writer.send(np.ascontiguousarray(figure.frame(number)))
    finally:
        writer.close()


def _ffmpeg() -> Any:
    try:
        import imageio_ffmpeg
    except ImportError:
        raise DataError(
            "Writing mp4 takes the package imageio-ffmpeg, which is not installed. Install "
            "napari-connectome[movie], or choose a file that ends in .gif."
        ) from None
    return imageio_ffmpeg


def _moment(figure: MovieFigure, number: int) -> Progress:
    return Progress(number, len(figure), f"Drawing frame {number + 1} of {len(figure)}")
