"""What every model is judged on: experiments, their regional sums, and products of projections."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.models.leave_one_out import gram_matrix
from napari_connectome.core.progress import Job, stretch
from napari_connectome.core.regional_experiments import (
    RegionalExperiments,
    regional_experiments_job,
)

Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ValidationData:
    """Experiments, seen by voxels and by regions.

    Parameters
    ----------
    experiments : ExperimentSet
        All of them.
    atlas : Atlas
        Divisions and regions.
    regional : RegionalExperiments
        Injections and projections summed over regions.
    grams : mapping of int to ndarray of float64
        Products Ỹ Ỹᵀ of the projections of each division's experiments.
    region_ids : ndarray of int64, shape (m,)
        Summary structure that holds each centroid, 0 for none.
    """

    experiments: ExperimentSet
    atlas: Atlas
    regional: RegionalExperiments
    grams: dict[int, Matrix] = field(repr=False)
    region_ids: Rows

    @property
    def squares(self) -> Matrix:
        """‖y‖² of each experiment over target voxels, shape (m,)."""
        found = np.empty(len(self.experiments))
        for division_id, gram in self.grams.items():
            found[self.experiments.rows_of_division(division_id)] = np.diag(gram)
        return found

    def repeated(self, least: int = 3) -> Rows:
        """Rows whose centroid's region holds at least so many centroids.

        Those of the power to predict in Knox et al. 2018, section 2.2.
        """
        ids, where, counts = np.unique(self.region_ids, return_inverse=True, return_counts=True)
        return np.flatnonzero((counts[where] >= least) & (ids[where] != 0))


def validation_data_job(experiments: ExperimentSet, atlas: Atlas) -> Job[ValidationData]:
    """Make everything ready that all models share, reading each projection twice.

    Raises
    ------
    ModelError
        When the atlas has no regions.
    """
    divisions = list(dict.fromkeys(experiments.division_ids.tolist()))
    steps = 1 + len(divisions)
    regional = yield from stretch(regional_experiments_job(experiments, atlas), 0, 1, steps)
    grams: dict[int, Matrix] = {}
    for number, division_id in enumerate(divisions, start=1):
        rows = experiments.rows_of_division(division_id)
        gram = yield from stretch(gram_matrix(experiments.projections[rows]), number, 1, steps)
        grams[division_id] = np.asarray(gram, dtype=np.float64)
    return ValidationData(
        experiments, atlas, regional, grams, _regions_of(experiments, regional, atlas)
    )


def _regions_of(experiments: ExperimentSet, regional: RegionalExperiments, atlas: Atlas) -> Rows:
    """Summary structure at each centroid."""
    last = np.array(atlas.shape) - 1
    places = np.clip(np.rint(experiments.centroids).astype(np.int64), 0, last)
    ids = atlas.regions[tuple(places.T)].astype(np.int64)
    return np.where(np.isin(ids, regional.sources.structure_ids), ids, 0)
