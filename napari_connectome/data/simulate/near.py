"""Connections by place alone: local spread and the mirrored place in the other hemisphere."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.spatial import cKDTree

from napari_connectome.data.simulate import rules
from napari_connectome.data.simulate.arcs import kinds_of_areas
from napari_connectome.data.simulate.half_brain import Floats
from napari_connectome.data.simulate.nodes import Nodes

_ACROSS = ("STR", "PAL", "TH", "HY", "MB", "P", "MY", "CBN", "CBX")
"""Kinds of areas whose local spread crosses the midline: the two halves touch there."""


def local_connections(nodes: Nodes, scale_mm: float) -> tuple[csr_array, csr_array]:
    """Connections that fall with distance within a division.

    Returns
    -------
    ipsi, contra : csr_array, shape (k, k)
        Target nodes in rows, source nodes in columns. Those across the midline
        exist where the two halves of the brain touch.
    """
    kinds = kinds_of_areas(nodes.brain)
    strength = np.array([rules.LOCAL[kind] for kind in kinds])[nodes.areas]
    crossing = np.array([float(kind in _ACROSS) for kind in kinds])[nodes.areas]
    ipsi = _kernel(nodes, scale_mm, nodes.column_mm, _decay)
    contra = csr_array(_kernel(nodes, scale_mm, _mirrored(nodes), _decay).multiply(crossing[None]))
    share = strength / (ipsi.sum(axis=0) + contra.sum(axis=0))
    return csr_array(ipsi.multiply(share[None])), csr_array(contra.multiply(share[None]))


def homotopic_connections(nodes: Nodes, scale_mm: float) -> csr_array:
    """Connections onto the same place of the other hemisphere, (targets, sources)."""
    brain = nodes.brain
    acronyms = [brain.atlas.tree[int(i)].acronym for i in brain.area_ids]
    factors = np.array([rules.HOMOTOPIC_FACTOR.get(acronym, 1.0) for acronym in acronyms])
    strength = np.array([rules.HOMOTOPIC[kind] for kind in kinds_of_areas(brain)]) * factors
    kernel = _kernel(nodes, scale_mm, nodes.column_mm, _gaussian)
    return csr_array(kernel.multiply((strength[nodes.areas] / kernel.sum(axis=0))[None]))


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
