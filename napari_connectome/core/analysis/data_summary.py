"""How well the experiments cover each major division (Knox et al. 2018, table 2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import ModelError
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.progress import Job, Progress, run_to_end

REACH_UM = 200.0
"""A centroid this near counts as in a region: it may lie in a fibre tract that the region holds."""
LEAST_INJECTIONS = (1, 2, 3, 4, 5)
Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Spread:
    """Smallest, largest and mean of some numbers, and their variance (with n − 1).

    Parameters
    ----------
    least, most, mean : float
        In the unit of the numbers.
    variance : float or None
        None for a single number.
    """

    least: float
    most: float
    mean: float
    variance: float | None


@dataclass(frozen=True)
class DivisionSummary:
    """One division; all volumes are those of the right hemisphere.

    Parameters
    ----------
    division_id : int
        Structure.
    experiments : int
        Injected there.
    regions : int
        Summary structures with a voxel.
    regions_injected : tuple of int
        Regions that at least 1, 2, 3, 4 and 5 centroids of the division's experiments reach.
    volume_mm3 : float
        Of the division.
    region_volume_mm3 : Spread or None
        Of its regions.
    nearest_mm : Spread or None
        Distance from each voxel to the nearest centroid of the division's experiments.
    injection_mm3 : Spread or None
        Tracer of each experiment inside the division: injection density summed over its voxels.
    """

    division_id: int
    experiments: int
    regions: int
    regions_injected: tuple[int, ...]
    volume_mm3: float
    region_volume_mm3: Spread | None
    nearest_mm: Spread | None
    injection_mm3: Spread | None


def data_summary(
    atlas: Atlas,
    centroids: npt.ArrayLike,
    division_ids: npt.ArrayLike,
    injection_mm3: npt.ArrayLike | None = None,
    *,
    reach_um: float = REACH_UM,
) -> tuple[DivisionSummary, ...]:
    """Summarise injections by division.

    Parameters
    ----------
    atlas : Atlas
        Regions and volumes.
    centroids : array of float, shape (m, 3)
        Voxel index (AP, DV, ML) of each injection's centroid, in the right hemisphere.
    division_ids : array of int, shape (m,)
        Division of each.
    injection_mm3 : array of float, shape (m,), optional
        Injected volume of each inside its division.
    reach_um : float
        A centroid counts for every region of its division with a voxel so near.

    Returns
    -------
    tuple of DivisionSummary
        All divisions of the atlas that have a voxel, in the order of Knox et al. 2018.

    Raises
    ------
    ModelError
        When lengths disagree, a centroid is not a finite place, or the atlas has no division.
    """
    return run_to_end(
        data_summary_job(atlas, centroids, division_ids, injection_mm3, reach_um=reach_um)
    )


def summary_of_experiments(
    experiments: ExperimentSet, atlas: Atlas
) -> Job[tuple[DivisionSummary, ...]]:
    """Summarise an experiment set, as a job; see :func:`data_summary`."""
    divisions = experiments.source_mask.to_vector(atlas.divisions)
    inside = np.zeros(len(experiments))
    for row, division_id in enumerate(experiments.division_ids.tolist()):
        one = experiments.injections[[row]]
        inside[row] = one.data[divisions[one.indices] == division_id].sum(dtype=np.float64)
    volumes = inside * experiments.injection_sums * atlas.voxel_volume_mm3
    return data_summary_job(atlas, experiments.centroids, experiments.division_ids, volumes)


def data_summary_job(
    atlas: Atlas,
    centroids: npt.ArrayLike,
    division_ids: npt.ArrayLike,
    injection_mm3: npt.ArrayLike | None = None,
    *,
    reach_um: float = REACH_UM,
) -> Job[tuple[DivisionSummary, ...]]:
    """Do what :func:`data_summary` does, as a job that can be stopped."""
    places = np.asarray(centroids, dtype=np.float64).reshape(-1, 3)
    owners = np.asarray(division_ids, dtype=np.int64)
    volumes = None if injection_mm3 is None else np.asarray(injection_mm3, dtype=np.float64)
    _check(places, owners, volumes)
    right = atlas.divisions[:, :, atlas.midline :]
    present = [i for i in atlas.tree.division_ids() if (right == i).any()]
    if not present:
        raise ModelError(
            f"The atlas {atlas.name} has none of the major divisions in its right hemisphere: "
            "there is nothing to summarise. Open an atlas with the Allen ontology."
        )
    sizes = _region_sizes(atlas)
    found = []
    for number, division_id in enumerate(present):
        name = atlas.tree[division_id].acronym
        yield Progress(number, len(present), f"Summarising the data of {name}")
        mine = owners == division_id
        voxels = np.argwhere(right == division_id) + np.array([0, 0, atlas.midline])
        regions = {i: n for i, n in sizes.items() if atlas.tree.division_of(i) == division_id}
        hits = _hits(atlas, places[mine], tuple(regions), reach_um)
        found.append(
            DivisionSummary(
                division_id=division_id,
                experiments=int(mine.sum()),
                regions=len(regions),
                regions_injected=tuple(int((hits >= k).sum()) for k in LEAST_INJECTIONS),
                volume_mm3=len(voxels) * atlas.voxel_volume_mm3,
                region_volume_mm3=_spread(np.array([*regions.values()]) * atlas.voxel_volume_mm3),
                nearest_mm=_spread(_nearest(voxels, places[mine]) * atlas.resolution_um / 1000.0),
                injection_mm3=None if volumes is None else _spread(volumes[mine]),
            )
        )
    return tuple(found)


def _check(places: Values, owners: npt.NDArray[np.int64], volumes: Values | None) -> None:
    lengths = {len(places), len(owners), len(places if volumes is None else volumes)}
    if len(lengths) > 1:
        raise ModelError(
            "Centroids, divisions and injected volumes must be of the same experiments; "
            f"{' and '.join(map(str, sorted(lengths)))} came."
        )
    if not np.isfinite(places).all():
        raise ModelError("Every centroid must be a place in the brain; one is not a number.")


def _region_sizes(atlas: Atlas) -> dict[int, int]:
    """Voxels in the right hemisphere of each summary structure that has any."""
    ids, counts = np.unique(atlas.regions[:, :, atlas.midline :], return_counts=True)
    return {int(i): int(n) for i, n in zip(ids, counts, strict=True) if i}


def _nearest(voxels: npt.NDArray[np.int64], places: Values) -> Values:
    """Distance in voxels from each voxel to the nearest place; empty without a place."""
    if not len(places):
        return np.empty(0)
    from scipy.spatial import cKDTree  # slow to load

    return np.asarray(cKDTree(places).query(voxels)[0], dtype=np.float64)


def _hits(
    atlas: Atlas, places: Values, regions: tuple[int, ...], reach_um: float
) -> npt.NDArray[np.int64]:
    """How many places have a voxel of each region within reach."""
    reach = reach_um / atlas.resolution_um
    low = np.array([0, 0, atlas.midline])
    counts = dict.fromkeys(regions, 0)
    for place in places:
        first = np.maximum(np.ceil(place - reach).astype(np.int64), low)
        last = np.minimum(np.floor(place + reach).astype(np.int64) + 1, atlas.shape)
        around = atlas.regions[tuple(slice(a, max(a, b)) for a, b in zip(first, last, strict=True))]
        gaps = np.indices(around.shape) + first[:, None, None, None] - place[:, None, None, None]
        near = (gaps**2).sum(axis=0) <= reach**2
        for region in np.unique(around[near]).tolist():
            if region in counts:
                counts[region] += 1
    return np.array([*counts.values()], dtype=np.int64)


def _spread(numbers: Values) -> Spread | None:
    if not len(numbers):
        return None
    variance = float(numbers.var(ddof=1)) if len(numbers) > 1 else None
    return Spread(float(numbers.min()), float(numbers.max()), float(numbers.mean()), variance)
