"""A ready-made copy of loaded experiments in the user's cache folder.

One file: NumPy arrays one after the other, each starting at a multiple of 64 bytes,
the first of them a JSON description with a checksum of every other. The projections
come last and are mapped, not copied, into memory. The file name is a digest of
everything that the content depends on, so a copy is never out of date: when the
folder or the settings change, another name is asked for. A copy that cannot be
written, or is damaged, is no error: the experiments are read again.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.errors import ConnectomeError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.data.allen_cache import VOLUME_KINDS, AllenCache
from napari_connectome.data.files import atomic_writer
from napari_connectome.data.loaded import LeftOut, LoadedExperiments, LoadReport
from napari_connectome.data.settings import LoadSettings

FOLDER_VARIABLE = "NAPARI_CONNECTOME_CACHE"
"""Environment variable that names the folder of the copies."""
MAX_TOTAL_BYTES = 4 * 2**30
"""All copies together; the longest unused go first."""
_FORMAT = 1
_SUFFIX = ".experiments"
_ALIGNMENT = 64
_ARRAYS = (
    "ids",
    "division_ids",
    "centroids",
    "injection_data",
    "injection_columns",
    "injection_starts",
    "injection_sums",
    "mirrored",
    "projections",
)
_UNREADABLE = (OSError, ValueError, KeyError, TypeError, EOFError, ConnectomeError)


def cache_folder() -> Path:
    """Folder of the copies, where the system keeps caches unless the environment says other.

    ``NAPARI_CONNECTOME_CACHE`` names it outright; else it is ``napari-connectome`` in
    ``XDG_CACHE_HOME``, or in the system's usual place.
    """
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named).expanduser()
    return _system_cache() / "napari-connectome"


def pack_path(cache: AllenCache, ids: Sequence[int], settings: LoadSettings) -> Path | None:
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
        return cache_folder() / (hashlib.sha256(text.encode()).hexdigest()[:32] + _SUFFIX)
    except RuntimeError:
        return None


def write_pack(path: Path, loaded: LoadedExperiments) -> bool:
    """Write a copy, and remove the longest unused ones beyond the limit.

    Returns
    -------
    bool
        Whether it was written. A full or read-only disk is no error.
    """
    arrays = _arrays_of(loaded)
    n_bytes = sum(array.nbytes for array in arrays.values())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if n_bytes > min(MAX_TOTAL_BYTES, shutil.disk_usage(path.parent).free // 2):
            return False
        with atomic_writer(path) as file:
            _append(file, _description(arrays, loaded.report))
            for array in arrays.values():
                _append(file, array)
    except _UNREADABLE:
        return False
    _remove_longest_unused(path)
    return True


def read_pack(
    path: Path, source_mask: VoxelMask, target_mask: VoxelMask
) -> LoadedExperiments | None:
    """Read a copy; None when there is none, or it is damaged.

    Parameters
    ----------
    path : Path
        From :func:`pack_path`.
    source_mask, target_mask : VoxelMask
        Masks of the atlas, which the copy does not repeat.
    """
    try:
        with path.open("rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        arrays = _Arrays(content)
        about = json.loads(arrays.next().tobytes())
        found = {name: arrays.next() for name in _ARRAYS}
        if about["checksums"] != _checksums(found):
            return None
        loaded = _loaded(found, _report(about["report"]), source_mask, target_mask)
        with suppress(OSError):
            os.utime(path)
    except _UNREADABLE:
        return None
    return loaded


class _Arrays:
    """Arrays of a mapped file, one after the other, without copies."""

    def __init__(self, content: mmap.mmap) -> None:
        self._content = content

    def next(self) -> npt.NDArray[Any]:
        """The next array, read-only."""
        content = self._content
        np.lib.format.read_magic(content)
        shape, _fortran, dtype = np.lib.format.read_array_header_1_0(content)
        start, count = content.tell(), int(np.prod(shape))
        content.seek(min(_aligned(start + count * dtype.itemsize), len(content)))
        return np.frombuffer(content, dtype, count, start).reshape(shape)


def _append(file: BinaryIO, array: npt.NDArray[Any]) -> None:
    np.lib.format.write_array(file, array, version=(1, 0), allow_pickle=False)
    file.write(b"\0" * (_aligned(file.tell()) - file.tell()))


def _aligned(position: int) -> int:
    return -(-position // _ALIGNMENT) * _ALIGNMENT


def _description(arrays: Mapping[str, npt.NDArray[Any]], report: LoadReport) -> npt.NDArray[Any]:
    about = {"checksums": _checksums(arrays), "report": asdict(report)}
    return np.frombuffer(json.dumps(about).encode(), dtype=np.uint8)


def _checksums(arrays: Mapping[str, npt.NDArray[Any]]) -> dict[str, int]:
    """Sum of each array's words: it runs at the speed of memory and touches every page."""
    return {name: _word_sum(array) for name, array in arrays.items()}


def _word_sum(array: npt.NDArray[Any]) -> int:
    octets = array.reshape(-1).view(np.uint8)
    words = octets.view(np.uint32) if octets.size % 4 == 0 else octets
    return int(words.sum(dtype=np.uint64))


def _arrays_of(loaded: LoadedExperiments) -> dict[str, npt.NDArray[Any]]:
    arrays = (
        loaded.ids,
        loaded.division_ids,
        loaded.centroids,
        loaded.injections.data,
        loaded.injections.indices,
        loaded.injections.indptr,
        loaded.injection_sums,
        loaded.mirrored,
        loaded.projections,
    )
    return dict(zip(_ARRAYS, map(np.ascontiguousarray, arrays), strict=True))


def _loaded(
    found: Mapping[str, npt.NDArray[Any]],
    report: LoadReport,
    source_mask: VoxelMask,
    target_mask: VoxelMask,
) -> LoadedExperiments:
    parts = tuple(found[f"injection_{part}"].copy() for part in ("data", "columns", "starts"))
    return LoadedExperiments(
        ids=found["ids"],
        division_ids=found["division_ids"],
        centroids=found["centroids"],
        injections=csr_array(parts, shape=(len(found["ids"]), len(source_mask))),
        projections=found["projections"],
        injection_sums=found["injection_sums"],
        mirrored=found["mirrored"],
        source_mask=source_mask,
        target_mask=target_mask,
        report=report,
    )


def _report(fields: Mapping[str, Any]) -> LoadReport:
    return LoadReport(
        used=fields["used"],
        left_out=tuple(LeftOut(**entry) for entry in fields["left_out"]),
        without_volumes=tuple(fields["without_volumes"]),
        unknown_ids=tuple(fields["unknown_ids"]),
        empty_divisions=tuple(fields["empty_divisions"]),
    )


def _fingerprint(path: Path) -> tuple[str, int, int]:
    """Name, size and time of change of a file; -1 when it is not there."""
    try:
        status = path.stat()
    except OSError:
        return str(path), -1, -1
    return str(path), status.st_size, status.st_mtime_ns


def _remove_longest_unused(newest: Path) -> None:
    """Keep the copies within their limit; the one just written always stays."""
    with suppress(OSError):
        others = [p for p in newest.parent.glob(f"*{_SUFFIX}") if p != newest]
        room = MAX_TOTAL_BYTES - newest.stat().st_size
        for path in sorted(others, key=lambda p: p.stat().st_mtime, reverse=True):
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
