"""Which regions a prediction reaches: the ranked list beside the overlay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np

from napari_connectome.core.answers import Answer
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.regions import MaskRegions
from napari_connectome.core.sides import SIDES, Side

Measure = Literal["mean_density", "sum_strength"]
MASKS_KEPT = 3


@dataclass(frozen=True)
class RegionValue:
    """What one region on one side receives from a source of total weight one.

    Of a retrograde answer: what it sends to a target of total weight one.

    Parameters
    ----------
    structure_id : int
        Summary structure.
    hemisphere : {"ipsi", "contra"}
        The source's own side, or the other one.
    mean_density : float
        Mean over the region's target voxels, in the model's unit: the
        normalised connection density of Oh et al. 2014.
    sum_strength : float
        Sum over them: the normalised connection strength.
    volume_mm3 : float
        Volume of those voxels.
    share : float
        Part of the whole projection that ends here, 0 to 1. Voxels outside all
        summary structures count in the whole, so shares may sum to less than one.
    """

    structure_id: int
    hemisphere: Side
    mean_density: float
    sum_strength: float
    volume_mm3: float
    share: float


def rank_targets(
    prediction: Answer, measure: Measure = "mean_density", top: int | None = None
) -> list[RegionValue]:
    """Regions by what they receive (or send), largest first; those with nothing are left out.

    Parameters
    ----------
    prediction : Prediction or Measured
        Of any source. Models answer for the right hemisphere, so that the right
        half of the vector is ipsilateral for a left source, too: its regions are
        those of its mirror image.
    measure : {"mean_density", "sum_strength"}
        What to rank by.
    top : int, optional
        How many to give; all of them by default.

    Returns
    -------
    list of RegionValue
        Equal values stay in the order of the ontology, ipsilateral first.
    """
    targets = regions_of(prediction.model, prediction.mask)
    sums = targets.sums(prediction.vector)
    # A region without a voxel receives nothing.
    means = sums / np.maximum(targets.counts, 1)
    ranked_by = means if measure == "mean_density" else sums
    order = np.argsort(-ranked_by, kind="stable")
    order = order[ranked_by[order] > 0][:top]
    voxel_mm3 = prediction.model.atlas.voxel_volume_mm3
    whole = float(prediction.vector.sum(dtype=np.float64))
    return [
        RegionValue(
            structure_id=int(targets.structure_ids[i]),
            hemisphere=SIDES[int(targets.contra[i])],
            mean_density=float(means[i]),
            sum_strength=float(sums[i]),
            volume_mm3=float(targets.counts[i] * voxel_mm3),
            share=float(sums[i] / whole),
        )
        for i in order
    ]


def regions_of(model: FittedModel, mask: VoxelMask) -> MaskRegions:
    """Regions by side on a mask that a model answers on.

    Finding them takes much longer than summing, so that the last few of each living
    model are kept.
    """
    known = _REGIONS.setdefault(model, [])
    for one, regions in known:
        if one is mask:
            return regions
    regions = MaskRegions(model.atlas, mask, by_side=True)
    known.append((mask, regions))
    del known[:-MASKS_KEPT]
    return regions


_REGIONS: WeakKeyDictionary[FittedModel, list[tuple[VoxelMask, MaskRegions]]] = WeakKeyDictionary()
