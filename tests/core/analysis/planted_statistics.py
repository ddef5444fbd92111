"""Statistics of connections with known answers, and a summary of made-up data."""

from __future__ import annotations

import numpy as np

from napari_connectome.core.analysis.connections import Connections
from napari_connectome.core.analysis.weight_statistics import (
    WeightStatistics,
    weight_statistics_job,
)
from napari_connectome.core.measures import MEASURES, Measure
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.sides import Side

MEASURE: Measure = "normalized_connection_density"
SOURCES, TARGETS = 30, 40


def planted_statistics(
    side: Side = "ipsi", *, distances: bool = True, exponent: float = -2.0
) -> WeightStatistics:
    """Lognormal weights about a power law of distance."""
    rng = np.random.default_rng(4)
    places = np.exp(rng.uniform(np.log(300.0), np.log(9000.0), (SOURCES, TARGETS)))
    rows, columns = np.indices((SOURCES, TARGETS)).reshape(2, -1)
    noise = rng.normal(-6.0, 1.0, len(rows))
    connections = Connections(
        weights=np.exp(noise + exponent * np.log(places[rows, columns] / 1000.0)),
        rows=rows,
        columns=columns,
        measure=MEASURE,
        unit=MEASURES[MEASURE].unit,
        group="Isocortex, TH",
        side=side,
        zeros=1234,
        missing=7,
    )
    return run_to_end(weight_statistics_job(connections, places if distances else None))
