"""Provenance that this program has written into a volume's header, read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nrrd

_COMMENT = "comment"


def read_provenance(path: Path) -> dict[str, Any]:
    """Where the numbers of a volume come from; empty when its header does not say.

    Parameters
    ----------
    path : Path
        NRRD or NIfTI file that can be read.
    """
    texts = _nrrd_texts(path) if path.name.lower().endswith(".nrrd") else _nifti_texts(path)
    for text in texts:
        try:
            content = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(content, dict):
            return content
    return {}


def _nrrd_texts(path: Path) -> list[str]:
    with path.open("rb") as file:
        fields = nrrd.read_header(file)
    return [str(fields["provenance"])] if "provenance" in fields else []


def _nifti_texts(path: Path) -> list[str]:
    import nibabel  # takes a while to load and is needed for these files only

    nib: Any = nibabel
    extensions = nib.load(path).header.extensions
    octets = (e.content for e in extensions if e.get_code() == _code(nib))
    return [
        content.rstrip(b"\0").decode("utf-8", "replace")
        for content in octets
        if isinstance(content, bytes)
    ]


def _code(nib: Any) -> int:
    return int(nib.nifti1.extension_codes[_COMMENT])
