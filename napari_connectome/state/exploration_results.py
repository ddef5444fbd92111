"""Explorations that a person saves and reopens from the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from napari_connectome.core.errors import ConnectomeError
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.progress import Job, Progress
from napari_connectome.state.comparison_results import Start
from napari_connectome.state.exploration import Exploration, ViewParams, exploration_of
from napari_connectome.state.exploration_file import read_exploration, write_exploration
from napari_connectome.state.exploration_jobs import Reopened, reopen
from napari_connectome.state.exploration_places import MovedError, Places, located
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import DatasetParams, FitParams
from napari_connectome.state.recording.opening import FitModel, LoadModel, OpenBrain, OpenModel
from napari_connectome.state.recording.record import record
from napari_connectome.state.recording.steps import Step
from napari_connectome.state.values import Dataset


@dataclass(frozen=True)
class Install:
    """What replaces data and model.

    Parameters
    ----------
    dataset, model : callable
        Take the request and its result, and clear what was there before.
    """

    dataset: Callable[[DatasetParams, Dataset], None]
    model: Callable[[FitParams, FittedModel], None]


class ExplorationResults:
    """Saves what the state shows, and puts it back.

    Parameters
    ----------
    state : ExplorerState
        What is saved and restored.
    start : callable
        Starts what a person asks for.
    install : Install
        What replaces data and model.
    """

    def __init__(self, state: ExplorerState, start: Start, install: Install) -> None:
        self._state, self._start, self._install = state, start, install

    def save(self, path: Path, view: ViewParams | None) -> None:
        """Save the present exploration; an older file is replaced when the new one is complete."""
        try:
            exploration = exploration_of(self._state, view)
        except ConnectomeError as error:
            self._state.error = str(error)
            return
        self._start(
            "save",
            f"Saving {path.name}",
            lambda: _writing(path, exploration),
            lambda saved: setattr(self._state, "notice", f"Saved to {saved}."),
        )

    def open(
        self,
        path: Path,
        places: Places,
        restored: Callable[[Exploration], None],
        moved: Callable[[MovedError], None],
    ) -> None:
        """Reopen an exploration.

        Parameters
        ----------
        path : Path
            Its file.
        places : Places
            What the person says about places that were moved.
        restored : callable
            Told once everything is there, for what the state does not hold.
        moved : callable
            Asked for help when data or model are not where they were.
        """

        def done(found: Reopened | MovedError) -> None:
            if isinstance(found, MovedError):
                moved(found)
                return
            self._put_back(found)
            restored(found.exploration)

        self._start("load", f"Opening {path.name}", lambda: _opening(path, places), done)

    def _put_back(self, found: Reopened) -> None:
        state, exploration = self._state, found.exploration
        for step in _steps(found):
            record(state, step)
        with state.together():
            self._install.dataset(found.dataset_params, found.dataset)
            state.named_sources = exploration.named_sources
            if found.model is not None and exploration.model is not None:
                self._install.model(exploration.model.params, found.model)
                state.model_file = exploration.model.file
        # One after the other, as a person would: a new model forgets what was asked before it.
        exploration.asked.put_into(state)
        state.source = exploration.source
        if found.notes:
            state.notice = " ".join(found.notes)


def _steps(found: Reopened) -> Iterator[Step]:
    """How a script comes to the same data and model."""
    data, asked = found.exploration.data, found.exploration.model
    if data is not None:
        yield OpenBrain(data.params)
    if asked is not None and found.model is not None:
        if asked.file is None:
            yield FitModel(asked.params)
        else:
            yield OpenModel(asked.file) if data is None else LoadModel(asked.file)


def _writing(path: Path, exploration: Exploration) -> Job[Path]:
    yield Progress(0, 0, f"Writing {path.name}")
    return write_exploration(path, exploration)


def _opening(path: Path, places: Places) -> Job[Any]:
    """What was reopened, or the place that has to be found first."""
    yield Progress(0, 0, f"Reading {path.name}")
    try:
        exploration = located(read_exploration(path), path, places)
    except MovedError as error:
        return error
    return (yield from reopen(exploration))
