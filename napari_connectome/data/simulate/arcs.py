"""Arcs: which areas are connected, how strongly, and by which topographic map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_connectome.core.structures import DIVISION_ACRONYMS
from napari_connectome.data.simulate import rules
from napari_connectome.data.simulate.half_brain import HalfBrain

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class WiringParams:
    """Free parameters of a planted connectome.

    Parameters
    ----------
    seed : int
        Of the lognormal variation, the generic connections and the patches.
    node_spacing_um : float
        Lattice of the nodes: the finest detail of the topography.
    terminal_um : float
        Standard deviation of a terminal field around its mapped place.
    local_um : float
        Length over which local connections fall by 1/e.
    variation : float
        Standard deviation of the log strength of a named pathway.
    generic_variation : float
        The same for generic connections.
    generic_strength : float
        Overall strength of generic connections.
    generic_least : float
        Generic connections weaker than this do not exist.
    patch_um, patch_contrast : float
        Size and log contrast of patches in terminal fields.
    """

    seed: int = 0
    node_spacing_um: float = 400.0
    terminal_um: float = 160.0
    local_um: float = 300.0
    variation: float = 0.3
    generic_variation: float = 1.3
    generic_strength: float = 0.15
    generic_least: float = 0.004
    patch_um: float = 150.0
    patch_contrast: float = 0.45


@dataclass(frozen=True, eq=False)
class Arc:
    """A topographic connection from one area to a set of areas.

    Parameters
    ----------
    source : int
        Area that it starts in.
    frame : ndarray of int64
        Areas that share the map; the source is one of them.
    targets : ndarray of int64
        Areas that it ends in.
    ipsi, contra : float
        Strength on either side.
    flipped : tuple of int
        Axes of the map that are reversed.
    border : ndarray of int64
        Terminals gather near these areas; empty for none.
    across : float
        Where a cortical source ends on the third axis of a solid target, in
        standard coordinates.
    """

    source: int
    frame: Ints
    targets: Ints
    ipsi: float
    contra: float
    flipped: tuple[int, ...]
    border: Ints
    across: float


def named_arcs(brain: HalfBrain, params: WiringParams) -> Iterator[Arc]:
    """Named pathways between structures that the atlas has, one arc per source area."""
    sheet = brain.areas_of("Isocortex")
    for number, pathway in enumerate(rules.pathways()):
        sources = np.concatenate([brain.areas_of(a) for a in pathway.source])
        targets = brain.areas_of(pathway.target)
        if not (len(sources) and len(targets)):
            continue
        whole = pathway.target in rules.SHEET_TARGETS and np.isin(sources, sheet).all()
        contra = max(pathway.contra, _least_crossing(brain, targets) * pathway.ipsi)
        border = brain.areas_of(pathway.border) if pathway.border else sources[:0]
        for area in sources:
            rng = np.random.default_rng([params.seed, 2, number, int(brain.area_ids[area])])
            factor = float(np.exp(params.variation * rng.standard_normal()))
            yield Arc(
                source=int(area),
                frame=sheet if whole else sources,
                targets=targets,
                ipsi=pathway.ipsi * factor,
                contra=contra * factor,
                flipped=pathway.flipped,
                border=border,
                across=float(rng.uniform(-0.8, 0.8)),
            )


def _least_crossing(brain: HalfBrain, targets: Ints) -> float:
    """Least contralateral part of a pathway, by the division that it ends in."""
    division = DIVISION_ACRONYMS[int(brain.division_of_area[targets[0]])]
    return rules.LEAST_CROSSING if division in rules.NEAR_MIDLINE else 0.0


def generic_arcs(brain: HalfBrain, params: WiringParams) -> Iterator[Arc]:
    """Connections that the table does not name, between single areas."""
    n = len(brain.area_ids)
    centers, sizes = brain.area_centers_mm, brain.area_volumes_mm3
    kinds, generic = kinds_of_areas(brain), rules.generic()
    divisions = ["CB" if kind in ("CBN", "CBX") else kind for kind in kinds]
    for area in range(n):
        rng = np.random.default_rng([params.seed, 3, int(brain.area_ids[area])])
        draws, flips = rng.standard_normal(n), rng.random((n, 2)) < 0.5
        across = rng.uniform(-0.8, 0.8, n)
        affinity = np.array([generic[kinds[area]].get(d, 0.0) for d in divisions])
        distance = np.linalg.norm(centers - centers[area], axis=1)
        strength = affinity * sizes**0.6 * (distance + 0.5) ** -2.0
        strength *= params.generic_strength * np.exp(params.generic_variation * draws)
        strength[area] = 0.0
        for target in np.flatnonzero(strength > params.generic_least):
            yield Arc(
                source=area,
                frame=np.array([area]),
                targets=np.array([target]),
                ipsi=float(strength[target]),
                contra=float(strength[target]) * rules.CONTRALATERAL[kinds[area]],
                flipped=tuple(np.flatnonzero(flips[target]).tolist()),
                border=np.zeros(0, dtype=np.int64),
                across=float(across[target]),
            )


def kinds_of_areas(brain: HalfBrain) -> list[str]:
    """Division of each area; the cerebellum as nuclei (CBN) or cortex (CBX)."""
    kinds = [DIVISION_ACRONYMS[int(i)] for i in brain.division_of_area]
    nuclei = set(brain.areas_of("CBN").tolist())
    return [
        ("CBN" if area in nuclei else "CBX") if kind == "CB" else kind
        for area, kind in enumerate(kinds)
    ]
