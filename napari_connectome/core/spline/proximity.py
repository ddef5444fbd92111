"""How far the experiments of a spline model are from a source: its evidence.

All weights of a spline model come from all experiments together, so that none of them
contributes a share of an answer. What stands here in place of shares says which injections
are near.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.connectivity import Support, VoxelEvidence
from napari_connectome.core.errors import ModelError
from napari_connectome.core.models.weights import row_blocks, squared_distances
from napari_connectome.core.progress import Job, Progress

Matrix = npt.NDArray[np.float64]
Voxels = npt.NDArray[np.integer[Any]]
HALF_A_VOXEL = 0.5
"""Distance in voxels below which one injection is no nearer than another."""


@dataclass(frozen=True, eq=False)
class Proximity:
    """The injections that a model was fitted to, by their distance from source voxels.

    The share of an experiment e in a voxel is proportional to exp(-(d_e / d)² / 2), d_e being
    the distance of its injection centroid and d that of the nearest one (half a voxel at
    least): one as near as the nearest counts as much, one three times as far as good as
    nothing. Shares are no contributions to an answer.

    Parameters
    ----------
    experiment_ids : ndarray of int64, shape (m,)
        Experiments.
    centroids : ndarray of float64, shape (m, 3)
        Their injection centroids in voxels.
    resolution_um : float
        Edge of a voxel.

    Raises
    ------
    ModelError
        When there is no experiment, or shapes disagree.
    """

    experiment_ids: npt.NDArray[np.int64]
    centroids: Matrix
    resolution_um: float

    def __post_init__(self) -> None:
        m = len(self.experiment_ids)
        if m == 0 or self.centroids.shape != (m, 3):
            raise ModelError(
                f"Each of {m} experiments needs an injection centroid with three coordinates; "
                f"shape {self.centroids.shape} came."
            )

    def support(self, coordinates: Voxels, weights: Matrix) -> Support:
        """The evidence behind a weighted source.

        Parameters
        ----------
        coordinates : ndarray of int, shape (k, 3)
            Voxels of the source.
        weights : ndarray of float64, shape (k,)
            Their weights, not all zero.
        """
        shares, nearest = np.zeros(len(self.experiment_ids)), 0.0
        for block in row_blocks(len(coordinates), len(shares)):
            own, distance = self._shares(coordinates[block])
            shares += weights[block] @ own
            nearest += float(weights[block] @ distance)
        shares /= shares.sum()
        order = np.argsort(-shares, kind="stable")
        order = order[shares[order] > 0]
        return Support(
            self.experiment_ids[order],
            shares[order],
            nearest / float(weights.sum()) * self.resolution_um,
        )

    def evidence_job(self, coordinates: Voxels) -> Job[VoxelEvidence]:
        """The evidence behind each of many voxels, shape (n, 3), as a job."""
        count = len(coordinates)
        found = VoxelEvidence(*(np.empty(count, dtype=np.float32) for _ in range(3)))
        for block in row_blocks(count, len(self.experiment_ids)):
            yield Progress(block.start, count, "Measuring distances to experiments")
            shares, nearest = self._shares(coordinates[block])
            found.nearest_um[block] = nearest * self.resolution_um
            found.effective_experiments[block] = 1.0 / (shares**2).sum(axis=1)
            found.largest_share[block] = shares.max(axis=1)
        return found

    def _shares(self, coordinates: Voxels) -> tuple[Matrix, Matrix]:
        """Shares of experiments in each voxel, and the distance to the nearest in voxels."""
        squared = squared_distances(coordinates, self.centroids).astype(np.float64)
        least = squared.min(axis=1)
        scale = np.maximum(least, HALF_A_VOXEL**2)[:, None]
        shares = np.exp(-0.5 * squared / scale)
        return shares / shares.sum(axis=1, keepdims=True), np.sqrt(least)

    def parts(self) -> dict[str, Any]:
        """What it is made of, for a connectivity that is saved."""
        return {
            "experiment_ids": self.experiment_ids,
            "centroids": self.centroids,
            "resolution_um": self.resolution_um,
        }

    @classmethod
    def from_parts(cls, parts: Mapping[str, Any]) -> Proximity:
        """Put together again what :meth:`parts` gave.

        Raises
        ------
        KeyError
            When a part is missing.
        """
        return cls(
            np.asarray(parts["experiment_ids"], dtype=np.int64),
            np.asarray(parts["centroids"], dtype=np.float64),
            float(parts["resolution_um"]),
        )
