"""A ready-made copy of loaded experiments in the user's cache folder.

One file: NumPy arrays one after the other, each starting at a multiple of 64 bytes,
the first of them a JSON description with a checksum of every other. The projections
come last and are mapped, not copied, into memory. A copy that cannot be written, or is
damaged, is no error: the experiments are read again.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import ConnectomeError
from napari_connectome.core.io.user_cache import mark_used
from napari_connectome.core.masks import VoxelMask
from napari_connectome.data.copies import has_room, remove_longest_unused
from napari_connectome.data.files import atomic_writer
from napari_connectome.data.loaded import LoadedExperiments, LoadReport
from napari_connectome.data.loaded_parts import ARRAYS, arrays_of, loaded_from, report_from

_ALIGNMENT = 64
_PROJECTIONS = "projections"
_UNREADABLE = (OSError, ValueError, KeyError, TypeError, EOFError, ConnectomeError)


def write_pack(path: Path, loaded: LoadedExperiments) -> bool:
    """Write a copy, and remove the longest unused ones beyond the limit.

    Returns
    -------
    bool
        Whether it was written. A full or read-only disk is no error.
    """
    arrays = {**arrays_of(loaded), _PROJECTIONS: np.ascontiguousarray(loaded.projections)}
    n_bytes = sum(array.nbytes for array in arrays.values())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not has_room(path.parent, n_bytes):
            return False
        with atomic_writer(path) as file:
            _append(file, _description(arrays, loaded.report))
            for array in arrays.values():
                _append(file, array)
    except _UNREADABLE:
        return False
    remove_longest_unused(path)
    return True


def read_pack(
    path: Path, source_mask: VoxelMask, target_mask: VoxelMask
) -> LoadedExperiments | None:
    """Read a copy; None when there is none, or it is damaged.

    Parameters
    ----------
    path : Path
        From :func:`~napari_connectome.data.copies.copy_path`.
    source_mask, target_mask : VoxelMask
        Masks of the atlas, which the copy does not repeat.
    """
    try:
        with path.open("rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        arrays = _Arrays(content)
        about = json.loads(arrays.next().tobytes())
        found = {name: arrays.next() for name in (*ARRAYS, _PROJECTIONS)}
        if about["checksums"] != _checksums(found):
            return None
        report = report_from(about["report"])
        loaded = loaded_from(found, found[_PROJECTIONS], report, (source_mask, target_mask))
        mark_used(path)
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
