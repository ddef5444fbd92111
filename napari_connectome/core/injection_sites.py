"""Where to inject next: the places that bring the voxels of a division nearest to an injection."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import ModelError
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.progress import Job, Progress, run_to_end

Numbers = npt.NDArray[np.float64]
Voxels = npt.NDArray[np.integer]
Rows = npt.NDArray[np.int64]
OFFSETS_AT_ONCE = 250
"""Offsets that are gone through between two moments of progress."""


@dataclass(frozen=True)
class Site:
    """A place for an injection, given those that exist and those ranked before it.

    Parameters
    ----------
    index : tuple of int
        Voxel (AP, DV, ML), right hemisphere.
    point_um : tuple of float
        CCF coordinates of its centre.
    structure_id : int
        Summary structure that it lies in, or the annotated one where it is in none.
    mean_before_um, mean_after_um : float
        Mean distance of the division's voxels to their nearest injection centroid, without
        and with an injection here; infinite before the first injection of a division.
    """

    index: tuple[int, int, int]
    point_um: tuple[float, float, float]
    structure_id: int
    mean_before_um: float
    mean_after_um: float

    @property
    def drop_um(self) -> float:
        """How much an injection here lowers the mean distance."""
        return self.mean_before_um - self.mean_after_um


def rank_sites(
    model: FittedModel, division_id: int, count: int = 10, *, step: int = 1
) -> list[Site]:
    """Where further injections lower the mean distance to the nearest one the most.

    Greedy: each site is the best one given all before it. Every voxel of the division is
    weighed; the mean is always that over all of them.

    Parameters
    ----------
    model : FittedModel
        Knows how far each voxel is from an injection.
    division_id : int
        Major division; it may be one without any experiment.
    count : int
        How many sites at most; fewer where no voxel is left to come nearer to.
    step : int
        Candidates are every `step`-th voxel along each axis. With 1 every voxel is one.

    Returns
    -------
    list of Site
        Best first.

    Raises
    ------
    ModelError
        When the division has no voxel, or `count` or `step` is less than 1.
    """
    return run_to_end(rank_sites_job(model, division_id, count, step=step))


def rank_sites_job(
    model: FittedModel, division_id: int, count: int = 10, *, step: int = 1
) -> Job[list[Site]]:
    """Do what :func:`rank_sites` does, as a job that can be stopped."""
    _check(count, step)
    inside, voxels = _voxels_of(model.atlas, division_id)
    rows = model.connectivity.source_mask.row_volume[inside]
    nearest = np.full(len(voxels), np.inf)
    known = rows >= 0
    nearest_um = (yield from model.connectivity.evidence_job()).nearest_um
    # A completed model has sources that nobody injected.
    nearest[known] = np.nan_to_num(nearest_um[rows[known]], nan=np.inf) / model.atlas.resolution_um
    return (yield from _sites(model.atlas, voxels, nearest, count, step))


def rank_sites_of_experiments_job(
    atlas: Atlas, experiments: ExperimentSet, division_id: int, count: int = 10, *, step: int = 1
) -> Job[list[Site]]:
    """Do what :func:`rank_sites` does, for experiments that no model was fitted to.

    Parameters
    ----------
    atlas : Atlas
        The brain.
    experiments : ExperimentSet
        Those of the division count, by their injection centroids.
    division_id, count, step : int
        As in :func:`rank_sites`.
    """
    _check(count, step)
    _inside, voxels = _voxels_of(atlas, division_id)
    centroids = experiments.centroids[experiments.rows_of_division(division_id)]
    nearest = np.full(len(voxels), np.inf)
    if len(centroids):
        from scipy.spatial import cKDTree

        nearest = np.asarray(cKDTree(centroids).query(voxels)[0], dtype=np.float64)
    return (yield from _sites(atlas, voxels, nearest, count, step))


def _check(count: int, step: int) -> None:
    if count < 1 or step < 1:
        raise ModelError(f"count and step must be at least 1; {count} and {step} came.")


def _voxels_of(atlas: Atlas, division_id: int) -> tuple[npt.NDArray[np.bool_], Voxels]:
    """Right half of a division, as a volume and as indices."""
    inside = atlas.divisions == division_id
    inside[:, :, : atlas.midline] = False
    voxels = np.argwhere(inside)
    if not len(voxels):
        raise ModelError(
            f"Structure {division_id} is no major division with voxels in this atlas. Choose one "
            f"of: {', '.join(atlas.tree[i].acronym for i in atlas.tree.division_ids())}."
        )
    return inside, voxels


def _sites(
    atlas: Atlas, voxels: Voxels, nearest: Numbers, count: int, step: int
) -> Job[list[Site]]:
    """Rank the voxels of a division, whose distances to what is there are known."""
    chosen = yield from greedy_sites(voxels, nearest, count, step)
    sites = []
    for row, before, after in chosen:
        ap, dv, ml = (int(i) for i in voxels[row])
        region = int(atlas.regions[ap, dv, ml]) or int(atlas.annotation[ap, dv, ml])
        place = (ap, dv, ml)
        um = (before * atlas.resolution_um, after * atlas.resolution_um)
        sites.append(Site(place, atlas.um_of_index(place), region, *um))
    return sites


def greedy_sites(
    voxels: Voxels, nearest: Numbers, count: int, step: int = 1
) -> Job[list[tuple[int, float, float]]]:
    """Voxels whose choice lowers the mean of the nearest distances the most, one after another.

    Parameters
    ----------
    voxels : ndarray of int, shape (n, 3)
        Indices; the candidates are among them.
    nearest : ndarray of float64, shape (n,)
        Distance of each to what is there already, in voxels; all infinite for nothing.
    count, step : int
        As in :func:`rank_sites`.

    Returns
    -------
    job of list of (int, float, float)
        Row of the voxel, mean before and after it.
    """
    candidates = np.flatnonzero((voxels % step == 0).all(axis=1))
    if not len(candidates):
        candidates = np.arange(len(voxels))
        step = 1
    chosen: list[tuple[int, float, float]] = []
    gains: _Gains | None = None
    while len(chosen) < count:
        if np.isinf(nearest).any():
            best = int(candidates[np.argmin(_total_distances(voxels)[candidates])])
        else:
            if gains is None:
                gains = _Gains(voxels, float(nearest.max()), step)
                yield from gains.add(np.arange(len(voxels)), nearest, 1.0)
            best = int(candidates[np.argmax(gains.at(candidates))])
        closer = np.minimum(nearest, _distances(voxels, best))
        before, after = float(nearest.mean()), float(closer.mean())
        if not after < before:
            break
        if gains is not None:
            changed = np.flatnonzero(closer < nearest)
            yield from gains.add(changed, nearest[changed], -1.0)
            yield from gains.add(changed, closer[changed], 1.0)
        nearest = closer
        chosen.append((best, before, after))
        yield Progress(len(chosen), count, "Ranking injection sites")
    return chosen


class _Gains:
    """By how much each voxel, as a site, would lower the sum of the nearest distances.

    A voxel at distance d from the nearest injection gains d - r from a site at distance
    r < d. Going through the offsets between voxel and site, rather than through sites, each
    such pair is touched once, and all voxels of one offset together.
    """

    def __init__(self, voxels: Voxels, reach: float, step: int) -> None:
        self._voxels, self._step = voxels, step
        pad = int(np.ceil(reach))
        low = voxels.min(axis=0) - pad
        shape = voxels.max(axis=0) + pad + 1 - low
        strides = np.array([shape[1] * shape[2], shape[2], 1])
        self._flat: Rows = (voxels - low) @ strides
        self._sums = np.zeros(int(np.prod(shape)))
        cube = np.arange(-pad, pad + 1)
        offsets = np.stack(np.meshgrid(cube, cube, cube, indexing="ij"), axis=-1).reshape(-1, 3)
        length = np.sqrt((offsets**2).sum(axis=1))
        order = np.argsort(length, kind="stable")
        order = order[length[order] < reach]
        self._offsets, self._lengths = offsets[order], length[order]
        self._steps = self._offsets @ strides

    def at(self, rows: Rows) -> Numbers:
        """Gain of each voxel, in voxels."""
        found: Numbers = self._sums[self._flat[rows]]
        return found

    def add(self, rows: Rows, nearest: Numbers, sign: float) -> Job[None]:
        """Take account of voxels that are at a distance from the nearest injection."""
        for residue in product(range(self._step), repeat=3):
            ours = np.flatnonzero((self._voxels[rows] % self._step == residue).all(axis=1))
            ours = ours[np.argsort(-nearest[ours], kind="stable")]
            if not len(ours):
                continue
            onto_candidates = ((self._offsets + residue) % self._step == 0).all(axis=1)
            yield from self._spread(
                self._flat[rows[ours]], nearest[ours], np.flatnonzero(onto_candidates), sign
            )

    def _spread(self, flat: Rows, nearest: Numbers, offsets: Rows, sign: float) -> Job[None]:
        """The same for voxels in falling order of distance, onto chosen offsets."""
        lengths = self._lengths[offsets]
        reached = len(nearest) - np.searchsorted(nearest[::-1], lengths, side="right")
        for number, (offset, length, n) in enumerate(
            zip(self._steps[offsets].tolist(), lengths.tolist(), reached.tolist(), strict=True)
        ):
            if number % OFFSETS_AT_ONCE == 0:
                yield Progress(number, len(offsets), "Weighing injection sites")
            if n == 0:
                break
            # No two voxels meet at one site by the same offset.
            self._sums[flat[:n] + offset] += sign * (nearest[:n] - length)


def _distances(voxels: Voxels, row: int) -> Numbers:
    offset = (voxels - voxels[row]).astype(np.float64)
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", offset, offset)))


def _total_distances(voxels: Voxels) -> Numbers:
    """Sum of the distances from each voxel to all the others, shape (n,)."""
    places = voxels - voxels.min(axis=0)
    shape = places.max(axis=0) + 1
    there = np.zeros(shape)
    there[tuple(places.T)] = 1.0
    axes = [np.arange(1 - n, n) for n in shape]
    squared = sum(a**2 for a in np.meshgrid(*axes, indexing="ij", sparse=True))
    # Takes a while to import, and is needed here alone.
    from scipy.signal import fftconvolve

    sums = fftconvolve(there, np.sqrt(squared), mode="same")
    found: Numbers = sums[tuple(places.T)]
    return found
