"""OME-Zarr volumes (version 0.4): chunked, compressed, in coarser and coarser copies."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import DataError

VERSION = "0.4"
CHUNK = 64
SMALLEST = 32
"""Copies go on until the longest axis has no more voxels than that."""
AXES = (
    {"name": "z", "type": "space", "unit": "micrometer"},
    {"name": "y", "type": "space", "unit": "micrometer"},
    {"name": "x", "type": "space", "unit": "micrometer"},
)
"""AP, DV and ML: the format wants these names for axes of space."""


def write_ome_zarr(
    path: Path, volume: npt.NDArray[Any], resolution_um: float, provenance: Mapping[str, Any]
) -> None:
    """Write a volume with axes AP (z), DV (y), ML (x) as a folder of chunks.

    Raises
    ------
    DataError
        When the folder cannot be written, or there is one of that name that is no OME-Zarr.
    """
    import zarr  # takes a while to load and is needed for these files only

    levels = list(_pyramid(volume))
    with _appearing_folder(path) as part:
        group = zarr.open_group(part, mode="w", zarr_format=2)
        for number, level in enumerate(levels):
            array = group.create_array(
                str(number),
                shape=level.shape,
                dtype=level.dtype,
                chunks=tuple(min(CHUNK, n) for n in level.shape),
                chunk_key_encoding={"name": "v2", "separator": "/"},
            )
            array[...] = level
        group.attrs["multiscales"] = [_multiscale(path, resolution_um, len(levels))]
        group.attrs["axes_ccf"] = {"z": "AP", "y": "DV", "x": "ML"}
        if provenance:
            group.attrs["provenance"] = dict(provenance)


def _multiscale(path: Path, resolution_um: float, levels: int) -> dict[str, Any]:
    return {
        "version": VERSION,
        "name": path.name.removesuffix(".ome.zarr"),
        "axes": list(AXES),
        "datasets": [
            {
                "path": str(number),
                "coordinateTransformations": [
                    {"type": "scale", "scale": [resolution_um * 2**number] * 3},
                    {
                        "type": "translation",
                        # A coarse voxel lies in the middle of those it is the mean of.
                        "translation": [resolution_um * (2**number - 1) / 2] * 3,
                    },
                ],
            }
            for number in range(levels)
        ],
        "type": "mean",
    }


def _pyramid(volume: npt.NDArray[Any]) -> Iterator[npt.NDArray[Any]]:
    """The volume, and means over 2 × 2 × 2 voxels, over and over; NaN counts nowhere."""
    level = np.ascontiguousarray(volume)
    yield level
    while max(level.shape) > SMALLEST:
        level = _halved(level)
        yield level


def _halved(level: npt.NDArray[Any]) -> npt.NDArray[Any]:
    padded = np.pad(
        level.astype(np.float64),
        [(0, n % 2) for n in level.shape],
        constant_values=np.nan,
    )
    a, b, c = (n // 2 for n in padded.shape)
    blocks = padded.reshape(a, 2, b, 2, c, 2)
    known = np.isfinite(blocks).sum(axis=(1, 3, 5))
    sums = np.nansum(blocks, axis=(1, 3, 5))
    means = np.full(sums.shape, np.nan)
    np.divide(sums, known, out=means, where=known > 0)
    if level.dtype.kind in "iu":
        return np.rint(means).astype(level.dtype)
    return means.astype(level.dtype)


@contextmanager
def _appearing_folder(path: Path) -> Iterator[Path]:
    """Folder to write to; it takes the place of `path` when all went well."""
    if path.exists() and not (path / ".zattrs").is_file():
        raise DataError(
            f"{path} is there and is no OME-Zarr volume: it is not replaced. Choose another name."
        )
    if not path.parent.is_dir():
        raise DataError(f"The folder {path.parent} does not exist. Make it, or choose another.")
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    old = part.with_suffix(".old")
    try:
        yield part
        if path.exists():
            path.replace(old)
        try:
            part.replace(path)
        except OSError:
            if old.exists():
                old.replace(path)
            raise
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error}. Is there room on the disk?") from error
    finally:
        for left in (part, old):
            with suppress(OSError):
                shutil.rmtree(left)
