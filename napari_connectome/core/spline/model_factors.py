"""The pairs of patterns that a low-rank spline model is made of, to be looked at one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from napari_connectome.core.answers import VoxelValues
from napari_connectome.core.both_sides_connectivity import BothSidesConnectivity
from napari_connectome.core.connectivity import Connectivity
from napari_connectome.core.errors import ModelError
from napari_connectome.core.low_rank_connectivity import LowRankConnectivity
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.regions import MaskRegions
from napari_connectome.core.sides import SIDES, Side


@dataclass(frozen=True, eq=False)
class FactorPair:
    """One pair: where tracer is sent from, and where it arrives.

    Both patterns are scaled to a largest value of 1; what they stand for together is in
    `energy`.

    Parameters
    ----------
    side : {"ipsi", "contra"}
        Of the targets, as seen from the source.
    number : int
        1 for the largest of its side.
    energy : float
        Frobenius norm ‖u‖ ‖v‖ of the pair's part of W.
    cumulative : float
        ‖Σ u vᵀ‖² / ‖W‖² of the pairs up to this one.
    source, target : VoxelValues
        The patterns on source and target voxels.
    source_region, target_region : str
        Acronym of the region with the largest mean; empty where there is none.
    """

    side: Side
    number: int
    energy: float
    cumulative: float
    source: VoxelValues
    target: VoxelValues
    source_region: str
    target_region: str


def factor_pairs(model: FittedModel) -> tuple[FactorPair, ...]:
    """All pairs of a model, those of each side sorted by energy.

    Raises
    ------
    ModelError
        When the model is not made of factors.
    """
    return tuple(
        pair
        for side, connectivity in _sides(model.connectivity)
        for pair in _pairs(model, side, connectivity)
    )


def _sides(connectivity: Connectivity) -> list[tuple[Side, LowRankConnectivity]]:
    parts: tuple[Connectivity, ...] = (connectivity,)
    if isinstance(connectivity, BothSidesConnectivity):
        parts = (connectivity.ipsi, connectivity.contra)
    found = [
        (side, part)
        for side, part in zip(SIDES, parts, strict=False)
        if isinstance(part, LowRankConnectivity)
    ]
    if not found:
        raise ModelError(
            "This model is not made of factors. Fit the low-rank spline model to see its pairs of "
            "source and target patterns."
        )
    return found


def _pairs(model: FittedModel, side: Side, connectivity: LowRankConnectivity) -> list[FactorPair]:
    factors = connectivity.factors
    energies, cumulative = factors.energies, factors.cumulative_energy
    sources = MaskRegions(model.atlas, connectivity.source_mask, by_side=False)
    targets = MaskRegions(model.atlas, connectivity.target_mask, by_side=False)
    pairs = []
    for k in range(factors.rank):
        name = f"pair {k + 1} ({side})"
        sent = _scaled(connectivity.source_factors[:, k])
        arrived = _scaled(connectivity.target_factors[:, k])
        pairs.append(
            FactorPair(
                side=side,
                number=k + 1,
                energy=float(energies[k]),
                cumulative=float(cumulative[k]),
                source=VoxelValues(
                    sent, connectivity.source_mask, False, f"{name}: sends from", model
                ),
                target=VoxelValues(
                    arrived, connectivity.target_mask, False, f"{name}: arrives in", model
                ),
                source_region=_strongest(model, sources, sent),
                target_region=_strongest(model, targets, arrived),
            )
        )
    return pairs


def _scaled(values: np.ndarray) -> np.ndarray:
    top = float(values.max(initial=0.0))
    return np.ascontiguousarray(values / np.float32(top or 1.0), dtype=np.float32)


def _strongest(model: FittedModel, regions: MaskRegions, values: np.ndarray) -> str:
    means = regions.sums(values) / np.maximum(regions.counts, 1)
    if not len(means) or means.max() <= 0:
        return ""
    return model.atlas.tree[int(regions.structure_ids[int(np.argmax(means))])].acronym
