"""Files of the source section: masks, and lists of named sources."""

from __future__ import annotations

from pathlib import Path

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.progress import Job, Progress
from napari_connectome.data.mask_files import ImportedMask, read_mask
from napari_connectome.data.source_files import NamedSource, read_sources, write_sources


def open_mask(path: Path, atlas: Atlas) -> Job[ImportedMask]:
    """Read a mask and bring it to the atlas's grid.

    Raises
    ------
    DataError
        When it cannot be used.
    """
    yield Progress(0, 0, f"Reading {path.name}")
    return read_mask(path, atlas)


def open_sources(path: Path) -> Job[tuple[NamedSource, ...]]:
    """Read named sources.

    Raises
    ------
    DataError
        When the file cannot be used.
    """
    yield Progress(0, 0, f"Reading {path.name}")
    return read_sources(path)


def save_sources(path: Path, sources: tuple[NamedSource, ...]) -> Job[Path]:
    """Save named sources.

    Raises
    ------
    DataError
        When the file cannot be written.
    """
    yield Progress(0, 0, f"Writing {path.name}")
    return write_sources(path, sources)
