"""What can be a source: a place that is asked where it projects to, or what projects onto it.

A source becomes :class:`SourceWeights`, rows of the source mask with weights, or
:class:`TwoSidedWeights` when it lies in both hemispheres.
"""

from napari_connectome.core.sources.combined import CombinedSource
from napari_connectome.core.sources.drawing import Drawing
from napari_connectome.core.sources.mirroring import both_sides, mirrored
from napari_connectome.core.sources.points import (
    GAUSSIAN_CUT,
    GaussianSource,
    SphereSource,
    VoxelSource,
    format_um,
    moved_to,
)
from napari_connectome.core.sources.records import from_record, to_record
from napari_connectome.core.sources.region import RegionSource
from napari_connectome.core.sources.volume import VolumeSource
from napari_connectome.core.sources.weights import (
    Scale,
    Source,
    SourceWeights,
    TwoSidedWeights,
    Weights,
)

__all__ = [
    "GAUSSIAN_CUT",
    "CombinedSource",
    "Drawing",
    "GaussianSource",
    "RegionSource",
    "Scale",
    "Source",
    "SourceWeights",
    "SphereSource",
    "TwoSidedWeights",
    "VolumeSource",
    "VoxelSource",
    "Weights",
    "both_sides",
    "format_um",
    "from_record",
    "mirrored",
    "moved_to",
    "to_record",
]
