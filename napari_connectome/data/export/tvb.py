"""Connectivities for The Virtual Brain: a ZIP of plain text files."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import DataError
from napari_connectome.core.io.atomic import appearing
from napari_connectome.core.structures import ISOCORTEX_ID
from napari_connectome.data.export.network import Network

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The same connectivity gives the same bytes: no time inside."""


def write_tvb(
    path: str | Path, network: Network, *, provenance: Mapping[str, Any] | None = None
) -> Path:
    """Write a network in the form that The Virtual Brain imports.

    ``weights.txt`` has the value of what column j sends to row i, as that program wants it (this
    one has sources as rows everywhere else). ``tract_lengths.txt`` are straight distances between
    centroids in mm, ``centres.txt`` centroids in mm: right from the midline of the centroids,
    anterior, superior.

    Raises
    ------
    DataError
        When a centroid is not known, or the file cannot be written.
    """
    centres_um = network.centres_um
    if not np.isfinite(centres_um).all():
        raise DataError(
            "The Virtual Brain needs the place of every region, and this matrix comes without an "
            "atlas. Open the brain that it belongs to, and export again."
        )
    count = len(network.regions)
    files = {
        "weights.txt": _table(network.weights.T),
        "tract_lengths.txt": _table(network.distances_um / 1000.0),
        "centres.txt": _centres(network),
        "hemispheres.txt": "1\n" * count + "0\n" * count,
        "cortical.txt": "".join(f"{int(ISOCORTEX_ID in s.path)}\n" for s in network.regions) * 2,
        "info.txt": json.dumps({"measure": network.measure, **(provenance or {})}, indent=1),
    }
    target = Path(path).expanduser().absolute()
    with appearing(target) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)
    return target


def _table(values: npt.NDArray[np.float64]) -> str:
    text = io.StringIO()
    np.savetxt(text, values, fmt="%.9g")
    return text.getvalue()


def _centres(network: Network) -> str:
    ap, dv, ml = network.centres_um.T
    count = len(network.regions)
    midline = float((ml[:count] + ml[count:]).mean() / 2)
    places = np.stack([ml - midline, -ap, -dv], axis=1) / 1000.0
    names = (label.replace(" (", "_").rstrip(")") for label in network.labels)
    lines = zip(names, places.tolist(), strict=True)
    return "".join(f"{name} {x:.6f} {y:.6f} {z:.6f}\n" for name, (x, y, z) in lines)
