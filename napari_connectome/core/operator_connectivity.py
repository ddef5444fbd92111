"""Connectivity of a spline model that is kept without its matrix: any number of voxels."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse.linalg import LinearOperator

from napari_connectome.core.connectivity import Connectivity, Float, Support, VoxelEvidence
from napari_connectome.core.errors import ModelError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.progress import Job, Progress, stretch
from napari_connectome.core.region_sums import region_indicator
from napari_connectome.core.saved_parts import needing_parts
from napari_connectome.core.sources import SourceWeights
from napari_connectome.core.spline.operator.anchors import Anchors
from napari_connectome.core.spline.operator.columns import (
    TOLERANCE,
    ColumnProducts,
)
from napari_connectome.core.spline.operator.fields import Fields
from napari_connectome.core.spline.operator.moments import degrees_of
from napari_connectome.core.spline.operator.parts import parts_of, weights_of
from napari_connectome.core.spline.operator.steps import Steps
from napari_connectome.core.spline.operator.weights import OperatorWeights
from napari_connectome.core.spline.proximity import Proximity

Rows = npt.NDArray[np.int64]
VOXELS_AT_ONCE = 64
"""Columns that are asked for together."""


class OperatorConnectivity(Connectivity):
    """max(W, 0), W = (A_x ⊕ A_y)⁻² [XᵀΛ] plus constants, of which only products are formed.

    The answer for several voxels is cut off at zero once they are summed, so that it is a
    little smaller than the sum of their answers where W has negative entries.

    Parameters
    ----------
    source_mask, target_mask : VoxelMask
        What sources and targets are.
    weights : OperatorWeights
        W.
    proximity : Proximity
        The experiments that the model was fitted to. The evidence behind an answer is how near
        they are; its shares are no contributions.
    unit : str
        Unit of a projection per unit of source.

    Raises
    ------
    ModelError
        When weights and masks disagree.
    """

    def __init__(
        self,
        source_mask: VoxelMask,
        target_mask: VoxelMask,
        weights: OperatorWeights,
        proximity: Proximity,
        unit: str = "projection density per unit of injection",
    ) -> None:
        came = len(weights.source.spectrum), len(weights.target.spectrum)
        expected = len(source_mask), len(target_mask)
        if came != expected:
            raise ModelError(
                f"Weights of {expected[0]} source and {expected[1]} target voxels were expected; "
                f"they have {came[0]} and {came[1]}."
            )
        self.source_mask, self.target_mask = source_mask, target_mask
        self.weights = weights
        self.proximity = proximity
        self.unit = unit

    @property
    def matrix(self) -> LinearOperator:
        """W as it is, negative entries included, to multiply with."""
        return self.weights.matrix

    def from_source(self, source: SourceWeights) -> Float:
        """Projection of a weighted source, nothing below zero."""
        return np.maximum(self._forwards.of(source.rows, source.values), 0)

    def onto_target(self, rows: Rows, values: npt.NDArray[np.float64]) -> Float:
        """Projection of every source voxel onto weighted target voxels, nothing below zero."""
        return np.maximum(self._backwards.of(rows, values), 0)

    def block(self, source_rows: Rows, target_rows: Rows) -> Float:
        """Connection density of chosen pairs, shape (len(source_rows), len(target_rows))."""
        one = np.ones(1)
        out = np.empty((len(source_rows), len(target_rows)), dtype=np.float32)
        if len(source_rows) <= len(target_rows):
            for number in range(len(source_rows)):
                found = self._forwards.of(source_rows[number : number + 1], one)
                out[number] = found[target_rows]
        else:
            for number in range(len(target_rows)):
                found = self._backwards.of(target_rows[number : number + 1], one)
                out[:, number] = found[source_rows]
        return np.maximum(out, 0)

    def regional_strength_job(
        self, source_keys: Rows, target_keys: Rows
    ) -> Job[npt.NDArray[np.float64]]:
        """Sums over pairs of regions, negative entries included; sums below zero are zero."""
        sources = region_indicator(source_keys)
        seen = region_indicator(target_keys)
        spectrum = self.weights.target.spectrum
        found = np.empty((sources.shape[0], seen.shape[0]))
        for first in range(0, len(found), VOXELS_AT_ONCE):
            rows = slice(first, first + VOXELS_AT_ONCE)
            columns = Fields.of_rows(self.weights.source.spectrum, sources[rows])
            job = self.weights.project_job(columns)
            projected = yield from stretch(job, first, len(found[rows]), len(found))
            yield Progress(first, len(found), "Summing over regions")
            found[rows] = (seen @ projected.whole(spectrum)).T
        return np.maximum(found, 0)

    def support(self, source: SourceWeights) -> Support:
        """Which injections are near the source: :class:`~..spline.proximity.Proximity`."""
        return self.proximity.support(self.source_mask.coordinates[source.rows], source.values)

    def evidence_job(self) -> Job[VoxelEvidence]:
        """Which injections are near each source voxel."""
        return self.proximity.evidence_job(self.source_mask.coordinates)

    @cached_property
    def _sources(self) -> Anchors:
        return _anchors(self.weights.source, self.weights.injection_fields())

    @cached_property
    def _targets(self) -> Anchors:
        return _anchors(self.weights.target, self.weights.misfit)

    @cached_property
    def _forwards(self) -> ColumnProducts:
        return ColumnProducts(self._sources, self._targets, self.weights.constants.T)

    @cached_property
    def _backwards(self) -> ColumnProducts:
        return ColumnProducts(self._targets, self._sources, self.weights.constants)

    def parts(self) -> dict[str, Any]:
        """All that it is made of: arrays, numbers and strings under file-like names."""
        return {
            "box": np.array(self.source_mask.shape, dtype=np.int64),
            "source_indices": self.source_mask.indices,
            "target_indices": self.target_mask.indices,
            "unit": self.unit,
            **parts_of(self.weights),
            **self.proximity.parts(),
        }

    @classmethod
    def from_parts(cls, parts: Mapping[str, Any]) -> OperatorConnectivity:
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
                weights=weights_of(parts),
                proximity=Proximity.from_parts(parts),
                unit=str(parts["unit"]),
            )


def _anchors(steps: Steps, columns: Fields) -> Anchors:
    return Anchors(steps, columns, degrees_of(steps.spectrum, TOLERANCE))
