"""Places relative to bregma, as stereotaxic coordinates are given.

The CCF has no bregma: the average brain is an average of brains outside the skull. Where a
person takes it to be, places can be told from there; the axes stay those of the CCF, which are
tilted by a few degrees against a flat skull.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from napari_connectome.core.errors import AtlasError

UM_PER_MM = 1000.0
Point = tuple[float, float, float]


@dataclass(frozen=True)
class Bregma:
    """Where bregma is taken to be.

    Parameters
    ----------
    ap_um, dv_um, ml_um : float
        CCF place.

    Examples
    --------
    >>> bregma = Bregma(5400.0, 0.0, 5700.0)
    >>> bregma.from_ccf_um((8400.0, 1000.0, 8200.0))
    (-3.0, 1.0, 2.5)
    >>> bregma.to_ccf_um((-3.0, 1.0, 2.5))
    (8400.0, 1000.0, 8200.0)
    """

    ap_um: float
    dv_um: float
    ml_um: float

    def from_ccf_um(self, point_um: Sequence[float]) -> Point:
        """Millimetres anterior, ventral (depth) and right of bregma."""
        ap, dv, ml = _three(point_um)
        return (
            (self.ap_um - ap) / UM_PER_MM,
            (dv - self.dv_um) / UM_PER_MM,
            (ml - self.ml_um) / UM_PER_MM,
        )

    def to_ccf_um(self, point_mm: Sequence[float]) -> Point:
        """CCF place (AP, DV, ML) of a place in millimetres anterior, ventral and right of it."""
        anterior, ventral, right = _three(point_mm)
        return (
            self.ap_um - anterior * UM_PER_MM,
            self.dv_um + ventral * UM_PER_MM,
            self.ml_um + right * UM_PER_MM,
        )


def _three(point: Sequence[float]) -> Point:
    if len(point) != 3:
        raise AtlasError(f"A place has three coordinates (AP, DV, ML); {len(point)} came.")
    first, second, third = (float(x) for x in point)
    return first, second, third
