"""What layers say about where their numbers come from: plain JSON values in ``layer.metadata``."""

from __future__ import annotations

from typing import Any

from napari_connectome.core.models.fitted import FittedModel, Prediction
from napari_connectome.core.provenance import brief_provenance, model_provenance

PROVENANCE = "provenance"
LOG10 = "log10"
"""Whether a layer shows the logarithm of its numbers."""


def answer_metadata(prediction: Prediction) -> dict[str, Any]:
    """What was asked, of which model."""
    return {
        "place": prediction.source.label,
        "direction": prediction.direction,
        "model": prediction.model.model,
        PROVENANCE: brief_provenance(prediction),
    }


def model_metadata(model: FittedModel, **more: Any) -> dict[str, Any]:
    """Which model a layer is about, and what else there is to say."""
    return {**more, PROVENANCE: model_provenance(model)}
