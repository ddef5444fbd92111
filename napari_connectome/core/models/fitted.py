"""A fitted model with all that is needed to ask it, show it, save it and repeat it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.color_limits import robust_limits
from napari_connectome.core.connectivity import Connectivity, Float, Support
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.mirror import Mirror
from napari_connectome.core.retrograde import BothSides
from napari_connectome.core.sources import Source, SourceWeights, Weights

Direction = Literal["anterograde", "retrograde"]
"""Where a place projects to, or what projects onto it."""
Side = Literal["right", "left", "both"]


@dataclass(frozen=True, eq=False)
class FittedModel:
    """The result of a fit.

    Parameters
    ----------
    model : str
        Name in the catalog.
    parameters : mapping
        What the person asked for (None: left to the data).
    connectivity : Connectivity
        What answers.
    atlas : Atlas
        The brain it lives on.
    experiment_ids : ndarray of int64
        What it was fitted to.
    choices : mapping
        What was chosen from the data, per division acronym (for example kernel widths and scores).
    provenance : mapping
        Data folder, versions, time: plain JSON values.
    """

    model: str
    parameters: Mapping[str, Any]
    connectivity: Connectivity
    atlas: Atlas
    experiment_ids: npt.NDArray[np.int64]
    choices: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def predict(self, source: Source) -> Prediction:
        """Where a source projects to.

        Raises
        ------
        SourceError
            When the source has no voxel in the model's source space.
        """
        connectivity = self.connectivity
        weights = source.weights(self.atlas, connectivity.source_mask)
        vector, mirror_fraction = _answered(weights, connectivity.from_source, self._mirror)
        return Prediction(
            source=source,
            vector=vector,
            support=connectivity.support(weights.together),
            model=self,
            mask=connectivity.target_mask,
            side=_side(weights),
            inside_fraction=weights.inside_fraction,
            mirror_fraction=mirror_fraction,
        )

    def trace_back(self, target: Source) -> Prediction:
        """What projects onto a place: the mean density that each voxel's tracer yields there.

        Parameters
        ----------
        target : Source
            A place, of any shape.

        Raises
        ------
        SourceError
            When it has no voxel in the model's target space.
        """
        sides = self._both_sides
        weights = target.weights(self.atlas, sides.targets)
        vector, _ = _answered(weights, sides.sent_to, self._sources_mirror)
        return Prediction(
            source=target,
            vector=vector,
            support=None,
            model=self,
            mask=sides.mask,
            direction="retrograde",
            side=_side(weights),
            inside_fraction=weights.inside_fraction,
            mirror_fraction=sides.reached_fraction(weights.together),
        )

    def answer(self, place: Source, direction: Direction) -> Prediction:
        """Where a place projects to, or what projects onto it."""
        return self.predict(place) if direction == "anterograde" else self.trace_back(place)

    def asked_voxels(self, direction: Direction) -> VoxelMask:
        """Right-hemisphere voxels that can be asked about; their twins on the left can as well."""
        if direction == "anterograde":
            return self.connectivity.source_mask
        return self._both_sides.targets

    @cached_property
    def _both_sides(self) -> BothSides:
        return BothSides(self.connectivity, self.atlas.midline)

    @cached_property
    def _mirror(self) -> Mirror:
        return Mirror(self.connectivity.target_mask)

    @cached_property
    def _sources_mirror(self) -> Mirror:
        return Mirror(self._both_sides.mask)


def _side(weights: Weights) -> Side:
    if isinstance(weights, SourceWeights):
        return "left" if weights.mirrored else "right"
    return "both"


def _answered(
    weights: Weights, ask: Callable[[SourceWeights], Float], mirror: Mirror
) -> tuple[Float, float]:
    """Answer to a place, and the part of what was mirrored that has a voxel to lie on.

    A place in one hemisphere is answered for its right-hemisphere twin. One in both is
    answered where it lies: the answer to its left part is mirrored and added.
    """
    if isinstance(weights, SourceWeights):
        return ask(weights), 1.0
    vector = ask(weights.right)
    return vector, mirror.add(vector, ask(weights.left))


@dataclass(frozen=True, eq=False)
class Prediction:
    """Projection of one source, or onto one target.

    Parameters
    ----------
    source : Source
        The place that was asked about.
    vector : ndarray of float32, shape (len(mask),)
        Answer for the place, or for its right-hemisphere twin when the whole of it is on the left.
    support : Support or None
        Evidence behind it; None for a retrograde answer, which is about many sources.
    model : FittedModel
        What answered.
    mask : VoxelMask
        What the rows of `vector` mean: target voxels, or the source voxels of both
        hemispheres for a retrograde answer.
    direction : {"anterograde", "retrograde"}
        Whether `source` sends or receives.
    side : {"right", "left", "both"}
        Where the place is. The right half of `vector` is ipsilateral to one in a single
        hemisphere; a place in both has no such side, and right is right.
    inside_fraction : float
        Part of what was drawn that lies on voxels that the model can be asked about. The
        rest has no share in the answer.
    mirror_fraction : float
        Annotations are not exactly symmetric, so that some voxels have no mirror image. Part
        of what had to be mirrored that has one: of the answer to the left part of a place in
        both hemispheres, or of the target that left-hemisphere sources are asked about.
    """

    source: Source
    vector: Float
    support: Support | None
    model: FittedModel
    mask: VoxelMask
    direction: Direction = "anterograde"
    side: Side = "right"
    inside_fraction: float = 1.0
    mirror_fraction: float = 1.0

    @property
    def mirrored(self) -> bool:
        """Whether all of the place is on the left, so that volumes are flipped."""
        return self.side == "left"

    @cached_property
    def limits(self) -> tuple[float, float]:
        """Values of the first and the last colour that show it well."""
        return robust_limits(self.vector)

    def volume(self, out: Float | None = None) -> Float:
        """Projection density in the atlas box, on the place's own side.

        Parameters
        ----------
        out : ndarray of float32, optional
            Volume to write into: voxels outside the mask are left as they are.
        """
        return self.mask.to_volume(self.vector, out=out, mirrored=self.mirrored)
