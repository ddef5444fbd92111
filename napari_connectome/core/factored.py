"""The voxel model's connectivity: kernel weights times measured projections.

W = Ỹᵀ Aᵀ with A (n_source × m, rows sum to one) and nodes Ỹ (m × n_target); neither
W nor, for a forward question, A is ever formed: the weights of a source are computed
from distances when it is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy.linalg.blas import saxpy
from scipy.sparse import csr_array

from napari_connectome.core.connectivity import Connectivity, Float, Support
from napari_connectome.core.errors import ModelError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.kernels import Kernel, kernel_weights, squared_distances
from napari_connectome.core.sources import SourceWeights

COLUMN_BLOCK = 65_536
"""Target voxels combined at a time: the running sum of a block stays in the cache."""


class Nodes(Protocol):
    """Projections row by row: an array, or a file that is read when asked."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(m, n_target)."""

    def __getitem__(self, row: int, /) -> Float:
        """One experiment's projection, shape (n_target,)."""


class FactoredConnectivity(Connectivity):
    """Kernel-weighted average of projections, one kernel per division (Knox et al. 2018).

    Parameters
    ----------
    source_mask, target_mask : VoxelMask
        Source voxels (right hemisphere) and target voxels (both).
    source_divisions : ndarray of int64, shape (n_source,)
        Division of each source voxel.
    centroids : ndarray of float64, shape (m, 3)
        Injection centroids, voxel indices.
    experiment_divisions : ndarray of int64, shape (m,)
        Division of each experiment; those of one division are contiguous.
    experiment_ids : ndarray of int64, shape (m,)
        Ids, for :meth:`support`.
    nodes : Nodes, shape (m, n_target)
        Projection density divided by the injection's total.
    kernels : mapping of int to Kernel
        Kernel of every division that has source voxels.
    resolution_um : float
        Edge of a voxel.
    negligible : float
        See :func:`~napari_connectome.core.models.kernels.normalised_weights`.

    Raises
    ------
    ModelError
        When a division with source voxels has no experiment or no kernel.
    """

    unit = "projection density per unit of injection"

    def __init__(
        self,
        *,
        source_mask: VoxelMask,
        target_mask: VoxelMask,
        source_divisions: npt.NDArray[np.int64],
        centroids: npt.NDArray[np.float64],
        experiment_divisions: npt.NDArray[np.int64],
        experiment_ids: npt.NDArray[np.int64],
        nodes: Nodes,
        kernels: Mapping[int, Kernel],
        resolution_um: float,
        negligible: float = 0.0,
    ) -> None:
        self.source_mask = source_mask
        self.target_mask = target_mask
        self.source_divisions = source_divisions
        self.centroids = centroids
        self.experiment_divisions = experiment_divisions
        self.experiment_ids = experiment_ids
        self.nodes = nodes
        self.kernels = dict(kernels)
        self.resolution_um = resolution_um
        self.negligible = negligible
        self._experiment_rows = {
            int(d): np.flatnonzero(experiment_divisions == d) for d in np.unique(source_divisions)
        }
        for division, rows in self._experiment_rows.items():
            if not len(rows) or division not in self.kernels:
                raise ModelError(
                    f"Division {division} has source voxels but no experiment or no kernel."
                )

    def weights(self, source_rows: npt.NDArray[np.int64], division: int) -> Float:
        """Weights of source voxels of one division on that division's experiments."""
        return kernel_weights(
            self.kernels[division],
            self.source_mask.coordinates[source_rows].astype(np.float32),
            self.centroids[self._experiment_rows[division]],
            self.negligible,
        )

    def experiment_weights(self, source: SourceWeights) -> npt.NDArray[np.float64]:
        """Weight of every experiment in the answer for a source, shape (m,)."""
        total = np.zeros(len(self.experiment_ids))
        for division, inside in self._by_division(source.rows):
            block = self.weights(source.rows[inside], division)
            total[self._experiment_rows[division]] += source.values[inside] @ block
        return total

    def from_source(self, source: SourceWeights) -> Float:
        """Projection of a weighted source onto every target voxel."""
        return combine_rows(self.nodes, self.experiment_weights(source))

    def onto_target(self, rows: npt.NDArray[np.int64], values: npt.NDArray[np.float64]) -> Float:
        """Projection of every source voxel onto weighted target voxels."""
        answers = self._columns(rows) @ values
        out = np.empty(len(self.source_mask), dtype=np.float32)
        for division, (source_rows, block) in self.blocks.items():
            out[source_rows] = block @ answers[self._experiment_rows[division]].astype(np.float32)
        return out

    def block(
        self, source_rows: npt.NDArray[np.int64], target_rows: npt.NDArray[np.int64]
    ) -> Float:
        """Connection density of chosen pairs."""
        columns = self._columns(target_rows)
        out = np.empty((len(source_rows), len(target_rows)), dtype=np.float32)
        for division, inside in self._by_division(source_rows):
            weights = self.weights(source_rows[inside], division)
            out[inside] = weights @ columns[self._experiment_rows[division]]
        return out

    def regional_strength(
        self, source_keys: npt.NDArray[np.int64], target_keys: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.float64]:
        """Region sums from the factors: (Π_source A)(Ỹ Π_targetᵀ)."""
        left = self._summed_weights(source_keys)
        kept = target_keys >= 0
        keys, regions = target_keys[kept], int(target_keys.max(initial=-1)) + 1
        right = np.empty((len(self.experiment_ids), regions))
        for row in range(len(right)):
            right[row] = np.bincount(keys, weights=self.nodes[row][kept], minlength=regions)
        return left @ right

    def support(self, source: SourceWeights) -> Support:
        """Experiments behind an answer, and the mean distance to the nearest centroid."""
        total = self.experiment_weights(source)
        shares = total / total.sum()
        order = np.argsort(-shares, kind="stable")
        order = order[shares[order] > 0]
        return Support(self.experiment_ids[order], shares[order], self._nearest_um(source))

    @cached_property
    def blocks(self) -> dict[int, tuple[npt.NDArray[np.int64], Float]]:
        """All of A by division: source rows, and their weights on the division's experiments."""
        found = {}
        for division in self._experiment_rows:
            rows = np.flatnonzero(self.source_divisions == division)
            found[division] = (rows, self.weights(rows, division))
        return found

    def _summed_weights(self, source_keys: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        regions = int(source_keys.max(initial=-1)) + 1
        summed = np.zeros((regions, len(self.experiment_ids)))
        for division, (rows, block) in self.blocks.items():
            keys = source_keys[rows]
            kept = np.flatnonzero(keys >= 0)
            ones = np.ones(len(kept), dtype=np.float64)
            indicator = csr_array((ones, (keys[kept], kept)), shape=(regions, len(rows)))
            summed[:, self._experiment_rows[division]] = indicator @ block
        return summed

    def _columns(self, target_rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Nodes at chosen targets, shape (m, len(target_rows))."""
        if isinstance(self.nodes, np.ndarray):
            return self.nodes[:, target_rows].astype(np.float64)
        rows = range(len(self.experiment_ids))
        return np.stack([self.nodes[row][target_rows] for row in rows]).astype(np.float64)

    def _by_division(
        self, source_rows: npt.NDArray[np.int64]
    ) -> list[tuple[int, npt.NDArray[np.int64]]]:
        """Divisions that the rows touch, with the positions of their rows."""
        divisions = self.source_divisions[source_rows]
        return [(int(d), np.flatnonzero(divisions == d)) for d in np.unique(divisions)]

    def _nearest_um(self, source: SourceWeights) -> float:
        distance = np.empty(len(source.rows))
        for division, inside in self._by_division(source.rows):
            points = self.source_mask.coordinates[source.rows[inside]].astype(np.float64)
            centers = self.centroids[self._experiment_rows[division]]
            distance[inside] = np.sqrt(squared_distances(points, centers).min(axis=1))
        return float(np.average(distance, weights=source.values) * self.resolution_um)


def combine_rows(nodes: Nodes, weights: npt.NDArray[np.float64]) -> Float:
    """Weighted sum of the rows that have weight, reading each of them once.

    Parameters
    ----------
    nodes : Nodes, shape (m, n)
        Rows.
    weights : ndarray of float64, shape (m,)
        Their weights.

    Returns
    -------
    ndarray of float32, shape (n,)
    """
    used = np.flatnonzero(weights)
    scaled = weights.astype(np.float32)
    rows = [nodes[int(row)] for row in used]
    out = np.zeros(nodes.shape[1], dtype=np.float32)

    for start in range(0, len(out), COLUMN_BLOCK):
        block = slice(start, start + COLUMN_BLOCK)
        for row, weight in zip(rows, scaled[used], strict=True):
            # Adds into `out` in place: the block is contiguous and of the right type.
            saxpy(row[block], out[block], a=weight)
    return out
