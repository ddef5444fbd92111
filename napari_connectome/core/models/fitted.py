"""A fitted model with all that is needed to ask it, show it, save it and repeat it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.connectivity import Connectivity, Float, Support
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.retrograde import BothSides
from napari_connectome.core.sources import Source

Direction = Literal["anterograde", "retrograde"]
"""Where a place projects to, or what projects onto it."""


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
        weights = source.weights(self.atlas, self.connectivity.source_mask)
        return Prediction(
            source=source,
            vector=self.connectivity.from_source(weights),
            support=self.connectivity.support(weights),
            mirrored=weights.mirrored,
            model=self,
            mask=self.connectivity.target_mask,
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
        return Prediction(
            source=target,
            vector=sides.sent_to(weights),
            support=None,
            mirrored=weights.mirrored,
            model=self,
            mask=sides.mask,
            direction="retrograde",
        )

    def answer(self, place: Source, direction: Direction) -> Prediction:
        """Where a place projects to, or what projects onto it."""
        return self.predict(place) if direction == "anterograde" else self.trace_back(place)

    @cached_property
    def _both_sides(self) -> BothSides:
        return BothSides(self.connectivity, self.atlas.midline)


@dataclass(frozen=True, eq=False)
class Prediction:
    """Projection of one source, or onto one target.

    Parameters
    ----------
    source : Source
        The place that was asked about.
    vector : ndarray of float32, shape (len(mask),)
        Answer for the right-hemisphere twin of the place.
    support : Support or None
        Evidence behind it; None for a retrograde answer, which is about many sources.
    mirrored : bool
        Whether the place is on the left, so that volumes are flipped.
    model : FittedModel
        What answered.
    mask : VoxelMask
        What the rows of `vector` mean: target voxels, or the source voxels of both
        hemispheres for a retrograde answer.
    direction : {"anterograde", "retrograde"}
        Whether `source` sends or receives.
    """

    source: Source
    vector: Float
    support: Support | None
    mirrored: bool
    model: FittedModel
    mask: VoxelMask
    direction: Direction = "anterograde"

    def volume(self, out: Float | None = None) -> Float:
        """Projection density in the atlas box, on the place's own side.

        Parameters
        ----------
        out : ndarray of float32, optional
            Volume to write into: voxels outside the mask are left as they are.
        """
        target = np.zeros(self.mask.shape, dtype=np.float32) if out is None else out
        self.mask.to_volume(self.vector, out=target[:, :, ::-1] if self.mirrored else target)
        return target
