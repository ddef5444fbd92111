"""Reopening an exploration: data, model, and what was asked, as a job and as a function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from napari_connectome.core.errors import DataError
from napari_connectome.core.io.fingerprint import model_fingerprint
from napari_connectome.core.models.fitted import FittedModel, Prediction
from napari_connectome.core.progress import Job, Progress, run_to_end
from napari_connectome.state import jobs
from napari_connectome.state.exploration import Exploration, ModelReference
from napari_connectome.state.exploration_file import read_exploration
from napari_connectome.state.exploration_places import Places, located
from napari_connectome.state.params import DatasetParams
from napari_connectome.state.values import Dataset


@dataclass(frozen=True, eq=False)
class Reopened:
    """An exploration together with what it is about.

    Parameters
    ----------
    exploration : Exploration
        With the places where data and model were found.
    dataset : Dataset
        The data; of a model without data, the atlas inside its file.
    model : FittedModel or None
        Read from its file, or fitted again.
    notes : tuple of str
        What is not as it was when the exploration was saved.
    """

    exploration: Exploration
    dataset: Dataset
    model: FittedModel | None
    notes: tuple[str, ...] = ()

    @property
    def dataset_params(self) -> DatasetParams:
        """The request that `dataset` answers."""
        data = self.exploration.data
        return DatasetParams(path=self.dataset.folder) if data is None else data.params

    def answer(self) -> Prediction | None:
        """What the model says about the saved source, None when there is no model or source.

        Raises
        ------
        SourceError
            When the source has no voxel that the model can answer for.
        """
        source = self.exploration.source
        if self.model is None or source is None:
            return None
        return self.model.answer(source, self.exploration.asked.direction)


def open_exploration(
    path: str | Path,
    *,
    data: str | Path | None = None,
    model_file: str | Path | None = None,
    report: Callable[[Progress], None] | None = None,
) -> Reopened:
    """Open an exploration that the window has saved, without a window.

    Parameters
    ----------
    path : str or Path
        The exploration's JSON file.
    data, model_file : str or Path, optional
        Where the data folder and the model file are now, if they were moved.
    report : callable, optional
        Called with every :class:`~napari_connectome.core.progress.Progress`.

    Returns
    -------
    Reopened
        Data, model and source; ``answer()`` asks again what was asked.

    Raises
    ------
    DataError
        When the file is damaged or of a newer version, or data or model are missing, damaged
        or of another atlas.

    Examples
    --------
    >>> from napari_connectome import open_exploration
    >>> found = open_exploration("visual cortex.json")  # doctest: +SKIP
    >>> found.answer().volume()  # doctest: +SKIP
    """
    file = Path(path).expanduser().absolute()
    places = Places(
        None if data is None else Path(data).expanduser(),
        None if model_file is None else Path(model_file).expanduser(),
    )
    return run_to_end(reopen(located(read_exploration(file), file, places)), report)


def reopen(exploration: Exploration) -> Job[Reopened]:
    """Open the data of an exploration and have its model again, from its file or by fitting.

    Raises
    ------
    DataError
        As :func:`open_exploration`.
    ModelError
        When the model cannot be fitted any more.
    """
    notes: list[str] = []
    dataset: Dataset | None = None
    model: FittedModel | None = None
    data, asked = exploration.data, exploration.model
    exploration.asked.check(None if asked is None else asked.params)
    if data is not None:
        dataset = yield from jobs.load(data.params)
        notes += _changed_files(data.sha256, dataset)
    if asked is not None and asked.file is not None:
        opened, model = yield from jobs.open_model(asked.file)
        notes += _changed_model(asked)
        if dataset is None:
            dataset = opened
        else:
            model = _on_atlas_of(dataset, model, asked.file)
    elif asked is not None and dataset is not None:
        if dataset.experiments is None:
            raise DataError(
                f"{dataset.folder} holds no experiment volumes any more, to which the model of the "
                "exploration was fitted. Download them again, or name the model's file."
            )
        model = yield from jobs.fit(dataset, asked.params)
    if dataset is None:
        raise DataError("The exploration names neither data nor a model's file; it is damaged.")
    return Reopened(exploration, dataset, model, tuple(notes))


def _changed_files(before: dict[str, str], dataset: Dataset) -> list[str]:
    now = dataset.provenance.get("sha256", {})
    changed = sorted(name for name in before if now.get(name) != before[name])
    if not changed:
        return []
    return [f"The data are not what they were when this was saved: {', '.join(changed)} changed."]


def _changed_model(asked: ModelReference) -> list[str]:
    if asked.file is None or asked.fingerprint in (None, model_fingerprint(asked.file)):
        return []
    return [f"{asked.file.name} holds another model than when this exploration was saved."]


def _on_atlas_of(dataset: Dataset, model: FittedModel, file: Path) -> FittedModel:
    """The model on the very atlas of the data, which must be the same brain."""
    ours, theirs = dataset.atlas, model.atlas
    same = ours.resolution_um == theirs.resolution_um and np.array_equal(
        ours.annotation, theirs.annotation
    )
    if not same:
        raise DataError(
            f"{file} was fitted on another atlas ({theirs.name}, {theirs.resolution_um:g} µm) than "
            f"the one in {dataset.folder} ({ours.name}, {ours.resolution_um:g} µm). Open them one "
            "by one, or fit the model again."
        )
    return replace(model, atlas=ours)
