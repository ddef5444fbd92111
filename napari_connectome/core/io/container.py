"""The file itself: made with checksums, and opened only when it is what it should be."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from napari_connectome import __version__
from napari_connectome.core.errors import DataError
from napari_connectome.core.io.inside import check_inside

FORMAT = "napari-connectome model"
VERSION = 1
"""Raised when an older program could no longer read the file."""
READABLE_SINCE = "0.1.0"
"""First program version that reads files of :data:`VERSION`."""
_DAMAGE = (OSError, RuntimeError, KeyError, ValueError, TypeError)
"""What HDF5 makes of a damaged file."""
SIGNATURE = b"\x89HDF\r\n\x1a\n"


def is_model_file(path: Path) -> bool:
    """Whether a path is a file that starts like a saved model (it may still be damaged)."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(SIGNATURE)) == SIGNATURE


def is_own_file(path: Path) -> bool:
    """Whether a path is an HDF5 file that says of itself that it is a saved model of ours."""
    import h5py

    if not is_model_file(path):
        return False
    try:
        with h5py.File(path, "r", locking=False) as file:
            return text_attribute(dict(file.attrs), "format") == FORMAT
    except _DAMAGE:
        return False


def create_file(path: Path) -> Any:
    """Make a new file; its structure carries checksums (HDF5 1.10 and later)."""
    import h5py  # takes a while to load and is not needed before a file is touched

    file = h5py.File(path, "x", libver=("v110", "v110"))
    file.attrs["version"] = VERSION
    # Text of fixed length: that of variable length lies where HDF5 keeps no checksum.
    file.attrs["format"] = np.bytes_(FORMAT)
    file.attrs["readable_since"] = np.bytes_(READABLE_SINCE)
    file.attrs["written_by"] = np.bytes_(__version__)
    return file


def text_attribute(attributes: Mapping[str, Any], name: str) -> str:
    """Text of an attribute, empty when there is none or it is no text."""
    value = attributes.get(name, b"")
    return value.decode() if isinstance(value, bytes) else ""


def open_file(path: Path) -> Any:
    """Open a saved model for reading, once it is known to be one.

    Raises
    ------
    DataError
        When the file is missing, no saved model, damaged, or of a newer version.
    """
    import h5py

    if not path.is_file():
        raise DataError(f"{path} is missing; a saved model file was expected.")
    if not is_model_file(path):
        raise DataError(f"{path} is not a saved model. Make one with `fit`, or in the window.")
    with explained(path):
        # A saved file is never changed in place, so that nobody needs to be locked out.
        file = h5py.File(path, "r", locking=False)
        try:
            _check_header(path, dict(file.attrs))
            check_inside(path, file)
        except BaseException:
            file.close()
            raise
    return file


def check_model_file(path: Path) -> None:
    """Refuse what cannot be opened, without reading the model.

    Raises
    ------
    DataError
        As :func:`open_file`.
    """
    open_file(path).close()


def _check_header(path: Path, attributes: Mapping[str, Any]) -> None:
    if text_attribute(attributes, "format") != FORMAT:
        raise DataError(
            f"{path} is an HDF5 file, but not a saved model of napari-connectome. "
            "Make one with `fit`, or in the window."
        )
    version = int(attributes["version"])
    if version > VERSION:
        needed = text_attribute(attributes, "readable_since") or "the newest"
        raise DataError(
            f"{path} has format version {version}; napari-connectome {__version__} reads up to "
            f"{VERSION}. Update the program to version {needed} or later."
        )


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn whatever a damaged file provokes into an error that names the file."""
    try:
        yield
    except DataError:
        raise
    except (*_DAMAGE, MemoryError, zlib.error) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(
            f"{path} is damaged or cut short ({reason}). Save the model again or take another copy."
        ) from error
