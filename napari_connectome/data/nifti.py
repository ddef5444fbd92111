"""NIfTI files: a volume and what its header says about the place of its voxels."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import DataError
from napari_connectome.data.mask_geometry import PIR, RAS, TURNED_PIR, UNITS_UM, FileGrid

_UNITS = {
    "micron": ("micrometres", "in micrometres, as its header says"),
    "mm": ("millimetres", "in millimetres, as its header says"),
    "meter": ("metres", "in metres, as its header says"),
    "unknown": ("millimetres", "in millimetres, since its header gives no unit"),
}


def read_nifti(path: Path) -> tuple[npt.NDArray[Any], FileGrid]:
    """Read a NIfTI-1 or NIfTI-2 volume, plain or compressed.

    Raises
    ------
    DataError
        When the file is damaged, no NIfTI file, or holds more than one volume.
    """
    import nibabel as nib  # takes a while to load and is needed for these files only

    damage = (
        *(nib.filebasedimages.ImageFileError, nib.spatialimages.HeaderDataError),
        *(OSError, EOFError, ValueError, KeyError, OverflowError, zlib.error),
    )
    # Problems are told once, in an error.
    with nib.imageglobals.LoggingOutputSuppressor():
        try:
            image: Any = nib.load(path)
            if not isinstance(image, nib.Nifti1Image):
                raise DataError(f"a NIfTI file was expected; a {type(image).__name__} came.")
            values = np.asanyarray(image.dataobj)
            grid = _grid(image)
        except damage as error:
            raise DataError(f"it is no readable NIfTI volume ({error}).") from error
    if max(values.shape[3:], default=1) > 1 or len(grid.shape) != 3:
        raise DataError(f"a single volume was expected; an array of shape {values.shape} came.")
    return values.reshape(grid.shape), grid


def _grid(image: Any) -> FileGrid:
    header = image.header
    shape = tuple(int(n) for n in image.shape[:3])
    name, words = _UNITS[header.get_xyzt_units()[0]]
    scale = UNITS_UM[name]
    if not (int(header["sform_code"]) or int(header["qform_code"])):
        steps = np.diag(np.asarray(header.get_zooms()[:3], dtype=np.float64))
        unit = f"{words}; it gives no orientation"
        return FileGrid(shape, steps * scale, np.zeros(3), (PIR,), unit)
    affine = np.asarray(image.affine, dtype=np.float64) * scale
    if not np.all(np.isfinite(affine)):
        raise ValueError("its affine is not finite")
    return FileGrid(shape, affine[:3, :3], affine[:3, 3], (RAS, PIR, TURNED_PIR), words)
