"""Types of arguments: what a person writes, checked as soon as it is read."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from napari_connectome.core.errors import DataError


def point_um(text: str) -> tuple[float, float, float]:
    """Three coordinates, ``AP,DV,ML``."""
    try:
        ap, dv, ml = (float(part) for part in text.split(","))
    except ValueError:
        raise ArgumentTypeError(
            f"three numbers AP,DV,ML in µm were expected, such as 9250,1150,8650; {text!r} came"
        ) from None
    return ap, dv, ml


def names(text: str) -> tuple[str, ...]:
    """Names separated by commas."""
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    if not found:
        raise ArgumentTypeError(f"names separated by commas were expected; {text!r} came")
    return found


def assignment(text: str) -> tuple[str, str]:
    """``NAME=VALUE``."""
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise ArgumentTypeError(f"NAME=VALUE was expected; {text!r} came")
    return name.strip(), value.strip()


def positive(text: str) -> float:
    """A number larger than 0."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise ArgumentTypeError(f"a number larger than 0 was expected; {text!r} came")
    return value


def whole(text: str) -> int:
    """A whole number of at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"a whole number of at least 1 was expected; {text!r} came")
    return int(text)


def path(text: str) -> Path:
    """A file or folder; ``~`` is the home folder."""
    return Path(text).expanduser()


def read_ids(file: Path) -> tuple[int, ...]:
    """Experiment ids of a file: a JSON list, or numbers separated by spaces, commas or lines.

    Raises
    ------
    DataError
        When the file is missing, empty or holds something else.
    """
    try:
        text = file.read_text()
        ids = tuple(_whole(entry) for entry in _entries(text))
    except FileNotFoundError:
        raise DataError(f"{file} is missing; a list of experiment ids was expected.") from None
    except (OSError, ValueError) as error:
        raise DataError(
            f"{file} should hold experiment ids: a JSON list, or numbers separated by spaces, "
            f"commas or lines ({error})."
        ) from None
    if not ids:
        raise DataError(f"{file} holds no experiment id.")
    return ids


def _entries(text: str) -> list[Any]:
    if text.lstrip().startswith("["):
        found: list[Any] = json.loads(text)
        return found
    return text.replace(",", " ").split()


def _whole(entry: Any) -> int:
    if isinstance(entry, float | bool) or not str(entry).isdecimal():
        raise ValueError(f"{entry!r} is not an id")
    return int(entry)
