"""What is painted in a layer of labels, or shown in an image, as a source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.resampling import resample_to_atlas
from napari_connectome.core.sources import Source, VolumeSource
from napari_connectome.core.sources.drawing import Drawing
from napari_connectome.layers import styles
from napari_connectome.layers.drawn_object import Affine, DrawnObject, digest
from napari_connectome.state.params import DrawingParams


@dataclass(frozen=True, eq=False)
class DrawnLabels:
    """Painted voxels.

    Parameters
    ----------
    name : str
        Of the layer.
    shape : tuple of int
        Voxels of the layer along its axes.
    indices : ndarray of int64, shape (k,)
        Flat C-order indices of what is painted.
    labels : ndarray of int, shape (k,)
        Label of each.
    affine_um : ndarray of float, shape (4, 4)
        From index to CCF micrometres.
    strength_of : mapping of int to float
        Strength of labels; 1 for the others.
    """

    name: str
    shape: tuple[int, ...]
    indices: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int64]
    affine_um: Affine
    strength_of: Mapping[int, float]

    @cached_property
    def objects(self) -> tuple[DrawnObject, ...]:
        """The labels that occur."""
        return tuple(
            DrawnObject(n, f"Label {n}", self.strength_of.get(n, 1.0))
            for n in np.unique(self.labels).tolist()
        )

    def volume(self, atlas: Atlas) -> Drawing:
        """Painted part of each atlas voxel, times the strength of its label."""
        numbers, which = np.unique(self.labels, return_inverse=True)
        table = np.array([self.strength_of.get(n, 1.0) for n in numbers.tolist()])
        strengths = table[which] if len(table) else np.zeros(0)
        kept = strengths > 0
        grid = _grid(atlas)
        if self.shape == atlas.shape and np.allclose(self.affine_um, grid, rtol=0, atol=1e-6):
            return Drawing(atlas.shape, self.indices[kept], strengths[kept])
        values = np.zeros(self.shape, dtype=np.float32)
        values.reshape(-1)[self.indices] = strengths
        return Drawing.of(resample_to_atlas(values, atlas, self.affine_um, "mask"))

    def source(self, atlas: Atlas, params: DrawingParams) -> Source:
        """The painted voxels as a source."""
        return VolumeSource(self.volume(atlas), self.name, params.scale)

    def digest(self) -> bytes:
        """Differs where what is drawn differs."""
        return digest(self.name, self.indices, self.labels, self.affine_um, *self.objects)


@dataclass(frozen=True, eq=False)
class DrawnImage:
    """An image whose values are weights: a mask, an injection density.

    Parameters
    ----------
    name : str
        Of the layer.
    values : array_like, 3-D
        Weights; read only when the source is made.
    affine_um : ndarray of float, shape (4, 4)
        From index to CCF micrometres.
    """

    name: str
    values: npt.ArrayLike
    affine_um: Affine

    objects: tuple[DrawnObject, ...] = ()

    def source(self, atlas: Atlas, params: DrawingParams) -> Source:
        """The image as a source."""
        values = np.asarray(self.values)
        volume = resample_to_atlas(values, atlas, self.affine_um, "mask")
        return VolumeSource(volume, self.name, params.scale)

    def digest(self) -> bytes:
        """Differs where the layer's array is another one."""
        return digest(self.name, id(self.values), self.affine_um)


def _grid(atlas: Atlas) -> Affine:
    """From index to CCF micrometres, for a layer on the atlas's own grid."""
    placed = styles.geometry(atlas)
    affine = np.diag([*placed["scale"], 1.0])
    affine[:3, 3] = placed["translate"]
    return affine
