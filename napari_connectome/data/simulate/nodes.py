"""Nodes: a few hundred to thousand places that stand for all voxels of a half brain.

Voxels talk to nodes and nodes to voxels, so a connectome of any size is a product
of sparse matrices: W = D M B, with B reading sources into nodes, M wiring nodes
to nodes, and D spreading nodes over target voxels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from napari_connectome.core.structures import ISOCORTEX_ID
from napari_connectome.data.simulate.half_brain import Floats, HalfBrain

_NEIGHBOURS = 12
_FINER, _SMALL_MM3 = 0.65, 1.0
"""How much finer the lattice is in the cortex and in areas below this volume."""
_SMALLEST_PART = 0.15
"""Cells with fewer voxels, relative to the fullest of the area, make no node."""
_FAR_MM = 1e3
"""Put between areas in a fourth dimension, so that no voxel finds another area's node."""


@dataclass(frozen=True, eq=False)
class Nodes:
    """Nodes of a half brain.

    Parameters
    ----------
    brain : HalfBrain
        What they stand for.
    areas : ndarray of int64, shape (k,)
        Area of each node.
    column_mm, frame_mm : ndarray, shape (k, 3)
        Mean position of the node's voxels in either kind of coordinate.
    counts : ndarray of float64, shape (k,)
        Number of voxels that each node was made from.
    spacing_mm : ndarray of float64, shape (k,)
        Edge of the lattice that each node was made on.
    """

    brain: HalfBrain
    areas: npt.NDArray[np.int64]
    column_mm: Floats
    frame_mm: Floats
    counts: Floats
    spacing_mm: Floats

    @classmethod
    def lay(cls, brain: HalfBrain, spacing_mm: float) -> Nodes:
        """One node per area and occupied cell of a lattice, at the mean of its voxels.

        The lattice is finer in the cortical sheet and in small areas.
        """
        spacing = spacing_mm * np.where(_is_fine(brain), _FINER, 1.0)
        cells = np.floor(brain.column_mm / spacing[brain.areas, None]).astype(np.int64)
        keys = np.column_stack([brain.areas, cells])
        unique, member = np.unique(keys, axis=0, return_inverse=True)
        member, areas = member.reshape(-1), unique[:, 0]
        counts = np.bincount(member).astype(np.float64)
        column, frame = (
            np.stack([np.bincount(member, weights=c) / counts for c in points.T], axis=1)
            for points in (brain.column_mm, brain.frame_mm)
        )
        keep = counts >= _SMALLEST_PART * _largest_of_area(areas, counts)
        areas = areas[keep]
        return cls(brain, areas, column[keep], frame[keep], counts[keep], spacing[areas])

    def __len__(self) -> int:
        return len(self.areas)

    @cached_property
    def divisions(self) -> npt.NDArray[np.int64]:
        """Major division of each node, shape (k,)."""
        found: npt.NDArray[np.int64] = self.brain.division_of_area[self.areas]
        return found

    @cached_property
    def _closeness(self) -> csr_array:
        """Gaussian weight between each voxel and the nearest nodes of its area, (n, k)."""
        brain = self.brain
        apart = (self.column_mm, self.areas), (brain.column_mm, brain.areas)
        nodes, voxels = (np.column_stack([xyz, area * _FAR_MM]) for xyz, area in apart)
        found = cKDTree(nodes).query(voxels, k=min(_NEIGHBOURS, len(self)))
        distance, near = (np.asarray(part).reshape(len(voxels), -1) for part in found)
        nearest = distance[:, :1]
        sigma = 0.6 * self.spacing_mm[near[:, :1]]
        weight = np.exp(-0.5 * (distance**2 - nearest**2) / sigma**2) * self.counts[near]
        weight[distance > 0.5 * _FAR_MM] = 0.0
        keep = weight > 1e-3 * weight.max(axis=1, keepdims=True)
        rows = np.broadcast_to(np.arange(len(voxels))[:, None], keep.shape)
        shape = (len(voxels), len(self))
        return csr_array((weight[keep], (rows[keep], near[keep])), shape=shape)

    @cached_property
    def reading(self) -> csr_array:
        """B: how much each source voxel belongs to each node, shape (n, k); rows sum to one."""
        weights = self._closeness
        inverse = 1.0 / weights.sum(axis=1)
        return csr_array(weights.multiply(inverse[:, None]))

    def spreading(self, profile: Floats) -> csr_array:
        """D: how each node's output falls on voxels, shape (n, k); columns sum to one.

        Parameters
        ----------
        profile : ndarray, shape (n,)
            Positive preference for each voxel (depth of the cortex, patches).
        """
        weights = csr_array(self.reading.multiply(profile[:, None]))
        totals = weights.sum(axis=0)
        return csr_array(weights.multiply((1.0 / totals)[None, :]))


def _is_fine(brain: HalfBrain) -> npt.NDArray[np.bool_]:
    """Areas of the isocortex and small ones, shape (n_areas,)."""
    small = brain.area_volumes_mm3 < _SMALL_MM3
    return np.asarray(small | (brain.division_of_area == ISOCORTEX_ID))


def _largest_of_area(areas: npt.NDArray[np.int64], counts: Floats) -> Floats:
    """Largest count among the cells of the same area, for every cell."""
    largest = np.zeros(int(areas.max()) + 1)
    np.maximum.at(largest, areas, counts)
    found: Floats = largest[areas]
    return found


def patches(brain: HalfBrain, size_mm: float, contrast: float, seed: int) -> Floats:
    """Lognormal texture: terminals come in patches of about `size_mm`, shape (n,)."""
    rng = np.random.default_rng([seed, 1])
    noise = rng.standard_normal(brain.atlas.shape)
    smooth = gaussian_filter(noise, size_mm * 1000.0 / brain.atlas.resolution_um)
    values = brain.mask.to_vector(smooth)
    return np.exp(contrast * values / max(float(values.std()), 1e-12))
