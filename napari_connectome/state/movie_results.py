"""Movies: answers along a path, made when a person asks for one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.fitted import Direction, FittedModel
from napari_connectome.core.path_answers import PathAnswers, answers_along, askable_voxels
from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.source_path import SourcePath
from napari_connectome.core.sources import Source
from napari_connectome.state.comparison_results import Start
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.recording.planning import Film
from napari_connectome.state.recording.record import record
from napari_connectome.state.recording.steps import Forget

MakePath: TypeAlias = Callable[[Atlas, VoxelMask], SourcePath]


class MovieResults:
    """Writes the movie, and which of its frames is looked at.

    Parameters
    ----------
    state : ExplorerState
        What is changed, on the thread that calls this object.
    start : callable
        Starts a job.
    """

    def __init__(self, state: ExplorerState, start: Start) -> None:
        self._state = state
        self._start = start
        state.events.prediction.connect(self._leave)

    def close(self) -> None:
        """Stop observing."""
        self._state.events.prediction.disconnect(self._leave)

    def film(self, make_path: MakePath) -> None:
        """Ask the model about every place of a path; the source keeps its kind and size.

        Parameters
        ----------
        make_path : callable
            Makes the path in an atlas through the voxels that can be asked about; it may refuse.
        """
        state, model = self._state, self._state.model
        if model is None:
            state.error = "There is no model to ask yet: fit one first, then make a movie."
            return
        direction, like = state.direction, state.source

        def done(movie: PathAnswers) -> None:
            if state.model is not model:
                return
            record(state, Film.of(movie, like))
            with state.together():
                if not state.lock_limits:
                    state.limits = movie.limits
                state.movie = movie
                state.frame = 0

        self._start(
            "movie", "Making the movie", lambda: _film(model, make_path, direction, like), done
        )

    def forget(self) -> None:
        """Take the movie away."""
        record(self._state, Forget(frozenset({"movie"})))
        with self._state.together():
            self._state.frame = None
            self._state.movie = None

    def _leave(self) -> None:
        """Another answer is looked at; the movie stays."""
        self._state.frame = None


def _film(
    model: FittedModel, make_path: MakePath, direction: Direction, like: Source | None
) -> Job[PathAnswers]:
    yield Progress(0, 0, "Laying out the path")
    path = make_path(model.atlas, askable_voxels(model, direction))
    return (yield from answers_along(model, path, direction=direction, like=like))
