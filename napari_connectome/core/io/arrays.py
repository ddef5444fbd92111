"""Plain arrays and JSON in an HDF5 file: chunked, deflated, checked when they are read."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt

CHUNK_BYTES = 1 << 20
LEVEL = 1
"""Deflate level: higher ones gain 2 % of size and double the time."""


def write_array(group: Any, name: str, array: npt.ArrayLike) -> None:
    """Write an array as a dataset whose chunks carry checksums.

    Parameters
    ----------
    group : h5py.Group
        Where; folders in `name` are made.
    name : str
        Name of the dataset.
    array : array_like
        Numbers or truth values, at least one-dimensional.
    """
    values = np.atleast_1d(array)
    row_bytes = max(values[:1].nbytes, 1)
    rows = min(max(CHUNK_BYTES // row_bytes, 1), max(len(values), 1))
    group.create_dataset(
        name,
        data=values,
        chunks=(rows, *(max(n, 1) for n in values.shape[1:])),
        maxshape=(None, *values.shape[1:]) if values.size == 0 else None,
        compression="gzip",
        compression_opts=LEVEL,
        fletcher32=True,
    )


def read_array(group: Any, name: str) -> npt.NDArray[Any]:
    """Read a whole dataset; the array is read-only and of the machine's byte order."""
    dataset = group[name]
    values = np.empty(dataset.shape, dtype=dataset.dtype.newbyteorder("="))
    if values.size:
        dataset.read_direct(values)
    values.setflags(write=False)
    return values


def write_json(group: Any, name: str, value: Any) -> None:
    """Write a plain value as JSON text, stored as bytes."""
    text = json.dumps(value, default=_plain, ensure_ascii=False)
    write_array(group, name, np.frombuffer(text.encode(), dtype=np.uint8))


def read_json(group: Any, name: str) -> Any:
    """Read what :func:`write_json` wrote."""
    return json.loads(read_array(group, name).tobytes())


def _plain(value: Any) -> Any:
    """JSON for numpy's numbers and arrays, and for paths."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if hasattr(value, "__fspath__"):
        return value.__fspath__()
    raise TypeError(f"{type(value).__name__} cannot be stored as JSON: {value!r}")
