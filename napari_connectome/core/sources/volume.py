"""Weights as a volume of the atlas box: where painted labels, polygons and masks all end."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import OutsideError, SourceError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.sources.drawing import Drawing
from napari_connectome.core.sources.weights import (
    Scale,
    SourceWeights,
    Weights,
    check_scale,
    gathered,
)

_NAMED = 5
"""Structures that a message lists."""


class VolumeSource:
    """A source of any shape, in one hemisphere or in both.

    Two volume sources are equal only when they are the same object.

    Parameters
    ----------
    values : ndarray, shape of the atlas box, or Drawing
        Weight of each voxel, at least 0, such as the part of it that is painted. Only voxels
        above 0 are kept; a drawing has no others.
    label : str
        Short text for lists and titles.
    scale : {"unit-sum", "as drawn"}
        Whether the weights that lie on source voxels are made to sum to one, or count as
        they are.

    Attributes
    ----------
    drawing : Drawing
        The voxels above 0.

    Raises
    ------
    SourceError
        When nothing is drawn, or a value is negative, NaN or infinite.
    """

    def __init__(
        self, values: npt.ArrayLike | Drawing, label: str = "drawing", scale: Scale = "unit-sum"
    ) -> None:
        self.drawing = values if isinstance(values, Drawing) else Drawing.of(np.asarray(values))
        self.label = label
        self.scale = check_scale(scale)

    @property
    def values(self) -> npt.NDArray[np.float32]:
        """The volume, made anew each time."""
        return self.drawing.volume()

    def weights(self, atlas: Atlas, mask: VoxelMask) -> Weights:
        """Weights on the voxels of the mask; what lies on the left goes to the twins there.

        A voxel that is outside the mask, or on the left without a twin in it, is left out;
        ``inside_fraction`` says how much remains.
        """
        self._check_box(atlas)
        strengths = self.drawing.strengths
        ap, dv, ml = np.unravel_index(self.drawing.indices, atlas.shape)
        on_the_left = ml < atlas.midline
        rows = mask.row_volume[ap, dv, np.where(on_the_left, atlas.shape[2] - 1 - ml, ml)]
        inside = rows >= 0
        if not inside.any():
            raise OutsideError(self._outside_message(atlas))
        parts = [
            _part(rows[side].astype(np.int64), strengths[side], mirrored)
            for side, mirrored in ((inside & ~on_the_left, False), (inside & on_the_left, True))
        ]
        return gathered(parts, self.scale, float(strengths[inside].sum() / strengths.sum()))

    def _check_box(self, atlas: Atlas) -> None:
        if self.drawing.shape != atlas.shape:
            ours, theirs = (" × ".join(map(str, box)) for box in (self.drawing.shape, atlas.shape))
            raise SourceError(
                f"{self.label} has {ours} voxels; the atlas has {theirs}. "
                "Draw it on this atlas, or bring it to the atlas's grid first."
            )

    def _outside_message(self, atlas: Atlas) -> str:
        ids = np.unique(atlas.annotation.reshape(-1)[self.drawing.indices]).tolist()
        names = [atlas.tree[i].acronym for i in ids if i]
        more = ", ..." if len(names) > _NAMED else ""
        where = f"in {', '.join(names[:_NAMED])}{more}" if names else "outside the brain"
        return (
            f"{self.label} touches no source voxel: all of it lies {where}. "
            "Draw in the grey matter of a major division that has experiments."
        )


def _part(
    rows: npt.NDArray[np.int64], values: npt.NDArray[np.float64], mirrored: bool
) -> SourceWeights:
    """Weights with increasing rows: mirror images come in the opposite order along ML."""
    if mirrored:
        order = np.argsort(rows)
        rows, values = rows[order], values[order]
    return SourceWeights(rows, values, mirrored)
