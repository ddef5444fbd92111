"""A synthetic mouse brain."""

from __future__ import annotations

from napari_connectome.data.demo_brain.atlas import (
    DemoAtlas,
    build_demo_atlas,
    manifest,
    write_demo_atlas,
)

__all__ = ["DemoAtlas", "build_demo_atlas", "manifest", "write_demo_atlas"]
