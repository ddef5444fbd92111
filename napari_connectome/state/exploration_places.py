"""Where the data and the model of an exploration are now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from napari_connectome.core.errors import DataError
from napari_connectome.core.io import is_model_file
from napari_connectome.core.models.catalog import CATALOG
from napari_connectome.state.exploration import DataReference, Exploration, ModelReference

Kind = Literal["data", "model"]
_WORDS = {"data": "data folder", "model": "model file"}


class MovedError(DataError):
    """Something that an exploration needs is no longer where it was.

    Parameters
    ----------
    kind : {"data", "model"}
        What it is.
    place : Path
        Where it was.
    optional : bool
        Whether the exploration can be opened without it.
    """

    def __init__(self, kind: Kind, place: Path, *, optional: bool) -> None:
        self.kind, self.place, self.optional = kind, place, optional
        super().__init__(
            f"The {_WORDS[kind]} of this exploration is not at {place} any more. "
            "Say where it is now."
        )


@dataclass(frozen=True)
class Places:
    """What a person says about places that were moved.

    Parameters
    ----------
    data : Path, optional
        Where the data folder is now.
    model_file : Path, optional
        Where the model file is now.
    without_data : bool
        Open the model alone, if the data folder is not found.
    """

    data: Path | None = None
    model_file: Path | None = None
    without_data: bool = False


def located(exploration: Exploration, file: Path, places: Places = Places()) -> Exploration:
    """The exploration with the places where data and model were found.

    Both are looked for where they were, where they lay as seen from the exploration's file, and
    beside it. A model whose file is not found is left to be fitted again, when data are there.

    Parameters
    ----------
    exploration : Exploration
        As it was read.
    file : Path
        The file that it was read from.
    places : Places
        What the person says.

    Raises
    ------
    MovedError
        When something is missing without which it cannot be opened as it was.
    DataError
        When there is nothing at a place that the person names.
    """
    for named in (places.data, places.model_file):
        if named is not None and not named.exists():
            raise DataError(f"{named} is not there. Name the place where it is now.")
    model, model_file = exploration.model, _model_file(exploration.model, file, places.model_file)
    data, folder = exploration.data, _data_folder(exploration.data, file, places.data)
    before = None if data is None else data.params.path
    if data is not None and folder is not None:
        params = data.params.model_copy(update={"path": folder})
        data = data.model_copy(update={"params": params})
    elif before is not None:
        if not (places.without_data and model_file is not None):
            raise MovedError("data", before, optional=model_file is not None)
        data = None
    if model is not None and model.file is not None:
        fits_again = data is not None and model.params.model in CATALOG
        if model_file is None and not fits_again:
            raise MovedError("model", model.file, optional=False)
        model = model.model_copy(update={"file": model_file})
    return replace(exploration, data=data, model=model)


def _data_folder(data: DataReference | None, file: Path, named: Path | None) -> Path | None:
    if data is None or data.params.path is None:
        return None
    return _first([data.params.path], data.relative, file, named, Path.exists)


def _model_file(model: ModelReference | None, file: Path, named: Path | None) -> Path | None:
    if model is None or model.file is None:
        return None
    return _first([model.file], model.relative, file, named, is_model_file)


def _first(
    places: list[Path],
    relative: str | None,
    file: Path,
    named: Path | None,
    is_it: Callable[[Path], bool],
) -> Path | None:
    """The first place where it is: the one that is named, else where it was or could be."""
    if named is not None:
        return named
    if relative is not None:
        places = [*places, file.parent / relative]
    candidates = [*places, file.parent / places[0].name]
    return next((place.resolve() for place in candidates if is_it(place)), None)
