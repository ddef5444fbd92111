"""Simulated tracing data with a known answer: a planted connectome on any atlas."""

from __future__ import annotations

from napari_connectome.data.simulate.arcs import WiringParams
from napari_connectome.data.simulate.job import simulate
from napari_connectome.data.simulate.planted import PlantedConnectome
from napari_connectome.data.simulate.sites import Site, plan_sites, read_centroids, sites_at
from napari_connectome.data.simulate.tracing import (
    SimulatedExperiment,
    TracingParams,
    simulate_experiments,
)

__all__ = [
    "PlantedConnectome",
    "SimulatedExperiment",
    "Site",
    "TracingParams",
    "WiringParams",
    "plan_sites",
    "read_centroids",
    "simulate",
    "simulate_experiments",
    "sites_at",
]
