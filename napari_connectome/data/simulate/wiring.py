"""Wire nodes to nodes: local spread, mirrored places, named pathways and the generic rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.spatial import cKDTree

from napari_connectome.core.structures import DIVISION_ACRONYMS, ISOCORTEX_ID
from napari_connectome.data.simulate.arcs import Arc, Ints, WiringParams, generic_arcs, named_arcs
from napari_connectome.data.simulate.frames import FrameBook
from napari_connectome.data.simulate.half_brain import Floats
from napari_connectome.data.simulate.near import homotopic_connections, local_connections
from napari_connectome.data.simulate.nodes import Nodes

_THALAMUS_ID = next(i for i, acronym in DIVISION_ACRONYMS.items() if acronym == "TH")
_NEGLIGIBLE = 0.01
"""Part of a pathway's largest weight below which a node gets nothing."""


@dataclass(frozen=True, eq=False)
class Wiring:
    """Node-to-node connections, target nodes in rows and source nodes in columns.

    Rows 0 ... k - 1 end in all depths; rows k ... 2 k - 1 are the same nodes for
    fibres from the thalamus, which end in the middle layers of the cortex.

    Parameters
    ----------
    ipsi, contra : csr_array, shape (2 k, k)
        Same hemisphere, other hemisphere.
    """

    ipsi: csr_array
    contra: csr_array


def wire(nodes: Nodes, params: WiringParams) -> Wiring:
    """Wire all nodes by the rules."""
    k = len(nodes)
    scale_mm = params.local_um / 1000.0
    ipsi, contra = _Blocks((2 * k, k)), _Blocks((2 * k, k))
    near, over = local_connections(nodes, scale_mm)
    ipsi.add_matrix(near)
    contra.add_matrix(over)
    contra.add_matrix(homotopic_connections(nodes, scale_mm))
    mapper = _Mapper(nodes, params)
    for arc in (*named_arcs(nodes.brain, params), *generic_arcs(nodes.brain, params)):
        targets, sources, weights = mapper.block(arc)
        for blocks, strength in ((ipsi, arc.ipsi), (contra, arc.contra)):
            if strength > 0:
                blocks.add(targets, sources, strength * weights)
    return Wiring(ipsi.matrix(), contra.matrix())


class _Mapper:
    """Turns arcs into blocks of weights that sum to one per source node."""

    def __init__(self, nodes: Nodes, params: WiringParams) -> None:
        self._nodes = nodes
        self._params = params
        self._book = FrameBook(nodes.brain)
        order = np.argsort(nodes.areas, kind="stable")
        bounds = np.searchsorted(nodes.areas[order], np.arange(len(nodes.brain.area_ids) + 1))
        self._members = [order[a:b] for a, b in pairwise(bounds)]

    def block(self, arc: Arc) -> tuple[Ints, Ints, Floats]:
        """Rows (target nodes), columns (source nodes) and weights of an arc."""
        sources = self._members[arc.source]
        targets = np.concatenate([self._members[a] for a in arc.targets])
        weights = self._weights(arc, sources, targets)
        row, column = np.nonzero(weights.T)
        from_thalamus = self._nodes.divisions[sources[0]] == _THALAMUS_ID
        to_cortex = self._nodes.divisions[targets[0]] == ISOCORTEX_ID
        offset = len(self._nodes) if from_thalamus and to_cortex else 0
        return targets[row] + offset, sources[column], weights[column, row]

    def _weights(self, arc: Arc, sources: Ints, targets: Ints) -> Floats:
        """Gaussian about the mapped place of each source node, shape (sources, targets)."""
        nodes = self._nodes
        source, target = self._book.frame(arc.frame), self._book.frame(arc.targets)
        standard = source.standard(nodes.frame_mm[sources])
        standard[:, list(arc.flipped)] *= -1.0
        if source.flat:
            standard[:, 2] = arc.across
        wanted = target.places(standard)
        apart = wanted[:, None, :] - nodes.frame_mm[targets][None]
        squares = np.einsum("ijk,ijk->ij", apart, apart)
        sigma = min(self._params.terminal_um / 1000.0, 0.45 * target.smallest_width_mm)
        sigma = max(sigma, 0.3 * float(nodes.spacing_mm[targets[0]]))
        squares -= squares.min(axis=1, keepdims=True)
        weights = np.exp(-0.5 * squares / sigma**2) * nodes.counts[targets]
        weights *= self._near_border(arc, targets)
        weights[weights < _NEGLIGIBLE * weights.max(axis=1, keepdims=True)] = 0.0
        return np.asarray(weights / weights.sum(axis=1, keepdims=True))

    def _near_border(self, arc: Arc, targets: Ints) -> Floats:
        """Preference of target nodes near a neighbouring structure."""
        if not len(arc.border):
            return np.ones(len(targets))
        nodes = self._nodes
        other = nodes.column_mm[np.isin(nodes.areas, arc.border)]
        distance, _ = cKDTree(other).query(nodes.column_mm[targets])
        return np.asarray(np.exp(-3.0 * distance))


@dataclass(eq=False)
class _Blocks:
    """Collects blocks of a sparse matrix."""

    shape: tuple[int, int]
    rows: list[Ints] = field(default_factory=list)
    columns: list[Ints] = field(default_factory=list)
    values: list[Floats] = field(default_factory=list)

    def add(self, rows: Ints, columns: Ints, values: Floats) -> None:
        self.rows.append(rows)
        self.columns.append(columns)
        self.values.append(values)

    def add_matrix(self, matrix: csr_array) -> None:
        found = coo_array(matrix)
        row, column = (index.astype(np.int64) for index in found.coords)
        self.add(row, column, found.data)

    def matrix(self) -> csr_array:
        joined = (np.concatenate(part) for part in (self.values, self.rows, self.columns))
        values, rows, columns = joined
        return csr_array(coo_array((values, (rows, columns)), shape=self.shape))
