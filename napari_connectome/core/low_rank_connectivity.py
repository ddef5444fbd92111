"""Connectivity as nonnegative factors, W = U Vᵀ: every answer through r numbers."""

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
from napari_connectome.core.spline.factors import Factors
from napari_connectome.core.spline.proximity import Proximity

Rows = npt.NDArray[np.int64]


class LowRankConnectivity(Connectivity):
    """W[source, target] = Σ_k sources[source, k] · targets[target, k].

    Parameters
    ----------
    source_mask, target_mask : VoxelMask
        What sources and targets are.
    factors : Factors
        Pairs of patterns; kept as float32, largest energy first.
    proximity : Proximity
        The experiments that the model was fitted to. The evidence behind an answer is how near
        they are; its shares are no contributions.
    unit : str
        Unit of a projection per unit of source.

    Attributes
    ----------
    source_factors, target_factors : ndarray of float32, shapes (n_source, r) and (n_target, r)
        The factors.

    Raises
    ------
    ModelError
        When factors and masks disagree.
    """

    def __init__(
        self,
        source_mask: VoxelMask,
        target_mask: VoxelMask,
        factors: Factors,
        proximity: Proximity,
        unit: str = "projection density per unit of injection",
    ) -> None:
        came = len(factors.sources), len(factors.targets)
        expected = len(source_mask), len(target_mask)
        if came != expected:
            raise ModelError(
                f"Factors for {expected[0]} source and {expected[1]} target voxels were expected; "
                f"they have {came[0]} and {came[1]}."
            )
        # Rounded first: what was saved comes back in the same order.
        ordered = _rounded(factors).by_energy()
        self.source_mask = source_mask
        self.target_mask = target_mask
        self.source_factors: Float = np.ascontiguousarray(ordered.sources, dtype=np.float32)
        self.target_factors: Float = np.ascontiguousarray(ordered.targets, dtype=np.float32)
        self.proximity = proximity
        self.unit = unit

    @property
    def factors(self) -> Factors:
        """The pairs, largest energy first."""
        return Factors(
            self.source_factors.astype(np.float64), self.target_factors.astype(np.float64)
        )

    def coefficients(self, source: SourceWeights) -> Float:
        """How much of each pair a source calls up, shape (r,)."""
        with single_threaded_blas():
            found = source.values @ self.source_factors[source.rows].astype(np.float64)
        return np.asarray(found, dtype=np.float32)

    def from_source(self, source: SourceWeights) -> Float:
        """Projection of a weighted source: target patterns, as much as it calls up of each."""
        coefficients = self.coefficients(source)
        with single_threaded_blas():
            return np.asarray(self.target_factors @ coefficients)

    def through(self, operator: csr_array) -> Throughput:
        """Projections seen through a linear operator: target patterns go through it once."""
        seen = np.asarray(operator @ self.target_factors, dtype=np.float32)
        return _ThroughFactors(self, seen)

    def onto_target(self, rows: Rows, values: npt.NDArray[np.float64]) -> Float:
        """Projection of every source voxel onto weighted target voxels (retrograde)."""
        with single_threaded_blas():
            received = values @ self.target_factors[rows].astype(np.float64)
            return np.asarray(self.source_factors @ received.astype(np.float32))

    def block(self, source_rows: Rows, target_rows: Rows) -> Float:
        """Connection density of chosen pairs, shape (len(source_rows), len(target_rows))."""
        with single_threaded_blas():
            return np.asarray(self.source_factors[source_rows] @ self.target_factors[target_rows].T)

    def regional_strength_job(
        self, source_keys: Rows, target_keys: Rows
    ) -> Job[npt.NDArray[np.float64]]:
        """Patterns summed over regions, then multiplied."""
        yield Progress(0, 0, "Summing factors over regions")
        sent = region_indicator(source_keys) @ self.source_factors.astype(np.float64)
        received = region_indicator(target_keys) @ self.target_factors.astype(np.float64)
        with single_threaded_blas():
            return np.asarray(sent @ received.T)

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
            "source_factors": self.source_factors,
            "target_factors": self.target_factors,
            "unit": self.unit,
            **self.proximity.parts(),
        }

    @classmethod
    def from_parts(cls, parts: Mapping[str, Any]) -> LowRankConnectivity:
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
                factors=Factors(
                    np.asarray(parts["source_factors"], dtype=np.float64),
                    np.asarray(parts["target_factors"], dtype=np.float64),
                ),
                proximity=Proximity.from_parts(parts),
                unit=str(parts["unit"]),
            )


def _rounded(factors: Factors) -> Factors:
    """To the precision that is kept."""
    sources, targets = (
        values.astype(np.float32).astype(np.float64)
        for values in (factors.sources, factors.targets)
    )
    return Factors(sources, targets)


@dataclass(frozen=True, eq=False)
class _ThroughFactors:
    """What an operator sees of each target pattern, shape (k, r)."""

    connectivity: LowRankConnectivity
    seen: Float

    def from_source(self, source: SourceWeights, /) -> Float:
        coefficients = self.connectivity.coefficients(source)
        with single_threaded_blas():
            return np.asarray(self.seen @ coefficients)
