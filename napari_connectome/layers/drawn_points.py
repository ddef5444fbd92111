"""Points with radii as a source."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import SourceError
from napari_connectome.core.sources import CombinedSource, Source, SphereSource
from napari_connectome.layers.drawn_object import Affine, DrawnObject, digest, moved, step_um
from napari_connectome.state.params import DrawingParams


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
        return digest(self.name, self.points, self.sizes, self.affine_um, self.strengths)
