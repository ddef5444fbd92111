"""Which regions a prediction reaches: the ranked list beside the overlay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.fitted import FittedModel, Prediction

Side = Literal["ipsi", "contra"]
Measure = Literal["mean_density", "sum_strength"]
SIDES: tuple[Side, Side] = ("ipsi", "contra")


@dataclass(frozen=True)
class RegionValue:
    """What one region on one side receives from a source of total weight one.

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
    prediction: Prediction, measure: Measure = "mean_density", top: int | None = None
) -> list[RegionValue]:
    """Regions by what they receive, largest first; those that receive nothing are left out.

    Parameters
    ----------
    prediction : Prediction
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
    targets = _targets_of(prediction.model)
    sums = targets.sums(prediction.vector)
    means = sums / targets.counts
    ranked_by = means if measure == "mean_density" else sums
    order = np.argsort(-ranked_by, kind="stable")
    order = order[ranked_by[order] > 0][:top]
    whole = float(prediction.vector.sum(dtype=np.float64))
    return [
        RegionValue(
            structure_id=int(targets.structure_ids[i]),
            hemisphere=SIDES[int(targets.contra[i])],
            mean_density=float(means[i]),
            sum_strength=float(sums[i]),
            volume_mm3=float(targets.counts[i] * targets.voxel_volume_mm3),
            share=float(sums[i] / whole),
        )
        for i in order
    ]


class TargetRegions:
    """Regions of a target mask, each side on its own, ready to be summed over.

    Parameters
    ----------
    atlas : Atlas
        Says where the summary structures are.
    mask : VoxelMask
        Target voxels.

    Attributes
    ----------
    structure_ids : ndarray of int64, shape (k,)
        Structure of each region, in ontology order, the ipsilateral ones first.
    contra : ndarray of bool, shape (k,)
        Whether it is the one in the left hemisphere.
    counts : ndarray of int64, shape (k,)
        Its target voxels, at least one.
    """

    def __init__(self, atlas: Atlas, mask: VoxelMask) -> None:
        wanted = np.array(atlas.tree.summary_ids(), dtype=np.int64)
        number = np.zeros(int(wanted.max(initial=0)) + 1, dtype=np.intp)
        number[wanted] = np.arange(1, len(wanted) + 1)
        keys = number[mask.to_vector(atlas.regions)]
        left = mask.coordinates[:, 2] < atlas.midline
        keys += len(wanted) * (left & (keys > 0))
        counts = np.bincount(keys, minlength=2 * len(wanted) + 1)[1:]
        self._keys = keys
        self._present = np.flatnonzero(counts)
        self.structure_ids = np.concatenate([wanted, wanted])[self._present]
        self.contra = self._present >= len(wanted)
        self.counts: npt.NDArray[np.int64] = counts[self._present]
        self.voxel_volume_mm3 = atlas.voxel_volume_mm3

    def sums(self, vector: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Sum of a target vector over each region, shape (k,), in double precision."""
        sums = np.bincount(self._keys, weights=vector)[1:]
        return np.asarray(sums[self._present], dtype=np.float64)


_TARGETS: WeakKeyDictionary[FittedModel, TargetRegions] = WeakKeyDictionary()
"""Regions of each living model: finding them takes much longer than summing."""


def _targets_of(model: FittedModel) -> TargetRegions:
    if model not in _TARGETS:
        _TARGETS[model] = TargetRegions(model.atlas, model.connectivity.target_mask)
    return _TARGETS[model]
