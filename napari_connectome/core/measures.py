"""The four measures of a connection between two regions (Oh et al. 2014, Knox et al. 2018)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Measure = Literal[
    "connection_strength",
    "connection_density",
    "normalized_connection_strength",
    "normalized_connection_density",
]
DENSITY = "projection density per unit of injection"
"""Unit of W: what a voxel shows when one voxel's worth of tracer is injected into another."""


@dataclass(frozen=True)
class MeasureInfo:
    """What a measure is.

    Parameters
    ----------
    title : str
        Name for titles and menus.
    short : str
        Name where there is little room.
    unit : str
        What its numbers are.
    formula : str
        Definition: w_st is the weight from source voxel s to target voxel t, |S| and |T|
        are the voxels of the source and the target region.
    per_source_voxel, per_target_voxel : bool
        Whether the strength is divided by |S|, by |T|.
    """

    title: str
    short: str
    unit: str
    formula: str
    per_source_voxel: bool
    per_target_voxel: bool


MEASURES: Mapping[Measure, MeasureInfo] = {
    "connection_strength": MeasureInfo(
        "Connection strength",
        "Strength",
        f"{DENSITY}, summed over the voxels of source and target",
        "Σ_{s∈S} Σ_{t∈T} w_st",
        per_source_voxel=False,
        per_target_voxel=False,
    ),
    "connection_density": MeasureInfo(
        "Connection density",
        "Density",
        f"{DENSITY}, summed over source voxels, mean over target voxels",
        "Σ_{s∈S} Σ_{t∈T} w_st / |T|",
        per_source_voxel=False,
        per_target_voxel=True,
    ),
    "normalized_connection_strength": MeasureInfo(
        "Normalised connection strength",
        "Norm. strength",
        f"{DENSITY}, mean over source voxels, summed over target voxels",
        "Σ_{s∈S} Σ_{t∈T} w_st / |S|",
        per_source_voxel=True,
        per_target_voxel=False,
    ),
    "normalized_connection_density": MeasureInfo(
        "Normalised connection density",
        "Norm. density",
        f"{DENSITY}, mean over the voxels of source and target",
        "Σ_{s∈S} Σ_{t∈T} w_st / (|S| |T|)",
        per_source_voxel=True,
        per_target_voxel=True,
    ),
}
"""All measures, in the order in which they are offered."""
