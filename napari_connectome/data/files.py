"""Small files: JSON that explains what is wrong with it, and saving that is all or nothing."""

from __future__ import annotations

import json
import secrets
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
            f"{path} is missing: it should hold {what}. Download it, or choose another folder."
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
    DataError
        When it cannot be written; nothing is left behind and an older file stays.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with temporary.open("xb") as file:
            yield file
        temporary.replace(path)
    except OSError as error:
        raise DataError(
            f"{path} cannot be written ({error.strerror or error}). Choose another place, "
            "or make room there."
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
