"""Experiments whose projections are too large for memory: one HDF5 file in the user's cache folder.

The file is at the same time the place where projections are read from while a model is used,
and the copy that makes the next opening fast. Its name is that of a ready-made copy (see
:mod:`napari_connectome.data.copies`); every part of it carries a checksum that is verified when
the part is read. It takes its name when it is complete.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from napari_connectome.core.errors import ConnectomeError, DataError
from napari_connectome.core.io.arrays import read_array, read_json, write_array, write_json
from napari_connectome.core.io.atomic import appearing
from napari_connectome.core.io.rows import CACHE_BYTES, RowWriter
from napari_connectome.core.io.stored_matrix import open_matrix
from napari_connectome.core.io.user_cache import FOLDER_VARIABLE, mark_used
from napari_connectome.core.masks import VoxelMask
from napari_connectome.data.copies import remove_longest_unused
from napari_connectome.data.loaded import LoadedExperiments
from napari_connectome.data.loaded_parts import ARRAYS, arrays_of, loaded_from, report_from

IN_MEMORY_BYTES = CACHE_BYTES
"""Projections up to this size are held in memory, as those of a saved model are: the sums of
both are then made in the same way, and a saved model answers bit by bit like the fitted one."""
PACKED_PART = 0.35
"""Part of their size that packed projections take at most; real ones take 0.23."""
CHUNK_BYTES = 1 << 17
"""Smaller than in a saved model: blocks of columns are read as well as rows."""
_PROJECTIONS = "projections"
_ROWS = "rows"
_VERSION = 1


class StoredCopy:
    """A copy that is being written.

    Parameters
    ----------
    file : h5py.File
        New file.
    shape : tuple of int
        Experiments that are read, and target voxels.
    """

    def __init__(self, file: Any, shape: tuple[int, int]) -> None:
        self._file = file
        self.writer = RowWriter(file, _PROJECTIONS, shape, CHUNK_BYTES)

    def finish(self, loaded: LoadedExperiments, rows: Sequence[int]) -> None:
        """Write everything but the projections.

        Parameters
        ----------
        loaded : LoadedExperiments
            Experiments that are used; its projections are not looked at.
        rows : sequence of int
            Where their projections were written.
        """
        for name, array in arrays_of(loaded).items():
            write_array(self._file, name, array)
        write_array(self._file, _ROWS, np.asarray(rows, dtype=np.int64))
        write_json(self._file, "report", asdict(loaded.report))
        self._file.attrs["version"] = _VERSION


@contextmanager
def storing(path: Path, shape: tuple[int, int]) -> Iterator[StoredCopy]:
    """Write a copy that takes its name when all went well.

    Raises
    ------
    DataError
        When there is no room for it, or it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        check_room(path.parent, shape)
        with appearing(path) as part, h5py.File(part, "x", libver=("v110", "v110")) as file:
            yield StoredCopy(file, shape)
    except OSError as error:
        raise DataError(
            f"{path.parent} cannot be written ({error.strerror or error}), and the projections are "
            f"too large for memory. Name another folder in {FOLDER_VARIABLE}."
        ) from error
    remove_longest_unused(path)


def check_room(folder: Path, shape: tuple[int, int]) -> None:
    """Refuse projections that the disk has no room for.

    Raises
    ------
    DataError
        With the numbers, and what to do.
    """
    needed, free = packed_bytes(shape), shutil.disk_usage(folder).free
    if needed > free:
        raise DataError(
            f"{shape[0]} experiments on {shape[1]} target voxels are kept on the disk and "
            f"take about {needed / 2**30:.1f} GiB there; {folder} has {free / 2**30:.1f} GiB free. "
            "Choose a coarser resolution or fewer experiments, or name another folder in "
            f"{FOLDER_VARIABLE}."
        )


def packed_bytes(shape: tuple[int, int]) -> int:
    """Bytes that projections take on the disk, at most."""
    return int(PACKED_PART * 4 * shape[0] * shape[1])


def read_stored(
    path: Path, source_mask: VoxelMask, target_mask: VoxelMask
) -> LoadedExperiments | None:
    """Open a copy; None when there is none, or its beginning is damaged.

    Parameters
    ----------
    path : Path
        From :func:`~napari_connectome.data.copies.copy_path`.
    source_mask, target_mask : VoxelMask
        Masks of the atlas, which the copy does not repeat.
    """
    try:
        with h5py.File(path, "r", locking=False) as file:
            if file.attrs["version"] != _VERSION:
                return None
            found = {name: read_array(file, name) for name in ARRAYS}
            rows = read_array(file, _ROWS)
            report = report_from(read_json(file, "report"))
        projections = open_matrix(path, _PROJECTIONS, rows)
        loaded = loaded_from(found, projections, report, (source_mask, target_mask))
    except (OSError, KeyError, ValueError, TypeError, RuntimeError, ConnectomeError):
        return None
    mark_used(path)
    return loaded
