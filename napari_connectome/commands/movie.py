"""``movie``: a source moves along a path, and a saved model's answers with it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from napari_connectome.commands.arguments import path, positive, whole
from napari_connectome.commands.console import add_json_option, note, progress, say, say_json
from napari_connectome.commands.map_options import add_map_options, map_of
from napari_connectome.commands.output import check_out
from napari_connectome.core.errors import AtlasError

if TYPE_CHECKING:
    from napari_connectome.core.atlas import Atlas
    from napari_connectome.core.flatmap import CorticalView
    from napari_connectome.core.models.fitted import Direction
    from napari_connectome.core.path_answers import PathAnswers

# As in figures.brain_picture and figures.movie_file, which take a moment to import.
PLANES = ("coronal", "sagittal", "horizontal", "mip")
MOVIES = (".gif", ".mp4")
FPS = 8.0


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = commands.add_parser(
        "movie",
        help="film where places along a path project to",
        description="Move a source along a path in equal steps, ask a saved model about each "
        "place, and film the answers: brain and map of the cortex side by side.",
    )
    parser.add_argument("model", type=path, metavar="MODEL", help="file that `fit` has written")
    parser.add_argument(
        "--path",
        required=True,
        metavar="AP,DV,ML;AP,DV,ML;...",
        help="two or more CCF places in µm, joined by straight lines (quote it: shells read ;)",
    )
    parser.add_argument(
        "--frames", type=whole, metavar="N", help="number of frames (default: a step of one voxel)"
    )
    parser.add_argument(
        "--fps", type=positive, default=FPS, metavar="F", help=f"frames a second (default: {FPS:g})"
    )
    add_map_options(parser)
    parser.add_argument(
        "--plane",
        choices=PLANES,
        default="coronal",
        help="slice through the source, or the largest values seen from above (default: coronal)",
    )
    parser.add_argument(
        "--retrograde",
        action="store_true",
        help="show what projects onto the places, instead of where they project to",
    )
    parser.add_argument("--log", action="store_true", help="logarithmic colours")
    parser.add_argument(
        "--out", type=path, required=True, metavar="FILE", help="movie (.gif or .mp4)"
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Predict every frame, draw it, write the movie."""
    from napari_connectome.core.path_answers import answers_along, askable_voxels, memory_bytes
    from napari_connectome.core.progress import run_to_end
    from napari_connectome.core.source_path import path_through, read_points
    from napari_connectome.data.model_files import read_model
    from napari_connectome.figures.movie import MovieFigure
    from napari_connectome.figures.movie_file import check_movie, movie_job

    check_out(arguments.out, MOVIES)
    check_movie(arguments.out, arguments.fps)
    corners = read_points(arguments.path)
    model = read_model(arguments.model)
    direction: Direction = "retrograde" if arguments.retrograde else "anterograde"
    mask = askable_voxels(model, direction)
    line = path_through(corners, model.atlas, mask, frames=arguments.frames)
    needed = memory_bytes(model, len(line), direction)
    note(f"{len(line)} frames, {needed / 1e6:.0f} MB of memory")
    view = _view(arguments, model.atlas)
    with progress() as report:
        answers = run_to_end(answers_along(model, line, direction=direction), report)
        figure = MovieFigure(answers, view, plane=arguments.plane, log=arguments.log)
        run_to_end(movie_job(figure, arguments.out, arguments.fps), report)
    _tell(arguments, answers, figure.size_px)
    return 0


def _view(arguments: Namespace, atlas: Atlas) -> CorticalView | None:
    """The map, or none for a brain without a cortex."""
    try:
        return map_of(arguments, atlas)
    except AtlasError as error:
        if arguments.paths is not None:
            raise
        note(f"Without a map of the cortex: {error}")
        return None


def _tell(arguments: Namespace, answers: PathAnswers, size_px: tuple[int, int]) -> None:
    line = answers.path
    if not arguments.json:
        say(f"{len(line)} frames along {line.length_um / 1000:.2f} mm, {arguments.fps:g} a second.")
        say(f"Colours from {answers.limits[0]:g} to {answers.limits[1]:.4g} in all frames.")
        say(f"Written to {arguments.out}.")
        return
    say_json(
        {
            "model": str(arguments.model),
            "direction": answers.direction,
            "frames": len(line),
            "fps": arguments.fps,
            "length_um": line.length_um,
            "points_um": line.points_um.tolist(),
            "limits": answers.limits,
            "unit": answers.model.connectivity.unit,
            "size_px": size_px,
            "out": str(arguments.out),
        }
    )
