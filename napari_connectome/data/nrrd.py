"""Volumes on disk: NRRD files as the Allen Institute writes them.

An NRRD file stores axis 0 fastest. Volumes are handed over with the axes of the
file (AP, DV, ML for Allen data) and without a copy, so they are Fortran-ordered
and read-only; ``volume.T.reshape(-1)`` is the file's own flat order.

Most of a tracing volume is zeros, and most of the time that it takes to read one is
spent by the system on handing out fresh memory. So who reads many volumes lends one
:class:`Room` to all of them, and zlib-ng unpacks straight into it.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from math import prod
from pathlib import Path
from typing import Any, cast

import nrrd
import numpy as np
import numpy.typing as npt
from zlib_ng import gzip_ng, zlib_ng

from napari_connectome.core.errors import DataError
from napari_connectome.data.files import atomic_writer

_ALIASES = {
    "i1": ("int8", "int8_t", "signed char"),
    "u1": ("uint8", "uint8_t", "uchar", "unsigned char"),
    "i2": ("int16", "int16_t", "short", "short int", "signed short", "signed short int"),
    "u2": ("uint16", "uint16_t", "ushort", "unsigned short", "unsigned short int"),
    "i4": ("int32", "int32_t", "int", "signed int"),
    "u4": ("uint32", "uint32_t", "uint", "unsigned int"),
    "i8": ("int64", "int64_t", "longlong", "long long", "long long int", "signed long long"),
    "u8": ("uint64", "uint64_t", "ulonglong", "unsigned long long", "unsigned long long int"),
    "f4": ("float",),
    "f8": ("double",),
}
"""NumPy's code of each NRRD type name; the first name is the one that is written."""
_CODES = {alias: code for code, aliases in _ALIASES.items() for alias in aliases}
_DAMAGE = (cast(type[Exception], zlib_ng.error), EOFError, OSError)
"""What unpacking a truncated or damaged gzip stream raises."""
_SPACING_TOLERANCE = 0.01
_AGAIN = "Download the file again, or make it again."


@dataclass(frozen=True)
class VolumeHeader:
    """What an NRRD file says about its volume.

    Parameters
    ----------
    shape : tuple of int
        Voxels along the file's axes.
    dtype : dtype
        Type of a voxel, byte order included.
    encoding : str
        "raw" or "gzip".
    spacing_um : tuple of float or None
        Edge of a voxel along each axis, None when the file does not say.
    data_start : int
        Bytes before the data.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    encoding: str
    spacing_um: tuple[float, ...] | None
    data_start: int

    @property
    def n_bytes(self) -> int:
        """Bytes of the voxels, decompressed."""
        return prod(self.shape) * self.dtype.itemsize


class Room:
    """Memory that volumes are unpacked into, one after the other."""

    def __init__(self) -> None:
        self._octets = np.empty(0, dtype=np.uint8)

    def of(self, n_bytes: int) -> npt.NDArray[np.uint8]:
        """So much of the memory, with whatever the last volume left in it."""
        if self._octets.size < n_bytes:
            self._octets = np.empty(n_bytes, dtype=np.uint8)
        return self._octets[:n_bytes]


def read_header(path: Path) -> VolumeHeader:
    """Read what a file says about its volume, without the volume.

    Raises
    ------
    DataError
        When the file is missing or is no three-dimensional NRRD volume in one file.
    """
    try:
        with path.open("rb") as file:
            fields = nrrd.read_header(file)
            return _header(path, fields, file.tell())
    except FileNotFoundError:
        raise DataError(f"{path} is missing. Download it, or choose another folder.") from None
    except (nrrd.NRRDError, OSError, ValueError, LookupError, StopIteration) as error:
        raise DataError(f"{path} is no readable NRRD volume ({error}). {_AGAIN}") from error


def read_volume(
    path: Path,
    shape: Sequence[int] | None = None,
    resolution_um: float | None = None,
    *,
    room: Room | None = None,
) -> npt.NDArray[Any]:
    """Read a volume exactly as it is stored.

    Parameters
    ----------
    path : Path
        NRRD file, gzip or raw encoding.
    shape : sequence of int, optional
        The shape that is expected.
    resolution_um : float, optional
        The voxel edge that is expected; not checked when the file does not say.
    room : Room, optional
        Memory to unpack into. The volume is then good only until the room is lent
        to another one.

    Returns
    -------
    ndarray, shape of the file's axes
        Read-only, Fortran-ordered, native byte order.

    Raises
    ------
    DataError
        When the file is missing, truncated, damaged, or of another shape or resolution.
    """
    header = read_header(path)
    if shape is not None and header.shape != tuple(shape):
        raise DataError(
            f"{path} holds {_by(header.shape)} voxels; {_by(shape)} were expected. "
            "All volumes of a folder must have the shape of its atlas."
        )
    _check_spacing(path, header, resolution_um)
    octets = _octets(path, header, Room() if room is None else room)
    stored = octets.view(header.dtype)
    native = stored.astype(stored.dtype.newbyteorder("="), copy=False)
    native.setflags(write=False)
    return native.reshape(header.shape[::-1]).T


def write_volume(
    path: Path,
    volume: npt.NDArray[Any],
    resolution_um: float,
    *,
    compression: int = 6,
    provenance: Mapping[str, Any] | None = None,
) -> None:
    """Write a volume as gzip-encoded NRRD; the same volume always gives the same bytes.

    The space origin is (0, 0, 0), as in the Allen Institute's own files, so that
    the two lie on top of each other in other programs.

    Parameters
    ----------
    path : Path
        Replaced in one step when it is there.
    volume : ndarray, 3-D
        Integers, floats of 4 or 8 bytes, or booleans (stored as 0 and 1).
    resolution_um : float
        Edge of a voxel.
    compression : int
        1 (fast) to 9 (small).
    provenance : mapping, optional
        Plain JSON values, kept in the header under the key of that name.

    Raises
    ------
    DataError
        When the volume is not of such a type, or the file cannot be written.
    """
    stored = volume.view(np.uint8) if volume.dtype == np.bool_ else volume
    code = stored.dtype.str[1:]
    if stored.ndim != 3 or code not in _ALIASES:
        raise DataError(
            f"{path}: a 3-D volume of integers or floats was expected; "
            f"{volume.ndim} dimensions of {volume.dtype} came."
        )
    little = stored.astype(stored.dtype.newbyteorder("<"), copy=False)
    packed = gzip.compress(little.tobytes(order="F"), compression, mtime=0)
    header = _header_text(stored.shape, _ALIASES[code][0], resolution_um, provenance or {})
    with atomic_writer(path) as file:
        file.write(header.encode("ascii"))
        file.write(packed)


def _header(path: Path, fields: dict[str, Any], data_start: int) -> VolumeHeader:
    sizes = tuple(int(n) for n in fields["sizes"])
    if len(sizes) != 3 or min(sizes) < 1:
        raise DataError(f"{path}: a 3-D volume was expected; sizes {sizes} came. {_AGAIN}")
    code = _CODES.get(fields["type"])
    if code is None:
        raise DataError(f"{path}: numbers were expected as voxels; type {fields['type']!r} came.")
    order = ">" if fields.get("endian") == "big" else "<"
    encoding = _encoding(path, fields)
    return VolumeHeader(sizes, np.dtype(order + code), encoding, _spacing(fields), data_start)


def _encoding(path: Path, fields: dict[str, Any]) -> str:
    """Encoding of the data, refused when it is not one that we read."""
    encoding = {"gz": "gzip"}.get(fields["encoding"], fields["encoding"])
    elsewhere = sorted({"data file", "datafile", "byte skip", "line skip"} & fields.keys())
    if encoding not in ("gzip", "raw") or elsewhere:
        came = f"encoding {encoding!r}" + "".join(f", {field!r}" for field in elsewhere)
        raise DataError(
            f"{path}: gzip or raw data right behind the header were expected; {came} came. "
            "Save the volume again as one gzip-encoded NRRD file."
        )
    return str(encoding)


def _spacing(fields: dict[str, Any]) -> tuple[float, ...] | None:
    """Length of each axis's step; None when the file gives none."""
    if "space directions" in fields:
        steps = np.linalg.norm(np.asarray(fields["space directions"], dtype=np.float64), axis=1)
    elif "spacings" in fields:
        steps = np.abs(np.asarray(fields["spacings"], dtype=np.float64))
    else:
        return None
    return tuple(steps.tolist()) if np.all(np.isfinite(steps)) else None


def _check_spacing(path: Path, header: VolumeHeader, resolution_um: float | None) -> None:
    if resolution_um is None or header.spacing_um is None:
        return
    if any(abs(s - resolution_um) > _SPACING_TOLERANCE * resolution_um for s in header.spacing_um):
        raise DataError(
            f"{path} has voxels of {_by(header.spacing_um)} µm; {resolution_um:g} µm were "
            "expected. Put volumes of that resolution there, or open the folder at another one."
        )


def _octets(path: Path, header: VolumeHeader, room: Room) -> npt.NDArray[np.uint8]:
    """Bytes of the voxels, as many as the header announces."""
    data = path.read_bytes()[header.data_start :]
    if header.encoding == "raw":
        octets, n_bytes = np.frombuffer(data, dtype=np.uint8), len(data)
    else:
        octets = room.of(header.n_bytes)
        n_bytes = _unpack(path, data, octets)
    if n_bytes != header.n_bytes:
        raise DataError(
            f"{path} holds {n_bytes} bytes of voxels; its header announces {header.n_bytes}. "
            f"It is truncated or damaged. {_AGAIN}"
        )
    return octets


def _unpack(path: Path, data: bytes, octets: npt.NDArray[np.uint8]) -> int:
    """Unpack gzip data without the interpreter's lock, its checksum verified; say how much came."""
    try:
        with gzip_ng.open(BytesIO(data)) as file:  # type: ignore[no-untyped-call]
            n_bytes = int(file.readinto(octets))
            return n_bytes + len(file.read())
    except _DAMAGE as error:
        raise DataError(f"{path} is truncated or damaged ({error}). {_AGAIN}") from error


def _header_text(
    shape: Sequence[int], type_name: str, resolution_um: float, provenance: Mapping[str, Any]
) -> str:
    step = f"{resolution_um:g}"
    notes = f"provenance:={json.dumps(dict(provenance))}\n" if provenance else ""
    return (
        "NRRD0004\n"
        f"type: {type_name}\n"
        "dimension: 3\n"
        "space dimension: 3\n"
        f"sizes: {' '.join(str(n) for n in shape)}\n"
        f"space directions: ({step},0,0) (0,{step},0) (0,0,{step})\n"
        "kinds: domain domain domain\n"
        "endian: little\n"
        "encoding: gzip\n"
        'space units: "microns" "microns" "microns"\n'
        "space origin: (0,0,0)\n"
        f"{notes}\n"
    )


def _by(numbers: Sequence[float]) -> str:
    """Numbers as people write sizes: 132 × 80 × 114."""
    return " × ".join(f"{n:g}" for n in numbers)
