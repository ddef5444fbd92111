"""Explore how the mouse brain is wired: connectome models from viral tracing, in napari."""

from __future__ import annotations

__version__ = "0.1.0"
