"""All statistics of one group of connections."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from napari_connectome.core.analysis.connections import Connections
from napari_connectome.core.analysis.distance_dependence import (
    DistanceDependence,
    distance_dependence,
)
from napari_connectome.core.analysis.mixture import WeightMixture, weight_mixture_job
from napari_connectome.core.analysis.weight_distribution import (
    WeightDistribution,
    weight_distribution_job,
)
from napari_connectome.core.errors import ModelError
from napari_connectome.core.progress import Job, Progress


@dataclass(frozen=True, eq=False)
class WeightStatistics:
    """Distribution, mixture and fall-off of some connections.

    Parameters
    ----------
    connections : Connections
        Which ones.
    distribution : WeightDistribution
        Families by BIC.
    mixture : WeightMixture
        Mixture of lognormal distributions.
    distance : DistanceDependence or None
        Fall-off with distance; None without distances, or where `notes` say why not.
    notes : tuple of str
        What could not be computed, and why.
    """

    connections: Connections
    distribution: WeightDistribution
    mixture: WeightMixture
    distance: DistanceDependence | None
    notes: tuple[str, ...] = field(default=())


def weight_statistics_job(
    connections: Connections, distances_um: npt.NDArray[np.float64] | None = None
) -> Job[WeightStatistics]:
    """Compute all statistics of some connections, as a job.

    Parameters
    ----------
    connections : Connections
        Which ones.
    distances_um : ndarray of float64, shape (r, t), optional
        Distance of each source to each target of the matrix that they were chosen from, NaN
        where it is not known.

    Raises
    ------
    ModelError
        When there are fewer than 10 connections, or all weights are equal.
    """
    distribution = yield from weight_distribution_job(connections.weights)
    mixture = yield from weight_mixture_job(connections.weights)
    distance: DistanceDependence | None = None
    notes: list[str] = []
    if distances_um is not None:
        yield Progress(0, 0, "Fitting the fall-off with distance")
        try:
            distance = distance_dependence(
                connections.weights, distances_um[connections.rows, connections.columns]
            )
            notes += distance.notes
        except ModelError as error:
            notes.append(f"Fall-off with distance: {error}")
    return WeightStatistics(connections, distribution, mixture, distance, tuple(notes))
