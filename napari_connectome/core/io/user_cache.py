"""The user's cache folder: files that can be made again, kept within a limit."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

FOLDER_VARIABLE = "NAPARI_CONNECTOME_CACHE"
"""Environment variable that names the folder."""


def cache_folder() -> Path:
    """Where the system keeps caches, unless the environment says other.

    ``NAPARI_CONNECTOME_CACHE`` names it outright; else it is ``napari-connectome`` in
    ``XDG_CACHE_HOME``, or in the system's usual place.

    Raises
    ------
    RuntimeError
        On a system without a home.
    """
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named).expanduser()
    return _system_cache() / "napari-connectome"


def mark_used(path: Path) -> None:
    """Note that a file was used just now; one that cannot be marked is no error."""
    with suppress(OSError):
        os.utime(path)


def remove_beyond(newest: Path, others: Iterable[Path], most_bytes: int) -> None:
    """Keep files within a limit; the one just written always stays.

    Parameters
    ----------
    newest : Path
        Just written.
    others : iterable of Path
        The ones used last first; they go from where there is no room for them.
    most_bytes : int
        All of them together.
    """
    with suppress(OSError):
        room = most_bytes - newest.stat().st_size
        for path in (p for p in others if p != newest):
            room -= path.stat().st_size
            if room < 0:
                path.unlink()


def _system_cache() -> Path:
    if named := os.environ.get("XDG_CACHE_HOME"):
        return Path(named)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    if sys.platform == "win32" and (local := os.environ.get("LOCALAPPDATA")):
        return Path(local)
    return Path.home() / ".cache"
