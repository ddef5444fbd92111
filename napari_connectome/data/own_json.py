"""JSON files of our own: known by their first words, bounded, and refused with words."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from napari_connectome.core.errors import DataError

_FIRST_BYTES = 4096


@dataclass(frozen=True)
class OwnFormat:
    """A kind of JSON file that this program writes.

    Parameters
    ----------
    name : str
        Value of ``format``, the first field of the file.
    version : int
        Raised when an older program could no longer read a file.
    largest_bytes : int
        A larger file is none of ours.
    noun, plural : str
        What a file is, and what it holds: "file of sources", "sources".
    advice : str
        Which file to choose instead.
    """

    name: str
    version: int
    largest_bytes: int
    noun: str
    plural: str
    advice: str

    def is_one(self, path: Path) -> bool:
        """Whether a file starts like one of this kind (it may still be damaged)."""
        try:
            with path.open("rb") as file:
                start = file.read(_FIRST_BYTES)
        except (OSError, ValueError):
            return False
        return (
            re.match(rb'\s*\{\s*"format"\s*:\s*"%s"' % re.escape(self.name.encode()), start)
            is not None
        )

    def read(self, path: Path) -> dict[str, Any]:
        """Content of a file, format and version checked.

        Raises
        ------
        DataError
            When the file is missing, too large, of another kind, of another version or damaged.
        """
        content = self._parsed(path)
        if not isinstance(content, dict) or content.get("format") != self.name:
            raise DataError(
                f"{path} is no {self.noun}: a JSON file with the format {self.name!r} was "
                f"expected. {self.advice}"
            )
        if content.get("version") != self.version:
            raise DataError(
                f"{path} has version {content.get('version')!r}; version {self.version} was "
                f"expected. Update napari-connectome, or save the {self.plural} again."
            )
        return content

    def text(self, content: dict[str, Any]) -> str:
        """What to write: format and version first."""
        return json.dumps({"format": self.name, "version": self.version, **content}, indent=1)

    def _parsed(self, path: Path) -> Any:
        try:
            size = path.stat().st_size
            if size > self.largest_bytes:
                raise DataError(
                    f"{path} has {size / 1e6:.0f} MB; a {self.noun} has at most "
                    f"{self.largest_bytes / 1e6:.0f}. Choose another file."
                )
            return json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise DataError(f"{path} cannot be read: {error.strerror or error}.") from None
        except (ValueError, RecursionError) as error:
            raise DataError(
                f"{path} is damaged, or no JSON file ({error}). {self.advice}"
            ) from None
