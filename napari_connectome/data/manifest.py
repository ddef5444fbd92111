"""The manifest of a cache folder: which file is where."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from napari_connectome.core.errors import DataError
from napari_connectome.data.files import read_json

MANIFEST_NAMES = ("mouse_connectivity_manifest.json", "manifest.json")
"""Names that the AllenSDK's examples and documentation use, tried in this order."""
_PLACEHOLDER = re.compile(r"%\d?[ds]")


class Manifest:
    """Paths of a MouseConnectivityCache folder, as its manifest gives them.

    Parameters
    ----------
    file : Path
        The manifest itself; relative places start at its folder.
    entries : mapping of str to mapping
        The manifest's entries by key, each with ``spec`` and perhaps ``parent_key``.
    """

    def __init__(self, file: Path, entries: Mapping[str, Mapping[str, Any]]) -> None:
        self.file = file
        self._entries = entries
        self._patterns: dict[str, tuple[str, int]] = {}

    @classmethod
    def open(cls, place: Path) -> Manifest:
        """Read the manifest of a folder, or the manifest file that is named.

        Raises
        ------
        DataError
            When there is none, or it is not the manifest of a connectivity cache.
        """
        file = _find(place)
        content = read_json(file, "the manifest of a mouse connectivity cache")
        try:
            entries = {e["key"]: e for e in content["manifest"] if "key" in e and "spec" in e}
        except (KeyError, TypeError) as error:
            raise DataError(
                f"{file} is no AllenSDK manifest (list 'manifest' of entries)."
            ) from error
        needed = {"STRUCTURE_TREE", "ANNOTATION", "EXPERIMENTS"}
        if missing := sorted(needed - set(entries)):
            raise DataError(
                f"{file} does not say where {', '.join(missing)} are: the manifest of a "
                "MouseConnectivityCache (version 1.1 to 1.3) was expected."
            )
        return cls(file, entries)

    @cached_property
    def folder(self) -> Path:
        """Base folder of the cache.

        An absolute base folder that is not there (a cache moved from another
        machine) is taken to be the manifest's own.
        """
        spec = Path(str(self._entries.get("BASEDIR", {}).get("spec", ".")))
        base = self.file.parent / spec
        return base.resolve() if base.is_dir() else self.file.parent.resolve()

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def path(self, key: str, *values: object) -> Path:
        """Path of an entry, its placeholders filled in as in :meth:`relative`."""
        return self.folder / self.relative(key, *values)

    def relative(self, key: str, *values: object) -> str:
        """Path of an entry from the base folder, with forward slashes.

        Parameters
        ----------
        key : str
            Key of the manifest.
        *values : str or int
            For the placeholders, in order. Older manifests have fewer of them in
            front; then the last values count.

        Raises
        ------
        DataError
            When the manifest has no such key, or its parents form a ring.
        """
        if key not in self._patterns:
            pattern = self._checked(key, "/".join(self._specs(key)))
            self._patterns[key] = pattern, len(_PLACEHOLDER.findall(pattern))
        pattern, count = self._patterns[key]
        return pattern % values[len(values) - count :]

    def _checked(self, key: str, pattern: str) -> str:
        """A path that stays in the base folder and has no other placeholders than numbers."""
        plain = _PLACEHOLDER.sub("0", pattern)
        leaves = ".." in re.split(r"[/\\]", plain) or re.match(r"[/\\]|[A-Za-z]:", plain)
        if leaves or "%" in plain or "\0" in plain:
            raise DataError(
                f"{self.file}: the entry {key!r} leads to {pattern!r}, out of the folder; a path "
                "inside it was expected. Do not use this folder if you do not know why."
            )
        return pattern

    def _specs(self, key: str) -> list[str]:
        """Specs from below the base folder down to the entry."""
        specs: list[str] = []
        seen: set[str] = set()
        while key != "BASEDIR":
            if key in seen or key not in self._entries:
                raise DataError(
                    f"{self.file} has no usable entry {key!r}; an AllenSDK manifest has one."
                )
            seen.add(key)
            specs.insert(0, str(self._entries[key]["spec"]))
            key = self._entries[key].get("parent_key") or "BASEDIR"
        return specs


def _find(place: Path) -> Path:
    """The manifest file of a folder, or the file itself."""
    if place.is_file():
        return place
    if not place.is_dir():
        raise DataError(f"{place} is not there. Choose a folder that the AllenSDK has written.")
    others = sorted(p.name for p in place.glob("*manifest*.json"))
    for name in (*MANIFEST_NAMES, *others):
        if (place / name).is_file():
            return place / name
    raise DataError(
        f"{place} holds no manifest ({MANIFEST_NAMES[0]}). Choose the folder that the AllenSDK's "
        "MouseConnectivityCache has written: it also holds structures.json and experiment folders."
    )
