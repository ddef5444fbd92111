"""A volume as one picture: a slice, or the largest values seen from above, over the template."""

from __future__ import annotations

from functools import cached_property
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
from matplotlib import colormaps
from matplotlib.colors import Colormap, Normalize

from napari_connectome.core.atlas import Atlas, Index

Plane = Literal["coronal", "sagittal", "horizontal", "mip"]
PLANES: tuple[Plane, ...] = get_args(Plane)
AXES: dict[Plane, int] = {"coronal": 0, "horizontal": 1, "sagittal": 2, "mip": 1}
"""Axis of the volume that a picture looks along."""
NAMES = ("AP", "DV", "ML")
COLORMAP = "inferno"
GREY = 0.45
"""Of the brightest part of the template, so that an overlay stands out."""
OUTLINE = 0.22
"""Grey of the brain where there is no template."""
TOP_PERCENTILE = 99.8
Picture = npt.NDArray[np.float32]


class BrainPicture:
    """Pictures of volumes of one atlas in one plane.

    Anterior is up from above and on the left from the side; left is on the left.

    Parameters
    ----------
    atlas : Atlas
        The brain.
    plane : {"coronal", "sagittal", "horizontal", "mip"}
        A slice, or the largest values along DV.
    """

    def __init__(self, atlas: Atlas, plane: Plane) -> None:
        self._atlas, self.plane = atlas, plane
        self._axis = AXES[plane]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = (n for axis, n in enumerate(self._atlas.shape) if axis != self._axis)
        return (columns, rows) if self.plane == "sagittal" else (rows, columns)

    def title(self, index: Index) -> str:
        """What is seen when the picture is made at a voxel."""
        if self.plane == "mip":
            return "Largest values, seen from above"
        place = self._atlas.um_of_index(index)[self._axis]
        return f"{self.plane.capitalize()} slice at {NAMES[self._axis]} {place:.0f} µm"

    def place(self, point_um: tuple[float, float, float]) -> tuple[float, float]:
        """Where a CCF point is, x and y; pixel (row, column) covers column to column + 1."""
        y, x = (
            value / self._atlas.resolution_um
            for axis, value in enumerate(point_um)
            if axis != self._axis
        )
        return (y, x) if self.plane == "sagittal" else (x, y)

    def colored(self, volume: Picture, index: Index, norm: Normalize) -> Picture:
        """The template in grey with the values of a volume added in colour.

        Parameters
        ----------
        volume : ndarray of float32, shape of the atlas
            Values.
        index : tuple of int
            Voxel that the slice passes.
        norm : Normalize
            What the colours mean.

        Returns
        -------
        ndarray of float32, shape (rows, columns, 3)
            Red, green and blue, 0 to 1.
        """
        values = self._seen(volume, index)
        light = self._background(index)[..., None] + added_colors(values, norm)
        return np.asarray(np.minimum(light, 1.0), dtype=np.float32)

    def _seen(self, volume: npt.NDArray[np.float32], index: Index) -> Picture:
        if self.plane == "mip":
            return np.asarray(volume.max(axis=self._axis), dtype=np.float32)
        return self._turned(np.take(volume, index[self._axis], axis=self._axis))

    def _turned(self, picture: npt.NDArray[np.float32]) -> Picture:
        turned = picture.T if self.plane == "sagittal" else picture
        return np.asarray(turned, dtype=np.float32)

    def _background(self, index: Index) -> Picture:
        if self.plane == "mip":
            return self._from_above
        if self._atlas.template is None:
            inside = np.take(self._atlas.annotation, index[self._axis], axis=self._axis) > 0
            return self._turned(inside * np.float32(OUTLINE))
        grey = np.take(self._atlas.template, index[self._axis], axis=self._axis) / self._brightest
        return self._turned(np.clip(grey, 0, 1) * np.float32(GREY))

    @cached_property
    def _brightest(self) -> float:
        template = self._atlas.template
        inside = None if template is None else template[self._atlas.annotation > 0]
        return 1.0 if inside is None else max(float(np.percentile(inside, TOP_PERCENTILE)), 1e-6)

    @cached_property
    def _from_above(self) -> Picture:
        """How much brain there is below each place: a shape that is recognised."""
        depth = (self._atlas.annotation > 0).sum(axis=self._axis)
        return np.asarray(depth / max(depth.max(), 1) * GREY, dtype=np.float32)


def added_colors(values: Picture, norm: Normalize) -> Picture:
    """Colours of values as light that is added: black for the lowest.

    Returns
    -------
    ndarray of float32, shape (..., 3)
    """
    colormap: Colormap = colormaps[COLORMAP]
    scaled = np.ma.filled(norm(np.maximum(values, np.float32(norm.vmin or 0.0))), 0.0)
    colors = np.asarray(colormap(scaled)[..., :3] - np.asarray(colormap(0.0)[:3]))
    return np.asarray(np.clip(colors, 0.0, 1.0), dtype=np.float32)
