"""What layers say about where their numbers come from: plain JSON values in ``layer.metadata``."""

from __future__ import annotations

from typing import Any

from napari_connectome.core.models.fitted import FittedModel, Prediction
from napari_connectome.core.provenance import model_provenance
from napari_connectome.core.sources import CombinedSource, VolumeSource, to_record

PROVENANCE = "provenance"
LOG10 = "log10"
"""Whether a layer shows the logarithm of its numbers."""


def answer_metadata(prediction: Prediction) -> dict[str, Any]:
    """What was asked, of which model.

    A drawing is named only: packing it takes too long for every stroke of a pen.
    """
    source = prediction.source
    drawn = isinstance(source, VolumeSource | CombinedSource)
    return {
        "place": source.label,
        "direction": prediction.direction,
        "model": prediction.model.model,
        PROVENANCE: {
            "source": source.label if drawn else to_record(source),
            "direction": prediction.direction,
            "side": prediction.side,
            "unit": prediction.model.connectivity.unit,
            **model_provenance(prediction.model),
        },
    }


def model_metadata(model: FittedModel, **more: Any) -> dict[str, Any]:
    """Which model a layer is about, and what else there is to say."""
    return {**more, PROVENANCE: model_provenance(model)}
