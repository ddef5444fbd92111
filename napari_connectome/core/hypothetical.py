"""What one more injection would add to the evidence, before anyone has made it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas, Index
from napari_connectome.core.connectivity import Float, VoxelEvidence
from napari_connectome.core.errors import ModelError, SourceError
from napari_connectome.core.evidence import SupportMaps, maps_of
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.models.kernels import Array, Kernel, kernel_of
from napari_connectome.core.models.selection import KernelOptions
from napari_connectome.core.models.weights import reaching_bandwidth, squared_distances
from napari_connectome.core.progress import Job, Progress, run_to_end
from napari_connectome.core.sources import format_um

Point = tuple[float, float, float]
Doubles = npt.NDArray[np.float64]


def with_hypothetical(model: FittedModel, points_um: Sequence[Point]) -> SupportMaps:
    """Support maps as they would be with one more injection at each point, kernels kept.

    Let S be the sum of the kernel over a voxel's experiments. The nearest of them has the
    largest share, so that K(nearest) / S is known, and with it what an injection at distance
    d adds: ρ = K(d) / S. All shares then fall by 1 + ρ, and the new one is ρ / (1 + ρ).
    No centroid is needed, and a saved model can be asked.

    Parameters
    ----------
    model : FittedModel
        With kernels, like the voxel model.
    points_um : sequence of tuple of float
        CCF coordinates (AP, DV, ML) of injection centroids; one on the left is mirrored, as
        injections are. Each acts in the division of its voxel.

    Returns
    -------
    SupportMaps
        A division without any experiment gets the kernel that a fit takes where there is
        nothing to choose from.

    Raises
    ------
    SourceError
        When a point lies in no major division.
    ModelError
        When the model has no kernel.
    """
    return run_to_end(with_hypothetical_job(model, points_um))


def with_hypothetical_job(model: FittedModel, points_um: Sequence[Point]) -> Job[SupportMaps]:
    """Do what :func:`with_hypothetical` does, as a job that can be stopped."""
    by_division: dict[int, list[Array]] = {}
    for point in points_um:
        division_id, centroid = _placed(model.atlas, point)
        by_division.setdefault(division_id, []).append(centroid)
    found = yield from model.connectivity.evidence_job()
    mask, evidence = _with_divisions(model, list(by_division), found)
    member = mask.to_vector(model.atlas.divisions)
    for number, (division_id, centroids) in enumerate(by_division.items()):
        yield Progress(number, len(by_division), "Adding hypothetical injections")
        _add(model, division_id, np.flatnonzero(member == division_id), mask, evidence, centroids)
    return maps_of(model.atlas, mask, evidence)


def _placed(atlas: Atlas, point_um: Point) -> tuple[int, Array]:
    """Division of a point, and the point in voxels of the right hemisphere."""
    index: Index = atlas.index_of_um(point_um)
    division_id = int(atlas.divisions[index]) if atlas.contains(index) else 0
    if not division_id:
        raise SourceError(
            f"{format_um(point_um)} lies in no major division, so that an injection there would "
            "support nothing. Choose a place in grey matter."
        )
    centroid = np.asarray(point_um, dtype=np.float64) / atlas.resolution_um - 0.5
    if atlas.is_left(index):
        centroid[2] = atlas.shape[2] - 1 - centroid[2]
    return division_id, centroid


def _with_divisions(
    model: FittedModel, division_ids: list[int], evidence: VoxelEvidence
) -> tuple[VoxelMask, VoxelEvidence]:
    """Source voxels with those of further divisions, and evidence that may be written to.

    Voxels that no experiment supports have an infinite distance and no shares.
    """
    before = model.connectivity.source_mask
    inside = before.row_volume >= 0
    right = np.isin(model.atlas.divisions, division_ids)
    right[:, :, : model.atlas.midline] = False
    mask = VoxelMask.from_volume(inside | right)
    old = mask.row_volume.ravel()[before.indices]

    def spread(values: Float, empty: float) -> Float:
        out = np.full(len(mask), empty, dtype=np.float32)
        out[old] = np.where(np.isnan(values), np.float32(empty), values)
        return out

    return mask, VoxelEvidence(
        spread(evidence.nearest_um, np.inf),
        spread(evidence.effective_experiments, np.inf),
        spread(evidence.largest_share, 0.0),
    )


def _add(
    model: FittedModel,
    division_id: int,
    rows: npt.NDArray[np.int64],
    mask: VoxelMask,
    evidence: VoxelEvidence,
    centroids: list[Array],
) -> None:
    """Write into the evidence what injections add in the voxels of one division."""
    resolution_um = model.atlas.resolution_um
    squared = squared_distances(mask.coordinates[rows], np.array(centroids))
    nearest = evidence.nearest_um[rows].astype(np.float64) / resolution_um
    all_nearest = np.minimum(nearest, np.sqrt(squared.min(axis=1)))
    kernel = _kernel(model, division_id, all_nearest)
    shares_squared = 1.0 / evidence.effective_experiments[rows].astype(np.float64)
    largest = evidence.largest_share[rows].astype(np.float64)
    for one in squared.T:
        added = _new_share(kernel, nearest, np.sqrt(one), largest)
        kept = 1.0 - added
        shares_squared = shares_squared * kept**2 + added**2
        largest = np.maximum(largest * kept, added)
        nearest = np.minimum(nearest, np.sqrt(one))
    evidence.nearest_um[rows] = nearest * resolution_um
    evidence.effective_experiments[rows] = 1.0 / shares_squared
    evidence.largest_share[rows] = largest


def _new_share(kernel: Kernel, nearest: Doubles, distance: Doubles, largest: Doubles) -> Doubles:
    """Share that an injection at a distance takes from those that are there."""
    with np.errstate(over="ignore", invalid="ignore"):
        before, here = kernel.log(nearest**2), kernel.log(distance**2)
        ratio = np.exp(here - before) * largest
        share = ratio / (1.0 + ratio)
    unreached = np.isneginf(before)
    share[unreached] = np.isfinite(here[unreached])
    # Where no kernel reaches, the nearest injection counts alone, and several equally near alike.
    left = unreached & np.isneginf(here)
    equal = np.where(distance == nearest, largest / (1.0 + largest), 0.0)
    share[left] = np.where(distance < nearest, 1.0, equal)[left]
    share[np.isposinf(ratio)] = 1.0
    return np.asarray(share, dtype=np.float64)


def _kernel(model: FittedModel, division_id: int, nearest: Doubles) -> Kernel:
    choice = model.choices.get(model.atlas.tree[division_id].acronym, {})
    if "kernel" in choice:
        return kernel_of(choice)
    parameters, voxel_um = model.parameters, model.atlas.resolution_um
    if "kernel" not in parameters:
        raise ModelError(
            f"A {model.model} model has no kernel of distance, so that what an injection would "
            "add cannot be told. Ask a voxel model."
        )
    width_um = parameters.get("bandwidth_um")
    bandwidth = None if width_um is None else width_um / voxel_um
    options = KernelOptions(parameters["kernel"], bandwidth, parameters.get("degree"), voxel_um)
    return options.default(reaching_bandwidth(nearest))
