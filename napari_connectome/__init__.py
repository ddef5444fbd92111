"""Explore how the mouse brain is wired: connectome models from viral tracing, in napari.

The names below are what a script needs; each is loaded when first used, so that importing the
package costs nothing and never loads Qt.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from napari_connectome.core.atlas import Atlas
    from napari_connectome.core.experiments import ExperimentSet
    from napari_connectome.core.flatmap import FlatmapProjector
    from napari_connectome.core.io import load_model, save_model
    from napari_connectome.core.models.nadaraya_watson import NadarayaWatson
    from napari_connectome.core.models.voxel import VoxelModel
    from napari_connectome.core.regional import regional_matrix
    from napari_connectome.core.scoring import mse_rel
    from napari_connectome.core.sources import (
        GaussianSource,
        RegionSource,
        SphereSource,
        VoxelSource,
    )
    from napari_connectome.core.structures import StructureTree
    from napari_connectome.data.allen_cache import open_cache
    from napari_connectome.data.cortical_views import load_cortical_views
    from napari_connectome.data.regional_files import read_matrix, write_matrix

__version__ = "0.1.0"

__all__ = [
    "Atlas",
    "ExperimentSet",
    "FlatmapProjector",
    "GaussianSource",
    "NadarayaWatson",
    "RegionSource",
    "SphereSource",
    "StructureTree",
    "VoxelModel",
    "VoxelSource",
    "load_cortical_views",
    "load_model",
    "mse_rel",
    "open_cache",
    "read_matrix",
    "regional_matrix",
    "save_model",
    "write_matrix",
]

_HOMES = {
    "Atlas": "core.atlas",
    "ExperimentSet": "core.experiments",
    "FlatmapProjector": "core.flatmap",
    "GaussianSource": "core.sources",
    "NadarayaWatson": "core.models.nadaraya_watson",
    "RegionSource": "core.sources",
    "SphereSource": "core.sources",
    "StructureTree": "core.structures",
    "VoxelModel": "core.models.voxel",
    "VoxelSource": "core.sources",
    "load_cortical_views": "data.cortical_views",
    "load_model": "core.io",
    "mse_rel": "core.scoring",
    "open_cache": "data.allen_cache",
    "read_matrix": "data.regional_files",
    "regional_matrix": "core.regional",
    "save_model": "core.io",
    "write_matrix": "data.regional_files",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
