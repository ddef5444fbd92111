"""Steps are noted where results are made."""

from __future__ import annotations

from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.recording.condense import with_step
from napari_connectome.state.recording.steps import Step


def record(state: ExplorerState, step: Step) -> None:
    """Note what was done, so that a script can repeat it."""
    state.done = with_step(state.done, step)
