"""What a result is and where it comes from: plain JSON values that go into every file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from napari_connectome.core.citations import citations
from napari_connectome.core.errors import SourceError
from napari_connectome.core.models.fitted import FittedModel, Prediction
from napari_connectome.core.sources import CombinedSource, VolumeSource, to_record

TIME = "time"
"""What differs between two runs of the same thing."""


def model_provenance(model: FittedModel) -> dict[str, Any]:
    """What a model is and where it comes from, in plain JSON values.

    Returns
    -------
    dict
        ``model``, ``parameters``, ``experiment_ids``, ``atlas``, ``citations``,
        and what is known of the data (``data``).
    """
    return {
        "model": model.model,
        "parameters": dict(model.parameters),
        "experiment_ids": model.experiment_ids.tolist(),
        "atlas": {"name": model.atlas.name, "resolution_um": model.atlas.resolution_um},
        "citations": list(citations(model.model)),
        "data": dict(model.provenance),
    }


def prediction_provenance(prediction: Prediction) -> dict[str, Any]:
    """What was asked, of which model; plain JSON values, as :func:`model_provenance`."""
    try:
        source: Any = to_record(prediction.source)
    except SourceError:
        # A drawing may be larger than what a header can hold; its own file has it.
        source = type(prediction.source).__name__
    return {"source": source, **_of_answer(prediction)}


def brief_provenance(prediction: Prediction) -> dict[str, Any]:
    """As :func:`prediction_provenance`, a drawing only named: for tables and layers.

    Packing a drawing takes too long for every stroke of a pen, and too much room for a table.
    """
    drawn = isinstance(prediction.source, VolumeSource | CombinedSource)
    source = prediction.source.label if drawn else to_record(prediction.source)
    return {"source": source, **_of_answer(prediction)}


def _of_answer(prediction: Prediction) -> dict[str, Any]:
    return {
        "direction": prediction.direction,
        "side": prediction.side,
        "unit": prediction.model.connectivity.unit,
        **model_provenance(prediction.model),
    }


def repeatable(provenance: Mapping[str, Any]) -> dict[str, Any]:
    """Provenance without the time, so that the same work gives the same file."""
    return {
        name: repeatable(value) if isinstance(value, Mapping) else value
        for name, value in provenance.items()
        if name != TIME
    }
