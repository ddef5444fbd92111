"""Loaded experiments as plain arrays and JSON, and back: what their copies are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.io.stored_matrix import StoredMatrix
from napari_connectome.core.masks import VoxelMask
from napari_connectome.data.loaded import LeftOut, LoadedExperiments, LoadReport

ARRAYS = (
    "ids",
    "division_ids",
    "centroids",
    "injection_data",
    "injection_columns",
    "injection_starts",
    "injection_sums",
    "mirrored",
)
"""Everything but the projections."""


def arrays_of(loaded: LoadedExperiments) -> dict[str, npt.NDArray[Any]]:
    """Arrays of a set under the names of :data:`ARRAYS`."""
    arrays = (
        loaded.ids,
        loaded.division_ids,
        loaded.centroids,
        loaded.injections.data,
        loaded.injections.indices,
        loaded.injections.indptr,
        loaded.injection_sums,
        loaded.mirrored,
    )
    return dict(zip(ARRAYS, map(np.ascontiguousarray, arrays), strict=True))


def loaded_from(
    found: Mapping[str, npt.NDArray[Any]],
    projections: npt.NDArray[np.float32] | StoredMatrix,
    report: LoadReport,
    masks: tuple[VoxelMask, VoxelMask],
) -> LoadedExperiments:
    """Put a set together again.

    Parameters
    ----------
    found : mapping
        What :func:`arrays_of` gave.
    projections : ndarray or StoredMatrix
        Its projections.
    report : LoadReport
        What became of the others.
    masks : tuple of VoxelMask
        Source and target mask, which a copy does not repeat.
    """
    source_mask, target_mask = masks
    parts = tuple(found[f"injection_{part}"].copy() for part in ("data", "columns", "starts"))
    return LoadedExperiments(
        ids=found["ids"],
        division_ids=found["division_ids"],
        centroids=found["centroids"],
        injections=csr_array(parts, shape=(len(found["ids"]), len(source_mask))),
        projections=projections,
        injection_sums=found["injection_sums"],
        mirrored=found["mirrored"],
        source_mask=source_mask,
        target_mask=target_mask,
        report=report,
    )


def report_from(fields: Mapping[str, Any]) -> LoadReport:
    """Make a report of its fields as JSON holds them."""
    return LoadReport(
        used=fields["used"],
        left_out=tuple(LeftOut(**entry) for entry in fields["left_out"]),
        without_volumes=tuple(fields["without_volumes"]),
        unknown_ids=tuple(fields["unknown_ids"]),
        empty_divisions=tuple(fields["empty_divisions"]),
    )
