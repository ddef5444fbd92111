"""The movie as a file, as it is shown in the window."""

from __future__ import annotations

from pathlib import Path

from napari_connectome.core.flatmap import CorticalView
from napari_connectome.core.path_answers import PathAnswers
from napari_connectome.core.progress import Job, Progress
from napari_connectome.figures.brain_picture import Plane
from napari_connectome.state.controller import Controller
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.recording.planning import SaveMovie
from napari_connectome.widgets.view_files import Dialogs

MOVIES = "GIF (*.gif);;mp4 (*.mp4)"


class MovieFile:
    """Takes the request for a file.

    Parameters
    ----------
    dialogs : Dialogs
        Asks for a path.
    state : ExplorerState
        Whose movie is saved, with its limits and scale, beside the map that is chosen.
    controller : Controller
        Runs the job.
    """

    def __init__(self, dialogs: Dialogs, state: ExplorerState, controller: Controller) -> None:
        self._dialogs, self._state, self._controller = dialogs, state, controller

    def save(self, plane: Plane, fps: float) -> None:
        """Ask where to, and film."""
        state, movie = self._state, self._state.movie
        if movie is None:
            state.error = "There is no movie to save yet: make one first."
            return
        name = self._dialogs.ask_save_path("Save the movie", "movie.gif", MOVIES)
        if not name:
            return
        maps = {m.view.name: m.view for m in state.maps}
        view = maps.get(state.map_params.view) or next(iter(maps.values()), None)
        path, limits, log = Path(name), state.limits, state.log_scale
        self._controller.save(
            SaveMovie(path, None if view is None else view.name, plane, fps, limits, log),
            lambda: movie_file(movie, view, path, plane, fps, limits, log=log),
        )


def movie_file(
    movie: PathAnswers,
    view: CorticalView | None,
    path: Path,
    plane: Plane,
    fps: float,
    limits: tuple[float, float],
    *,
    log: bool,
) -> Job[Path]:
    """Draw every frame and write them to a GIF or mp4 file."""
    yield Progress(0, 0, f"Drawing {path.name}")
    from napari_connectome.figures.movie import MovieFigure
    from napari_connectome.figures.movie_file import check_movie, movie_job

    check_movie(path, fps)
    figure = MovieFigure(movie, view, plane=plane, limits=limits, log=log)
    return (yield from movie_job(figure, path, fps))
