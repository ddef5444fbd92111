"""What a model answers along a path: the frames of a movie, kept small."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from napari_connectome.core.color_limits import robust_top
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.fitted import Direction, FittedModel, Prediction, Side
from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.source_path import SourcePath
from napari_connectome.core.sources import Source

BYTES_PER_VALUE = 2


@dataclass(frozen=True, eq=False)
class PathAnswers:
    """One answer for each place of a path, as 16-bit parts of the largest value of its frame.

    Relative to that value an answer is exact to 0.0005 where it is large, and to 1e-7
    where it is small.

    Parameters
    ----------
    path : SourcePath
        The places.
    sources : tuple of Source
        What was asked about in each frame.
    parts : ndarray of float16, shape (n_frames, len(mask))
        Values over the largest one of their frame.
    largest : ndarray of float32, shape (n_frames,)
        The largest value of each frame.
    sides : tuple of {"right", "left"}
        Hemisphere of the source in each frame.
    limits : tuple of float
        Colour limits that suit all frames: 0, and the brightest frame's high percentile.
    model : FittedModel
        What answered.
    mask : VoxelMask
        What the columns of `parts` mean.
    direction : {"anterograde", "retrograde"}
        Whether the sources send or receive.
    """

    path: SourcePath
    sources: tuple[Source, ...]
    parts: npt.NDArray[np.float16]
    largest: npt.NDArray[np.float32]
    sides: tuple[Side, ...]
    limits: tuple[float, float]
    model: FittedModel
    mask: VoxelMask
    direction: Direction

    @cached_property
    def _latest(self) -> dict[int, Prediction]:
        """The frame that was asked for last."""
        return {}

    def __len__(self) -> int:
        return len(self.sources)

    def prediction(self, frame: int) -> Prediction:
        """The answer of a frame; its evidence is not kept. Asked again, it is the same object."""
        latest = self._latest.get(frame)
        if latest is None:
            latest = self._made(frame)
            self._latest.clear()
            self._latest[frame] = latest
        return latest

    def _made(self, frame: int) -> Prediction:
        return Prediction(
            source=self.sources[frame],
            vector=self.parts[frame].astype(np.float32) * self.largest[frame],
            support=None,
            model=self.model,
            mask=self.mask,
            direction=self.direction,
            side=self.sides[frame],
        )


def askable_voxels(model: FittedModel, direction: Direction) -> VoxelMask:
    """Voxels of the right hemisphere that a place may lie in; their mirror images may be asked too.

    Source voxels, or target voxels when it is asked what projects onto the place.
    """
    connectivity = model.connectivity
    if direction == "anterograde":
        return connectivity.source_mask
    targets = connectivity.target_mask
    right = targets.coordinates[:, 2] >= model.atlas.midline
    return VoxelMask(targets.shape, targets.indices[right])


def memory_bytes(model: FittedModel, frames: int, direction: Direction = "anterograde") -> int:
    """Memory that the answers of a path will take."""
    connectivity = model.connectivity
    if direction == "anterograde":
        values = len(connectivity.target_mask)
    else:
        values = 2 * len(connectivity.source_mask)
    return frames * values * BYTES_PER_VALUE


def answers_along(
    model: FittedModel,
    path: SourcePath,
    *,
    direction: Direction = "anterograde",
    like: Source | None = None,
) -> Job[PathAnswers]:
    """Ask a model about every place of a path.

    Parameters
    ----------
    model : FittedModel
        What is asked.
    path : SourcePath
        The places.
    direction : {"anterograde", "retrograde"}
        Where they project to, or what projects onto them.
    like : Source, optional
        A sphere or Gaussian whose size the source has; by default it is a voxel.

    Raises
    ------
    SourceError
        When a place has no voxel that the model can answer for.
    """
    sources = tuple(path.source(frame, like) for frame in range(len(path)))
    first = model.answer(sources[0], direction)
    parts = np.empty((len(sources), len(first.vector)), dtype=np.float16)
    largest = np.zeros(len(sources), dtype=np.float32)
    sides: list[Side] = []
    top = 0.0
    for frame, source in enumerate(sources):
        yield Progress(frame, len(sources), f"Frame {frame + 1} of {len(sources)}")
        answer = first if frame == 0 else model.answer(source, direction)
        sides.append(answer.side)
        largest[frame] = answer.vector.max(initial=0.0)
        parts[frame] = answer.vector / (largest[frame] or 1.0)
        if largest[frame] > 0:
            top = max(top, robust_top(answer.vector))
    limits = (0.0, top or 1.0)
    return PathAnswers(
        path, sources, parts, largest, tuple(sides), limits, model, first.mask, direction
    )
