"""Models from wherever they are: saved by this program, or published."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from napari_connectome.core.errors import DataError
from napari_connectome.core.io import load_model
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.progress import Job, Progress, run_to_end
from napari_connectome.data.published_model import find_published, read_published


def read_model(place: str | Path, report: Callable[[Progress], None] | None = None) -> FittedModel:
    """Open a saved model, or the folder (or a file) of a published one.

    Parameters
    ----------
    place : str or Path
        File that was saved, or see :func:`~napari_connectome.data.published_model.find_published`.
    report : callable, optional
        Called with every :class:`~napari_connectome.core.progress.Progress`.

    Raises
    ------
    DataError
        When it is neither, or damaged.
    """
    return run_to_end(reading_model(place), report)


def reading_model(place: str | Path) -> Job[FittedModel]:
    """Do what :func:`read_model` does, as a job that can be stopped."""
    path = Path(place).expanduser()
    if find_published(path) is not None:
        return (yield from read_published(path))
    yield Progress(0, 0, "Opening the model")
    if not path.is_file():
        came = "no folder of a published model" if path.exists() else "missing"
        raise DataError(f"{path} is {came}; a saved model file was expected.")
    return load_model(path)
