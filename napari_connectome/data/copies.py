"""Ready-made copies of loaded experiments: where they lie, how much room they may take.

The file name is a digest of everything that the content depends on, so a copy is never out of
date: when the folder or the settings change, another name is asked for.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from napari_connectome.core.io.user_cache import cache_folder, remove_beyond
from napari_connectome.data.allen_cache import VOLUME_KINDS, AllenCache
from napari_connectome.data.settings import LoadSettings

MAX_TOTAL_BYTES = 4 * 2**30
"""All copies together; the longest unused go first, and the newest always stays."""
SUFFIX = ".experiments"
"""Copies that are mapped into memory as they are."""
STORED_SUFFIX = ".projections"
"""Copies that are too large for memory and are read row by row."""
_FORMAT = 1


def copy_path(
    cache: AllenCache, ids: Sequence[int], settings: LoadSettings, suffix: str = SUFFIX
) -> Path | None:
    """Where the copy of these experiments is, or would be; None on a system without a home.

    The name depends on the settings, on the folder, and on name, size and time of
    change of every file that is read.
    """
    paths = [cache.annotation_path, cache.structures_path, cache.manifest.path("EXPERIMENTS")]
    paths += [cache.volume_path(i, kind) for i in ids for kind in VOLUME_KINDS]
    about = {
        "format": _FORMAT,
        "settings": asdict(settings),
        "files": [_fingerprint(path) for path in paths],
    }
    text = json.dumps(about, sort_keys=True, default=sorted)
    try:
        return cache_folder() / (hashlib.sha256(text.encode()).hexdigest()[:32] + suffix)
    except RuntimeError:
        return None


def has_room(folder: Path, n_bytes: int) -> bool:
    """Whether a copy of that size may be kept: within the limit, and half of the disk stays free.

    Raises
    ------
    OSError
        When the folder cannot be looked at.
    """
    return n_bytes <= min(MAX_TOTAL_BYTES, shutil.disk_usage(folder).free // 2)


def kept_copies() -> list[Path]:
    """Every copy that is there, the one used last first."""
    with suppress(OSError, RuntimeError):
        folder = cache_folder()
        found = [p for s in (SUFFIX, STORED_SUFFIX) for p in folder.glob(f"*{s}")]
        return sorted(found, key=lambda p: p.stat().st_mtime, reverse=True)
    return []


def remove_copies() -> int:
    """Remove every copy; what is open stays readable until it is closed. Say how many went."""
    gone = 0
    for path in kept_copies():
        with suppress(OSError):
            path.unlink()
            gone += 1
    return gone


def remove_longest_unused(newest: Path) -> None:
    """Keep the copies within their limit; the one just written always stays."""
    remove_beyond(newest, kept_copies(), MAX_TOTAL_BYTES)


def _fingerprint(path: Path) -> tuple[str, int, int]:
    """Name, size and time of change of a file; -1 when it is not there."""
    try:
        status = path.stat()
    except OSError:
        return str(path), -1, -1
    return str(path), status.st_size, status.st_mtime_ns
