"""Connectivity between regions, spread evenly over their voxels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.connectivity import (
    Connectivity,
    Float,
    Support,
    Throughput,
    VoxelEvidence,
)
from napari_connectome.core.errors import ModelError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.parallel import single_threaded_blas
from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.region_sums import region_indicator
from napari_connectome.core.saved_parts import needing_parts
from napari_connectome.core.sources import SourceWeights

Matrix = npt.NDArray[np.float64]
Keys = npt.NDArray[np.int64]


class RegionalConnectivity(Connectivity):
    """Every voxel of a source region projects alike, evenly onto the voxels of a target region.

    Parameters
    ----------
    source_mask, target_mask : VoxelMask
        What sources and targets are.
    source_keys : ndarray of int64, shape (n_source,)
        Row of `weights` of each source voxel.
    target_keys : ndarray of int64, shape (n_target,)
        Column of `weights` of each target voxel; -1 outside all regions, where nothing is
        known to arrive and the answer is 0.
    weights : ndarray of float64, shape (r, t)
        Normalised connection strength: what one unit of tracer in a source region yields in a
        target region, summed over its voxels.
    injected : ndarray of float32, shape (m, r)
        Tracer of each experiment in each source region.
    experiment_ids : ndarray of int64, shape (m,)
        The experiments.
    nearest_um : ndarray of float32, shape (n_source,)
        Distance of each source voxel to the nearest centroid of those experiments that
        injected its region.
    unit : str
        Unit of a projection per unit of source.

    Raises
    ------
    ModelError
        When shapes disagree, or a region has no experiment.

    References
    ----------
    Knox et al. 2018, section 4.3: Π† spreads a regional sum evenly over voxels.
    """

    def __init__(
        self,
        source_mask: VoxelMask,
        target_mask: VoxelMask,
        source_keys: Keys,
        target_keys: Keys,
        weights: Matrix,
        injected: Float,
        experiment_ids: npt.NDArray[np.int64],
        nearest_um: Float,
        unit: str = "projection density per unit of injection",
    ) -> None:
        self.source_mask = source_mask
        self.target_mask = target_mask
        self.source_keys = source_keys
        self.target_keys = target_keys
        self.weights = weights
        self.injected = injected
        self.experiment_ids = experiment_ids
        self.nearest_um = nearest_um
        self.unit = unit
        self._check_shapes()
        voxels = np.bincount(target_keys + 1, minlength=weights.shape[1] + 1)[1:]
        self._densities = weights / np.maximum(voxels, 1)

    def _check_shapes(self) -> None:
        r, t = self.weights.shape
        wanted = {
            "source_keys": (self.source_keys.shape, (len(self.source_mask),)),
            "target_keys": (self.target_keys.shape, (len(self.target_mask),)),
            "injected": (self.injected.shape, (len(self.experiment_ids), r)),
            "nearest_um": (self.nearest_um.shape, (len(self.source_mask),)),
        }
        for name, (came, expected) in wanted.items():
            if came != expected:
                raise ModelError(f"{name} must have shape {expected}; {came} came.")
        if self.source_keys.min() < 0 or self.source_keys.max() >= r or self.target_keys.max() >= t:
            raise ModelError(
                f"Voxels must lie in the {r} source and {t} target regions that have weights."
            )
        self._check_injected()

    def _check_injected(self) -> None:
        if not self.injected.any(axis=0).all():
            raise ModelError("Every source region must have been injected by an experiment.")

    def regions_of(self, source: SourceWeights) -> Matrix:
        """Weight of a source in each source region, shape (r,)."""
        keys = self.source_keys[source.rows]
        sums = np.bincount(keys, weights=source.values, minlength=len(self.weights))
        return sums.astype(np.float64, copy=False)

    def from_source(self, source: SourceWeights) -> Float:
        """Projection of a weighted source: regional, then spread over voxels."""
        return self._spread((self.regions_of(source) @ self._densities).astype(np.float32))

    def _spread(self, densities: Float) -> Float:
        """Value of its region in every target voxel; the key -1 finds the zero at the end."""
        return np.append(densities, np.float32(0))[self.target_keys]

    def through(self, operator: csr_array) -> Throughput:
        """Projections seen through a linear operator: regions go through it once."""
        indicator = region_indicator(self.target_keys, self.weights.shape[1])
        seen = csr_array(operator @ indicator.T)
        return _ThroughRegions(self, np.asarray(seen @ self._densities.T).T)

    def onto_target(self, rows: npt.NDArray[np.int64], values: npt.NDArray[np.float64]) -> Float:
        """Projection of every source voxel onto weighted target voxels (retrograde)."""
        keys = self.target_keys[rows]
        inside = keys >= 0
        sums = np.bincount(keys[inside], values[inside], minlength=self.weights.shape[1])
        return (self._densities @ sums).astype(np.float32)[self.source_keys]

    def block(
        self, source_rows: npt.NDArray[np.int64], target_rows: npt.NDArray[np.int64]
    ) -> Float:
        """Connection density of chosen pairs, shape (len(source_rows), len(target_rows))."""
        padded = np.pad(self._densities.astype(np.float32), ((0, 0), (0, 1)))
        return padded[np.ix_(self.source_keys[source_rows], self.target_keys[target_rows])]

    def regional_strength_job(
        self, source_keys: npt.NDArray[np.int64], target_keys: npt.NDArray[np.int64]
    ) -> Job[npt.NDArray[np.float64]]:
        """Voxels shared by the regions asked for and those of the model, times its densities."""
        yield Progress(0, 0, "Sharing regions out")
        sources = shared_voxels(source_keys, self.source_keys, self.weights.shape[0])
        targets = shared_voxels(target_keys, self.target_keys, self.weights.shape[1])
        with single_threaded_blas():
            return sources @ self._densities @ targets.T

    def support(self, source: SourceWeights) -> Support:
        """Experiments that injected the source's regions.

        All weights come from all experiments together: an answer is no mean of projections,
        and shares are not what experiments contribute to it. Here a share is the part of the
        tracer that an experiment brought into a region, averaged over the source's regions.
        """
        shares = self._shares @ self.regions_of(source)
        used = np.flatnonzero(shares)
        used = used[np.argsort(-shares[used], kind="stable")]
        nearest_um = self.nearest_um[source.rows]
        known = np.isfinite(nearest_um)
        weights = source.values[known]
        nearest = np.average(nearest_um[known], weights=weights) if known.any() else np.nan
        return Support(
            experiment_ids=self.experiment_ids[used],
            shares=shares[used] / shares[used].sum(),
            nearest_um=float(nearest),
        )

    @property
    def _shares(self) -> Matrix:
        """Part of a region's tracer that each experiment brought, shape (m, r)."""
        amounts = self.injected.astype(np.float64)
        totals = amounts.sum(axis=0)
        return np.asarray(amounts / np.where(totals > 0, totals, 1.0))

    def evidence_job(self) -> Job[VoxelEvidence]:
        """Shares are those of the region in each of its voxels."""
        yield Progress(0, 0, "Counting experiments")
        shares = self._shares
        concentration = (shares**2).sum(axis=0)
        reciprocal = np.full(len(concentration), np.nan)
        np.divide(1.0, concentration, out=reciprocal, where=concentration > 0)
        effective = reciprocal.astype(np.float32)
        largest = shares.max(axis=0, initial=0.0).astype(np.float32)
        keys = self.source_keys
        return VoxelEvidence(self.nearest_um, effective[keys], largest[keys])

    def parts(self) -> dict[str, Any]:
        """All that it is made of: arrays and strings under file-like names."""
        return {
            "box": np.array(self.source_mask.shape, dtype=np.int64),
            "source_indices": self.source_mask.indices,
            "target_indices": self.target_mask.indices,
            "source_keys": self.source_keys,
            "target_keys": self.target_keys,
            "weights": self.weights,
            "injected": self.injected,
            "experiment_ids": self.experiment_ids,
            "nearest_um": self.nearest_um,
            "unit": self.unit,
        }

    @classmethod
    def from_parts(cls, parts: Mapping[str, Any]) -> RegionalConnectivity:
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
                source_keys=np.asarray(parts["source_keys"], dtype=np.int64),
                target_keys=np.asarray(parts["target_keys"], dtype=np.int64),
                weights=np.asarray(parts["weights"], dtype=np.float64),
                injected=np.asarray(parts["injected"], dtype=np.float32),
                experiment_ids=np.asarray(parts["experiment_ids"], dtype=np.int64),
                nearest_um=np.asarray(parts["nearest_um"], dtype=np.float32),
                unit=str(parts["unit"]),
                **cls._more_parts(parts),
            )

    @classmethod
    def _more_parts(cls, parts: Mapping[str, Any]) -> dict[str, Any]:
        """What a derived form is made of besides."""
        del parts
        return {}


@dataclass(frozen=True, eq=False)
class _ThroughRegions:
    """What an operator sees of a projection from each source region, shape (r, k)."""

    connectivity: RegionalConnectivity
    seen: Matrix

    def from_source(self, source: SourceWeights, /) -> Float:
        return np.asarray(self.connectivity.regions_of(source) @ self.seen, dtype=np.float32)


def shared_voxels(asked: Keys, ours: Keys, count: int) -> Matrix:
    """Voxels that each region asked for shares with each of the model's, shape (asked, ours)."""
    regions = int(asked.max(initial=-1)) + 1
    inside = (asked >= 0) & (ours >= 0)
    pairs = asked[inside] * count + ours[inside]
    shared = np.bincount(pairs, minlength=regions * count).reshape(regions, count)
    return shared.astype(np.float64)
