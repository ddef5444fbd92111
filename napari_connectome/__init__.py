"""Explore how the mouse brain is wired: connectome models from viral tracing, in napari.

The names below are what a script needs; each is loaded when first used, so that importing the
package costs nothing and never loads Qt.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from napari_connectome.core.analysis.connections import connections_of
    from napari_connectome.core.analysis.data_summary import data_summary
    from napari_connectome.core.analysis.distance_dependence import distance_dependence
    from napari_connectome.core.analysis.mixture import weight_mixture
    from napari_connectome.core.analysis.region_centroids import region_centroids
    from napari_connectome.core.analysis.weight_distribution import weight_distribution
    from napari_connectome.core.answers import measured
    from napari_connectome.core.atlas import Atlas
    from napari_connectome.core.comparison import compare
    from napari_connectome.core.contributions import contributions, why_connection
    from napari_connectome.core.evidence import support_maps
    from napari_connectome.core.experiments import ExperimentSet
    from napari_connectome.core.flatmap import FlatmapProjector
    from napari_connectome.core.hold_out import hold_out
    from napari_connectome.core.hypothetical import with_hypothetical
    from napari_connectome.core.injection_sites import rank_sites
    from napari_connectome.core.io import load_model, save_model
    from napari_connectome.core.models.homogeneous import HomogeneousModel
    from napari_connectome.core.models.nadaraya_watson import NadarayaWatson
    from napari_connectome.core.models.nonnegative import NonnegativeRegression
    from napari_connectome.core.models.voxel import VoxelModel
    from napari_connectome.core.regional import regional_matrix
    from napari_connectome.core.scoring import mse_rel
    from napari_connectome.core.sources import (
        CombinedSource,
        GaussianSource,
        RegionSource,
        SphereSource,
        VolumeSource,
        VoxelSource,
    )
    from napari_connectome.core.structures import StructureTree
    from napari_connectome.core.validation import CrossValidation, ModelRequest
    from napari_connectome.data.allen_cache import open_cache
    from napari_connectome.data.cortical_views import load_cortical_views
    from napari_connectome.data.regional_files import read_matrix, write_matrix
    from napari_connectome.state.exploration_jobs import open_exploration

__version__ = "0.1.0"

__all__ = [
    "Atlas",
    "CombinedSource",
    "CrossValidation",
    "ExperimentSet",
    "FlatmapProjector",
    "GaussianSource",
    "HomogeneousModel",
    "ModelRequest",
    "NadarayaWatson",
    "NonnegativeRegression",
    "RegionSource",
    "SphereSource",
    "StructureTree",
    "VolumeSource",
    "VoxelModel",
    "VoxelSource",
    "compare",
    "connections_of",
    "contributions",
    "data_summary",
    "distance_dependence",
    "hold_out",
    "load_cortical_views",
    "load_model",
    "measured",
    "mse_rel",
    "open_cache",
    "open_exploration",
    "rank_sites",
    "read_matrix",
    "region_centroids",
    "regional_matrix",
    "save_model",
    "support_maps",
    "weight_distribution",
    "weight_mixture",
    "why_connection",
    "with_hypothetical",
    "write_matrix",
]

_HOMES = {
    "Atlas": "core.atlas",
    "CombinedSource": "core.sources",
    "CrossValidation": "core.validation",
    "ExperimentSet": "core.experiments",
    "FlatmapProjector": "core.flatmap",
    "GaussianSource": "core.sources",
    "HomogeneousModel": "core.models.homogeneous",
    "ModelRequest": "core.validation",
    "NadarayaWatson": "core.models.nadaraya_watson",
    "NonnegativeRegression": "core.models.nonnegative",
    "RegionSource": "core.sources",
    "SphereSource": "core.sources",
    "StructureTree": "core.structures",
    "VolumeSource": "core.sources",
    "VoxelModel": "core.models.voxel",
    "VoxelSource": "core.sources",
    "compare": "core.comparison",
    "connections_of": "core.analysis.connections",
    "contributions": "core.contributions",
    "data_summary": "core.analysis.data_summary",
    "distance_dependence": "core.analysis.distance_dependence",
    "hold_out": "core.hold_out",
    "load_cortical_views": "data.cortical_views",
    "load_model": "core.io",
    "measured": "core.answers",
    "mse_rel": "core.scoring",
    "open_cache": "data.allen_cache",
    "open_exploration": "state.exploration_jobs",
    "rank_sites": "core.injection_sites",
    "read_matrix": "data.regional_files",
    "region_centroids": "core.analysis.region_centroids",
    "regional_matrix": "core.regional",
    "save_model": "core.io",
    "support_maps": "core.evidence",
    "weight_distribution": "core.analysis.weight_distribution",
    "weight_mixture": "core.analysis.mixture",
    "why_connection": "core.contributions",
    "with_hypothetical": "core.hypothetical",
    "write_matrix": "data.regional_files",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
