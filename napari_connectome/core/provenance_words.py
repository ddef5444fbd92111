"""Provenance as a person reads it: names and values in groups, and what to cite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from napari_connectome import __version__
from napari_connectome.core.citations import citations

Rows = tuple[tuple[str, str], ...]
PROGRAM = f"napari-connectome, version {__version__}"
"""The program itself, to be cited beside the papers."""
_GROUPS = ("source", "parameters", "settings")
"""Their names say no more than the title above them."""
_UNITS = {"um": "µm", "mm3": "mm³", "s": "s"}
_QUESTION = ("source", "direction", "side", "unit")


def flat(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Values of mappings within mappings, by names such as "settings, min contained"."""
    for key, value in values.items():
        name = f"{above}{key}".replace("_", " ")
        if isinstance(value, Mapping):
            yield from flat(value, f"{name}, ")
        else:
            yield name, value


def value_text(value: Any, none: str = "chosen from the data") -> str:
    """A value in words; `none` stands for None."""
    if value is None:
        return none
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value)) or "none"
    return str(value)


def provenance_groups(told: Mapping[str, Any]) -> dict[str, Rows]:
    """Provenance in groups, for a table.

    Parameters
    ----------
    told : mapping
        As :func:`~napari_connectome.core.provenance.prediction_provenance` gives it; of a model
        or of data alone, the groups that there is nothing for are left out.

    Returns
    -------
    dict of str to tuple of (str, str)
        Names and values by title: question, model, experiments, data, files, versions.
    """
    data = dict(told.get("data", {}))
    hashes, versions = data.pop("sha256", {}), data.pop("versions", {})
    ids = told.get("experiment_ids", ())
    question = {name: told[name] for name in _QUESTION if name in told}
    if isinstance(question.get("source"), Mapping):
        question["source"] = {k: v for k, v in question["source"].items() if k != "version"}
    model = {name: told[name] for name in ("model", "parameters") if name in told}
    groups: dict[str, Rows] = {
        "Question": _rows(question),
        "Model": _rows(model),
        "Experiments": (
            (("number", str(len(ids))), ("ids", ", ".join(map(str, ids)))) if len(ids) else ()
        ),
        "Data": _rows({"atlas": told.get("atlas", {}), **data}, none="any"),
        "SHA-256 of files": tuple((str(name), str(digest)) for name, digest in hashes.items()),
        "Versions": tuple((str(name), str(number)) for name, number in versions.items()),
    }
    return {title: rows for title, rows in groups.items() if rows}


def citation_text(told: Mapping[str, Any]) -> str:
    """What to cite for a result, a paper a line, the program last."""
    papers = told.get("citations") or citations(str(told.get("model", "")))
    return "\n".join((*map(str, papers), PROGRAM))


def _rows(values: Mapping[str, Any], none: str = "chosen from the data") -> Rows:
    return tuple((_words(name), value_text(value, none)) for name, value in flat(values))


def _words(name: str) -> str:
    """The name of a value without the groups that it stands in, its unit in brackets."""
    for group in _GROUPS:
        name = name.removeprefix(f"{group}, ")
    stem, _, last = name.rpartition(" ")
    return f"{stem} ({_UNITS[last]})" if stem and last in _UNITS else name
