"""NRRD volumes: read whole and checked, written atomically."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Any

import nrrd
import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import DataError
from napari_connectome.data.files import atomic_writer

ENCODINGS = ("raw", "gzip", "gz")
DTYPES = {
    "uchar": "u1", "unsigned char": "u1", "uint8": "u1", "uint8_t": "u1",
    "ushort": "u2", "unsigned short": "u2", "uint16": "u2", "uint16_t": "u2",
    "short": "i2", "int16": "i2", "int16_t": "i2",
    "int": "i4", "int32": "i4", "int32_t": "i4",
    "uint": "u4", "unsigned int": "u4", "uint32": "u4", "uint32_t": "u4",
    "float": "f4", "double": "f8",
}  # fmt: skip


def read_volume(
    path: Path, shape: tuple[int, ...] | None = None, resolution_um: float | None = None
) -> npt.NDArray[Any]:
    """Read a 3-D volume.

    NRRD stores the first axis fastest: the array comes in the file's own axis order
    (AP, DV, ML for Allen volumes), as a Fortran-ordered view like the Allen SDK's.

    Parameters
    ----------
    path : Path
        File with attached data, raw or gzip.
    shape : tuple of int, optional
        What the volume must measure.
    resolution_um : float, optional
        What a voxel must measure, where the file says.

    Returns
    -------
    ndarray, shape as in the file, read-only

    Raises
    ------
    DataError
        When the file is missing, truncated, not a 3-D NRRD, or of another shape.
    """
    header, body = _read_parts(path)
    sizes = tuple(int(n) for n in header["sizes"])
    if len(sizes) != 3 or (shape is not None and sizes != tuple(shape)):
        wanted = "a 3-D volume" if shape is None else f"a volume of shape {tuple(shape)}"
        raise DataError(
            f"{path} holds an array of shape {sizes}; {wanted} was expected. Is it of "
            "another resolution? Download it again at the atlas's resolution."
        )
    _check_resolution(path, header, resolution_um)
    dtype = _dtype(path, header)
    wanted_bytes = int(np.prod(sizes)) * dtype.itemsize
    data = _decompress(path, header, body, wanted_bytes)
    if len(data) < wanted_bytes:
        raise DataError(
            f"{path} is truncated: {wanted_bytes} bytes of voxels were expected, "
            f"{len(data)} came. Delete the file and download it again."
        )
    return np.frombuffer(data, dtype, count=int(np.prod(sizes))).reshape(sizes, order="F")


def write_volume(path: Path, volume: npt.NDArray[Any], resolution_um: float) -> None:
    """Write a volume in CCF order, atomically and with the same bytes every time.

    Parameters
    ----------
    path : Path
        Where; a file of this name is replaced when the new one is complete.
    volume : ndarray, 3-D
        Axes AP, DV, ML.
    resolution_um : float
        Edge of a voxel, written as space directions.
    """
    names = {np.dtype(code): name for name, code in reversed(DTYPES.items())}
    dtype = volume.dtype.newbyteorder("=")
    if dtype not in names or volume.ndim != 3:
        raise DataError(f"A 3-D volume of numbers was expected; {volume.dtype} {volume.shape}.")
    edge = f"{resolution_um:g}"
    lines = [
        "NRRD0004",
        f"type: {names[dtype]}",
        "dimension: 3",
        "space: posterior-inferior-right",
        "sizes: " + " ".join(map(str, volume.shape)),
        f"space directions: ({edge},0,0) (0,{edge},0) (0,0,{edge})",
        "kinds: domain domain domain",
        "endian: little",
        "encoding: gzip",
        f"space origin: ({resolution_um / 2:g},{resolution_um / 2:g},{resolution_um / 2:g})",
    ]
    body = np.asarray(volume, dtype=dtype.newbyteorder("<")).tobytes(order="F")
    packed = gzip.compress(body, compresslevel=6, mtime=0)
    with atomic_writer(path) as file:
        file.write(("\n".join(lines) + "\n\n").encode() + packed)


def _read_parts(path: Path) -> tuple[dict[str, Any], bytes]:
    try:
        with path.open("rb") as file:
            header = nrrd.read_header(file)
            body = file.read()
    except FileNotFoundError:
        raise DataError(f"{path} is missing. Download it, or choose another folder.") from None
    except OSError as error:
        raise DataError(f"{path} could not be read: {error.strerror}.") from error
    except (nrrd.NRRDError, UnicodeDecodeError, ValueError, KeyError, IndexError) as error:
        raise DataError(f"{path} is not an NRRD volume ({error}). Download it again.") from error
    if "sizes" not in header or "type" not in header or "data file" in header:
        raise DataError(f"{path} is not an NRRD volume with its data in the same file.")
    return dict(header), body


def _check_resolution(path: Path, header: dict[str, Any], resolution_um: float | None) -> None:
    directions = header.get("space directions")
    if resolution_um is None or directions is None:
        return
    edges = np.linalg.norm(np.asarray(directions, dtype=float), axis=1)
    if not np.allclose(edges, resolution_um, rtol=1e-3):
        raise DataError(
            f"{path} has voxels of {' × '.join(f'{edge:g}' for edge in edges)} µm; "
            f"{resolution_um:g} µm were expected. Download it again at that resolution."
        )


def _dtype(path: Path, header: dict[str, Any]) -> np.dtype[Any]:
    code = DTYPES.get(str(header["type"]))
    if code is None:
        raise DataError(f"{path} holds values of type {header['type']!r}; numbers were expected.")
    order = ">" if header.get("endian", "little") == "big" else "<"
    return np.dtype(order + code)


def _decompress(path: Path, header: dict[str, Any], body: bytes, wanted: int) -> bytes:
    encoding = str(header.get("encoding", "raw")).lower()
    if encoding not in ENCODINGS:
        raise DataError(f"{path} is encoded as {encoding!r}; raw or gzip was expected.")
    if encoding == "raw":
        return body
    try:
        return zlib.decompress(body, wbits=31, bufsize=max(wanted, 1))
    except zlib.error as error:
        raise DataError(
            f"{path} is truncated or damaged ({error}). Delete the file and download it again."
        ) from error
