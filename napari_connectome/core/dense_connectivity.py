"""Connectivity that is held in full, every pair of voxels: up to some thousands on either side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.connectivity import Connectivity, Float, Support, VoxelEvidence
from napari_connectome.core.errors import ModelError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.parallel import single_threaded_blas
from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.region_sums import region_indicator
from napari_connectome.core.saved_parts import needing_parts
from napari_connectome.core.sources import SourceWeights
from napari_connectome.core.spline.proximity import Proximity

Rows = npt.NDArray[np.int64]
ROWS_AT_ONCE = 1024


class DenseConnectivity(Connectivity):
    """W[source, target], not negative.

    Parameters
    ----------
    source_mask, target_mask : VoxelMask
        What sources and targets are.
    weights : ndarray of float32, shape (n_source, n_target)
        W; it is kept, not copied.
    proximity : Proximity
        The experiments that the model was fitted to. The evidence behind an answer is how near
        they are; its shares are no contributions.
    unit : str
        Unit of a projection per unit of source.

    Raises
    ------
    ModelError
        When weights and masks disagree, or a weight is negative or not finite.
    """

    def __init__(
        self,
        source_mask: VoxelMask,
        target_mask: VoxelMask,
        weights: Float,
        proximity: Proximity,
        unit: str = "projection density per unit of injection",
    ) -> None:
        expected = len(source_mask), len(target_mask)
        if weights.shape != expected:
            raise ModelError(f"Weights of shape {expected} were expected; {weights.shape} came.")
        # NaN fails the first comparison as well.
        if not (weights.min(initial=0) >= 0 and np.isfinite(weights.max(initial=0))):
            raise ModelError("Weights must be finite and not negative.")
        self.source_mask = source_mask
        self.target_mask = target_mask
        self.weights: Float = np.asarray(weights, dtype=np.float32)
        self.proximity = proximity
        self.unit = unit

    @property
    def matrix(self) -> Float:
        """W, to multiply with."""
        return self.weights

    def from_source(self, source: SourceWeights) -> Float:
        """Projection of a weighted source: its rows, weighted."""
        values = source.values.astype(np.float32)
        with single_threaded_blas():
            return np.asarray(values @ self.weights[source.rows])

    def onto_target(self, rows: Rows, values: npt.NDArray[np.float64]) -> Float:
        """Projection of every source voxel onto weighted target voxels (retrograde)."""
        with single_threaded_blas():
            return np.asarray(self.weights[:, rows] @ values.astype(np.float32))

    def block(self, source_rows: Rows, target_rows: Rows) -> Float:
        """Connection density of chosen pairs, shape (len(source_rows), len(target_rows))."""
        return np.asarray(self.weights[np.ix_(source_rows, target_rows)])

    def regional_strength_job(
        self, source_keys: Rows, target_keys: Rows
    ) -> Job[npt.NDArray[np.float64]]:
        """Weights summed over target regions, some rows at a time, then over source regions."""
        received = np.asarray(region_indicator(target_keys).T.toarray(), dtype=np.float64)
        count = len(self.weights)
        sums = np.empty((count, received.shape[1]))
        for start in range(0, count, ROWS_AT_ONCE):
            yield Progress(start, count, "Summing weights over regions")
            block = self.weights[start : start + ROWS_AT_ONCE].astype(np.float64)
            with single_threaded_blas():
                sums[start : start + ROWS_AT_ONCE] = block @ received
        return np.asarray(region_indicator(source_keys) @ sums)

    def support(self, source: SourceWeights) -> Support:
        """Which injections are near the source: :class:`~..spline.proximity.Proximity`."""
        return self.proximity.support(self.source_mask.coordinates[source.rows], source.values)

    def evidence_job(self) -> Job[VoxelEvidence]:
        """Which injections are near each source voxel."""
        return self.proximity.evidence_job(self.source_mask.coordinates)

    def parts(self) -> dict[str, Any]:
        """All that it is made of: arrays, numbers and strings under file-like names."""
        return {
            "box": np.array(self.source_mask.shape, dtype=np.int64),
            "source_indices": self.source_mask.indices,
            "target_indices": self.target_mask.indices,
            "weights": self.weights,
            "unit": self.unit,
            **self.proximity.parts(),
        }

    @classmethod
    def from_parts(cls, parts: Mapping[str, Any]) -> DenseConnectivity:
        """Put together again what :meth:`parts` gave.

        Raises
        ------
        ModelError
            When a part is missing or does not fit the others.
        """
        with needing_parts():
            return cls(
                source_mask=VoxelMask(parts["box"], parts["source_indices"]),
                target_mask=VoxelMask(parts["box"], parts["target_indices"]),
                weights=np.asarray(parts["weights"], dtype=np.float32),
                proximity=Proximity.from_parts(parts),
                unit=str(parts["unit"]),
            )
