"""The face that every fitted model shows: ask it forwards, backwards, and how far to trust it.

Whatever a model stores (kernel weights times nodes, low-rank factors, a dense
matrix, a regional matrix spread over voxels), views and commands only use what
stands here, so that each of them works with each model.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.progress import Job, run_to_end
from napari_connectome.core.sources import SourceWeights

Float = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Support:
    """The evidence behind a prediction.

    Parameters
    ----------
    experiment_ids : ndarray of int64, shape (k,)
        Experiments that contribute, largest share first.
    shares : ndarray of float64, shape (k,)
        Their shares; they sum to one.
    nearest_um : float
        Mean distance, over the source, to the nearest injection centroid of
        the source voxel's own division.
    """

    experiment_ids: npt.NDArray[np.int64]
    shares: npt.NDArray[np.float64]
    nearest_um: float

    @property
    def effective_experiments(self) -> float:
        """Effective number of experiments, 1 / Σ share²."""
        return float(1.0 / np.sum(self.shares**2))


class Throughput(Protocol):
    """Projections seen through a linear operator; what :meth:`Connectivity.through` gives."""

    def from_source(self, source: SourceWeights, /) -> Float:
        """The operator applied to the projection of a source, shape (k,)."""


class Connectivity(ABC):
    """Connection density from source voxels (right hemisphere) to target voxels (both).

    Attributes
    ----------
    source_mask, target_mask : VoxelMask
        What rows mean on either side.
    unit : str
        Unit of :meth:`from_source` for a source of total weight one.
    """

    source_mask: VoxelMask
    target_mask: VoxelMask
    unit: str

    @abstractmethod
    def from_source(self, source: SourceWeights) -> Float:
        """Projection of a weighted source onto every target voxel.

        Parameters
        ----------
        source : SourceWeights
            Rows refer to :attr:`source_mask`. ``mirrored`` is not looked at:
            the answer is for the right-hemisphere source.

        Returns
        -------
        ndarray of float32, shape (n_target,)
        """

    def through(self, operator: csr_array) -> Throughput:
        """Projections seen through a linear operator, such as means over pixels or regions.

        A model that can apply the operator to its parts overrides this: what is
        seen of a source then costs less than its whole projection.

        Parameters
        ----------
        operator : csr_array of float32, shape (k, n_target)
            Applied to every projection.

        Returns
        -------
        Throughput
            Its ``from_source`` gives ndarrays of float32, shape (k,).
        """
        return _Composed(self, operator)

    @abstractmethod
    def onto_target(self, rows: npt.NDArray[np.int64], values: npt.NDArray[np.float64]) -> Float:
        """Projection of every source voxel onto weighted target voxels (retrograde).

        Returns
        -------
        ndarray of float32, shape (n_source,)
        """

    @abstractmethod
    def block(
        self, source_rows: npt.NDArray[np.int64], target_rows: npt.NDArray[np.int64]
    ) -> Float:
        """Connection density of chosen pairs, shape (len(source_rows), len(target_rows))."""

    @abstractmethod
    def regional_strength_job(
        self, source_keys: npt.NDArray[np.int64], target_keys: npt.NDArray[np.int64]
    ) -> Job[npt.NDArray[np.float64]]:
        """Do what :meth:`regional_strength` does, as a job that can be stopped."""

    def regional_strength(
        self, source_keys: npt.NDArray[np.int64], target_keys: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.float64]:
        """Connection strength summed over region pairs, never through the voxel matrix.

        Parameters
        ----------
        source_keys : ndarray of int64, shape (n_source,)
            Region number 0 ... n_regions - 1 of each source voxel, -1 for none.
        target_keys : ndarray of int64, shape (n_target,)
            The same for target voxels.

        Returns
        -------
        ndarray of float64, shape (source regions, target regions)
            Up to the largest number of either side.
        """
        return run_to_end(self.regional_strength_job(source_keys, target_keys))

    @abstractmethod
    def support(self, source: SourceWeights) -> Support:
        """The evidence behind :meth:`from_source` of the same source."""


@dataclass(frozen=True, eq=False)
class _Composed:
    """Makes the whole projection first."""

    connectivity: Connectivity
    operator: csr_array

    def from_source(self, source: SourceWeights, /) -> Float:
        return np.asarray(self.operator @ self.connectivity.from_source(source), dtype=np.float32)
