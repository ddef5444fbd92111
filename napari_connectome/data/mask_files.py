"""Masks of other programs as volumes of the atlas box: NRRD, NIfTI and NumPy files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nrrd
import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import DataError, SourceError
from napari_connectome.core.resampling import resample_to_atlas
from napari_connectome.data.mask_geometry import (
    LAS,
    LPS,
    PIR,
    RAS,
    UNITS_UM,
    Convention,
    FileGrid,
    locate,
)
from napari_connectome.data.nifti import read_nifti
from napari_connectome.data.nrrd import read_header, read_volume

Read = tuple[npt.NDArray[Any], FileGrid | None]
"""A volume and its grid; None: that of the atlas."""
_NRRD_UNITS = {
    "micrometres": ("micron", "microns", "um", "µm", "micrometer", "micrometers", "micrometre"),
    "millimetres": ("mm", "millimeter", "millimeters", "millimetre", "millimetres"),
    "metres": ("m", "meter", "meters", "metre", "metres"),
}
_NRRD_SPACES = {
    "left-posterior-superior": LPS,
    "lps": LPS,
    "right-anterior-superior": RAS,
    "ras": RAS,
    "left-anterior-superior": LAS,
    "las": LAS,
}


@dataclass(frozen=True, eq=False)
class ImportedMask:
    """A mask on the atlas's grid.

    Parameters
    ----------
    values : ndarray of float32, shape of the atlas
        Of whole numbers: the part of each voxel that is not 0. Of others: their mean over it.
    assumed : str
        What was taken to be so: axes, unit, place, meaning of the numbers.
    """

    values: npt.NDArray[np.float32]
    assumed: str


def read_mask(path: Path, atlas: Atlas) -> ImportedMask:
    """Read a mask that another program has drawn on this brain.

    Parameters
    ----------
    path : Path
        NRRD (``.nrrd``), NIfTI (``.nii``, ``.nii.gz``) or NumPy (``.npy``). A NumPy file must have
        the shape of the atlas; the others may have any resolution, and cover a part of the box.
    atlas : Atlas
        Whose grid is wanted.

    Raises
    ------
    DataError
        When the file is missing, damaged or of another kind, its units or axes do not fit
        the atlas, or it holds nothing, or negative, NaN or infinite numbers.
    """
    if not path.is_file():
        raise DataError(f"{path} is missing; a mask was expected.")
    try:
        values, grid = read_grid(path)
        affine, assumed = _own_grid(values, atlas) if grid is None else locate(grid, atlas)
        whole = values.dtype.kind != "f"
        meaning = "every number but 0 is painted" if whole else "its numbers are strengths"
        volume = resample_to_atlas(values, atlas, affine, "labels" if whole else "mask")
    except (DataError, SourceError) as error:
        named = str(error).startswith(str(path))
        raise DataError(str(error) if named else f"{path}: {error}") from error
    return ImportedMask(volume, f"{assumed}; {meaning}")


def read_grid(path: Path) -> Read:
    """Numbers of a volume file as they are stored, and the grid that its header gives.

    Raises
    ------
    DataError
        When the file is damaged, or its name ends like none that can be read.
    """
    return _reader(path)(path)


def _reader(path: Path) -> Callable[[Path], Read]:
    for suffix, reader in _READERS.items():
        if path.name.lower().endswith(suffix):
            return reader
    raise DataError(f"{path}: a file that ends in {', '.join(_READERS)} was expected.")


def _own_grid(values: npt.NDArray[Any], atlas: Atlas) -> tuple[npt.NDArray[np.float64], str]:
    """Affine of a volume that can only be on the atlas's own grid."""
    if values.shape != atlas.shape:
        ours, theirs = (" × ".join(map(str, shape)) for shape in (values.shape, atlas.shape))
        raise DataError(
            f"it says nothing about its voxels, so that the atlas's {theirs} were expected; {ours} "
            "came. Save it on the atlas's grid, axes AP, DV, ML, or with its geometry as NRRD."
        )
    affine = np.diag([atlas.resolution_um] * 3 + [1.0])
    affine[:3, 3] = atlas.resolution_um / 2
    return affine, "its voxels are those of the atlas, axes AP, DV, ML"


def _read_npy(path: Path) -> Read:
    try:
        values = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(f"it is no readable NumPy array of numbers ({error}).") from error
    if not isinstance(values, np.ndarray):
        values.close()
        raise DataError("it holds several arrays; a single one (.npy) was expected.")
    return values, None


def _read_nrrd(path: Path) -> Read:
    read_header(path)  # explains what is wrong with a file that is no such volume
    with path.open("rb") as file:
        fields = nrrd.read_header(file)
    values = read_volume(path)
    if "space directions" in fields:
        steps = np.asarray(fields["space directions"], dtype=np.float64).T
    elif "spacings" in fields:
        steps = np.diag(np.asarray(fields["spacings"], dtype=np.float64))
    else:
        return values, None
    origin = np.asarray(fields.get("space origin", np.zeros(3)), dtype=np.float64)
    if steps.shape != (3, 3) or not (np.all(np.isfinite(steps)) and np.all(np.isfinite(origin))):
        raise DataError(
            "three finite space directions and an origin were expected in its header. Save it as a "
            "plain volume again."
        )
    scale, unit = _nrrd_unit(fields.get("space units") or fields.get("units"))
    return values, FileGrid(values.shape, steps * scale, origin * scale, _nrrd_space(fields), unit)


def _nrrd_unit(stated: Any) -> tuple[float, str]:
    """Micrometres per unit, and where that was said."""
    if not stated:
        return 1.0, "in micrometres, as in Allen files, since its header gives no unit"
    names = {str(name).strip().lower() for name in stated}
    for unit, aliases in _NRRD_UNITS.items():
        if names <= set(aliases):
            return UNITS_UM[unit], f"in {unit}, as its header says"
    raise DataError(f"lengths in µm, mm or m were expected; its header says {sorted(names)}.")


def _nrrd_space(fields: dict[str, Any]) -> tuple[Convention, ...]:
    """PIR first: the Allen Institute's files claim another space than they have."""
    stated = _NRRD_SPACES.get(str(fields.get("space", "")).lower())
    return (PIR,) if stated is None else (PIR, stated)


_READERS: dict[str, Callable[[Path], Read]] = {
    ".nrrd": _read_nrrd,
    ".nii": read_nifti,
    ".nii.gz": read_nifti,
    ".npy": _read_npy,
}
