"""What a person has drawn in a layer, as plain arrays, and the source that it makes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import SourceError
from napari_connectome.core.polygons import polygon_volume
from napari_connectome.core.resampling import resample_to_atlas
from napari_connectome.core.sources import (
    CombinedSource,
    Source,
    SphereSource,
    VolumeSource,
    both_sides,
    mirrored,
)
from napari_connectome.core.sources.drawing import Drawing
from napari_connectome.layers import styles
from napari_connectome.state.params import DrawingParams

Affine = npt.NDArray[np.float64]
ELLIPSE_VERTICES = 64
"""An ellipse becomes a polygon of so many corners."""
LEAST_AREA_UM2 = 1e-3
"""A polygon of less has only been begun."""


class Unfinished(SourceError):
    """A shape has only been begun; nothing is to be told or changed yet."""


@dataclass(frozen=True)
class DrawnObject:
    """A label, a shape or a point.

    Parameters
    ----------
    number : int
        Of the label; of a shape or point its place in the layer, from 0.
    title : str
        For lists.
    strength : float
        Its weight among the others.
    radius_um : float or None
        Of a point.
    """

    number: int
    title: str
    strength: float
    radius_um: float | None = None


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
        return _digest(self.name, self.indices, self.labels, self.affine_um, *self.objects)


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
        return _digest(self.name, id(self.values), self.affine_um)


@dataclass(frozen=True, eq=False)
class DrawnShapes:
    """Polygons in slices.

    Parameters
    ----------
    name : str
        Of the layer.
    kinds : tuple of str
        napari's name of each shape's kind.
    vertices : tuple of ndarray of float, each of shape (n, 3)
        In the layer's own coordinates.
    affine_um : ndarray of float, shape (4, 4)
        From those to CCF micrometres.
    strengths : ndarray of float, shape (len(kinds),)
        Of each shape.
    """

    name: str
    kinds: tuple[str, ...]
    vertices: tuple[npt.NDArray[np.float64], ...]
    affine_um: Affine
    strengths: npt.NDArray[np.float64]

    @property
    def objects(self) -> tuple[DrawnObject, ...]:
        """The shapes."""
        return tuple(
            DrawnObject(i, f"{kind.capitalize()} {i + 1}", float(strength))
            for i, (kind, strength) in enumerate(zip(self.kinds, self.strengths, strict=True))
        )

    def source(self, atlas: Atlas, params: DrawingParams) -> Source:
        """The shapes, each extruded to both sides of its slice, as one source."""
        total = np.zeros(atlas.shape, dtype=np.float32)
        finished = False
        for number, strength in enumerate(self.strengths.tolist()):
            corners = self._corners_um(number)
            if _area_um2(corners) < LEAST_AREA_UM2:
                continue
            finished = True
            if strength:
                total += strength * self._extruded(number, corners, atlas, params.depth_um)
        if self.kinds and not finished:
            raise Unfinished("The shape encloses nothing yet.")
        return VolumeSource(total, self.name, params.scale)

    def _extruded(
        self, number: int, corners: npt.NDArray[np.float64], atlas: Atlas, depth_um: float
    ) -> npt.NDArray[np.float32]:
        axis = int(np.argmin(np.ptp(corners, axis=0)))
        middle = float(corners[:, axis].mean())
        ends = (middle - depth_um / 2, middle + depth_um / 2)
        try:
            return polygon_volume(corners, atlas, depth_um=ends)
        except SourceError as error:
            raise SourceError(f"{self.objects[number].title} of {self.name}: {error}") from None

    def _corners_um(self, number: int) -> npt.NDArray[np.float64]:
        kind, corners = self.kinds[number], self.vertices[number]
        if kind in ("line", "path"):
            raise SourceError(
                f"{self.objects[number].title} of {self.name} is open; a polygon, a rectangle or "
                "an ellipse was expected. Delete it, or draw it as a polygon."
            )
        if kind == "ellipse":
            corners = _ellipse(corners)
        return moved(corners, self.affine_um)

    def digest(self) -> bytes:
        """Differs where what is drawn differs."""
        return _digest(self.name, self.kinds, *self.vertices, self.affine_um, self.strengths)


@dataclass(frozen=True, eq=False)
class DrawnPoints:
    """Points with radii.

    Parameters
    ----------
    name : str
        Of the layer.
    points : ndarray of float, shape (n, 3)
        In the layer's own coordinates.
    sizes : ndarray of float, shape (n,)
        Diameters there.
    affine_um : ndarray of float, shape (4, 4)
        From those to CCF micrometres.
    strengths : ndarray of float, shape (n,)
        Of each point.
    """

    name: str
    points: npt.NDArray[np.float64]
    sizes: npt.NDArray[np.float64]
    affine_um: Affine
    strengths: npt.NDArray[np.float64]

    @property
    def objects(self) -> tuple[DrawnObject, ...]:
        """The points."""
        return tuple(
            DrawnObject(i, f"Point {i + 1}", float(strength), float(radius))
            for i, (strength, radius) in enumerate(zip(self.strengths, self.radii_um, strict=True))
        )

    @property
    def radii_um(self) -> npt.NDArray[np.float64]:
        """Radius of each point."""
        return self.sizes / 2 * step_um(self.affine_um)

    def source(self, atlas: Atlas, params: DrawingParams) -> Source:
        """Spheres with strengths."""
        centers = moved(self.points, self.affine_um)
        parts = tuple(
            (SphereSource((float(ap), float(dv), float(ml)), float(radius)), float(strength))
            for (ap, dv, ml), radius, strength in zip(
                centers, self.radii_um, self.strengths, strict=True
            )
        )
        if not parts:
            raise SourceError(f"{self.name} holds no point. Click the brain to add one.")
        return CombinedSource(parts, self.name, params.scale)

    def digest(self) -> bytes:
        """Differs where what is drawn differs."""
        return _digest(self.name, self.points, self.sizes, self.affine_um, self.strengths)


Drawn = DrawnLabels | DrawnImage | DrawnShapes | DrawnPoints


def source_of(drawn: Drawn, atlas: Atlas, params: DrawingParams) -> Source:
    """The source that a drawing makes, on the side that is asked for.

    Raises
    ------
    SourceError
        When nothing is drawn, or nothing of it lies in the atlas box.
    """
    source = drawn.source(atlas, params)
    if params.side == "mirrored":
        return mirrored(source, atlas)
    return both_sides(source, atlas) if params.side == "both" else source


def moved(points: npt.NDArray[np.float64], affine: Affine) -> npt.NDArray[np.float64]:
    """Apply an affine to points, shape (n, 3)."""
    return np.asarray(points @ affine[:3, :3].T + affine[:3, 3])


def step_um(affine: Affine) -> float:
    """Mean length of a step along the three axes."""
    return float(np.linalg.norm(affine[:3, :3], axis=0).mean())


def _grid(atlas: Atlas) -> Affine:
    """From index to CCF micrometres, for a layer on the atlas's own grid."""
    placed = styles.geometry(atlas)
    affine = np.diag([*placed["scale"], 1.0])
    affine[:3, 3] = placed["translate"]
    return affine


def _ellipse(corners: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Polygon of an ellipse that napari gives by the corners of the box around it."""
    center = corners.mean(axis=0)
    one, other = (corners[1] - corners[0]) / 2, (corners[3] - corners[0]) / 2
    angle = np.arange(ELLIPSE_VERTICES) * (2 * np.pi / ELLIPSE_VERTICES)
    return np.asarray(
        center + np.multiply.outer(np.cos(angle), one) + np.multiply.outer(np.sin(angle), other)
    )


def _area_um2(corners: npt.NDArray[np.float64]) -> float:
    """Area of a flat polygon in space."""
    offsets = corners - corners[0]
    return float(np.linalg.norm(np.cross(offsets[:-1], offsets[1:]).sum(axis=0)) / 2)


def _digest(*parts: object) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(part.tobytes() if isinstance(part, np.ndarray) else repr(part).encode())
    return digest.digest()
