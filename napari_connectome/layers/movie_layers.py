"""A movie in the viewer: a volume with a time axis, and the source of each frame."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from napari.components import ViewerModel
from napari.layers import Image, Layer, Points

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.overlay_volume import TINY
from napari_connectome.core.path_answers import PathAnswers
from napari_connectome.layers import styles
from napari_connectome.layers.atlas_layers import remove_layers
from napari_connectome.layers.metadata import model_metadata
from napari_connectome.layers.projection_layer import add_below_points, log_limits
from napari_connectome.layers.source_layers import marker_of

IMAGE_NAME, SOURCE_NAME = "Movie", "Movie source"
TIME_LABEL = "Frame"


class FrameVolumes:
    """The answers along a path as an array (frame, AP, DV, ML), made when a frame is looked at.

    Parameters
    ----------
    movie : PathAnswers
        The answers.
    log_scale : bool
        Whether values are given as their log10.
    """

    ndim = 4
    dtype = np.dtype(np.float32)

    def __init__(self, movie: PathAnswers, *, log_scale: bool) -> None:
        self.shape = (len(movie), *movie.model.atlas.shape)
        self._movie, self._log_scale = movie, log_scale
        self._latest: tuple[int, npt.NDArray[np.float32]] | None = None

    def __getitem__(self, key: Any) -> npt.NDArray[np.float32]:
        """Part of the frames, as NumPy would cut it."""
        first, *rest = key if isinstance(key, tuple) else (key,)
        if isinstance(first, slice):
            frames = range(*first.indices(len(self._movie)))
            return np.stack([self.volume(frame)[tuple(rest)] for frame in frames])
        return self.volume(int(first))[tuple(rest)]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> npt.NDArray[Any]:
        """All frames at once: what saving the layer needs."""
        del copy
        return np.asarray(self[:], dtype=dtype)

    def volume(self, frame: int) -> npt.NDArray[np.float32]:
        """The volume of a frame; the latest one is kept."""
        frame = range(len(self._movie))[frame]
        if self._latest is None or self._latest[0] != frame:
            volume = self._movie.prediction(frame).volume()
            if self._log_scale:
                np.log10(np.maximum(volume, TINY, out=volume), out=volume)
            self._latest = frame, volume
        return self._latest[1]


class MovieLayers:
    """Owns the layers of a movie.

    Parameters
    ----------
    viewer : ViewerModel
        Where the layers are added.
    """

    def __init__(self, viewer: ViewerModel) -> None:
        self._viewer = viewer
        self.image: Image | None = None
        self._layers: list[Layer] = []

    @property
    def was_removed(self) -> bool:
        """Whether a person has taken the movie out of napari's list."""
        return self.image is not None and self.image not in self._viewer.layers

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers that are shown."""
        return tuple(self._layers)

    def show(self, movie: PathAnswers, limits: tuple[float, float], *, log_scale: bool) -> None:
        """Replace what is shown."""
        self.clear()
        self.image = Image(
            FrameVolumes(movie, log_scale=log_scale),
            contrast_limits=log_limits(limits) if log_scale else limits,
            metadata=model_metadata(movie.model, direction=movie.direction, log10=log_scale),
            multiscale=False,
            **(styles.PROJECTION | {"name": IMAGE_NAME}),
            **_geometry(movie.model.atlas),
        )
        add_below_points(self._viewer, self.image)
        points = _marks(movie)
        active = self._viewer.layers.selection.active
        self._viewer.layers.append(points)
        self._viewer.layers.selection.active = active
        self._layers = [self.image, points]

    def set_limits(self, limits: tuple[float, float], *, log_scale: bool) -> None:
        """Change the contrast alone."""
        if self.image is None:
            return
        shown = log_limits(limits) if log_scale else limits
        if tuple(self.image.contrast_limits) != shown:
            self.image.contrast_limits_range = shown
            self.image.contrast_limits = shown

    def set_visible(self, visible: bool) -> None:
        """Show the movie, or put it aside."""
        for layer in self._layers:
            if layer.visible != visible:
                layer.visible = visible

    def clear(self) -> None:
        """Take the layers away."""
        self.image = None
        remove_layers(self._viewer, self._layers)


def _marks(movie: PathAnswers) -> Points:
    """The source of each frame, in its frame."""
    atlas = movie.model.atlas
    places = movie.path.points_um / atlas.resolution_um - 0.5
    marker = marker_of(movie.sources[0])
    size_um = styles.SOURCE_SIZE_UM if marker is None else marker[1]
    return Points(
        np.column_stack([np.arange(len(movie)), places]),
        size=size_um / atlas.resolution_um,
        **(styles.SOURCE | {"name": SOURCE_NAME}),
        **_geometry(atlas),
    )


def _geometry(atlas: Atlas) -> dict[str, Any]:
    """The atlas's place in µm, behind an axis that counts frames."""
    place = styles.geometry(atlas)
    return {
        "scale": (1.0, *place["scale"]),
        "translate": (0.0, *place["translate"]),
        "units": ("pixel", *place["units"]),
        "axis_labels": (TIME_LABEL, *place["axis_labels"]),
    }
