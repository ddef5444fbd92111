"""Wire nodes to nodes: local spread, mirrored places, named pathways and the generic rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array
from scipy.spatial import cKDTree

from napari_connectome.core.structures import DIVISION_ACRONYMS
from napari_connectome.data.simulate import rules
from napari_connectome.data.simulate.frames import FrameBook
from napari_connectome.data.simulate.half_brain import ISOCORTEX_ID, Floats
from napari_connectome.data.simulate.nodes import Nodes

Ints = npt.NDArray[np.int64]
_THALAMUS_ID = next(i for i, acronym in DIVISION_ACRONYMS.items() if acronym == "TH")
_ACROSS = ("TH", "HY", "MB", "P", "MY", "CBN", "CBX")
"""Kinds of areas whose local spread crosses the midline: the two halves touch there."""
_NEGLIGIBLE = 0.01
"""Part of a pathway's largest weight below which a node gets nothing."""


@dataclass(frozen=True)
class WiringParams:
    """Free parameters of a planted connectome.

    Parameters
    ----------
    seed : int
        Of the lognormal variation, the generic connections and the patches.
    node_spacing_um : float
        Lattice of the nodes: the finest detail of the topography.
    terminal_um : float
        Standard deviation of a terminal field around its mapped place.
    local_um : float
        Length over which local connections fall by 1/e.
    variation : float
        Standard deviation of the log strength of a named pathway.
    generic_variation : float
        The same for generic connections.
    generic_strength : float
        Overall strength of generic connections.
    generic_least : float
        Generic connections weaker than this do not exist.
    patch_um, patch_contrast : float
        Size and log contrast of patches in terminal fields.
    """

    seed: int = 0
    node_spacing_um: float = 400.0
    terminal_um: float = 220.0
    local_um: float = 330.0
    variation: float = 0.3
    generic_variation: float = 1.3
    generic_strength: float = 0.1
    generic_least: float = 0.012
    patch_um: float = 150.0
    patch_contrast: float = 0.45


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

    def matrix(self) -> csr_array:
        joined = (np.concatenate(part) for part in (self.values, self.rows, self.columns))
        values, rows, columns = joined
        return csr_array(coo_array((values, (rows, columns)), shape=self.shape))


def wire(nodes: Nodes, params: WiringParams) -> Wiring:
    """Wire all nodes by the rules."""
    k = len(nodes)
    ipsi, contra = _Blocks((2 * k, k)), _Blocks((2 * k, k))
    _add_near(nodes, params, ipsi, contra)
    mapper = _Mapper(nodes, params)
    for arc in (*_named(nodes, params), *_generic(nodes, params)):
        targets, sources, weights = mapper.block(arc)
        for blocks, strength in ((ipsi, arc.ipsi), (contra, arc.contra)):
            if strength > 0:
                blocks.add(targets, sources, strength * weights)
    return Wiring(ipsi.matrix(), contra.matrix())


def kind_of_area(nodes: Nodes) -> list[str]:
    """Division of each area; the cerebellum as nuclei (CBN) or cortex (CBX)."""
    brain = nodes.brain
    kinds = [DIVISION_ACRONYMS[int(i)] for i in brain.division_of_area]
    nuclei = set(brain.areas_of("CBN").tolist())
    return [
        ("CBN" if area in nuclei else "CBX") if kind == "CB" else kind
        for area, kind in enumerate(kinds)
    ]


@dataclass(frozen=True, eq=False)
class _Arc:
    """A topographic connection between two sets of areas."""

    sources: Ints
    frame: Ints
    targets: Ints
    ipsi: float
    contra: float
    flipped: tuple[int, ...]
    border: Ints
    across: float


class _Mapper:
    """Turns arcs into blocks of weights that sum to one per source node."""

    def __init__(self, nodes: Nodes, params: WiringParams) -> None:
        self._nodes = nodes
        self._params = params
        self._book = FrameBook(nodes.brain)
        order = np.argsort(nodes.areas, kind="stable")
        bounds = np.searchsorted(nodes.areas[order], np.arange(len(nodes.brain.area_ids) + 1))
        self._members = [order[a:b] for a, b in zip(bounds, bounds[1:], strict=False)]

    def block(self, arc: _Arc) -> tuple[Ints, Ints, Floats]:
        """Rows (target nodes), columns (source nodes) and weights of an arc."""
        sources = np.concatenate([self._members[a] for a in arc.sources])
        targets = np.concatenate([self._members[a] for a in arc.targets])
        weights = self._weights(arc, sources, targets)
        row, column = np.nonzero(weights.T)
        from_thalamus = self._nodes.divisions[sources[0]] == _THALAMUS_ID
        to_cortex = self._nodes.divisions[targets[0]] == ISOCORTEX_ID
        offset = len(self._nodes) if from_thalamus and to_cortex else 0
        return targets[row] + offset, sources[column], weights[column, row]

    def _weights(self, arc: _Arc, sources: Ints, targets: Ints) -> Floats:
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
        sigma = max(sigma, 0.3 * nodes.spacing_mm)
        squares -= squares.min(axis=1, keepdims=True)
        weights = np.exp(-0.5 * squares / sigma**2) * nodes.counts[targets]
        weights *= self._near_border(arc, targets)
        weights[weights < _NEGLIGIBLE * weights.max(axis=1, keepdims=True)] = 0.0
        return np.asarray(weights / weights.sum(axis=1, keepdims=True))

    def _near_border(self, arc: _Arc, targets: Ints) -> Floats:
        """Preference of target nodes near a neighbouring structure."""
        if not len(arc.border):
            return np.ones(len(targets))
        nodes = self._nodes
        other = nodes.column_mm[np.isin(nodes.areas, arc.border)]
        distance, _ = cKDTree(other).query(nodes.column_mm[targets])
        return np.exp(-3.0 * distance)


def _named(nodes: Nodes, params: WiringParams) -> Iterator[_Arc]:
    """Pathways of the table between structures that the atlas has."""
    brain = nodes.brain
    for number, pathway in enumerate(rules.pathways()):
        sources = np.concatenate([brain.areas_of(a) for a in pathway.source])
        targets = brain.areas_of(pathway.target)
        if not (len(sources) and len(targets)):
            continue
        border = brain.areas_of(pathway.border) if pathway.border else sources[:0]
        for area in sources:
            rng = np.random.default_rng([params.seed, 2, number, int(brain.area_ids[area])])
            factor = float(np.exp(params.variation * rng.standard_normal()))
            yield _Arc(
                sources=np.array([area]),
                frame=sources,
                targets=targets,
                ipsi=pathway.ipsi * factor,
                contra=pathway.contra * factor,
                flipped=pathway.flipped,
                border=border,
                across=float(rng.uniform(-0.8, 0.8)),
            )


def _generic(nodes: Nodes, params: WiringParams) -> Iterator[_Arc]:
    """Connections that the table does not name, between single areas."""
    brain = nodes.brain
    n = len(brain.area_ids)
    centers = np.stack(
        [np.bincount(brain.areas, weights=c, minlength=n) for c in brain.points_mm.T]
    )
    volumes = np.bincount(brain.areas, minlength=n)
    centers = (centers / volumes).T
    sizes = volumes * brain.atlas.voxel_volume_mm3
    kinds = kind_of_area(nodes)
    divisions = ["CB" if kind in ("CBN", "CBX") else kind for kind in kinds]
    for area in range(n):
        rng = np.random.default_rng([params.seed, 3, int(brain.area_ids[area])])
        draws, flips = rng.standard_normal(n), rng.random((n, 2)) < 0.5
        across = rng.uniform(-0.8, 0.8, n)
        affinity = np.array([rules.GENERIC[kinds[area]].get(d, 0.0) for d in divisions])
        distance = np.linalg.norm(centers - centers[area], axis=1)
        strength = affinity * sizes**0.6 * (distance + 0.5) ** -2.0
        strength *= params.generic_strength * np.exp(params.generic_variation * draws)
        strength[area] = 0.0
        for target in np.flatnonzero(strength > params.generic_least):
            yield _Arc(
                sources=np.array([area]),
                frame=np.array([area]),
                targets=np.array([target]),
                ipsi=float(strength[target]),
                contra=float(strength[target]) * rules.CONTRALATERAL[kinds[area]],
                flipped=tuple(np.flatnonzero(flips[target]).tolist()),
                border=np.zeros(0, dtype=np.int64),
                across=float(across[target]),
            )


def _add_near(nodes: Nodes, params: WiringParams, ipsi: _Blocks, contra: _Blocks) -> None:
    """Local connections within the division, and those onto the mirrored place."""
    kinds = kind_of_area(nodes)
    local = np.array([rules.LOCAL[kind] for kind in kinds])[nodes.areas]
    crossing = np.array([kind in _ACROSS for kind in kinds])[nodes.areas]
    scale = params.local_um / 1000.0
    near = _kernel(nodes, scale, nodes.column_mm, _decay)
    over = _kernel(nodes, scale, _mirrored(nodes), _decay)
    over = csr_array(over.multiply(crossing[None, :].astype(np.float64)))
    total = near.sum(axis=0) + over.sum(axis=0)
    for blocks, kernel in ((ipsi, near), (contra, over)):
        found = coo_array(kernel)
        row, column = (index.astype(np.int64) for index in found.coords)
        blocks.add(row, column, found.data * (local / total)[column])
    _add_homotopic(nodes, kinds, scale, contra)


def _add_homotopic(nodes: Nodes, kinds: list[str], scale: float, contra: _Blocks) -> None:
    """Connections onto the same place of the other hemisphere."""
    acronyms = [nodes.brain.atlas.tree[int(i)].acronym for i in nodes.brain.area_ids]
    factors = [rules.HOMOTOPIC_FACTOR.get(acronym, 1.0) for acronym in acronyms]
    strength = np.array([rules.HOMOTOPIC[kind] for kind in kinds]) * np.array(factors)
    kernel = _kernel(nodes, scale, nodes.column_mm, _gaussian)
    found = coo_array(kernel)
    row, column = (index.astype(np.int64) for index in found.coords)
    share = (strength[nodes.areas] / kernel.sum(axis=0))[column]
    contra.add(row, column, found.data * share)


def _mirrored(nodes: Nodes) -> Floats:
    """Node positions reflected at the midline."""
    atlas = nodes.brain.atlas
    width_mm = atlas.shape[2] * atlas.resolution_um / 1000.0
    return np.asarray(nodes.column_mm * [1.0, 1.0, -1.0] + [0.0, 0.0, width_mm])


class _Profile(Protocol):
    """Weight as a function of distance in units of the scale."""

    def __call__(self, distance: Floats, /) -> Floats: ...


def _kernel(nodes: Nodes, scale: float, targets_mm: Floats, profile: _Profile) -> csr_array:
    """Weights between nodes of one division by distance, shape (target nodes, source nodes)."""
    reach = 4.0 * scale
    pairs = cKDTree(targets_mm).sparse_distance_matrix(
        cKDTree(nodes.column_mm), reach, output_type="coo_matrix"
    )
    row, column = pairs.row.astype(np.int64), pairs.col.astype(np.int64)
    same = nodes.divisions[row] == nodes.divisions[column]
    row, column, distance = row[same], column[same], pairs.data[same]
    weights = profile(distance / scale) * nodes.counts[row]
    return csr_array(coo_array((weights, (row, column)), shape=(len(nodes), len(nodes))))


def _decay(distance: Floats) -> Floats:
    return np.exp(-distance)


def _gaussian(distance: Floats) -> Floats:
    return np.exp(-0.5 * distance**2)
