"""NRRD and NIfTI volumes as napari layers, and layers as volumes: for napari's File menu."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import AXIS_LABELS
from napari_connectome.core.errors import DataError
from napari_connectome.core.overlay_volume import TINY
from napari_connectome.data.export.volumes import export_volume
from napari_connectome.data.volume_files import VOLUME_SUFFIXES, read_placed_volume
from napari_connectome.layers.metadata import LOG10, PROVENANCE

LayerData = tuple[Any, dict[str, Any], str]
_LABEL_BYTES = 4
"""Whole numbers of at least so many bytes are names of structures, not intensities."""
_SAME = 1e-3
"""Part of a voxel by which places may differ."""


def get_volume_reader(path: str | list[str]) -> Callable[[str], list[LayerData]] | None:
    """Napari's question whether a file can be read here; None when it cannot."""
    if not isinstance(path, str) or not path.lower().endswith(VOLUME_SUFFIXES):
        return None
    return read_volume_layers


def read_volume_layers(path: str) -> list[LayerData]:
    """A volume as a layer in CCF micrometres, axes AP, DV, ML.

    Raises
    ------
    DataError
        When the file is damaged, or its axes are turned against those of the CCF.
    """
    volume = read_placed_volume(Path(path))
    values = volume.values
    labels = values.dtype.kind in "iu" and values.dtype.itemsize >= _LABEL_BYTES
    settings: dict[str, Any] = {
        "name": _name(path),
        "metadata": {"place": volume.assumed, PROVENANCE: volume.provenance},
    }
    if volume.edges_um is not None:
        settings |= {
            "scale": volume.edges_um,
            "translate": volume.first_um,
            "units": ("um",) * 3,
            "axis_labels": AXIS_LABELS,
        }
    if labels:
        return [(values, settings, "labels")]
    # What lies on top of the brain must not hide it.
    return [(values, settings | {"blending": "additive"}, "image")]


def write_volume_layer(path: str, data: Any, attributes: dict[str, Any]) -> list[str]:
    """Write an image or labels layer in the format that the name asks for.

    Regions are written with the ids of their structures; a logarithm that is shown is taken
    back. Where the numbers come from goes into the file.

    Parameters
    ----------
    path : str
        Ends in ``.nrrd``, ``.nii``, ``.nii.gz`` or ``.ome.zarr``.
    data : array_like, shape (n_ap, n_dv, n_ml)
        What the layer shows.
    attributes : dict
        The layer's settings.

    Raises
    ------
    DataError
        When the layer is no volume in CCF µm that begins at the corner of the box, or cannot
        be written.
    """
    resolution_um = _resolution_um(attributes)
    finest = data[0] if attributes.get("multiscale") else data
    volume = _values(np.asarray(finest), attributes)
    provenance = attributes.get("metadata", {}).get(PROVENANCE, {})
    layer = {"layer": attributes.get("name", "")}
    return [str(export_volume(path, volume, resolution_um, provenance={**layer, **provenance}))]


def _values(data: npt.NDArray[Any], attributes: dict[str, Any]) -> npt.NDArray[Any]:
    features = attributes.get("features")
    if features is not None and {"index", "structure_id"} <= set(features):
        ids = np.zeros(int(max(features["index"], default=0)) + 1, dtype=np.uint32)
        ids[np.asarray(features["index"])] = features["structure_id"]
        return ids[data]
    if attributes.get("metadata", {}).get(LOG10):
        return np.where(data > np.log10(TINY), np.power(10.0, data), 0).astype(np.float32)
    return data


def _resolution_um(attributes: dict[str, Any]) -> float:
    name, expected = attributes.get("name", "This layer"), "a volume in CCF micrometres"
    units = attributes.get("units") or ()
    lengths = [unit for unit in units if getattr(unit, "dimensionality", None) == _LENGTH]
    if len(attributes["scale"]) != 3 or len(lengths) != 3:
        raise DataError(
            f"{name} is not {expected}: three axes with a unit of length were expected. "
            "Choose a layer of the explorer, or give the layer its scale and units."
        )
    to_um = np.array([float((1 * unit).to("micrometer").magnitude) for unit in lengths])
    edges = np.asarray(attributes["scale"], dtype=float) * to_um
    first = np.asarray(attributes["translate"], dtype=float) * to_um
    plain = np.allclose(attributes["rotate"], np.eye(3)) and not np.any(attributes["shear"])
    plain = plain and np.allclose(attributes["affine"], np.eye(4))
    if not plain or np.ptp(edges) > _SAME * edges[0] or edges[0] <= 0:
        raise DataError(f"{name} is not {expected} with cubic voxels along its axes. Resample it.")
    if np.any(np.abs(first - edges / 2) > _SAME * edges):
        raise DataError(
            f"{name} does not begin at the corner of the atlas's box (its first voxel lies at "
            f"{', '.join(f'{x:g}' for x in first)} µm): only whole volumes can be written."
        )
    return float(edges[0])


_LENGTH = {"[length]": 1}


def _name(path: str) -> str:
    name = Path(path).name
    suffix = max((s for s in VOLUME_SUFFIXES if name.lower().endswith(s)), key=len)
    return name[: -len(suffix)]
