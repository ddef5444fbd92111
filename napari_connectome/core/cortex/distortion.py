"""How much a flat map of a curved sheet is distorted, in numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Distortion:
    """Distortion of a flatmap.

    Parameters
    ----------
    area_low, area_median, area_high : float
        5th, 50th and 95th percentile of area on the map over area on the pial surface
        (1: true to area), weighted by area on the surface.
    length_stress : float
        Root mean square of map distance less distance along the surface, over the root
        mean square of the latter (0: true to length), over pairs of surface points.
    """

    area_low: float
    area_median: float
    area_high: float
    length_stress: float

    @property
    def label(self) -> str:
        """One line for captions and tooltips."""
        return (
            f"area on the map is {self.area_low:.2f} to {self.area_high:.2f} times the true one "
            f"over nine tenths of the surface (median {self.area_median:.2f}); "
            f"distances are off by {self.length_stress:.0%} (root mean square)"
        )
