"""Where the window keeps fits that were stopped, so that they can be gone on with."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

from napari_connectome.core.io.user_cache import cache_folder
from napari_connectome.core.models.catalog import entry_of
from napari_connectome.core.spline.checkpoint import Checkpointing
from napari_connectome.state.explorer import ExplorerState

log = logging.getLogger(__name__)


def checkpoint_of(state: ExplorerState, *, resume: bool) -> Checkpointing | None:
    """Place for the fit that the form asks for; None where the model cannot be gone on with.

    The file is named after data folder and parameters, and lies in the user's cache folder.
    That the data are the same is checked when it is read.
    """
    path = _path(state)
    if path is None:
        return None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        log.warning("Fits cannot be gone on with: %s", error)
        return None
    return Checkpointing(path, resume)


def was_stopped(state: ExplorerState) -> bool:
    """Whether the fit that the form asks for was begun and not finished."""
    path = _path(state)
    return path is not None and path.is_file()


def _path(state: ExplorerState) -> Path | None:
    params, dataset = state.fit_params, state.dataset
    if dataset is None or dataset.experiments is None or not entry_of(params.model).resumable:
        return None
    defaults = {
        parameter.name: parameter.default for parameter in entry_of(params.model).parameters
    }
    values = defaults | dict(params.values)
    text = repr((str(dataset.folder), params.model, sorted(values.items())))
    return cache_folder() / "fits" / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.npz"
