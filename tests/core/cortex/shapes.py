"""Sheets whose depth, paths and distances are known."""

from __future__ import annotations

from functools import cache

import numpy as np

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.cortex.computed import compute_views
from napari_connectome.core.cortex.sheet import Sheet, Tissue
from napari_connectome.core.cortex.view import CorticalView
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.structures import SUMMARY_SET_ID, Structure, StructureTree

ISOCORTEX, TRACTS, THALAMUS = 315, 1009, 549


def slab(layers: int = 6, size: int = 8) -> Sheet:
    """A plane sheet: pia above, deep tissue below, nothing flows through its sides."""
    tissue = np.full((size + 2, layers + 2, size + 2), Tissue.BESIDE, dtype=np.uint8)
    tissue[:, 0] = Tissue.BEYOND
    tissue[:, -1] = Tissue.DEEP
    tissue[1:-1, 1:-1, 1:-1] = Tissue.SHEET
    return Sheet(tissue)


def radius_from_middle(size: int) -> np.ndarray:
    """Distance of voxel centres from the middle of a cube, shape (size, size, size)."""
    at = np.indices((size, size, size)) + 0.5 - size / 2
    return np.sqrt((at**2).sum(axis=0))


def ball_shell(outer: float = 16.0, inner: float = 9.0) -> Sheet:
    """A sheet between two spheres, pia outside."""
    size = 2 * int(outer) + 4
    radius = radius_from_middle(size)
    tissue = np.full(radius.shape, Tissue.BEYOND, dtype=np.uint8)
    tissue[radius < outer] = Tissue.SHEET
    tissue[radius < inner] = Tissue.DEEP
    return Sheet(tissue)


def half_pipe(outer: float = 20.0, inner: float = 12.0, length: int = 50) -> Sheet:
    """A half cylinder along the first axis, pia outside: developable, πr across."""
    across = 2 * int(outer) + 4
    dv, ml = np.indices((int(outer) + 2, across)) + 0.5
    radius = np.hypot(int(outer) + 2 - dv, ml - across / 2)
    profile = np.full(radius.shape, Tissue.BEYOND, dtype=np.uint8)
    profile[radius < outer] = Tissue.SHEET
    profile[radius < inner] = Tissue.DEEP
    whole = np.repeat(profile[None], length, axis=0)
    return Sheet(np.pad(whole, 1, constant_values=Tissue.BESIDE))


def shell_atlas(resolution_um: float = 100.0, outer_um: float = 1200.0) -> Atlas:
    """Cortex between two half spheres over fibre tracts, with a box symmetric about the midline."""
    size = round(2 * (outer_um + 200.0) / resolution_um)
    radius_um = radius_from_middle(size) * resolution_um
    annotation = np.zeros((size, size, size), dtype=np.uint32)
    annotation[radius_um < outer_um] = ISOCORTEX
    annotation[radius_um < outer_um - 600.0] = TRACTS
    annotation[:, size // 2 :] = 0
    annotation[:, size // 2 :][radius_um[:, size // 2 :] < outer_um] = THALAMUS
    return Atlas(tree(), annotation, resolution_um, name="shell")


@cache
def shell_views() -> tuple[CorticalView, CorticalView]:
    """Its maps, computed once for all tests."""
    return run_to_end(compute_views(shell_atlas()))


def tree() -> StructureTree:
    """Isocortex, fibre tracts and thalamus, each a summary structure of its own."""
    named = {ISOCORTEX: "Isocortex", TRACTS: "fiber tracts", THALAMUS: "TH"}
    members = frozenset({SUMMARY_SET_ID})
    return StructureTree(
        [Structure(997, "root", "root", (0, 0, 0), (997,), 0)]
        + [
            Structure(i, name, name, (9, 9, 9), (997, i), order, members)
            for order, (i, name) in enumerate(named.items(), start=1)
        ]
    )
