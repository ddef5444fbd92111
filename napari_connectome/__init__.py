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
    from napari_connectome.core.io.npy import write_npy
    from napari_connectome.core.matrix_difference import matrix_difference
    from napari_connectome.core.models.homogeneous import HomogeneousModel
    from napari_connectome.core.models.low_rank_spline import LowRankSplineModel
    from napari_connectome.core.models.nadaraya_watson import NadarayaWatson
    from napari_connectome.core.models.nonnegative import NonnegativeRegression
    from napari_connectome.core.models.spline import SplineModel
    from napari_connectome.core.models.voxel import VoxelModel
    from napari_connectome.core.regional import regional_matrix
    from napari_connectome.core.regional_order import arranged
    from napari_connectome.core.scoring import mse_rel
    from napari_connectome.core.source_path import SourcePath
    from napari_connectome.core.sources import (
        CombinedSource,
        GaussianSource,
        RegionSource,
        SphereSource,
        VolumeSource,
        VoxelSource,
        from_record,
    )
    from napari_connectome.core.structures import StructureTree
    from napari_connectome.core.targets import rank_targets
    from napari_connectome.core.validation import (
        CrossValidation,
        ModelRequest,
        score_table,
        write_result,
        write_scores,
    )
    from napari_connectome.data.allen_cache import open_cache
    from napari_connectome.data.completion_files import read_labelled
    from napari_connectome.data.cortical_views import load_cortical_views
    from napari_connectome.data.curve_files import write_curve
    from napari_connectome.data.export.volumes import save_volume
    from napari_connectome.data.regional_files import read_matrix, write_matrix
    from napari_connectome.data.source_files import NamedSource, write_sources
    from napari_connectome.data.statistics_table import statistics_rows, summary_rows, write_rows
    from napari_connectome.data.target_table import write_targets
    from napari_connectome.figures.movie_file import write_movie
    from napari_connectome.figures.saving import save_figure
    from napari_connectome.state.completion_scripting import (
        complete_series,
        complete_table,
        completed_model,
        experiments_table,
        matrix_table,
        preview_curve,
        whole_curve,
    )
    from napari_connectome.state.completion_values import write_completed
    from napari_connectome.state.exploration_jobs import open_exploration
    from napari_connectome.state.scripting import (
        answers_at,
        cortical_map,
        cross_validate,
        experiment_summary,
        fit_model,
        map_image,
        open_brain,
        open_model,
        weight_statistics,
    )

__version__ = "0.1.0"

__all__ = [
    "Atlas",
    "CombinedSource",
    "CrossValidation",
    "ExperimentSet",
    "FlatmapProjector",
    "GaussianSource",
    "HomogeneousModel",
    "LowRankSplineModel",
    "ModelRequest",
    "NadarayaWatson",
    "NamedSource",
    "NonnegativeRegression",
    "RegionSource",
    "SourcePath",
    "SphereSource",
    "SplineModel",
    "StructureTree",
    "VolumeSource",
    "VoxelModel",
    "VoxelSource",
    "answers_at",
    "arranged",
    "compare",
    "complete_series",
    "complete_table",
    "completed_model",
    "connections_of",
    "contributions",
    "cortical_map",
    "cross_validate",
    "data_summary",
    "distance_dependence",
    "experiment_summary",
    "experiments_table",
    "fit_model",
    "from_record",
    "hold_out",
    "load_cortical_views",
    "load_model",
    "map_image",
    "matrix_difference",
    "matrix_table",
    "measured",
    "mse_rel",
    "open_brain",
    "open_cache",
    "open_exploration",
    "open_model",
    "preview_curve",
    "rank_sites",
    "rank_targets",
    "read_labelled",
    "read_matrix",
    "region_centroids",
    "regional_matrix",
    "save_figure",
    "save_model",
    "save_volume",
    "score_table",
    "statistics_rows",
    "summary_rows",
    "support_maps",
    "weight_distribution",
    "weight_mixture",
    "weight_statistics",
    "whole_curve",
    "why_connection",
    "with_hypothetical",
    "write_completed",
    "write_curve",
    "write_matrix",
    "write_movie",
    "write_npy",
    "write_result",
    "write_rows",
    "write_scores",
    "write_sources",
    "write_targets",
]

_HOMES = {
    "Atlas": "core.atlas",
    "CombinedSource": "core.sources",
    "CrossValidation": "core.validation",
    "ExperimentSet": "core.experiments",
    "FlatmapProjector": "core.flatmap",
    "GaussianSource": "core.sources",
    "HomogeneousModel": "core.models.homogeneous",
    "LowRankSplineModel": "core.models.low_rank_spline",
    "ModelRequest": "core.validation",
    "NadarayaWatson": "core.models.nadaraya_watson",
    "NamedSource": "data.source_files",
    "NonnegativeRegression": "core.models.nonnegative",
    "RegionSource": "core.sources",
    "SourcePath": "core.source_path",
    "SphereSource": "core.sources",
    "SplineModel": "core.models.spline",
    "StructureTree": "core.structures",
    "VolumeSource": "core.sources",
    "VoxelModel": "core.models.voxel",
    "VoxelSource": "core.sources",
    "answers_at": "state.scripting",
    "arranged": "core.regional_order",
    "compare": "core.comparison",
    "complete_series": "state.completion_scripting",
    "complete_table": "state.completion_scripting",
    "completed_model": "state.completion_scripting",
    "connections_of": "core.analysis.connections",
    "contributions": "core.contributions",
    "cortical_map": "state.scripting",
    "cross_validate": "state.scripting",
    "data_summary": "core.analysis.data_summary",
    "distance_dependence": "core.analysis.distance_dependence",
    "experiment_summary": "state.scripting",
    "experiments_table": "state.completion_scripting",
    "fit_model": "state.scripting",
    "from_record": "core.sources",
    "hold_out": "core.hold_out",
    "load_cortical_views": "data.cortical_views",
    "load_model": "core.io",
    "map_image": "state.scripting",
    "matrix_difference": "core.matrix_difference",
    "matrix_table": "state.completion_scripting",
    "measured": "core.answers",
    "mse_rel": "core.scoring",
    "open_brain": "state.scripting",
    "open_cache": "data.allen_cache",
    "open_exploration": "state.exploration_jobs",
    "open_model": "state.scripting",
    "preview_curve": "state.completion_scripting",
    "rank_sites": "core.injection_sites",
    "rank_targets": "core.targets",
    "read_labelled": "data.completion_files",
    "read_matrix": "data.regional_files",
    "region_centroids": "core.analysis.region_centroids",
    "regional_matrix": "core.regional",
    "save_figure": "figures.saving",
    "save_model": "core.io",
    "save_volume": "data.export.volumes",
    "score_table": "core.validation",
    "statistics_rows": "data.statistics_table",
    "summary_rows": "data.statistics_table",
    "support_maps": "core.evidence",
    "weight_distribution": "core.analysis.weight_distribution",
    "weight_mixture": "core.analysis.mixture",
    "weight_statistics": "state.scripting",
    "whole_curve": "state.completion_scripting",
    "why_connection": "core.contributions",
    "with_hypothetical": "core.hypothetical",
    "write_completed": "state.completion_values",
    "write_curve": "data.curve_files",
    "write_matrix": "data.regional_files",
    "write_movie": "figures.movie_file",
    "write_npy": "core.io.npy",
    "write_result": "core.validation",
    "write_rows": "data.statistics_table",
    "write_scores": "core.validation",
    "write_sources": "data.source_files",
    "write_targets": "data.target_table",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
