"""Sources as plain JSON values, so that they can be saved and opened again."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Callable, Mapping
from math import isfinite, prod
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import SourceError
from napari_connectome.core.sources.combined import CombinedSource
from napari_connectome.core.sources.drawing import Drawing
from napari_connectome.core.sources.points import GaussianSource, SphereSource, VoxelSource
from napari_connectome.core.sources.region import RegionSource
from napari_connectome.core.sources.volume import VolumeSource
from napari_connectome.core.sources.weights import Source

VERSION = 1
"""Raised when an older program could no longer read a record."""
_DEEPEST = 20
"""Combined sources within combined sources."""
_INT, _FLOAT = np.dtype("<i8"), np.dtype("<f8")


def to_record(source: Source) -> dict[str, Any]:
    """Plain values that :func:`from_record` makes the same source of.

    A volume becomes its voxels above 0: flat indices and weights, 8 bytes each, little-endian,
    compressed with zlib, in base64.

    Raises
    ------
    SourceError
        When the source is of a kind that is not known here.
    """
    return {"version": VERSION, **_fields(source)}


def from_record(record: Mapping[str, Any]) -> Source:
    """Make the source that a record describes.

    Raises
    ------
    SourceError
        When the record is of a newer version, incomplete or damaged; the message names
        the field.
    """
    if not isinstance(record, Mapping):
        raise SourceError(f"A record of a source was expected; {type(record).__name__} came.")
    version = record.get("version")
    if version != VERSION:
        raise SourceError(
            f"A source of version {VERSION} was expected; version {version!r} came. "
            "Update napari-connectome, or save the source again."
        )
    return _source(record, _DEEPEST)


def _fields(source: Source) -> dict[str, Any]:
    match source:
        case VoxelSource(point_um):
            return {"kind": "voxel", "point_um": [float(x) for x in point_um]}
        case SphereSource(center_um, radius_um):
            place = [float(x) for x in center_um]
            return {"kind": "sphere", "center_um": place, "radius_um": float(radius_um)}
        case GaussianSource(center_um, sigma_um):
            place = [float(x) for x in center_um]
            return {"kind": "gaussian", "center_um": place, "sigma_um": float(sigma_um)}
        case RegionSource(structure_ids, hemisphere):
            ids = [int(i) for i in structure_ids]
            return {"kind": "region", "structure_ids": ids, "hemisphere": hemisphere}
        case VolumeSource():
            return {
                "kind": "volume",
                "label": source.label,
                "scale": source.scale,
                "shape": list(source.drawing.shape),
                "count": len(source.drawing.indices),
                "indices": _packed(source.drawing.indices, _INT),
                "strengths": _packed(source.drawing.strengths, _FLOAT),
            }
        case CombinedSource(parts, label, scale):
            listed = [{"strength": float(s), "source": _fields(part)} for part, s in parts]
            return {"kind": "combined", "label": label, "scale": scale, "parts": listed}
    raise SourceError(f"A {type(source).__name__} cannot be saved.")


def _source(fields: Any, depth: int) -> Source:
    if not isinstance(fields, Mapping):
        raise SourceError(f"A record of a source was expected; {type(fields).__name__} came.")
    kind = fields.get("kind")
    if kind == "combined":
        if not depth:
            raise SourceError(f"Sources within sources were expected {_DEEPEST} deep at most.")
        parts = tuple(_part(part, depth - 1) for part in _list(fields, "parts"))
        return CombinedSource(parts, _text(fields, "label"), _choice(fields, "scale", _SCALES))
    if not isinstance(kind, str) or kind not in _MAKERS:
        known = ", ".join((*_MAKERS, "combined"))
        raise SourceError(f"A source of a known kind was expected ({known}); {kind!r} came.")
    return _MAKERS[kind](fields)


def _part(fields: Any, depth: int) -> tuple[Source, float]:
    if not isinstance(fields, Mapping):
        raise SourceError(f"A part with a source was expected; {type(fields).__name__} came.")
    return _source(fields.get("source"), depth), _number(fields, "strength")


def _voxel(fields: Mapping[str, Any]) -> Source:
    return VoxelSource(_point(fields, "point_um"))


def _sphere(fields: Mapping[str, Any]) -> Source:
    return SphereSource(_point(fields, "center_um"), _number(fields, "radius_um"))


def _gaussian(fields: Mapping[str, Any]) -> Source:
    return GaussianSource(_point(fields, "center_um"), _number(fields, "sigma_um"))


def _region(fields: Mapping[str, Any]) -> Source:
    ids = tuple(_whole(i, "structure_ids") for i in _list(fields, "structure_ids"))
    return RegionSource(ids, _choice(fields, "hemisphere", ("right", "left")))


def _volume(fields: Mapping[str, Any]) -> Source:
    shape = tuple(_whole(n, "shape") for n in _list(fields, "shape"))
    count = _whole(fields.get("count"), "count")
    if len(shape) != 3 or min(shape) < 1 or not 0 < count <= prod(shape):
        raise SourceError(
            f"Three voxel counts, and a number of voxels within them, were expected; {shape} "
            f"and {count} came. The record is damaged."
        )
    drawing = Drawing(
        (shape[0], shape[1], shape[2]),
        _unpacked(fields, "indices", _INT, count),
        _unpacked(fields, "strengths", _FLOAT, count),
    )
    return VolumeSource(drawing, _text(fields, "label"), _choice(fields, "scale", _SCALES))


_SCALES = ("unit-sum", "as drawn")
_MAKERS: dict[str, Callable[[Mapping[str, Any]], Source]] = {
    "voxel": _voxel,
    "sphere": _sphere,
    "gaussian": _gaussian,
    "region": _region,
    "volume": _volume,
}


def _packed(values: npt.NDArray[Any], dtype: np.dtype[Any]) -> str:
    return base64.b64encode(zlib.compress(values.astype(dtype).tobytes())).decode("ascii")


def _unpacked(
    fields: Mapping[str, Any], name: str, dtype: np.dtype[Any], count: int
) -> npt.NDArray[Any]:
    wanted = count * dtype.itemsize
    try:
        packed = base64.b64decode(_text(fields, name), validate=True)
        # A little more than is announced may come, never as much as the record likes.
        octets = zlib.decompressobj().decompress(packed, wanted + 1)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise _wrong(name, f"base64 of compressed numbers ({error})", "damaged text") from None
    if len(octets) != wanted:
        raise _wrong(name, f"{wanted} bytes", f"{len(octets)} of them or more")
    return np.frombuffer(octets, dtype=dtype).astype(dtype.newbyteorder("="))


def _point(fields: Mapping[str, Any], name: str) -> tuple[float, float, float]:
    values = _list(fields, name)
    if len(values) != 3:
        raise _wrong(name, "three coordinates", f"{len(values)}")
    ap, dv, ml = (_finite(value, name) for value in values)
    return ap, dv, ml


def _number(fields: Mapping[str, Any], name: str) -> float:
    return _finite(fields.get(name), name)


def _finite(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise _wrong(name, "a finite number", repr(value))
    return float(value)


def _whole(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong(name, "whole numbers", repr(value))
    return value


def _list(fields: Mapping[str, Any], name: str) -> list[Any]:
    value = fields.get(name)
    if not isinstance(value, list | tuple):
        raise _wrong(name, "a list", repr(value))
    return list(value)


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise _wrong(name, "text", repr(value))
    return value


def _choice(fields: Mapping[str, Any], name: str, choices: tuple[str, ...]) -> Any:
    value = fields.get(name)
    if value not in choices:
        raise _wrong(name, " or ".join(map(repr, choices)), repr(value))
    return value


def _wrong(name: str, expected: str, came: str) -> SourceError:
    return SourceError(
        f"The field {name!r} of a saved source should hold {expected}; {came} came. "
        "The record is damaged; save the source again."
    )
