"""A fitted model with all that is needed to ask it, show it, save it and repeat it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.connectivity import Connectivity, Float, Support
from napari_connectome.core.sources import Source


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
        )


@dataclass(frozen=True, eq=False)
class Prediction:
    """Projection of one source.

    Parameters
    ----------
    source : Source
        What was asked.
    vector : ndarray of float32, shape (n_target,)
        Answer for the right-hemisphere twin of the source.
    support : Support
        Evidence behind it.
    mirrored : bool
        Whether the source is on the left, so that volumes are flipped.
    model : FittedModel
        What answered.
    """

    source: Source
    vector: Float
    support: Support
    mirrored: bool
    model: FittedModel

    def volume(self, out: Float | None = None) -> Float:
        """Projection density in the atlas box, on the source's own side.

        Parameters
        ----------
        out : ndarray of float32, optional
            Volume to write into: voxels outside the target mask are left as they are.
        """
        mask = self.model.connectivity.target_mask
        target = np.zeros(mask.shape, dtype=np.float32) if out is None else out
        mask.to_volume(self.vector, out=target[:, :, ::-1] if self.mirrored else target)
        return target
