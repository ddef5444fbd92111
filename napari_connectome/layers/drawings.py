"""What a person has drawn in a layer of whatever kind, and the source that it makes."""

from __future__ import annotations

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.sources import Source, both_sides, mirrored
from napari_connectome.layers.drawn_points import DrawnPoints
from napari_connectome.layers.drawn_shapes import DrawnShapes
from napari_connectome.layers.drawn_volumes import DrawnImage, DrawnLabels
from napari_connectome.state.params import DrawingParams

Drawn = DrawnLabels | DrawnImage | DrawnShapes | DrawnPoints


def source_of(drawn: Drawn, atlas: Atlas, params: DrawingParams) -> Source:
    """The source that a drawing makes, on the side that is asked for.

    Raises
    ------
    SourceError
        When nothing is drawn, or nothing of it lies in the atlas box.
    """
    return on_side(drawn.source(atlas, params), atlas, params)


def on_side(source: Source, atlas: Atlas, params: DrawingParams) -> Source:
    """A source where it is, in the other hemisphere, or in both."""
    if params.side == "mirrored":
        return mirrored(source, atlas)
    return both_sides(source, atlas) if params.side == "both" else source
