"""A saved file must hold all that it names, and no more than was written into it."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import Any

from napari_connectome.core.errors import DataError

_DEEPEST = 8
"""Folders within folders; ours are three deep."""
_MOST_PACKED = 1100
"""Deflate makes at most one byte of so many."""
_SMALL_BYTES = 1 << 20


def check_inside(path: Path, group: Any, depth: int = _DEEPEST) -> None:
    """Refuse links to other files, and arrays that are announced larger than what is stored.

    Parameters
    ----------
    path : Path
        The file, for messages.
    group : h5py.Group
        Checked with everything below it; no array is read.
    depth : int
        How many folders may lie within each other.

    Raises
    ------
    DataError
        When a part leads out of the file, or would unpack to more than the file can hold.
    """
    import h5py

    if not depth:
        raise DataError(f"{path}: {group.name} lies too deep; no saved model is made like that.")
    for name in group:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise DataError(
                f"{path}: its part {name!r} leads to another place or file, which no saved model "
                "does. It was tampered with: do not use it."
            )
        part = group[name]
        if isinstance(part, h5py.Group):
            check_inside(path, part, depth - 1)
        elif isinstance(part, h5py.Dataset):
            _check_array(path, part)


def _check_array(path: Path, array: Any) -> None:
    if array.is_virtual or array.external:
        raise DataError(
            f"{path}: the numbers of its part {array.name!r} lie in another file, which no saved "
            "model does. It was tampered with: do not use it."
        )
    announced = prod(array.shape) * array.dtype.itemsize
    if announced > _SMALL_BYTES + _MOST_PACKED * array.id.get_storage_size():
        raise DataError(
            f"{path}: its part {array.name!r} is announced with {announced / 1e9:.1f} GB, of which "
            "next to nothing is stored. It is damaged, or was tampered with."
        )
