"""A regional matrix as a network of both hemispheres: what graph and simulation programs expect.

Models have sources on the right only and take the brain to be symmetric: the connections of
a region on the left are those of its twin on the right, mirrored.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_connectome.core.analysis.region_centroids import RegionCentroids
from napari_connectome.core.errors import ModelError
from napari_connectome.core.measures import Measure
from napari_connectome.core.regional_matrix import RegionalMatrix
from napari_connectome.core.structures import Structure

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Network:
    """Regions of both hemispheres and what they send to each other.

    Parameters
    ----------
    regions : tuple of Structure
        Those that are source and target on both sides, in the order of the matrix.
    weights : ndarray of float64, shape (2 r, 2 r)
        ``weights[i, j]`` is what i sends to j, in `measure`; the regions on the right come
        first, then those on the left. Every one is a number.
    centres_um : ndarray of float64, shape (2 r, 3)
        Centroids (AP, DV, ML); NaN where they are not known.
    measure : Measure
        What the weights are.
    left_out : tuple of str
        Acronyms of regions that lack a source, a target, or a connection.
    """

    regions: tuple[Structure, ...]
    weights: Values
    centres_um: Values
    measure: Measure
    left_out: tuple[str, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Acronym and side of each node: "VISp (right)"."""
        return tuple(f"{s.acronym} ({side})" for side in ("right", "left") for s in self.regions)

    @property
    def distances_um(self) -> Values:
        """Distances between centroids, shape (2 r, 2 r)."""
        gaps = self.centres_um[:, None, :] - self.centres_um[None, :, :]
        return np.asarray(np.sqrt((gaps**2).sum(axis=-1)))


def network_of(
    matrix: RegionalMatrix, measure: Measure, centroids: RegionCentroids | None = None
) -> Network:
    """Make a network of a regional matrix.

    Parameters
    ----------
    matrix : RegionalMatrix
        Sources on the right, targets on both sides.
    measure : Measure
        What the weights are.
    centroids : RegionCentroids, optional
        Where regions are.

    Raises
    ------
    ModelError
        When no region is a source and a target on both sides.
    """
    values = matrix.values(measure)
    rows, columns = matrix.source_ids.tolist(), matrix.target_ids.tolist()
    split = int(np.count_nonzero(~matrix.contra))
    ipsi = {i: column for column, i in enumerate(columns[:split])}
    contra = {i: column for column, i in enumerate(columns[split:], start=split)}
    shared = [row for row, i in enumerate(rows) if i in ipsi and i in contra]
    kept = _complete(values, shared, ipsi, contra, rows)
    if not kept:
        raise ModelError(
            "A network needs regions that are a source and a target in both hemispheres, without "
            f"a missing connection among them; none of the {len(rows)} sources is. Fit a model "
            "to more of the brain, or export the table."
        )
    ids = [rows[row] for row in kept]
    same = values[np.ix_(kept, [ipsi[i] for i in ids])]
    other = values[np.ix_(kept, [contra[i] for i in ids])]
    lost = dict.fromkeys(i for i in (*rows, *columns) if i not in set(ids))
    return Network(
        regions=tuple(matrix.tree[i] for i in ids),
        weights=np.block([[same, other], [other, same]]),
        centres_um=_centres(ids, centroids),
        measure=measure,
        left_out=tuple(matrix.tree[i].acronym for i in lost),
    )


def _complete(
    values: Values,
    rows: list[int],
    ipsi: dict[int, int],
    contra: dict[int, int],
    ids: list[int],
) -> list[int]:
    """Rows without a missing connection among themselves: the worst are left out one by one."""
    known = np.isfinite(values)
    both = np.array(
        [[known[r, ipsi[ids[c]]] and known[r, contra[ids[c]]] for c in rows] for r in rows]
    ).reshape(len(rows), len(rows))
    kept = np.arange(len(rows))
    while len(kept) and not both[np.ix_(kept, kept)].all():
        part = ~both[np.ix_(kept, kept)]
        kept = np.delete(kept, int(np.argmax(part.sum(axis=0) + part.sum(axis=1))))
    return [rows[place] for place in kept.tolist()]


def _centres(ids: list[int], centroids: RegionCentroids | None) -> Values:
    if centroids is None:
        return np.full((2 * len(ids), 3), np.nan)
    place = {structure_id: n for n, structure_id in enumerate(centroids.structure_ids)}
    nowhere = np.full((1, 3), np.nan)
    found = [place.get(i, len(place)) for i in ids]
    sides = (centroids.right_um, centroids.left_um)
    return np.concatenate([np.concatenate([side, nowhere])[found] for side in sides])
