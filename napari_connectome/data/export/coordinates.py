"""Places of a table in other coordinates: voxel indices, and millimetres from bregma."""

from __future__ import annotations

import numpy as np
import pandas as pd

from napari_connectome.core.bregma import Bregma

AXES = ("ap", "dv", "ml")


def with_voxels(table: pd.DataFrame, resolution_um: float) -> pd.DataFrame:
    """Add the voxel that holds each place, ``ap_voxel`` beside ``ap_um`` and so on.

    Parameters
    ----------
    table : DataFrame
        Places in CCF µm in columns whose names end in ``ap_um``, ``dv_um`` and ``ml_um``.
    resolution_um : float
        Edge of a voxel.

    Returns
    -------
    DataFrame
        A copy; indices are empty where the place is.
    """
    found = table.copy()
    for prefix in _prefixes(table):
        for axis in AXES:
            index = np.floor(table[f"{prefix}{axis}_um"].astype(float) / resolution_um)
            found[f"{prefix}{axis}_voxel"] = index.astype("Int64")
    return found


def with_bregma(table: pd.DataFrame, bregma: Bregma) -> pd.DataFrame:
    """Add places in mm anterior, ventral and right of bregma: ``bregma_ap_mm`` and so on.

    Parameters
    ----------
    table : DataFrame
        As for :func:`with_voxels`.
    bregma : Bregma
        Where bregma is taken to be.

    Returns
    -------
    DataFrame
        A copy.
    """
    found = table.copy()
    for prefix in _prefixes(table):
        places = table[[f"{prefix}{axis}_um" for axis in AXES]].to_numpy(dtype=np.float64)
        relative = np.array([bregma.from_ccf_um(place) for place in places.tolist()]).reshape(-1, 3)
        for axis, values in zip(AXES, relative.T, strict=True):
            found[f"{prefix}bregma_{axis}_mm"] = values
    return found


def _prefixes(table: pd.DataFrame) -> list[str]:
    """What stands in front of the axes: nothing, or a side."""
    names = [str(name) for name in table.columns]
    return [name.removesuffix("ap_um") for name in names if name.endswith("ap_um")]
