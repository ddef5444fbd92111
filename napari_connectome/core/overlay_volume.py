"""The volume that an overlay shows of an answer: written in place, or ahead off the main thread."""

from __future__ import annotations

from typing import Protocol
from weakref import WeakKeyDictionary

import numpy as np

from napari_connectome.core.answers import Answer
from napari_connectome.core.connectivity import Float

TINY = np.float32(1e-30)
"""What stands for zero on the log10 scale."""
LARGE = 1_000_000
"""Voxels of a mask from which a window would wait for its volume to be written.

The overlay itself writes the volume of a smaller answer in place, which needs no new memory.
"""


class Shown(Answer, Protocol):
    """An answer that can be put into the atlas box."""

    def volume(self, out: Float | None = None) -> Float:
        """The values in the atlas box, on their own side."""


def background(*, log_scale: bool) -> np.float32:
    """Value of the voxels outside the mask."""
    return np.log10(TINY) if log_scale else np.float32(0)


def write(volume: Float, answer: Shown, *, log_scale: bool) -> None:
    """Write an answer, or its log10, into the voxels of its mask.

    Parameters
    ----------
    volume : ndarray of float32, shape of the atlas
        Voxels outside the mask are left as they are.
    answer : Prediction or VoxelValues
        What is written.
    log_scale : bool
        Whether log10 of the values is written, with `TINY` for zero.
    """
    if not log_scale:
        answer.volume(out=volume)
        return
    logged = np.log10(np.maximum(answer.vector, TINY))
    answer.mask.to_volume(logged, out=volume[:, :, ::-1] if answer.mirrored else volume)


def is_large(answer: Answer) -> bool:
    """Whether the volume is better written ahead, off the main thread."""
    return len(answer.mask) >= LARGE


def write_ahead(answer: Shown, *, log_scale: bool) -> None:
    """Make the whole volume of an answer, to be taken once by the overlay that shows it.

    What nobody takes goes with its answer.
    """
    volume = np.zeros(answer.mask.shape, dtype=np.float32)
    if log_scale:
        volume[:] = background(log_scale=True)
    write(volume, answer, log_scale=log_scale)
    _AHEAD[answer] = (log_scale, volume)


def taken(answer: Shown, *, log_scale: bool) -> Float | None:
    """The volume that was written ahead, which now belongs to the caller; None without one."""
    was_log, volume = _AHEAD.pop(answer, (log_scale, None))
    return volume if was_log == log_scale else None


_AHEAD: WeakKeyDictionary[Shown, tuple[bool, Float]] = WeakKeyDictionary()
