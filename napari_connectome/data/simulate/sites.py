"""Where to inject: sites that fill each division evenly, or a list of centroids."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from napari_connectome.core.errors import DataError
from napari_connectome.core.structures import DIVISION_ACRONYMS
from napari_connectome.data.files import read_json
from napari_connectome.data.simulate.half_brain import Floats, HalfBrain

EXPERIMENTS_OF_DIVISION: Mapping[str, int] = {
    "Isocortex": 126, "OLF": 21, "HPF": 42, "CTXsp": 8, "STR": 27, "PAL": 10,
    "TH": 44, "HY": 34, "MB": 42, "P": 16, "MY": 39, "CB": 19,
}  # fmt: skip
"""Wild-type experiments per division in Knox et al. 2018, 428 in all."""
TYPICAL_VOLUME_MM3: Mapping[str, float] = {
    "Isocortex": 0.18, "OLF": 0.15, "HPF": 0.12, "CTXsp": 0.12, "STR": 0.17, "PAL": 0.12,
    "TH": 0.10, "HY": 0.15, "MB": 0.17, "P": 0.15, "MY": 0.16, "CB": 0.12,
}  # fmt: skip
"""Median injection volume per division."""
VOLUME_BOUNDS_MM3 = (0.01, 1.0)
_LOG_SPREAD = 0.65
_LEFT_EVERY = 20
"""One injection in so many is placed in the left hemisphere (about 5 %)."""
_AT_LEAST = 3
_FAVOURED: Mapping[str, float] = {"VISp": 3.0, "MOp": 1.4, "MOs": 1.2, "SSp-bfd": 1.3}
"""Areas that more sites fall into than their volume asks for."""
_SAMPLE = 6000


@dataclass(frozen=True)
class Site:
    """A planned injection.

    Parameters
    ----------
    center_mm : tuple of float
        CCF position (AP, DV, ML).
    volume_mm3 : float
        Intended volume.
    """

    center_mm: tuple[float, float, float]
    volume_mm3: float


def counts_of_divisions(brain: HalfBrain, total: int) -> dict[int, int]:
    """Share out experiments among the divisions that the atlas has, as in the published data.

    Every division gets at least three, the rest goes by largest remainder.

    Raises
    ------
    DataError
        When `total` is too small for that.
    """
    there = [i for i in DIVISION_ACRONYMS if i in set(brain.division_of_area.tolist())]
    if total < _AT_LEAST * len(there):
        raise DataError(
            f"{total} experiments are too few: {len(there)} divisions need {_AT_LEAST} each. "
            f"Ask for at least {_AT_LEAST * len(there)}."
        )
    published = np.array([EXPERIMENTS_OF_DIVISION[DIVISION_ACRONYMS[i]] for i in there])
    spare = published / published.sum() * total - _AT_LEAST
    wanted = np.maximum(spare, 0.0)
    wanted *= (total - _AT_LEAST * len(there)) / max(wanted.sum(), 1e-9)
    counts = np.floor(wanted).astype(int)
    order = np.argsort(counts - wanted, kind="stable")
    counts[order[: total - _AT_LEAST * len(there) - counts.sum()]] += 1
    return {i: int(c) + _AT_LEAST for i, c in zip(there, counts, strict=True)}


def plan_sites(brain: HalfBrain, total: int, seed: int) -> list[Site]:
    """Sites that fill every division, in order of division; deterministic by seed."""
    rng = np.random.default_rng([seed, 10])
    sites = []
    for division, count in counts_of_divisions(brain, total).items():
        centers = _fill(brain, division, count, rng)
        sites += [_site(center, division, rng) for center in centers]
    return [_on_left(brain, s) if _is_left(i) else s for i, s in enumerate(sites)]


def sites_at(brain: HalfBrain, centroids_mm: Floats, seed: int) -> list[Site]:
    """Sites at given centroids, each moved to the nearest source voxel if it lies outside."""
    rng = np.random.default_rng([seed, 10])
    midline_mm = _width_mm(brain) / 2
    left = centroids_mm[:, 2] < midline_mm
    folded = centroids_mm.copy()
    folded[left, 2] = _width_mm(brain) - folded[left, 2]
    found = cKDTree(brain.points_mm).query(folded)
    distance, row = np.asarray(found[0]), np.asarray(found[1])
    inside = distance <= brain.atlas.resolution_um / 1000.0
    centers = np.where(inside[:, None], folded, brain.points_mm[row])
    divisions = brain.division_of_area[brain.areas[row]]
    sites = [_site(c, int(d), rng) for c, d in zip(centers, divisions, strict=True)]
    return [_on_left(brain, s) if on_left else s for s, on_left in zip(sites, left, strict=True)]


def read_centroids(path: Path) -> Floats:
    """Centroids of a CSV or JSON file.

    Columns or keys are ``centroid_x, centroid_y, centroid_z`` (or ``x, y, z``; or
    ``ap, dv, ml``): voxel index times 100, as published with Knox et al. 2018,
    that is, micrometres along AP, DV and ML. JSON may hold a list of objects, a
    list of triples, or an object whose values are objects.

    Returns
    -------
    ndarray, shape (m, 3)
        CCF millimetres; half a 100 µm voxel is added, because the published
        figures count from the centre of the first voxel.

    Raises
    ------
    DataError
        When the file cannot be read or an entry has no three finite coordinates.
    """
    entries = _csv_rows(path) if path.suffix.lower() == ".csv" else _json_rows(path)
    points = np.array([_point(path, entry) for entry in entries], dtype=np.float64)
    if not len(points) or not np.all(np.isfinite(points)):
        raise DataError(f"{path}: at least one centroid with finite coordinates was expected.")
    found: Floats = (points + 50.0) / 1000.0
    return found


def spread(points: Floats, count: int, weights: Floats, rng: np.random.Generator) -> Floats:
    """Centres that divide weighted points evenly (Lloyd's algorithm), shape (count, 3)."""
    first = [int(rng.integers(len(points)))]
    nearest = np.linalg.norm(points - points[first[0]], axis=1)
    while len(first) < count:
        first.append(int(np.argmax(nearest * weights)))
        nearest = np.minimum(nearest, np.linalg.norm(points - points[first[-1]], axis=1))
    centers = points[first]
    for _ in range(12):
        member = cKDTree(centers).query(points)[1]
        mass = np.bincount(member, weights=weights, minlength=count)
        sums = [np.bincount(member, weights=weights * c, minlength=count) for c in points.T]
        centers = np.where(
            mass[:, None] > 0, np.stack(sums, axis=1) / np.maximum(mass, 1e-12)[:, None], centers
        )
    return centers


def _fill(brain: HalfBrain, division: int, count: int, rng: np.random.Generator) -> Floats:
    """Sites in a division, snapped to its voxels (of middle depth in the cortex)."""
    rows = np.flatnonzero((brain.division_of_area == division)[brain.areas])
    if len(rows) > _SAMPLE:
        rows = np.sort(rng.choice(rows, _SAMPLE, replace=False))
    middle = rows[np.abs(brain.depth[rows] - 0.5) < 0.25]
    candidates = brain.points_mm[middle if len(middle) else rows]
    weights = np.array([_FAVOURED.get(a, 1.0) for a in _acronyms(brain)])[brain.areas[rows]]
    centers = spread(brain.points_mm[rows], min(count, len(rows)), weights, rng)
    return np.asarray(candidates[cKDTree(candidates).query(centers)[1]])


def _acronyms(brain: HalfBrain) -> list[str]:
    return [brain.atlas.tree[int(i)].acronym for i in brain.area_ids]


def _site(center_mm: Floats, division: int, rng: np.random.Generator) -> Site:
    typical = TYPICAL_VOLUME_MM3[DIVISION_ACRONYMS[division]]
    volume = typical * np.exp(_LOG_SPREAD * rng.standard_normal())
    ap, dv, ml = (float(c) for c in center_mm)
    return Site((ap, dv, ml), float(np.clip(volume, *VOLUME_BOUNDS_MM3)))


def _is_left(number: int) -> bool:
    return number % _LEFT_EVERY == _LEFT_EVERY // 2


def _on_left(brain: HalfBrain, site: Site) -> Site:
    ap, dv, ml = site.center_mm
    return Site((ap, dv, _width_mm(brain) - ml), site.volume_mm3)


def _width_mm(brain: HalfBrain) -> float:
    return brain.atlas.shape[2] * brain.atlas.resolution_um / 1000.0


def _csv_rows(path: Path) -> Sequence[Any]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))
    except (OSError, ValueError) as error:
        raise DataError(f"{path} should hold centroids as CSV and cannot be read ({error}).") from (
            error
        )


def _json_rows(path: Path) -> Sequence[Any]:
    content = read_json(path, "centroids of injections")
    rows = list(content.values()) if isinstance(content, Mapping) else content
    if not isinstance(rows, list):
        raise DataError(f"{path}: a list of centroids was expected.")
    return rows


def _point(path: Path, entry: Any) -> tuple[float, float, float]:
    """Three coordinates of an entry, whatever they are called."""
    try:
        if not isinstance(entry, Mapping):
            ap, dv, ml = entry
        else:
            names = next(n for n in _COORDINATE_NAMES if n[0] in entry)
            ap, dv, ml = (entry[name] for name in names)
        return float(ap), float(dv), float(ml)
    except (StopIteration, KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"{path}: every centroid needs centroid_x, centroid_y, centroid_z (or x, y, z; or "
            f"ap, dv, ml) in micrometres; {str(entry)[:80]} came."
        ) from error


_COORDINATE_NAMES = (
    ("centroid_x", "centroid_y", "centroid_z"),
    ("x", "y", "z"),
    ("ap", "dv", "ml"),
)
