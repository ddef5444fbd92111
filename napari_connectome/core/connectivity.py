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

from napari_connectome.core.errors import ModelError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.progress import Job, Progress, run_to_end
from napari_connectome.core.sources import SourceWeights

Float = npt.NDArray[np.float32]
VOXELS_AT_ONCE = 1000
"""Voxels that are asked for their evidence between two moments of progress."""


@dataclass(frozen=True, eq=False)
class Support:
    """The evidence behind a prediction.

    Parameters
    ----------
    experiment_ids : ndarray of int64, shape (k,)
        Experiments that contribute, largest share first; none where none is known.
    shares : ndarray of float64, shape (k,)
        Their shares; they sum to one.
    nearest_um : float
        Mean distance, over the source, to the nearest injection centroid of
        the source voxel's own division; NaN where none is known.
    """

    experiment_ids: npt.NDArray[np.int64]
    shares: npt.NDArray[np.float64]
    nearest_um: float

    @property
    def effective_experiments(self) -> float:
        """Effective number of experiments, 1 / Σ share²; 0 where there is none."""
        return float(1.0 / np.sum(self.shares**2)) if len(self.shares) else 0.0


@dataclass(frozen=True, eq=False)
class VoxelEvidence:
    """The evidence behind the projection of every single source voxel.

    Parameters
    ----------
    nearest_um : ndarray of float32, shape (n_source,)
        Distance to the nearest injection centroid of the voxel's own division.
    effective_experiments : ndarray of float32, shape (n_source,)
        1 / Σ share² over the experiments that contribute.
    largest_share : ndarray of float32, shape (n_source,)
        Share of the experiment that contributes most.
    """

    nearest_um: Float
    effective_experiments: Float
    largest_share: Float


@dataclass(frozen=True, eq=False)
class ByExperiment:
    """A connection as a sum over experiments, Σ weight · received.

    Parameters
    ----------
    experiment_ids : ndarray of int64, shape (k,)
        Experiments that the source draws on.
    weights : ndarray of float64, shape (k,)
        How much; for a source of total weight one they sum to one.
    received : ndarray of float64, shape (k,)
        Mean of what each was measured to send to the target voxels, per unit of injection.
    """

    experiment_ids: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float64]
    received: npt.NDArray[np.float64]


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

    def regional_marks(
        self, source_keys: npt.NDArray[np.int64], target_keys: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.int8] | None:
        """Which regional strengths were completed, shaped like them.

        Keys are those of :meth:`regional_strength`, marks those of
        :mod:`napari_connectome.core.regional_matrix`. None: this model knows no such thing.
        """
        del source_keys, target_keys
        return None

    @abstractmethod
    def support(self, source: SourceWeights) -> Support:
        """The evidence behind :meth:`from_source` of the same source."""

    def evidence_job(self) -> Job[VoxelEvidence]:
        """The evidence behind every source voxel, as a job that can be stopped.

        Here each voxel is asked for its :meth:`support`; a model that has the answers at
        hand overrides this.
        """
        count = len(self.source_mask)
        found = VoxelEvidence(*(np.empty(count, dtype=np.float32) for _ in range(3)))
        for row in range(count):
            if row % VOXELS_AT_ONCE == 0:
                yield Progress(row, count, "Counting experiments")
            support = self.support(SourceWeights(np.array([row]), np.ones(1)))
            found.nearest_um[row] = support.nearest_um
            found.effective_experiments[row] = support.effective_experiments
            found.largest_share[row] = support.shares[0]
        return found

    def by_experiment(
        self, source: SourceWeights, target_rows: npt.NDArray[np.int64]
    ) -> ByExperiment:
        """What a source sends to target voxels, in the mean, as a sum over experiments.

        Raises
        ------
        ModelError
            When the model's answers are no such sum.
        """
        raise ModelError(
            "This model's connections are no sum over experiments, so they cannot be shared out "
            "among them. Ask a voxel model."
        )

    def measured_projection(self, experiment_id: int) -> Float:
        """What was measured in an experiment per unit of injection, shape (n_target,).

        Raises
        ------
        ModelError
            When the model does not hold it.
        """
        raise ModelError(
            f"This model does not keep what was measured in experiment {experiment_id}. "
            "Open the data that it was fitted to."
        )


@dataclass(frozen=True, eq=False)
class _Composed:
    """Makes the whole projection first."""

    connectivity: Connectivity
    operator: csr_array

    def from_source(self, source: SourceWeights, /) -> Float:
        return np.asarray(self.operator @ self.connectivity.from_source(source), dtype=np.float32)
