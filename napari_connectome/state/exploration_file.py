"""Explorations in small JSON files.

Layout, version 1: ``data``, ``model``, ``source``, ``named_sources``, ``asked`` and ``view``, as
in :class:`~napari_connectome.state.exploration.Exploration`. Drawings that are too large for a
file that people read lie in a file of sources beside it, whose name holds a digest of it: while
both are replaced, the old pair stays whole until the new one is.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from os.path import relpath
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from napari_connectome import __version__
from napari_connectome.core.errors import DataError, SourceError
from napari_connectome.core.io.atomic import write_text
from napari_connectome.core.io.fingerprint import model_fingerprint
from napari_connectome.core.sources import Source, from_record, to_record
from napari_connectome.data.own_json import OwnFormat
from napari_connectome.data.source_files import NamedSource, read_sources, write_sources
from napari_connectome.state.exploration import (
    Asked,
    DataReference,
    Exploration,
    ModelReference,
    ViewParams,
)
from napari_connectome.state.params import Params

FORMAT = OwnFormat(
    name="napari-connectome exploration",
    version=1,
    largest_bytes=20_000_000,
    noun="exploration",
    plural="exploration",
    advice="Choose a file that *Save exploration* has written.",
)
INLINE_CHARACTERS = 10_000
"""A source that needs more than that lies in the file beside."""
SUFFIX = ".json"
_BESIDE = re.compile(r"[^/\\\0]+\.[0-9a-f]{16}\.sources\.json")
P = TypeVar("P", bound=Params)


def is_exploration(path: Path) -> bool:
    """Whether a file starts like an exploration (it may still be damaged)."""
    return path.suffix.lower() == SUFFIX and FORMAT.is_one(path)


def write_exploration(path: str | Path, exploration: Exploration) -> Path:
    """Write an exploration; an older file of that name is replaced when the new one is complete.

    Parameters
    ----------
    path : str or Path
        File to write; folders of data and model are also stored as seen from it.
    exploration : Exploration
        What to save.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DataError
        When the file cannot be written, or the model's file not be read.
    """
    target = Path(path).expanduser().absolute()
    shelf = _Shelf()
    content = {
        "written_by": __version__,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "data": _dumped(_seen_from(target, exploration.data)),
        "model": _dumped(_model_seen_from(target, exploration.model)),
        "source": None if exploration.source is None else shelf.put("source", exploration.source),
        "named_sources": [
            {"name": named.name, "source": shelf.put(named.name, named.source)}
            for named in exploration.named_sources
        ],
        "asked": _dumped(exploration.asked),
        "view": _dumped(exploration.view),
    }
    before = _beside_of(target)
    content["beside"] = shelf.write(target)
    write_text(target, FORMAT.text(content))
    if before is not None and before != content["beside"]:
        with suppress(OSError):
            target.with_name(before).unlink()
    return target


def read_exploration(path: str | Path) -> Exploration:
    """Read an exploration. Data and model are not touched.

    Raises
    ------
    DataError
        When the file is missing, no exploration, of a newer version, or damaged; the message
        names the field.
    """
    path = Path(path).expanduser().absolute()
    content = FORMAT.read(path)
    shelf = _opened_shelf(path, content.get("beside"))
    source = content.get("source")
    return Exploration(
        data=_section(path, "data", content.get("data"), DataReference),
        model=_section(path, "model", content.get("model"), ModelReference),
        source=None if source is None else _source(path, "source", source, shelf),
        named_sources=tuple(_named_sources(path, content.get("named_sources", []), shelf)),
        asked=_section(path, "asked", content.get("asked"), Asked) or Asked(),
        view=_section(path, "view", content.get("view"), ViewParams),
    )


class _Shelf:
    """Puts sources into records, and large ones into the file beside."""

    def __init__(self) -> None:
        self._large: list[NamedSource] = []

    def put(self, name: str, source: Source) -> dict[str, Any]:
        """Record of a source, or where it lies in the file beside."""
        record = to_record(source)
        if len(json.dumps(record)) <= INLINE_CHARACTERS:
            return record
        same = [i for i, named in enumerate(self._large) if named.source is source]
        if not same:
            self._large.append(NamedSource(name, source))
        return {"beside": same[0] if same else len(self._large) - 1}

    def write(self, target: Path) -> str | None:
        """Write the file beside, when it is needed; its name."""
        if not self._large:
            return None
        records = [to_record(named.source) for named in self._large]
        digest = hashlib.sha256(json.dumps(records).encode()).hexdigest()[:16]
        beside = target.with_name(f"{target.stem}.{digest}.sources.json")
        write_sources(beside, self._large)
        return beside.name


def _opened_shelf(path: Path, name: Any) -> tuple[NamedSource, ...]:
    if name is None:
        return ()
    if not isinstance(name, str) or not _BESIDE.fullmatch(name):
        raise DataError(
            f"{path}: 'beside' should be the name of a file of sources in the same folder; "
            f"{name!r} came. The file is damaged."
        )
    beside = path.with_name(name)
    if not beside.is_file():
        raise DataError(
            f"{path} has drawings in {name}, which is missing. Put that file beside it again."
        )
    return read_sources(beside)


def _beside_of(path: Path) -> str | None:
    """Name of the file beside an older exploration that is about to be replaced."""
    if not is_exploration(path):
        return None
    try:
        name = FORMAT.read(path).get("beside")
    except DataError:
        return None
    return name if isinstance(name, str) and _BESIDE.fullmatch(name) else None


def _source(path: Path, field: str, record: Any, shelf: tuple[NamedSource, ...]) -> Source:
    try:
        if isinstance(record, Mapping) and "beside" in record:
            number = record["beside"]
            if type(number) is not int or not 0 <= number < len(shelf):
                raise SourceError(f"Source {number!r} of the file beside was named; it has none.")
            return shelf[number].source
        return from_record(record)
    except SourceError as error:
        raise DataError(f"{path}: {field} cannot be used. {error}") from None


def _named_sources(
    path: Path, records: Any, shelf: tuple[NamedSource, ...]
) -> Iterable[NamedSource]:
    if not isinstance(records, list):
        raise DataError(f"{path}: a list 'named_sources' was expected. The file is damaged.")
    for number, record in enumerate(records, start=1):
        name = record.get("name") if isinstance(record, dict) else None
        if not isinstance(name, str) or not name.strip():
            raise DataError(f"{path}: named source {number} has no name. The file is damaged.")
        yield NamedSource(name, _source(path, f"source {name!r}", record.get("source"), shelf))


def _section(path: Path, name: str, value: Any, kind: type[P]) -> P | None:
    if value is None:
        return None
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, (name, *first["loc"])))
        raise DataError(
            f"{path}: the field {place} cannot be used ({first['msg']}). "
            "The file is damaged, or was changed by hand; save the exploration again."
        ) from None


def _dumped(params: Params | None) -> Any:
    return None if params is None else params.model_dump(mode="json")


def _seen_from(target: Path, data: DataReference | None) -> DataReference | None:
    if data is None or data.params.path is None:
        return data
    folder = data.params.path.absolute()
    return data.model_copy(
        update={
            "params": data.params.model_copy(update={"path": folder}),
            "relative": _relative(folder, target),
        }
    )


def _model_seen_from(target: Path, model: ModelReference | None) -> ModelReference | None:
    if model is None or model.file is None:
        return model
    file = model.file.absolute()
    return model.model_copy(
        update={
            "file": file,
            "relative": _relative(file, target),
            "fingerprint": model_fingerprint(file),
        }
    )


def _relative(place: Path, target: Path) -> str | None:
    """A place as seen from the folder of a file; None on another drive."""
    try:
        return Path(relpath(place, target.parent)).as_posix()
    except ValueError:
        return None
