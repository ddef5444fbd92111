"""Files that commands write: a wrong name is refused before the work, not after it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from napari_connectome.core.errors import DataError

FIGURES = (".png", ".svg", ".pdf")


def check_out(out: Path, suffixes: Sequence[str]) -> None:
    """Refuse a file name of another kind, or in a folder that is not there.

    Raises
    ------
    DataError
        Saying which suffixes there are, or what is in the way.
    """
    if out.suffix.lower() not in suffixes:
        raise DataError(
            f"--out takes a file that ends in {', '.join(suffixes[:-1])} or {suffixes[-1]}; "
            f"{out.name!r} came."
        )
    check_writable(out)


def check_writable(out: Path) -> None:
    """Refuse the name of a file that could not be written.

    Raises
    ------
    DataError
        Saying what is in the way.
    """
    folder = out.absolute().parent
    if not folder.is_dir():
        raise DataError(f"The folder {folder} does not exist. Make it, or choose another.")
    if out.is_dir():
        raise DataError(f"{out} is a folder; the name of a file to write was expected.")


def check_out_folder(out: Path) -> None:
    """Refuse a folder that cannot be made because a file or no folder is in its place.

    Raises
    ------
    DataError
        Saying what is in the way.
    """
    if out.exists() and not out.is_dir():
        raise DataError(f"{out} is a file; the name of a folder was expected.")
    above = out.absolute().parent
    if not above.is_dir():
        raise DataError(f"The folder {above} does not exist. Make it, or choose another.")
