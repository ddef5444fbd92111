"""A small brain with a planted, smooth connectome, for tests of the models."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.structures import Structure, StructureTree

ISOCORTEX, THALAMUS, PONS = 315, 549, 771
SHAPE = (12, 8, 10)


def small_atlas() -> Atlas:
    """Isocortex above, thalamus below, a little pons behind; mirror-symmetric; 100 µm."""
    acronyms = {ISOCORTEX: "Isocortex", THALAMUS: "TH", PONS: "P"}
    tree = StructureTree(
        [Structure(997, "root", "root", (0, 0, 0), (997,), 0)]
        + [
            Structure(i, acronym, acronym, (9, 9, 9), (997, i), order)
            for order, (i, acronym) in enumerate(acronyms.items(), start=1)
        ]
    )
    annotation = np.zeros(SHAPE, dtype=np.uint32)
    annotation[:10, :4] = ISOCORTEX
    annotation[:10, 4:7] = THALAMUS
    annotation[10:, :7] = PONS
    return Atlas(tree, annotation, 100.0)


def planted(
    points: npt.NDArray[np.float64], targets: npt.NDArray[np.float64]
) -> npt.NDArray[np.float32]:
    """Smooth topographic projection of source points onto target voxels, (points, targets)."""
    centre = points[:, None, :] * [0.6, 0.9, 0.4] + [2.0, 0.0, 1.0]
    squared = ((targets[None] - centre) ** 2).sum(axis=2)
    return np.exp(-squared / 18.0).astype(np.float32)


def experiment_set(atlas: Atlas, counts: dict[int, int], seed: int = 0) -> ExperimentSet:
    """Noise-free experiments at random source voxels, `counts` of each division."""
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
    m = len(rows)
    centroids = source.coordinates[rows] + rng.uniform(-0.4, 0.4, (m, 3))
    return ExperimentSet(
        ids=np.arange(100, 100 + m),
        division_ids=member[rows].astype(np.int64),
        centroids=centroids,
        injections=csr_array(
            (np.ones(m, dtype=np.float32), (np.arange(m), rows)), shape=(m, len(source))
        ),
        projections=planted(centroids, target.coordinates.astype(np.float64)),
        injection_sums=np.ones(m),
        mirrored=np.zeros(m, dtype=bool),
        source_mask=source,
        target_mask=target,
    )
