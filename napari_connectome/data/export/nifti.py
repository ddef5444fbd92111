"""NIfTI-1 files with the affine of the atlas."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.io.atomic import appearing

MM = 1e-3
DESCRIPTION = b"napari-connectome: CCFv3, RAS = ML, -AP, -DV"


def ras_affine_mm(resolution_um: float) -> npt.NDArray[np.float64]:
    """From voxel index (AP, DV, ML) to right, anterior and superior in mm, shape (4, 4).

    Right is ML, anterior is -AP, superior is -DV; voxel (0, 0, 0) lies at the origin.
    """
    step = resolution_um * MM
    affine = np.zeros((4, 4))
    affine[0, 2], affine[1, 0], affine[2, 1] = step, -step, -step
    affine[3, 3] = 1.0
    return affine


def write_nifti(
    path: Path, volume: npt.NDArray[Any], resolution_um: float, provenance: Mapping[str, Any]
) -> None:
    """Write a volume with axes AP, DV, ML; compressed when the name ends in ``.gz``.

    Provenance is kept as a comment, which every NIfTI reader passes over or shows.

    Raises
    ------
    DataError
        When the file cannot be written.
    """
    import nibabel  # takes a while to load and is needed for these files only

    nib: Any = nibabel
    image = nib.Nifti1Image(_storable(volume), ras_affine_mm(resolution_um))
    image.header.set_xyzt_units("mm")
    image.header["descrip"] = DESCRIPTION
    for code in ("sform", "qform"):
        getattr(image, f"set_{code}")(image.affine, code="scanner")
    if provenance:
        comment = json.dumps(dict(provenance), ensure_ascii=True).encode("ascii")
        image.header.extensions.append(nib.nifti1.Nifti1Extension("comment", comment))
    packed = path.name.lower().endswith(".gz")
    with appearing(path) as part:
        part.write_bytes(_compressed(image.to_bytes()) if packed else image.to_bytes())


def _storable(volume: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """NIfTI readers rarely know 64-bit whole numbers; those that fit are kept in fewer bits."""
    if volume.dtype.kind in "iu" and volume.dtype.itemsize == 8:
        return volume.astype(np.min_scalar_type(int(volume.max(initial=0))))
    return volume


def _compressed(data: bytes) -> bytes:
    """The same bytes every time: without a name or a time inside."""
    import gzip

    return gzip.compress(data, 6, mtime=0)
