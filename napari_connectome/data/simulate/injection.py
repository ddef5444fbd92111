"""Grow an injection: an irregular blob that mostly stays in the area it starts in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter

from napari_connectome.data.simulate.half_brain import Floats, HalfBrain
from napari_connectome.data.simulate.sites import Site

_LEAKAGE = 1.5
"""Tracer finds other areas this many times as far away as they are."""
_ROUGHNESS = 0.16
_EDGE = 0.18
"""Width of the rim, relative to the radius, over which the fraction falls from 1 to 0."""


@dataclass(frozen=True, eq=False)
class Injection:
    """Where the tracer is, before anything is rounded.

    Parameters
    ----------
    density : ndarray of float64
        Density of infected tissue inside the site; 0 elsewhere.
    fraction : ndarray of float64
        Part of each voxel that lies in the site.
    """

    density: Floats
    fraction: Floats


def inject(brain: HalfBrain, site: Site, rng: np.random.Generator) -> Injection:
    """Grow an injection of the site's volume.

    The site is the part of the brain whose warped distance to the centre is below
    a level that is chosen so that the volume is right.
    """
    atlas = brain.atlas
    radius_mm = (3.0 * site.volume_mm3 / (4.0 * np.pi)) ** (1 / 3)
    window = _window(brain, site, max(3.0 * radius_mm, 3 * atlas.resolution_um / 1000.0))
    inside = atlas.annotation[window] > 0
    distance = _warped_distance(brain, site, window, rng) / radius_mm
    distance[~inside] = np.inf
    voxels = site.volume_mm3 / atlas.voxel_volume_mm3
    fraction = _fraction(distance, _level(distance, min(voxels, 0.9 * inside.sum())))
    grain = 1.0 + 0.08 * rng.standard_normal(fraction.shape)
    with np.errstate(invalid="ignore"):
        density = np.where(fraction > 0, np.clip((1.1 - 0.45 * distance) * grain, 0.15, 1.0), 0.0)
    return Injection(_placed(density, window, brain), _placed(fraction, window, brain))


def centroid(injected: npt.NDArray[np.floating]) -> tuple[float, float, float]:
    """Density-weighted mean voxel index (AP, DV, ML) of an injection."""
    index = np.argwhere(injected > 0)
    mass = injected[tuple(index.T)].astype(np.float64)
    ap, dv, ml = (mass @ index) / mass.sum()
    return float(ap), float(dv), float(ml)


def _window(brain: HalfBrain, site: Site, reach_mm: float) -> tuple[slice, slice, slice]:
    """Part of the box within reach of the site."""
    step = brain.atlas.resolution_um / 1000.0
    ap, dv, ml = (
        slice(max(0, int((c - reach_mm) / step)), min(n, int((c + reach_mm) / step) + 1))
        for c, n in zip(site.center_mm, brain.atlas.shape, strict=True)
    )
    return ap, dv, ml


def _warped_distance(
    brain: HalfBrain, site: Site, window: tuple[slice, slice, slice], rng: np.random.Generator
) -> Floats:
    """Distance to the centre in mm, stretched along the needle, roughened, leaky."""
    atlas = brain.atlas
    step = atlas.resolution_um / 1000.0
    stretch = np.exp(np.array([0.12, 0.1, 0.12]) * rng.standard_normal(3)) * [1.0, 0.9, 1.0]
    axes = [
        (np.arange(part.start, part.stop) + 0.5) * step - c
        for part, c in zip(window, site.center_mm, strict=True)
    ]
    ap, dv, ml = (a * s for a, s in zip(axes, stretch, strict=True))
    squares = ap[:, None, None] ** 2 + dv[None, :, None] ** 2 + ml[None, None, :] ** 2
    rough = gaussian_filter(rng.standard_normal(squares.shape), 0.25 / step)
    rough /= max(float(rough.std()), 1e-12)
    distance = np.sqrt(squares) * np.exp(_ROUGHNESS * rough)
    own = atlas.index_of_um([1000.0 * c for c in site.center_mm])
    same = atlas.regions[window] == atlas.regions[own]
    return np.asarray(np.where(same, distance, distance * _LEAKAGE))


def _fraction(distance: Floats, level: float) -> Floats:
    """Part of each voxel in the site whose edge is at `level`."""
    with np.errstate(invalid="ignore"):
        return np.clip(0.5 - (distance - level) / _EDGE, 0.0, 1.0)


def _level(distance: Floats, voxels: float) -> float:
    """Level at which the fractions add up to a number of voxels, by bisection."""
    low, high = -1.0, 8.0
    for _ in range(40):
        middle = 0.5 * (low + high)
        if _fraction(distance, middle).sum() < voxels:
            low = middle
        else:
            high = middle
    return high


def _placed(values: Floats, window: tuple[slice, slice, slice], brain: HalfBrain) -> Floats:
    """Put a window back into the box."""
    volume = np.zeros(brain.atlas.shape)
    volume[window] = values
    return volume
