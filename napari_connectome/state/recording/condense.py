"""Steps without those that later ones have superseded."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from napari_connectome.state.recording.steps import FileStep, Name, Step

Steps = tuple[Step, ...]
_EVERYTHING: frozenset[Name] = frozenset(get_args(Name))


def with_step(steps: Steps, step: Step) -> Steps:
    """Steps with one more, condensed.

    What a step makes is kept while it is shown, or while a kept step needs it: of a marker that
    was dragged through fifty places the last one stays, and those at which something was saved.
    Of two files of one place the later one stays. A step that makes what is there already is
    left out.
    """
    return steps if _is_there(steps, step) else condensed((*steps, step))


def condensed(steps: Steps) -> Steps:
    """Those steps that the present state and the saved files need, in their order."""
    wanted = _EVERYTHING
    written: set[Path] = set()
    kept: list[Step] = []
    for step in reversed(steps):
        if isinstance(step, FileStep):
            if step.path in written:
                continue
            written.add(step.path)
        if step.is_output or step.makes & wanted:
            kept.append(step)
            wanted = (wanted - step.ends) | step.needs
        elif not step.makes:
            wanted = wanted - step.ends
    return tuple(reversed(kept))


def _is_there(steps: Steps, step: Step) -> bool:
    for before in reversed(steps):
        if before == step:
            return not isinstance(step, FileStep)
        if before.ends & (step.makes | step.needs):
            return False
    return False
