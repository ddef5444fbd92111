"""Volumes of any program, placed in the CCF as their headers say: NRRD and NIfTI."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import DataError
from napari_connectome.data.mask_files import read_grid
from napari_connectome.data.mask_geometry import place
from napari_connectome.data.written_provenance import read_provenance

_DECIMALS = 3
"""NIfTI holds single precision, in which 0.1 mm are no whole µm; a nanometre is exact enough."""
VOLUME_SUFFIXES = (".nrrd", ".nii", ".nii.gz")


@dataclass(frozen=True, eq=False)
class PlacedVolume:
    """A volume with axes AP, DV, ML.

    Parameters
    ----------
    values : ndarray, shape (n_ap, n_dv, n_ml)
        As stored, the axes put in order.
    edges_um : tuple of float or None
        Edge of a voxel along each axis; None when the file does not say.
    first_um : tuple of float
        Centre of the first voxel.
    assumed : str
        What its coordinates were taken to stand for.
    provenance : mapping
        Where the numbers come from, when this program wrote the file.
    """

    values: npt.NDArray[Any]
    edges_um: tuple[float, ...] | None
    first_um: tuple[float, ...]
    assumed: str
    provenance: dict[str, Any] = field(default_factory=dict)


def read_placed_volume(path: Path) -> PlacedVolume:
    """Read a volume, and where it lies.

    Raises
    ------
    DataError
        When the file is missing, damaged or no single volume, or its axes are turned against
        those of the CCF.
    """
    if not path.is_file():
        raise DataError(f"{path} is missing; a volume was expected.")
    try:
        values, grid = read_grid(path)
        if grid is None:
            return PlacedVolume(values, None, (0.0, 0.0, 0.0), "its header gives no voxel size")
        affine, assumed = place(grid)
    except DataError as error:
        named = str(error).startswith(str(path))
        raise DataError(str(error) if named else f"{path}: {error}") from error
    order = np.argmax(np.abs(affine[:3, :3]), axis=1)
    steps = affine[range(3), order]
    counts = np.array(values.shape)[order]
    turned = tuple(slice(None, None, 1 if step > 0 else -1) for step in steps)
    first = affine[:3, 3] + np.where(steps < 0, steps * (counts - 1), 0.0)
    return PlacedVolume(
        values.transpose(order)[turned],
        tuple(np.abs(steps).round(_DECIMALS).tolist()),
        tuple(first.round(_DECIMALS).tolist()),
        assumed,
        read_provenance(path),
    )
