"""Named sources in a file, to be asked again another day or sent to a colleague."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from napari_connectome.core.errors import DataError, SourceError
from napari_connectome.core.io.atomic import write_text
from napari_connectome.core.sources import Source, from_record, to_record
from napari_connectome.data.own_json import OwnFormat

FORMAT = OwnFormat(
    name="napari-connectome sources",
    version=1,
    largest_bytes=500_000_000,
    noun="file of sources",
    plural="sources",
    advice="Choose a file that was saved from the list of sources.",
)


@dataclass(frozen=True, eq=False)
class NamedSource:
    """A source that a person has kept.

    Parameters
    ----------
    name : str
        Given by the person.
    source : Source
        Of any kind.
    """

    name: str
    source: Source


def write_sources(path: Path, sources: Iterable[NamedSource]) -> Path:
    """Write sources to a JSON file; an older file of that name is replaced when it is complete.

    Raises
    ------
    SourceError
        When a source is of a kind that cannot be saved.
    DataError
        When the file cannot be written.
    """
    records = [{"name": named.name, "source": to_record(named.source)} for named in sources]
    text = FORMAT.text({"sources": records})
    write_text(path, text)
    return path


def read_sources(path: Path) -> tuple[NamedSource, ...]:
    """Read the sources of a file.

    Raises
    ------
    DataError
        When the file is missing, too large, no file of sources, of a newer version or damaged;
        the message names the source that is.
    """
    records = FORMAT.read(path).get("sources")
    if not isinstance(records, list):
        raise DataError(f"{path} should hold a list of sources; {type(records).__name__} came.")
    return tuple(_named(path, number, record) for number, record in enumerate(records, start=1))


def _named(path: Path, number: int, record: Any) -> NamedSource:
    name = record.get("name") if isinstance(record, dict) else None
    if not isinstance(name, str) or not name.strip():
        raise DataError(f"{path}: source {number} has no name; the file is damaged.")
    try:
        return NamedSource(name, from_record(record.get("source")))
    except SourceError as error:
        raise DataError(f"{path}: source {number} ({name}) cannot be used. {error}") from None
