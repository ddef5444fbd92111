"""Shapes that are drawn in slices, extruded across them, as a source."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import SourceError
from napari_connectome.core.polygons import polygon_volume
from napari_connectome.core.sources import Source, VolumeSource
from napari_connectome.layers.drawn_object import Affine, DrawnObject, digest, moved
from napari_connectome.state.params import DrawingParams

ELLIPSE_VERTICES = 64
"""An ellipse becomes a polygon of so many corners."""
LEAST_AREA_UM2 = 1e-3
"""A polygon of less has only been begun."""


class Unfinished(SourceError):
    """A shape has only been begun; nothing is to be told or changed yet."""


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
        return digest(self.name, self.kinds, *self.vertices, self.affine_um, self.strengths)


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
