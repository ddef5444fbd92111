"""A volume in the format that a file's name asks for: NRRD, NIfTI or OME-Zarr.

All of them put voxel (i, j, k) at (i, j, k) times the resolution along AP, DV and ML, as the
Allen Institute's own files do, so that they lie on top of these and of each other. (In CCFv3
the voxel goes from there to the next one: its centre is half an edge further.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import DataError
from napari_connectome.core.models.fitted import Prediction
from napari_connectome.core.provenance import prediction_provenance
from napari_connectome.data.export.nifti import write_nifti
from napari_connectome.data.export.ome_zarr import write_ome_zarr
from napari_connectome.data.nrrd import write_volume

Volume = npt.NDArray[Any]
Writer = Callable[[Path, Volume, float, Mapping[str, Any]], None]


def _write_nrrd(
    path: Path, volume: Volume, resolution_um: float, provenance: Mapping[str, Any]
) -> None:
    write_volume(path, volume, resolution_um, provenance=provenance)


WRITERS: Mapping[str, Writer] = {
    ".nrrd": _write_nrrd,
    ".nii": write_nifti,
    ".nii.gz": write_nifti,
    ".ome.zarr": write_ome_zarr,
}
"""What writes each kind of file, by how its name ends."""
VOLUME_KINDS = "Volumes (*.nrrd *.nii *.nii.gz *.ome.zarr)"
"""For a dialog that asks for a file."""


def check_volume_name(path: Path) -> Writer:
    """What writes a file of this name.

    Raises
    ------
    DataError
        When the name ends like none of the known formats.
    """
    for suffix in sorted(WRITERS, key=len, reverse=True):
        if path.name.lower().endswith(suffix):
            return WRITERS[suffix]
    raise DataError(
        f"{path.name}: the name of a volume was expected to end in {', '.join(WRITERS)}. "
        "Choose one of these."
    )


def export_volume(
    path: str | Path,
    volume: Volume,
    resolution_um: float,
    *,
    provenance: Mapping[str, Any] | None = None,
) -> Path:
    """Write a volume in CCF order; an older one of that name is replaced when it is complete.

    Parameters
    ----------
    path : str or Path
        Ends in ``.nrrd``, ``.nii``, ``.nii.gz`` or ``.ome.zarr`` (a folder).
    volume : ndarray, shape (n_ap, n_dv, n_ml)
        Numbers; NaN is kept.
    resolution_um : float
        Edge of a voxel.
    provenance : mapping, optional
        Plain JSON values that go into the file: where the numbers come from.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DataError
        When the name has an unknown ending, the volume is not one, or cannot be written.
    """
    target = Path(path).expanduser().absolute()
    write = check_volume_name(target)
    if volume.ndim != 3 or volume.dtype.kind not in "iufb":
        raise DataError(
            f"A volume of numbers with axes AP, DV, ML was expected; {volume.ndim} dimensions of "
            f"{volume.dtype} came."
        )
    numbers = volume.view(np.uint8) if volume.dtype == np.bool_ else volume
    write(target, numbers, resolution_um, provenance or {})
    return target


def save_volume(prediction: Prediction, path: str | Path) -> Path:
    """Write a predicted projection in CCF order, with where it comes from in the header.

    Parameters
    ----------
    prediction : Prediction
        Of any source, in either direction.
    path : str or Path
        As for :func:`export_volume`.

    Raises
    ------
    DataError
        When the name ends like none of the known formats, or the file cannot be written.
    """
    resolution_um = prediction.model.atlas.resolution_um
    said = prediction_provenance(prediction)
    return export_volume(path, prediction.volume(), resolution_um, provenance=said)
