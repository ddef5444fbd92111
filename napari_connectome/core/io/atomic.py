"""A file is either complete or not there."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from napari_connectome.core.errors import DataError


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """Name to write to; what was written takes the place of `path` when all went well.

    The new file lies in the same folder under a hidden name that ends in ``.part``,
    and is on the disk before it is renamed: whenever the process or the machine
    stops, `path` is the old file, the new one, or not there as before.

    Raises
    ------
    DataError
        When the folder is missing, cannot be written to, or is full.
    """
    if path.is_dir():
        raise DataError(f"{path} is a folder; the name of a file to write was expected.")
    if not path.parent.is_dir():
        raise DataError(f"The folder {path.parent} does not exist. Make it, or choose another.")
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        yield part
        _to_disk(part)
        part.replace(path)
        _to_disk(path.parent)
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error}. Is there room on the disk?") from error
    finally:
        with suppress(OSError):
            part.unlink()


def write_text(path: Path, text: str) -> None:
    """Write a text in UTF-8, line ends as they are; an older file is replaced when it is complete.

    Raises
    ------
    DataError
        When the file cannot be written.
    """
    with appearing(path) as part:
        part.write_text(text, encoding="utf-8", newline="")


def _to_disk(path: Path) -> None:
    """Wait until the disk holds a file's bytes, or a folder's names."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
