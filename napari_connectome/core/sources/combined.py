"""Several sources asked as one: points with radii, regions, drawings, each with a strength."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import OutsideError, SourceError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.sources.weights import (
    Scale,
    Source,
    SourceWeights,
    Weights,
    check_scale,
    gathered,
)


@dataclass(frozen=True, eq=False)
class CombinedSource:
    """Several sources with strengths.

    Two combined sources are equal only when they are the same object.

    Parameters
    ----------
    parts : tuple of (Source, float)
        Each source with its strength, finite and at least 0. A part keeps its own scale: unless it
        is taken as drawn, its weights sum to one.
    label : str
        Short text for lists and titles.
    scale : {"unit-sum", "as drawn"}
        Whether the weights are made to sum to one, or are strengths times weights of the parts.

    Raises
    ------
    SourceError
        When there is no part, or a strength is negative, NaN, infinite, or 0 for all.
    """

    parts: tuple[tuple[Source, float], ...]
    label: str
    scale: Scale = "unit-sum"

    def __post_init__(self) -> None:
        check_scale(self.scale)
        for source, strength in self.parts:
            if not (isfinite(strength) and strength >= 0):
                raise SourceError(
                    f"A strength of at least 0 was expected for {source.label}; {strength} came."
                )
        if not any(strength for _, strength in self.parts):
            raise SourceError(
                "Nothing is chosen: at least one source with a strength above 0 was expected."
            )

    def weights(self, atlas: Atlas, mask: VoxelMask) -> Weights:
        """Sum over the parts of strength times weights.

        A part that lies wholly outside the mask is left out. ``inside_fraction`` is the
        mean over the parts by their strengths, such a part counting as 0.
        """
        found: list[SourceWeights] = []
        inside, outside = 0.0, ""
        for source, strength in self.parts:
            if not strength:
                continue
            try:
                weights = source.weights(atlas, mask)
            except OutsideError as error:
                outside = str(error)
                continue
            inside += strength * weights.inside_fraction
            found += [replace(part, values=part.values * strength) for part in weights.parts]
        if not found:
            raise OutsideError(outside)
        return gathered(found, self.scale, inside / sum(strength for _, strength in self.parts))
