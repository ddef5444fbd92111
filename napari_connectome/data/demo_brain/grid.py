"""Sample points of one half of the demo brain, and how a half becomes a whole."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

BOX_MM = (13.2, 8.0, 11.4)
"""Extent of the atlas box along AP, DV and ML, in millimetres: that of the real CCFv3 data."""

RESOLUTIONS_UM = (50, 100, 200, 400)
"""Voxel sizes at which the demo brain can be built."""


@dataclass(frozen=True)
class HalfGrid:
    """Voxel centres of the right half of the box, the midline plane included.

    Everything is drawn on this half and reflected, so the brain is symmetric by construction.

    Parameters
    ----------
    resolution_um
        Edge length of a voxel in micrometres.
    """

    resolution_um: int

    @property
    def full_shape(self) -> tuple[int, int, int]:
        """Shape of the whole volume (AP, DV, ML): the box, rounded up to whole voxels."""
        ap, dv, ml = (int(np.ceil(e * 1000 / self.resolution_um - 1e-9)) for e in BOX_MM)
        return ap, dv, ml

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of the right half (AP, DV, distance from the midline)."""
        ap, dv, ml = self.full_shape
        return ap, dv, ml - ml // 2

    @property
    def spacing_mm(self) -> float:
        """Voxel edge in millimetres."""
        return self.resolution_um / 1000

    @cached_property
    def axes_mm(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Voxel centres along AP and DV from the box corner, and sideways from the midline."""
        ap, dv, lateral = (np.arange(n, dtype=np.float64) for n in self.shape)
        odd = self.full_shape[2] % 2
        step = self.spacing_mm
        return (ap + 0.5) * step, (dv + 0.5) * step, (lateral + (0.0 if odd else 0.5)) * step

    @cached_property
    def points_mm(self) -> NDArray[np.float64]:
        """All voxel centres, shape ``(*shape, 3)``: AP, DV, distance from the midline."""
        return np.stack(np.meshgrid(*self.axes_mm, indexing="ij"), axis=-1)

    def whole(self, half: NDArray[np.generic]) -> NDArray[np.generic]:
        """Reflect a half volume of shape :attr:`shape` into the whole one."""
        left = half[:, :, :0:-1] if self.full_shape[2] % 2 else half[:, :, ::-1]
        return np.ascontiguousarray(np.concatenate([left, half], axis=2))
