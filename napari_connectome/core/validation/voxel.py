"""Nested cross-validation of the voxel model, from products of projections alone.

Every division is a model of its own. No prediction is formed over voxels: a held-out
experiment is predicted by weights on the others, and those give its sums over voxels and its
regional projection.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.models.kernels import Array, Kernel
from napari_connectome.core.models.selection import FEWEST_FOR_CHOICE, KernelOptions
from napari_connectome.core.models.weights import (
    kernel_weights,
    nearest_distances,
    normalised_weights,
    reaching_bandwidth,
    squared_distances,
)
from napari_connectome.core.progress import Job, Progress, stretch
from napari_connectome.core.scoring import relative_errors
from napari_connectome.core.validation.answers import FoldAnswer, Keep, Values
from napari_connectome.core.validation.data import ValidationData
from napari_connectome.core.validation.folds import Fold, Folds
from napari_connectome.core.validation.kernel_sums import (
    nested_sums,
    sums_of,
    sums_without_each,
)

Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
STACK_ENTRIES = 1 << 20
"""Weights of candidates that are held at once."""
ALONE = "it is the only experiment of its division: nothing is left to predict it from"


def validate_voxel(
    data: ValidationData, folds: Folds, candidates: Sequence[Values], keep: Keep, n_jobs: int
) -> Job[None]:
    """Nested cross-validation of the voxel model; see :class:`..answers.Validator`.

    A held-out experiment is predicted as a unit of tracer at its centroid (Knox et al. 2018,
    section 4.2.3). Kernels of all `candidates` compete in the inner loop, which is
    leave-one-out or K folds like the outer one. `n_jobs` is not needed: nothing takes long.
    """
    ids = data.experiments.division_ids
    divisions = list(dict.fromkeys(ids[folds.members].tolist()))
    parts = [] if folds.kind == "loo" else [(f, folds.inner(f, ids)) for f in folds]
    for number, division_id in enumerate(divisions):
        acronym = data.atlas.tree[division_id].acronym
        yield Progress(number, len(divisions), f"Voxel model: {acronym}")
        ours = ids[folds.members] == division_id
        division = _Division.of(data, division_id, folds.members[ours], candidates)
        one = (
            _leave_one_out(division, keep)
            if folds.kind == "loo"
            else _in_parts(division, parts, keep)
        )
        yield from stretch(one, number, 1, len(divisions))
    yield Progress(len(divisions), len(divisions), "Voxel model")


@dataclass(frozen=True, eq=False)
class _Division:
    """The experiments of a division that take part."""

    division_id: int
    acronym: str
    rows: Rows
    centroids: Array
    gram: Matrix
    received: Matrix
    voxels: npt.NDArray[np.integer[Any]]
    options: tuple[KernelOptions, ...]

    @classmethod
    def of(
        cls, data: ValidationData, division_id: int, rows: Rows, candidates: Sequence[Values]
    ) -> _Division:
        experiments, atlas = data.experiments, data.atlas
        local = rows - experiments.rows_of_division(division_id).start
        mask = experiments.source_mask
        inside = mask.to_vector(atlas.divisions) == division_id
        return cls(
            division_id=division_id,
            acronym=atlas.tree[division_id].acronym,
            rows=rows,
            centroids=experiments.centroids[rows],
            gram=data.grams[division_id][np.ix_(local, local)],
            received=data.regional.received[rows],
            voxels=mask.coordinates[inside],
            options=tuple(_options(one, atlas.resolution_um) for one in candidates),
        )

    def kernels(self, train: Rows) -> list[Kernel]:
        """Candidates for a fit to some of the experiments; one when there is no choice."""
        reach = 1.0
        if len(train) < FEWEST_FOR_CHOICE or any(o.family == "polynomial" for o in self.options):
            nearest = nearest_distances(self.voxels, self.centroids[train])
            reach = reaching_bandwidth(nearest)
        found = [kernel for one in self.options for kernel in one.candidates(reach)]
        if len(found) > 1 and len(train) < FEWEST_FOR_CHOICE:
            return [self.options[0].default(reach)]
        return found

    def answer(
        self,
        places: Rows,
        weights: Array,
        training: Matrix,
        kernels: Iterable[Kernel],
    ) -> FoldAnswer:
        """Held-out experiments that are predicted by weights on all of the division."""
        wide = np.zeros((len(self.rows), len(self.rows)))
        wide[places] = weights
        chosen = [kernel.parameters for kernel in kernels]
        return FoldAnswer(
            rows=self.rows[places],
            voxel=sums_of(wide, self.gram)[places],
            regional=weights @ self.received,
            training={self.division_id: training},
            chosen={self.acronym: chosen[0] if len(chosen) == 1 else {"each": chosen}},
        )

    def refused(self, places: Rows) -> FoldAnswer:
        """Held-out experiments that nothing is left for."""
        none = np.zeros((0, self.received.shape[1]))
        rows = self.rows[places]
        return FoldAnswer(rows[:0], np.zeros((0, 3)), none, {int(row): ALONE for row in rows})


def _options(values: Values, voxel_um: float) -> KernelOptions:
    width = values["bandwidth_um"]
    bandwidth = None if width is None else width / voxel_um
    return KernelOptions(values["kernel"], bandwidth, values["degree"], voxel_um)


def _leave_one_out(division: _Division, keep: Keep) -> Job[None]:
    """Closed form: folds with the same candidates together."""
    m = len(division.rows)
    if m == 1:
        keep(division.refused(np.arange(1)))
        return
    squared = np.asarray(squared_distances(division.centroids, division.centroids), np.float64)
    groups: dict[tuple[Kernel, ...], list[int]] = {}
    for outer in range(m):
        train = np.delete(np.arange(m), outer)
        groups.setdefault(tuple(division.kernels(train)), []).append(outer)
    regional_gram = division.received @ division.received.T
    for kernels, outer_ones in groups.items():
        yield Progress(0, 0, f"Voxel model: {division.acronym}")
        places = np.array(outer_ones)
        best, weights = _best_kernels(squared, division.gram, kernels, places)
        training = np.zeros((2, 3))
        for number in np.unique(best).tolist():
            out = places[best == number]
            own = normalised_weights(squared.copy(), kernels[number])
            for level, gram in enumerate((division.gram, regional_gram)):
                pairs = sums_without_each(own, gram)
                kept = np.arange(m)[:, None] != out[None]
                training[level] += pairs[:, out][kept].sum(axis=0)
        keep(division.answer(places, weights, training, [kernels[i] for i in best.tolist()]))


def _best_kernels(
    squared: Matrix, gram: Matrix, kernels: Sequence[Kernel], outer: Rows
) -> tuple[Rows, Matrix]:
    """Kernel that the inner loop chooses for each outer experiment, and the weights on the others.

    Some thousand experiments would not fit in memory at once: kernels go in groups.
    """
    m = len(squared)
    size = max(1, STACK_ENTRIES // m**2)
    best = np.zeros(len(outer), dtype=np.int64)
    lowest = np.full(len(outer), np.inf)
    found = np.empty((len(outer), m))
    for start in range(0, len(kernels), size):
        group = kernels[start : start + size]
        if len(kernels) == 1:
            others = squared.copy()
            np.fill_diagonal(others, np.inf)
            return best, normalised_weights(others, group[0])[outer].astype(np.float64)
        sums, weights = nested_sums(squared, gram, group)
        scores = relative_errors(sums)[:, outer]
        winner = scores.argmin(axis=0)
        score = scores[winner, np.arange(len(outer))]
        better = score < lowest
        lowest[better], best[better] = score[better], start + winner[better]
        found[better] = weights[winner[better], outer[better]]
    return best, found


def _in_parts(division: _Division, parts: Sequence[tuple[Fold, Folds]], keep: Keep) -> Job[None]:
    """K folds: each is fitted, with K folds inside."""
    regional_gram = division.received @ division.received.T
    for fold, inner in parts:
        yield Progress(0, 0, f"Voxel model: {division.acronym}")
        test = np.flatnonzero(np.isin(division.rows, fold.test))
        train = np.flatnonzero(np.isin(division.rows, fold.train))
        if not len(test):
            continue
        if not len(train):
            keep(division.refused(test))
            continue
        ours = division.centroids[train]
        labels = inner.labels[np.isin(inner.members, division.rows)]
        kernel = _best_in_parts(division, train, labels)
        weights = np.zeros((len(test), len(division.rows)))
        weights[:, train] = kernel_weights(division.centroids[test], ours, kernel)
        own = kernel_weights(ours, ours, kernel)
        sums = [
            sums_of(own, gram[np.ix_(train, train)]).sum(axis=0)
            for gram in (division.gram, regional_gram)
        ]
        keep(division.answer(test, weights, np.array(sums), [kernel]))


def _best_in_parts(division: _Division, train: Rows, labels: Rows) -> Kernel:
    """Kernel with the smallest error over inner folds, pooled."""
    kernels = division.kernels(train)
    if len(kernels) == 1:
        return kernels[0]
    squared = squared_distances(division.centroids[train], division.centroids[train])
    squared[labels[:, None] == labels[None]] = np.inf
    gram = division.gram[np.ix_(train, train)]
    sums = [sums_of(normalised_weights(squared.copy(), k), gram).sum(axis=0) for k in kernels]
    return kernels[int(np.argmin(relative_errors(np.array(sums))))]
