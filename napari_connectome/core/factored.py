"""Connectivity as kernel weights times nodes: W = A Ỹ, never multiplied out.

At 100 µm the matrix would take 0.4 TB in float32. Its two factors are thin: the
weights A of source voxels on experiments, zero outside an experiment's own
division, and the nodes Ỹ, one projection per experiment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.connectivity import (
    ByExperiment,
    Connectivity,
    Float,
    Support,
    Throughput,
    VoxelEvidence,
)
from napari_connectome.core.division_factor import ROW_BLOCK, DivisionWeights
from napari_connectome.core.errors import ModelError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.nodes import ProjectedRows, RowStore, entries, weighted_rows
from napari_connectome.core.parallel import single_threaded_blas
from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.region_sums import region_indicator, summed_rows
from napari_connectome.core.saved_parts import needing_parts
from napari_connectome.core.sources import SourceWeights


class FactoredConnectivity(Connectivity):
    """W[source, target] = Σ_e weights[source, e] · nodes[e, target].

    Parameters
    ----------
    source_mask, target_mask : VoxelMask
        What sources and targets are.
    divisions : sequence of DivisionWeights
        Together they hold every row of the source mask once.
    nodes : RowStore of float32, shape (m, n_target)
        Projection of each experiment, normalised by its injection: an array, or rows
        that are read from a file when they are needed.
    experiment_ids : ndarray of int64, shape (m,)
        Experiment of each node.
    nearest_um : ndarray of float32, shape (n_source,)
        Distance of each source voxel to the nearest centroid of its own division.
    unit : str
        Unit of a projection per unit of source.

    Raises
    ------
    ModelError
        When shapes disagree or a source voxel has no weights or several.
    """

    def __init__(
        self,
        source_mask: VoxelMask,
        target_mask: VoxelMask,
        divisions: Sequence[DivisionWeights],
        nodes: RowStore,
        experiment_ids: npt.NDArray[np.int64],
        nearest_um: Float,
        unit: str = "projection density per unit of injection",
    ) -> None:
        self.source_mask = source_mask
        self.target_mask = target_mask
        self.divisions = tuple(divisions)
        self.nodes = nodes
        self.experiment_ids = experiment_ids
        self.nearest_um = nearest_um
        self.unit = unit
        self._check_shapes()
        self._division, self._local = self._index_rows()

    def _check_shapes(self) -> None:
        m, n_source = len(self.experiment_ids), len(self.source_mask)
        wanted = {
            "nodes": (tuple(self.nodes.shape), (m, len(self.target_mask))),
            "nearest_um": (self.nearest_um.shape, (n_source,)),
        }
        for name, (came, expected) in wanted.items():
            if came != expected:
                raise ModelError(f"{name} must have shape {expected}; {came} came.")
        rows = np.concatenate([d.rows for d in self.divisions])
        inside = len(rows) == n_source and rows.min() >= 0 and rows.max() < n_source
        if not inside or not np.all(np.bincount(rows, minlength=n_source) == 1):
            raise ModelError(
                f"Divisions must share out the {n_source} source voxels, each once; "
                f"{len(rows)} rows came."
            )

    def _index_rows(self) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.int32]]:
        """Division number of each source row, and its position there."""
        division = np.empty(len(self.source_mask), dtype=np.int16)
        local = np.empty(len(self.source_mask), dtype=np.int32)
        for number, part in enumerate(self.divisions):
            division[part.rows] = number
            local[part.rows] = np.arange(len(part.rows))
        return division, local

    def coefficients(self, source: SourceWeights) -> npt.NDArray[np.float64]:
        """Weight of each experiment in the answer to a source, shape (m,)."""
        total = np.zeros(len(self.experiment_ids))
        for part, picked in self._split(source.rows):
            if len(picked) <= ROW_BLOCK:
                weights = part.weights[self._local[source.rows[picked]]]
                total[part.experiments] += weights.T @ source.values[picked]
            else:
                full = np.zeros(len(part.rows))
                np.add.at(full, self._local[source.rows[picked]], source.values[picked])
                total[part.experiments] += part.weighted_sum(full)
        return total

    def _split(
        self, rows: npt.NDArray[np.int64]
    ) -> Iterator[tuple[DivisionWeights, npt.NDArray[np.int64]]]:
        """Divisions that rows lie in, with the positions of their rows."""
        numbers = self._division[rows]
        for number in np.unique(numbers).tolist():
            yield self.divisions[number], np.flatnonzero(numbers == number)

    def from_source(self, source: SourceWeights) -> Float:
        """Projection of a weighted source: experiments are combined first, then read once."""
        return weighted_rows(self.nodes, self.coefficients(source))

    def through(self, operator: csr_array) -> Throughput:
        """Projections seen through a linear operator: nodes go through it, not answers."""
        return _ThroughNodes(self, ProjectedRows(self.nodes, operator))

    def onto_target(self, rows: npt.NDArray[np.int64], values: npt.NDArray[np.float64]) -> Float:
        """Projection of every source voxel onto weighted target voxels (retrograde)."""
        received = np.array(
            [entries(self.nodes, e, rows) @ values for e in range(len(self.experiment_ids))]
        ).astype(np.float32)
        answer = np.empty(len(self.source_mask), dtype=np.float32)
        with single_threaded_blas():
            for part in self.divisions:
                answer[part.rows] = part.weights @ received[part.experiments]
        return answer

    def block(
        self, source_rows: npt.NDArray[np.int64], target_rows: npt.NDArray[np.int64]
    ) -> Float:
        """Connection density of chosen pairs, shape (len(source_rows), len(target_rows))."""
        answer = np.empty((len(source_rows), len(target_rows)), dtype=np.float32)
        for part, picked in self._split(source_rows):
            weights = part.dense(self._local[source_rows[picked]])
            used = np.flatnonzero(weights.any(axis=0))
            first = part.experiments.start
            nodes = [entries(self.nodes, first + int(e), target_rows) for e in used]
            answer[picked] = weights[:, used] @ np.asarray(nodes, dtype=np.float32)
        return answer

    def regional_strength_job(
        self, source_keys: npt.NDArray[np.int64], target_keys: npt.NDArray[np.int64]
    ) -> Job[npt.NDArray[np.float64]]:
        """(Π_source A)(Ỹ Π_targetᵀ), shape (source regions, target regions), in one pass."""
        yield Progress(0, 0, "Summing weights over regions")
        weights = self._weights_by_region(source_keys)
        sums = yield from summed_rows(self.nodes, target_keys, np.any(weights != 0, axis=0))
        with single_threaded_blas():
            return weights @ sums

    def _weights_by_region(self, keys: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        count = int(keys.max(initial=-1)) + 1
        sums = np.zeros((count, len(self.experiment_ids)))
        for part in self.divisions:
            for rows, weights in part.blocks():
                sums[:, part.experiments] += region_indicator(keys[rows], count) @ weights
        return sums

    def support(self, source: SourceWeights) -> Support:
        """Experiments that contribute, and how near the source is to an injection."""
        weights = self.coefficients(source)
        used = np.flatnonzero(weights)
        used = used[np.argsort(-weights[used], kind="stable")]
        nearest = np.average(self.nearest_um[source.rows], weights=source.values)
        return Support(
            experiment_ids=self.experiment_ids[used],
            shares=weights[used] / weights[used].sum(),
            nearest_um=float(nearest),
        )

    def evidence_job(self) -> Job[VoxelEvidence]:
        """Distances as they are kept, shares summed up division by division."""
        effective, largest = (np.empty(len(self.source_mask), dtype=np.float32) for _ in range(2))
        for number, part in enumerate(self.divisions):
            yield Progress(number, len(self.divisions), "Counting experiments")
            effective[part.rows], largest[part.rows] = part.concentration()
        np.reciprocal(effective, out=effective)
        return VoxelEvidence(self.nearest_um, effective, largest)

    def by_experiment(
        self, source: SourceWeights, target_rows: npt.NDArray[np.int64]
    ) -> ByExperiment:
        """Weights of the source on experiments, and what each shows in the target voxels."""
        weights = self.coefficients(source)
        used = np.flatnonzero(weights)
        received = np.array(
            [entries(self.nodes, e, target_rows).mean(dtype=np.float64) for e in used.tolist()]
        )
        return ByExperiment(self.experiment_ids[used], weights[used], received)

    def measured_projection(self, experiment_id: int) -> Float:
        """The node of an experiment."""
        rows = np.flatnonzero(self.experiment_ids == experiment_id)
        if not len(rows):
            raise ModelError(
                f"Experiment {experiment_id} is not among the {len(self.experiment_ids)} that the "
                "model was fitted to."
            )
        return np.asarray(self.nodes[int(rows[0])], dtype=np.float32)

    def parts(self) -> dict[str, Any]:
        """All that it is made of, flat: arrays, numbers and strings under file-like names.

        ``nodes`` is the row store itself. :meth:`from_parts` takes them back.
        """
        parts: dict[str, Any] = {
            "box": np.array(self.source_mask.shape, dtype=np.int64),
            "source_indices": self.source_mask.indices,
            "target_indices": self.target_mask.indices,
            "experiment_ids": self.experiment_ids,
            "nearest_um": self.nearest_um,
            "unit": self.unit,
            "division_ids": np.array([d.division_id for d in self.divisions], dtype=np.int64),
            "nodes": self.nodes,
        }
        for part in self.divisions:
            parts |= part.parts()
        return parts

    @classmethod
    def from_parts(cls, parts: Mapping[str, Any]) -> FactoredConnectivity:
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
                divisions=[
                    DivisionWeights.from_parts(parts, int(i)) for i in parts["division_ids"]
                ],
                nodes=parts["nodes"],
                experiment_ids=np.asarray(parts["experiment_ids"], dtype=np.int64),
                nearest_um=np.asarray(parts["nearest_um"], dtype=np.float32),
                unit=str(parts["unit"]),
            )


@dataclass(frozen=True, eq=False)
class _ThroughNodes:
    """Weights of a connectivity on nodes that an operator was applied to."""

    connectivity: FactoredConnectivity
    nodes: ProjectedRows

    def from_source(self, source: SourceWeights, /) -> Float:
        return weighted_rows(self.nodes, self.connectivity.coefficients(source))
