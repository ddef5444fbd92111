"""Where a model's data came from: enough to find out later whether two models saw the same."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from napari_connectome import __version__
from napari_connectome.data.allen_cache import AllenCache
from napari_connectome.data.settings import LoadSettings

LIBRARIES = ("numpy", "scipy", "h5py")


def provenance(cache: AllenCache, settings: LoadSettings, notes: Sequence[str]) -> dict[str, Any]:
    """Describe the data of a fit in plain JSON values.

    Parameters
    ----------
    cache : AllenCache
        The folder that was read.
    settings : LoadSettings
        How it was read.
    notes : sequence of str
        What was left out and why.

    Returns
    -------
    dict
        ``folder``, ``resolution_um``, ``sha256`` of the files that define atlas and
        experiment list, ``settings``, ``notes``, ``time`` (UTC), ``versions``.
    """
    files = (cache.annotation_path, cache.structures_path, cache.manifest.path("EXPERIMENTS"))
    return {
        "folder": str(cache.folder),
        "resolution_um": cache.resolution_um,
        "sha256": {_name(file, cache.folder): _digest(file) for file in files if file.is_file()},
        "settings": _plain(asdict(settings)),
        "notes": list(notes),
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {
            "napari-connectome": __version__,
            "python": platform.python_version(),
            **{name: version(name) for name in LIBRARIES},
        },
    }


def _name(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix() if file.is_relative_to(folder) else str(file)


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _plain(value: Any) -> Any:
    """Sets become sorted lists, tuples lists."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(value)
    return list(value) if isinstance(value, tuple) else value
