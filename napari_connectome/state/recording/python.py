"""Values and calls as Python text that a person could have written."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from napari_connectome.core.sources import (
    CombinedSource,
    GaussianSource,
    RegionSource,
    Source,
    SphereSource,
    VoxelSource,
    to_record,
)

WIDTH = 96
"""Longest line of a script."""
INDENT = 24
"""Room that is left for what stands before a value."""
LONGEST_TEXT = 240
"""A longer text is written in pieces."""
PIECE = 76


def called(function: str, *positional: str, into: str = "", **named: str) -> list[str]:
    """A call whose arguments are Python text; broken into lines when it is long.

    Parameters
    ----------
    function : str
        What is called.
    *positional : str
        Arguments, as text.
    into : str
        Variable that takes the result.
    **named : str
        Arguments by name, as text.

    Examples
    --------
    >>> called("nc.fit_model", "brain", literal("voxel"), into="model")
    ['model = nc.fit_model(brain, "voxel")']
    """
    ahead = f"{into} = {function}(" if into else f"{function}("
    arguments = [*positional, *(f"{name}={text}" for name, text in named.items())]
    line = f"{ahead}{', '.join(arguments)})"
    if len(line) <= WIDTH and "\n" not in line:
        return [line]
    inside = [textwrap.indent(f"{argument},", "    ") for argument in arguments]
    return "\n".join([ahead, *inside, ")"]).split("\n")


def expression(function: str, *positional: str, **named: str) -> str:
    """A call as a part of another one."""
    return "\n".join(called(function, *positional, **named))


def literal(value: Any) -> str:
    """A plain value as Python text; what is long is spread over lines."""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, tuple | list):
        return _listed([literal(one) for one in value])
    if isinstance(value, Mapping):
        return _mapping(value)
    if isinstance(value, Path):
        # A script may be run from another folder.
        return _quoted(str(value.absolute()))
    # Numbers of numpy are written as Python's.
    return repr(value.item() if isinstance(value, np.generic) else value)


def source_text(source: Source) -> str:
    """A source as the call that makes it.

    A drawing becomes its record: nothing shorter holds every voxel of it.
    """
    match source:
        case VoxelSource(point):
            return expression("nc.VoxelSource", _place(point))
        case SphereSource(center, radius):
            return expression("nc.SphereSource", _place(center), radius_um=literal(float(radius)))
        case GaussianSource(center, sigma):
            return expression("nc.GaussianSource", _place(center), sigma_um=literal(float(sigma)))
        case RegionSource(ids, side):
            return expression("nc.RegionSource", literal(tuple(ids)), literal(side))
        case CombinedSource(parts, label, scale):
            pairs = [f"({source_text(part)}, {float(strength)!r})" for part, strength in parts]
            return expression("nc.CombinedSource", _listed(pairs), literal(label), literal(scale))
    record = to_record(source)
    return expression("nc.from_record", literal(record))


def _place(point: Iterable[float]) -> str:
    return literal(tuple(float(x) for x in point))


def _listed(texts: list[str]) -> str:
    line = f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"
    if len(line) <= WIDTH - INDENT and "\n" not in line:
        return line
    return "\n".join(["(", *(textwrap.indent(f"{text},", "    ") for text in texts), ")"])


def _mapping(record: Mapping[str, Any]) -> str:
    entries = [f"{literal(key)}: {literal(value)}" for key, value in record.items()]
    line = f"{{{', '.join(entries)}}}"
    if len(line) <= WIDTH - INDENT and "\n" not in line:
        return line
    return "\n".join(["{", *(textwrap.indent(f"{entry},", "    ") for entry in entries), "}"])


def _quoted(text: str) -> str:
    """A text in double quotes; a long one in pieces that Python puts together."""
    if len(text) <= LONGEST_TEXT:
        return _json(text)
    pieces = [text[i : i + PIECE] for i in range(0, len(text), PIECE)]
    return "\n".join(["(", *(f"    {_json(piece)}" for piece in pieces), ")"])


def _json(text: str) -> str:
    # JSON's texts are Python's; file names that are no proper text are escaped.
    return json.dumps(text, ensure_ascii=not text.isprintable())
