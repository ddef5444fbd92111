"""A fitted model in a file, and back.

Layout, version 1::

    /                  attributes: format, version, readable_since, written_by
    /header            JSON: model, parameters, choices, provenance, connectivity kind, ...
    /experiment_ids    int64
    /atlas/structures  JSON: records as in an Allen structures.json
    /atlas/annotation  uint32, (AP, DV, ML)
    /atlas/template    float32, the same shape; may be absent
    /connectivity/...  the parts of the connectivity, matrices row by row
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.connectivity import Connectivity
from napari_connectome.core.errors import ConnectomeError, DataError
from napari_connectome.core.io.arrays import read_array, read_json, write_array, write_json
from napari_connectome.core.io.atomic import appearing
from napari_connectome.core.io.container import create_file, explained, open_file, text_attribute
from napari_connectome.core.io.kinds import Kind, kind_named, kind_of
from napari_connectome.core.io.rows import CACHE_BYTES, open_rows, write_rows
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.progress import Job, Progress, run_to_end
from napari_connectome.core.structures import StructureTree


def save_model(
    model: FittedModel,
    path: str | Path,
    *,
    template: bool = True,
    report: Callable[[Progress], None] | None = None,
) -> None:
    """Save a fitted model with everything that is needed to ask it elsewhere.

    Parameters
    ----------
    model : FittedModel
        Fitted, or loaded from another file.
    path : str or Path
        File to write. An older file of this name is replaced when the new one is complete.
    template : bool
        Whether to include the template image.
    report : callable, optional
        Called with every :class:`~napari_connectome.core.progress.Progress`.

    Raises
    ------
    DataError
        When the file cannot be written, or the model has a form that no file can hold.
    """
    run_to_end(saving(model, path, template=template), report)


def saving(model: FittedModel, path: str | Path, *, template: bool = True) -> Job[Path]:
    """Do what :func:`save_model` does, as a job that can be stopped. Its result is the path."""
    kind = kind_of(model.connectivity)
    target = Path(path).expanduser().absolute()
    with appearing(target) as part, create_file(part) as file:
        yield Progress(0, 0, "Saving the atlas")
        write_json(file, "header", _header(model, kind))
        write_array(file, "experiment_ids", model.experiment_ids)
        _write_atlas(file, model.atlas, template)
        yield from _write_connectivity(file, model.connectivity, kind)
    return target


def load_model(path: str | Path, *, cache_bytes: int = CACHE_BYTES) -> FittedModel:
    """Open a saved model. Projections are read from the file when they are needed.

    Parameters
    ----------
    path : str or Path
        File that :func:`save_model` wrote. It stays open as long as the model lives.
    cache_bytes : int
        Projections that were used last are kept in memory up to this size.

    Returns
    -------
    FittedModel
        Predictions equal those of the model that was saved, bit by bit.

    Raises
    ------
    DataError
        When the file is missing, no saved model, damaged, or of a newer version.
    """
    path = Path(path).expanduser()
    file = open_file(path)
    try:
        with explained(path):
            return _read_model(file, cache_bytes)
    except BaseException as error:
        file.close()
        if isinstance(error, ConnectomeError):
            raise DataError(_naming(path, error)) from error
        raise


def describe_model(path: str | Path) -> dict[str, Any]:
    """What a saved model is, without its arrays.

    Returns
    -------
    dict
        ``model``, ``parameters``, ``choices``, ``provenance``, ``atlas``, ``resolution_um``,
        ``shape``, ``experiments`` (their ids), ``format_version``, ``written_by``.

    Raises
    ------
    DataError
        As :func:`load_model`.
    """
    path = Path(path).expanduser()
    with open_file(path) as file, explained(path):
        header: dict[str, Any] = read_json(file, "header")
        return header | {
            "experiments": read_array(file, "experiment_ids").tolist(),
            "shape": [int(n) for n in file["atlas/annotation"].shape],
            "format_version": int(file.attrs["version"]),
            "written_by": text_attribute(file.attrs, "written_by"),
        }


def _header(model: FittedModel, kind: Kind) -> dict[str, Any]:
    parts = _storable(model.connectivity).items()
    return {
        "model": model.model,
        "parameters": dict(model.parameters),
        "choices": {name: dict(choice) for name, choice in model.choices.items()},
        "provenance": dict(model.provenance),
        "atlas": model.atlas.name,
        "resolution_um": model.atlas.resolution_um,
        "connectivity": {
            "kind": kind.name,
            "values": {name: value for name, value in parts if _is_plain(value)},
            "arrays": [name for name, value in parts if not _is_plain(value)],
        },
    }


def _storable(connectivity: Any) -> Mapping[str, Any]:
    parts: Mapping[str, Any] = connectivity.parts()
    return parts


def _is_plain(value: Any) -> bool:
    """Whether a part belongs into the JSON header."""
    return value is None or isinstance(value, str | bool | int | float | list | dict)


def _write_atlas(file: Any, atlas: Atlas, template: bool) -> None:
    write_json(file, "atlas/structures", atlas.tree.to_records())
    write_array(file, "atlas/annotation", atlas.annotation)
    if template and atlas.template is not None:
        write_array(file, "atlas/template", atlas.template)


def _write_connectivity(file: Any, connectivity: Connectivity, kind: Kind) -> Iterator[Progress]:
    parts = {n: v for n, v in _storable(connectivity).items() if not _is_plain(v)}
    matrices = kind.row_parts & parts.keys()
    total = sum(parts[name].shape[0] for name in matrices)
    yield Progress(0, total, "Saving the model")
    group = file.create_group("connectivity")
    for name in parts.keys() - matrices:
        write_array(group, name, parts[name])
    before = 0
    for name in sorted(matrices):
        for done in write_rows(group, name, parts[name]):
            yield Progress(before + done, total, "Saving the projections")
        before += parts[name].shape[0]


def _read_model(file: Any, cache_bytes: int) -> FittedModel:
    header = read_json(file, "header")
    return FittedModel(
        model=header["model"],
        parameters=header["parameters"],
        connectivity=_read_connectivity(file, header["connectivity"], cache_bytes),
        atlas=_read_atlas(file, header),
        experiment_ids=read_array(file, "experiment_ids").astype(np.int64, copy=False),
        choices=header["choices"],
        provenance=header["provenance"],
    )


def _read_atlas(file: Any, header: Mapping[str, Any]) -> Atlas:
    group = file["atlas"]
    return Atlas(
        tree=StructureTree.from_records(read_json(group, "structures")),
        annotation=read_array(group, "annotation"),
        resolution_um=float(header["resolution_um"]),
        template=read_array(group, "template") if "template" in group else None,
        name=header["atlas"],
    )


def _read_connectivity(file: Any, described: Mapping[str, Any], cache_bytes: int) -> Connectivity:
    kind = kind_named(described["kind"])
    parts: dict[str, Any] = dict(described["values"])
    for name in described["arrays"]:
        stored = f"connectivity/{name}"
        is_rows = name in kind.row_parts
        parts[name] = open_rows(file, stored, cache_bytes) if is_rows else read_array(file, stored)
    connectivity: Connectivity = kind.form.from_parts(parts)
    return connectivity


def _naming(path: Path, error: ConnectomeError) -> str:
    text = str(error)
    return text if str(path) in text else f"{path}: {text}"
