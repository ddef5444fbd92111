"""Weights of one major division: a block of the factor A that says how much each experiment counts.

An experiment has no weight outside its own division, so that A is made of one
dense or sparse block a division.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.connectivity import Float
from napari_connectome.core.errors import ModelError
from napari_connectome.core.parallel import single_threaded_blas

ROW_BLOCK = 4096


@dataclass(frozen=True, eq=False)
class DivisionWeights:
    """Weights of the source voxels of one division on the experiments of that division.

    Parameters
    ----------
    division_id : int
        Major division.
    rows : ndarray of int64, shape (k,)
        Rows of the source mask that lie in it.
    experiments : slice
        The division's experiments: consecutive rows of the nodes.
    weights : ndarray or csr_array of float32, shape (k, experiments)
        Rows sum to one.
    """

    division_id: int
    rows: npt.NDArray[np.int64]
    experiments: slice
    weights: Float | csr_array

    def __post_init__(self) -> None:
        wanted = (len(self.rows), self.experiments.stop - self.experiments.start)
        if self.weights.shape != wanted:
            raise ModelError(
                f"Weights of division {self.division_id} must have shape {wanted}; "
                f"{self.weights.shape} came."
            )

    def dense(self, local: npt.NDArray[np.integer] | slice) -> Float:
        """Weights of some of the division's voxels as a plain array."""
        part = self.weights[local]
        return part if isinstance(part, np.ndarray) else np.asarray(part.toarray())

    def blocks(self) -> Iterator[tuple[npt.NDArray[np.int64], Float]]:
        """Rows of the source mask and their weights, a few thousand at a time."""
        for start in range(0, len(self.rows), ROW_BLOCK):
            block = slice(start, start + ROW_BLOCK)
            yield self.rows[block], self.dense(block)

    def weighted_sum(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Σ over the division's voxels of value times weight, shape (experiments,)."""
        weights = self.weights
        if not isinstance(weights, np.ndarray):
            return np.asarray(weights.T @ values)
        total = np.zeros(weights.shape[1])
        with single_threaded_blas():
            # In blocks: double precision of the whole would fill the memory.
            for start in range(0, len(values), ROW_BLOCK):
                block = slice(start, start + ROW_BLOCK)
                total += values[block] @ weights[block].astype(np.float64)
        return total

    def concentration(self) -> tuple[Float, Float]:
        """Sum of the squared weights of each voxel, and its largest weight; shapes (k,)."""
        weights = self.weights
        if isinstance(weights, np.ndarray):
            return np.einsum("ij,ij->i", weights, weights), weights.max(axis=1)
        # No row is empty, since each sums to one.
        starts, data = weights.indptr[:-1], weights.data
        return np.add.reduceat(data * data, starts), np.maximum.reduceat(data, starts)

    def parts(self) -> dict[str, npt.NDArray[Any]]:
        """Its arrays under file-like names; :meth:`from_parts` takes them back."""
        span = np.array([self.experiments.start, self.experiments.stop], dtype=np.int64)
        found: dict[str, npt.NDArray[Any]] = {"rows": self.rows, "experiments": span}
        weights = self.weights
        if isinstance(weights, np.ndarray):
            found["values"] = weights
        else:
            found |= {name: getattr(weights, name) for name in ("data", "indices", "indptr")}
        return {f"weights/{self.division_id}/{name}": array for name, array in found.items()}

    @classmethod
    def from_parts(cls, parts: Mapping[str, Any], division_id: int) -> DivisionWeights:
        """Put together again what :meth:`parts` gave.

        Raises
        ------
        KeyError
            When a part is missing.
        """

        def get(name: str) -> npt.NDArray[Any]:
            return np.asarray(parts[f"weights/{division_id}/{name}"])

        rows = get("rows").astype(np.int64)
        start, stop = (int(i) for i in get("experiments"))
        weights: Float | csr_array
        if f"weights/{division_id}/values" in parts:
            weights = get("values")
        else:
            shape = (len(rows), stop - start)
            weights = csr_array((get("data"), get("indices"), get("indptr")), shape=shape)
        return cls(division_id, rows, slice(start, stop), weights)
