"""Tracing experiments as arrays: what every model is fitted to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.errors import ExperimentError
from napari_connectome.core.io.stored_matrix import StoredMatrix
from napari_connectome.core.masks import VoxelMask


@dataclass(frozen=True, eq=False)
class ExperimentSet:
    """Injections and projections of `m` experiments on one pair of masks.

    Rows are ordered by division (order of Knox et al. 2018), then by id, so that
    the experiments of one division are contiguous. Injections of the left
    hemisphere have been mirrored to the right together with their projection.

    Parameters
    ----------
    ids : ndarray of int64, shape (m,)
        Allen experiment ids.
    division_ids : ndarray of int64, shape (m,)
        Major division each experiment belongs to.
    centroids : ndarray of float64, shape (m, 3)
        Injection-density-weighted mean voxel index (AP, DV, ML), right hemisphere.
    injections : csr_array of float32, shape (m, n_source)
        True injection density divided by its sum over the whole brain.
    projections : ndarray of float32 or StoredMatrix, shape (m, n_target)
        Projection density divided by the same sum (Knox et al. 2018, section 4.1). A set
        that is too large for memory is read from the disk where it is needed.
    injection_sums : ndarray of float64, shape (m,)
        The sum that both were divided by (voxels × density).
    mirrored : ndarray of bool, shape (m,)
        Whether the injection was in the left hemisphere.
    source_mask, target_mask : VoxelMask
        What the columns of `injections` and `projections` are.

    Raises
    ------
    ExperimentError
        When lengths disagree, an id is repeated, or the experiments of a division
        do not follow one another.
    """

    ids: npt.NDArray[np.int64]
    division_ids: npt.NDArray[np.int64]
    centroids: npt.NDArray[np.float64]
    injections: csr_array
    projections: npt.NDArray[np.float32] | StoredMatrix
    injection_sums: npt.NDArray[np.float64]
    mirrored: npt.NDArray[np.bool_]
    source_mask: VoxelMask
    target_mask: VoxelMask

    def __post_init__(self) -> None:
        m = len(self.ids)
        expected = {
            "division_ids": (self.division_ids.shape, (m,)),
            "centroids": (self.centroids.shape, (m, 3)),
            "injections": (self.injections.shape, (m, len(self.source_mask))),
            "projections": (self.projections.shape, (m, len(self.target_mask))),
            "injection_sums": (self.injection_sums.shape, (m,)),
            "mirrored": (self.mirrored.shape, (m,)),
        }
        for name, (came, wanted) in expected.items():
            if came != wanted:
                raise ExperimentError(f"{name} must have shape {wanted}; {came} came.")
        if len(set(self.ids.tolist())) != m:
            raise ExperimentError("Every experiment may appear once; an id is repeated.")
        changes = int(np.count_nonzero(np.diff(self.division_ids)))
        if m and changes != len(np.unique(self.division_ids)) - 1:
            raise ExperimentError("The experiments of a division must come one after the other.")
        for array in (self.ids, self.division_ids, self.centroids, self.projections):
            if isinstance(array, np.ndarray):
                array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.ids)

    def rows_of_division(self, division_id: int) -> slice:
        """Rows of a division's experiments (they are contiguous)."""
        rows = np.flatnonzero(self.division_ids == division_id)
        return slice(int(rows[0]), int(rows[-1]) + 1) if len(rows) else slice(0, 0)

    def row_of(self, experiment_id: int) -> int:
        """Row of an experiment.

        Raises
        ------
        ExperimentError
            When the set does not hold it.
        """
        rows = np.flatnonzero(self.ids == experiment_id)
        if not len(rows):
            raise ExperimentError(f"Experiment {experiment_id} is not among the {len(self)} used.")
        return int(rows[0])

    def subset(self, rows: Sequence[int] | npt.NDArray[np.int64]) -> ExperimentSet:
        """The experiments of the given rows, in the order of this set."""
        keep = np.sort(np.asarray(rows, dtype=np.int64))
        return ExperimentSet(
            ids=self.ids[keep],
            division_ids=self.division_ids[keep],
            centroids=self.centroids[keep],
            injections=self.injections[keep],
            projections=self.projections[keep],
            injection_sums=self.injection_sums[keep],
            mirrored=self.mirrored[keep],
            source_mask=self.source_mask,
            target_mask=self.target_mask,
        )
