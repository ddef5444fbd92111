"""A synthetic data set of the published size: 226,346 sources, 448,962 targets, 428 experiments.

Division volumes are those of the real right hemisphere, but divisions are compact boxes and
not folded sheets, and projections are noise, three quarters of it zero: good for timing only.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.division_factor import DivisionWeights
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.factored import FactoredConnectivity
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.division_weights import division_weights
from napari_connectome.core.models.kernels import Kernel, PolynomialKernel
from napari_connectome.core.models.weights import nearest_distances, reaching_bandwidth
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.structures import DIVISION_ACRONYMS, Structure, StructureTree

SHAPE = (132, 80, 114)
N_SOURCE, N_TARGET = 226_346, 448_962
SIZES = {315: 61878, 698: 23275, 1089: 21349, 703: 4428, 477: 22606, 803: 4748}
SIZES |= {549: 10298, 1097: 7641, 313: 18658, 771: 8506, 354: 15739, 512: 27220}
EXPERIMENTS = {315: 126, 698: 21, 1089: 43, 703: 8, 477: 26, 803: 10}
EXPERIMENTS |= {549: 43, 1097: 34, 313: 43, 771: 16, 354: 39, 512: 19}


def paper_scale(seed: int = 0) -> tuple[Atlas, ExperimentSet]:
    """Atlas and experiments; the projections take 769 MB."""
    rng = np.random.default_rng(seed)
    annotation = np.zeros(SHAPE, dtype=np.uint32)
    midline = SHAPE[2] // 2
    right = _ellipsoid(N_SOURCE)
    split(right, dict(SIZES), annotation)
    left = _ellipsoid(N_TARGET - N_SOURCE)
    mirrored = left * [1, 1, -1] + [0, 0, SHAPE[2] - 1]
    annotation[tuple(mirrored.T)] = annotation[tuple(left.T)]
    atlas = Atlas(_tree(), annotation, 100.0)
    inside = annotation > 0
    target = VoxelMask.from_volume(inside)
    inside[:, :, :midline] = False
    source = VoxelMask.from_volume(inside)
    return atlas, _experiments(atlas, source, target, rng)


def connectivity(
    experiments: ExperimentSet, atlas: Atlas, kernel: Kernel | None, negligible: float
) -> FactoredConnectivity:
    """Fitted connectivity with one kernel; None: λ = 3 and the smallest h of each division."""
    mask = experiments.source_mask
    member = mask.to_vector(atlas.divisions)
    parts = []
    for division_id in SIZES:
        rows = np.flatnonzero(member == division_id)
        used = experiments.rows_of_division(division_id)
        voxels, centroids = mask.coordinates[rows], experiments.centroids[used]
        chosen = kernel
        if chosen is None:
            chosen = PolynomialKernel(reaching_bandwidth(nearest_distances(voxels, centroids)), 3)
        weights = run_to_end(division_weights(voxels, centroids, chosen, negligible))
        parts.append(DivisionWeights(division_id, rows, used, weights))
    return FactoredConnectivity(
        source_mask=mask,
        target_mask=experiments.target_mask,
        divisions=parts,
        nodes=experiments.projections,
        experiment_ids=experiments.ids,
        nearest_um=np.zeros(len(mask), dtype=np.float32),
    )


def _ellipsoid(count: int) -> npt.NDArray[np.int64]:
    """The `count` right-hemisphere voxels nearest to the centre of the half box."""
    half = np.argwhere(np.ones((SHAPE[0], SHAPE[1], SHAPE[2] // 2), dtype=bool))
    scaled = (half + 0.5) / half.max(axis=0) - 0.5
    chosen = np.argsort((scaled**2).sum(axis=1), kind="stable")[:count]
    return half[np.sort(chosen)] + [0, 0, SHAPE[2] - SHAPE[2] // 2]


def split(
    voxels: npt.NDArray[np.int64], sizes: dict[int, int], annotation: npt.NDArray[np.uint32]
) -> None:
    """Cut voxels into compact pieces of the given sizes, along the longest axis each time."""
    if len(sizes) == 1:
        annotation[tuple(voxels.T)] = next(iter(sizes))
        return
    ids = list(sizes)
    first = {i: sizes[i] for i in ids[: len(ids) // 2]}
    axis = int(np.argmax(np.ptp(voxels, axis=0)))
    ordered = voxels[np.argsort(voxels[:, axis], kind="stable")]
    cut = sum(first.values())
    split(ordered[:cut], first, annotation)
    split(ordered[cut:], {i: sizes[i] for i in ids[len(ids) // 2 :]}, annotation)


def _tree() -> StructureTree:
    root = Structure(997, "root", "root", (255, 255, 255), (997,), 0)
    divisions = [
        Structure(i, DIVISION_ACRONYMS[i], DIVISION_ACRONYMS[i], (128, 128, 128), (997, i), order)
        for order, i in enumerate(SIZES, start=1)
    ]
    return StructureTree([root, *divisions])


def _experiments(
    atlas: Atlas, source: VoxelMask, target: VoxelMask, rng: np.random.Generator
) -> ExperimentSet:
    member = source.to_vector(atlas.divisions)
    rows = np.concatenate(
        [rng.choice(np.flatnonzero(member == i), EXPERIMENTS[i], replace=False) for i in SIZES]
    )
    m = len(rows)
    projections = np.empty((m, len(target)), dtype=np.float32)
    for row in projections:
        rng.random(out=row, dtype=np.float32)
        np.subtract(row, 0.75, out=row)
        np.maximum(row, 0, out=row)
    ones = np.ones(m, dtype=np.float32)
    return ExperimentSet(
        ids=np.arange(m, dtype=np.int64) + 100_000_000,
        division_ids=member[rows].astype(np.int64),
        centroids=source.coordinates[rows] + rng.uniform(-0.5, 0.5, (m, 3)),
        injections=csr_array((ones, (np.arange(m), rows)), shape=(m, len(source))),
        projections=projections,
        injection_sums=np.ones(m),
        mirrored=np.zeros(m, dtype=bool),
        source_mask=source,
        target_mask=target,
    )
