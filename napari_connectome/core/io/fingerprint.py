"""What tells two saved models apart without reading their arrays."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from napari_connectome.core.io.model_file import describe_model


def model_fingerprint(path: str | Path) -> str:
    """SHA-256 of what a saved model says about itself: parameters, experiments, data, time.

    Raises
    ------
    DataError
        When the file is missing, no saved model, damaged, or of a newer version.
    """
    text = json.dumps(describe_model(path), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
