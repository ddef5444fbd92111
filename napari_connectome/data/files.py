"""Small files: JSON that explains what is wrong with it, and saving that is all or nothing."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from napari_connectome.core.errors import DataError


def read_json(path: Path, what: str) -> Any:
    """Content of a JSON file.

    Parameters
    ----------
    path : Path
        The file.
    what : str
        What it should hold, for the message.

    Raises
    ------
    DataError
        When the file is missing, unreadable or not JSON.
    """
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise DataError(
            f"{path} is missing: it should hold {what}. Download it again, or choose another folder."
        ) from None
    except (OSError, ValueError) as error:
        raise DataError(
            f"{path} should hold {what} as JSON and cannot be read ({error}). Download it again."
        ) from error


@contextmanager
def atomic_writer(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that appears under its name only when it is complete.

    Raises
    ------
    OSError
        When the folder cannot be written to; nothing is left behind.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with open(descriptor, "wb") as file:
            yield file
        Path(name).chmod(0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _umask() -> int:
    """Permission bits that new files of this process go without."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
