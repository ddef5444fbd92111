"""Two connectivities of the same sources, onto voxels of either side, as one.

Spline models are fitted to the ipsilateral and to the contralateral block separately.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
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
from napari_connectome.core.progress import Job, stretch
from napari_connectome.core.saved_parts import needing_parts
from napari_connectome.core.sides import SIDES
from napari_connectome.core.sources import SourceWeights

Rows = npt.NDArray[np.int64]


class BothSidesConnectivity(Connectivity):
    """Projections onto two disjoint sets of target voxels.

    Parameters
    ----------
    ipsi, contra : Connectivity
        Of one source mask; they share no target voxel. The evidence behind an answer is that
        of `ipsi`: both are fitted to the same experiments.

    Raises
    ------
    ModelError
        When the sources differ, or a target voxel belongs to both.
    """

    def __init__(self, ipsi: Connectivity, contra: Connectivity) -> None:
        if ipsi.source_mask != contra.source_mask:
            raise ModelError(
                f"The ipsilateral part has {len(ipsi.source_mask)} source voxels, the "
                f"contralateral one {len(contra.source_mask)} or others; both need the same."
            )
        joined = np.concatenate([ipsi.target_mask.indices, contra.target_mask.indices])
        every, places = np.unique(joined, return_inverse=True)
        if len(every) < len(joined):
            raise ModelError(
                f"{len(joined) - len(every)} target voxels belong to the ipsilateral and to the "
                "contralateral part; each may belong to one."
            )
        self.ipsi, self.contra = ipsi, contra
        self.source_mask = ipsi.source_mask
        self.target_mask = VoxelMask(ipsi.target_mask.shape, every)
        self.unit = ipsi.unit
        count = len(ipsi.target_mask)
        self._sides: tuple[_Side, _Side] = (
            _Side(ipsi, places[:count], len(every)),
            _Side(contra, places[count:], len(every)),
        )

    def from_source(self, source: SourceWeights) -> Float:
        """Each side's projection in its own rows."""
        out = np.empty(len(self.target_mask), dtype=np.float32)

        def fill(side: _Side) -> None:
            out[side.rows] = side.connectivity.from_source(source)

        # Whoever clicks waits for both: a processor for each does better than two for one.
        with single_threaded_blas(), ThreadPoolExecutor(len(self._sides)) as pool:
            list(pool.map(fill, self._sides))
        return out

    def through(self, operator: csr_array) -> Throughput:
        """Both sides seen through their columns of the operator, and added."""
        columns = operator.tocsc()
        seen = [side.connectivity.through(csr_array(columns[:, side.rows])) for side in self._sides]
        return _Added(seen[0], seen[1])

    def onto_target(self, rows: Rows, values: npt.NDArray[np.float64]) -> Float:
        """What each side sends to the target voxels that are its own, added."""
        total = np.zeros(len(self.source_mask), dtype=np.float32)
        for side in self._sides:
            own = side.own[rows]
            here = own >= 0
            if here.any():
                total += side.connectivity.onto_target(own[here], values[here])
        return total

    def block(self, source_rows: Rows, target_rows: Rows) -> Float:
        """Connection density of chosen pairs, shape (len(source_rows), len(target_rows))."""
        out = np.empty((len(source_rows), len(target_rows)), dtype=np.float32)
        for side in self._sides:
            own = side.own[target_rows]
            here = np.flatnonzero(own >= 0)
            if len(here):
                out[:, here] = side.connectivity.block(source_rows, own[here])
        return out

    def regional_strength_job(
        self, source_keys: Rows, target_keys: Rows
    ) -> Job[npt.NDArray[np.float64]]:
        """Strengths of both sides added: a region may have voxels in both."""
        shape = (int(source_keys.max(initial=-1)) + 1, int(target_keys.max(initial=-1)) + 1)
        total = np.zeros(shape)
        for number, side in enumerate(self._sides):
            job = side.connectivity.regional_strength_job(source_keys, target_keys[side.rows])
            found = yield from stretch(job, number, 1, len(self._sides))
            total[: found.shape[0], : found.shape[1]] += found
        return total

    def support(self, source: SourceWeights) -> Support:
        """The evidence behind the ipsilateral part, fitted to the same experiments."""
        return self.ipsi.support(source)

    def evidence_job(self) -> Job[VoxelEvidence]:
        """The evidence behind the ipsilateral part, fitted to the same experiments."""
        return self.ipsi.evidence_job()

    def parts(self) -> dict[str, Any]:
        """Parts of both, under ``ipsi/`` and ``contra/``, and the kind of each."""
        # The list of kinds holds this class, too.
        from napari_connectome.core.io.kinds import kind_of

        found: dict[str, Any] = {}
        for name, one in zip(SIDES, (self.ipsi, self.contra), strict=True):
            kind = kind_of(one)
            storable: Any = one
            found[f"{name}/kind"] = kind.name
            found |= {f"{name}/{part}": value for part, value in storable.parts().items()}
        return found

    @classmethod
    def from_parts(cls, parts: Mapping[str, Any]) -> BothSidesConnectivity:
        """Put together again what :meth:`parts` gave.

        Raises
        ------
        ModelError
            When a part is missing or does not fit the others.
        """
        from napari_connectome.core.io.kinds import kind_named

        made = []
        for name in SIDES:
            with needing_parts():
                kind = parts[f"{name}/kind"]
            own = {
                part.removeprefix(f"{name}/"): value
                for part, value in parts.items()
                if part.startswith(f"{name}/")
            }
            made.append(kind_named(kind).form.from_parts(own))
        return cls(made[0], made[1])


class _Side:
    """One of the two, and where its target voxels are among those of both."""

    def __init__(self, connectivity: Connectivity, rows: Rows, count: int) -> None:
        self.connectivity = connectivity
        self.rows = rows
        self.own = np.full(count, -1, dtype=np.int64)
        self.own[rows] = np.arange(len(rows))


@dataclass(frozen=True, eq=False)
class _Added:
    """What an operator sees of both sides."""

    ipsi: Throughput
    contra: Throughput

    def from_source(self, source: SourceWeights, /) -> Float:
        return np.asarray(self.ipsi.from_source(source) + self.contra.from_source(source))
