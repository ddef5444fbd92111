"""A small brain whose regions are homogeneous by construction, for tests of the regional model."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.regions import MaskRegions
from tests.core.model_data import ISOCORTEX, PONS, THALAMUS

SPREAD = 2.5
"""Voxels from a centroid that tracer reaches."""


def planted_weights(sources: MaskRegions, targets: MaskRegions, seed: int = 3) -> np.ndarray:
    """Weights between regions, shape (r, t): a third of them zero."""
    rng = np.random.default_rng(seed)
    weights = rng.lognormal(0.0, 1.0, (len(sources), len(targets)))
    weights[rng.random(weights.shape) < 1 / 3] = 0.0
    return np.where(targets.counts > 0, weights, 0.0)


def homogeneous_experiments(
    atlas: Atlas, counts: dict[int, int], seed: int = 0, noise: float = 0.0
) -> tuple[ExperimentSet, np.ndarray]:
    """Experiments that reach several regions, and the weights (r, t) that they obey."""
    rng = np.random.default_rng(seed)
    divisions = (ISOCORTEX, THALAMUS, PONS)
    source = VoxelMask.from_atlas(atlas, divisions, "right")
    target = VoxelMask.from_atlas(atlas, divisions)
    member = source.to_vector(atlas.divisions)
    rows = np.concatenate(
        [
            rng.choice(np.flatnonzero(member == i), counts.get(i, 0), replace=False)
            for i in divisions
        ]
    ).astype(np.int64)
    centres = source.coordinates[rows]
    distance = np.sqrt(((centres[:, None] - source.coordinates[None]) ** 2).sum(axis=2))
    tracer = np.where(distance < SPREAD, rng.random(distance.shape), 0.0)
    tracer /= tracer.sum(axis=1, keepdims=True)
    sources = MaskRegions(atlas, source, by_side=False)
    targets = MaskRegions(atlas, target, by_side=True)
    weights = planted_weights(sources, targets)
    injected = np.array([sources.sums(one) for one in tracer])
    density = injected @ weights / np.maximum(targets.counts, 1)
    projections = np.where(targets.keys >= 0, density[:, targets.keys], 0.0)
    projections *= rng.lognormal(0.0, noise, projections.shape) if noise else 1.0
    m = len(rows)
    found = ExperimentSet(
        ids=np.arange(100, 100 + m),
        division_ids=member[rows].astype(np.int64),
        centroids=tracer @ source.coordinates,
        injections=csr_array(tracer.astype(np.float32)),
        projections=projections.astype(np.float32),
        injection_sums=np.ones(m),
        mirrored=np.zeros(m, dtype=bool),
        source_mask=source,
        target_mask=target,
    )
    return found, weights
