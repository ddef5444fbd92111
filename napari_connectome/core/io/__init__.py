"""Saved models: one HDF5 file that holds all that a model needs, and no code.

A file carries the atlas, the structures, the connectivity, the parameters and where
they came from, so that it can be asked on a machine that has no data folder.
"""

from __future__ import annotations

from napari_connectome.core.io.container import check_model_file, is_model_file, is_own_file
from napari_connectome.core.io.model_file import describe_model, load_model, save_model, saving

__all__ = [
    "check_model_file",
    "describe_model",
    "is_model_file",
    "is_own_file",
    "load_model",
    "save_model",
    "saving",
]
