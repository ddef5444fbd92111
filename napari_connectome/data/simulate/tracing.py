"""Simulate what tracing shows of a planted connectome: injections, noise, saturation, gaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter

from napari_connectome.data.simulate.injection import Injection, inject
from napari_connectome.data.simulate.planted import PlantedConnectome, Volume
from napari_connectome.data.simulate.sites import Site

_COARSE_UM = 400.0
"""Lattice on which slow spatial variation is drawn."""


@dataclass(frozen=True)
class TracingParams:
    """How imperfect the simulated measurement is; zero or False turns a fault off.

    Parameters
    ----------
    seed : int
        Of everything random in sites, injections and noise.
    strength_variation : float
        Standard deviation of the log labelling strength of an experiment.
    slow_noise : float
        Standard deviation of log signal over distances of about 0.4 mm.
    voxel_noise : float
        The same between neighbouring voxels.
    background : float
        Standard deviation of additive noise (density).
    threshold : float
        Densities below are not detected: they are exactly zero.
    saturate : bool
        Signal s is seen as 1 - exp(-s), and the injection site is nearly 1.
    gaps : bool
        Some experiments miss data in the injection site or elsewhere; the data
        mask says where.
    levels : int
        Volumes are stored on so many levels, (k / levels)²; 0 keeps every value.
    """

    seed: int = 0
    strength_variation: float = 0.3
    slow_noise: float = 0.25
    voxel_noise: float = 0.12
    background: float = 0.0001
    threshold: float = 0.0003
    saturate: bool = True
    gaps: bool = True
    levels: int = 48

    @classmethod
    def ideal(cls, seed: int = 0) -> TracingParams:
        """A faultless measurement: projections are W times the injection, exactly."""
        return cls(seed, 0.0, 0.0, 0.0, 0.0, 0.0, saturate=False, gaps=False, levels=0)


@dataclass(frozen=True, eq=False)
class SimulatedExperiment:
    """What one experiment leaves on disk, and what is true about it.

    Parameters
    ----------
    site : Site
        Where it was planned.
    injection_density, injection_fraction, projection_density, data_mask : ndarray
        Volumes of float32 between 0 and 1, shape of the atlas. In the mask 1 is valid.
    strength : float
        Labelling strength that the true projection was multiplied with.
    """

    site: Site
    injection_density: Volume
    injection_fraction: Volume
    projection_density: Volume
    data_mask: Volume
    strength: float

    @property
    def injected(self) -> Volume:
        """True injection density: density times fraction."""
        return self.injection_density * self.injection_fraction


def simulate_experiments(
    planted: PlantedConnectome, sites: list[Site], params: TracingParams | None = None
) -> Iterator[SimulatedExperiment]:
    """Trace the connectome from every site, one experiment at a time.

    Every experiment has random numbers of its own, so that it does not depend on
    how many come before it.
    """
    params = params or TracingParams()
    for number, site in enumerate(sites):
        yield _trace(planted, site, params, np.random.default_rng([params.seed, 20, number]))


def quantize(volume: npt.NDArray[np.floating], levels: int) -> Volume:
    """Round to (k / levels)²: fine steps where densities are small, few different values."""
    if levels == 0:
        return np.asarray(volume, dtype=np.float32)
    steps = np.rint(np.sqrt(np.clip(volume, 0.0, 1.0)) * levels).astype(np.int64)
    table = ((np.arange(levels + 1) / levels) ** 2).astype(np.float32)
    found: Volume = table[steps]
    return found


def _trace(
    planted: PlantedConnectome, site: Site, params: TracingParams, rng: np.random.Generator
) -> SimulatedExperiment:
    injection = inject(planted.brain, site, rng)
    density = quantize(injection.density, params.levels)
    fraction = quantize(injection.fraction, params.levels)
    strength = float(np.exp(params.strength_variation * rng.standard_normal()))
    signal = strength * planted.project(density * fraction).astype(np.float64)
    seen = _observe(planted, signal, params, rng)
    if params.saturate:
        seen = np.maximum(seen, fraction * (0.75 + 0.25 * density))
    valid = _data_mask(planted, injection, rng) if params.gaps else np.ones(seen.shape, bool)
    seen[~valid] = 0.0
    return SimulatedExperiment(
        site, density, fraction, quantize(seen, params.levels), valid.astype(np.float32), strength
    )


def _observe(
    planted: PlantedConnectome,
    signal: npt.NDArray[np.float64],
    params: TracingParams,
    rng: np.random.Generator,
) -> npt.NDArray[np.float64]:
    """Noise, saturation and the detection threshold."""
    shape = signal.shape
    log_gain = params.slow_noise * _slow_field(planted, rng)
    log_gain += params.voxel_noise * rng.standard_normal(shape, dtype=np.float32)
    seen = signal * np.exp(log_gain)
    if params.saturate:
        seen = -np.expm1(-seen)
    if params.background:
        brain = planted.brain.atlas.annotation > 0
        seen += brain * params.background * rng.standard_normal(shape, dtype=np.float32)
    seen[seen < params.threshold] = 0.0
    return np.asarray(np.maximum(seen, 0.0))


def _slow_field(planted: PlantedConnectome, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Smooth field of about unit variance over the whole box, trilinear between lattice points."""
    atlas = planted.brain.atlas
    step = max(_COARSE_UM / atlas.resolution_um, 1.0)
    coarse = [int(np.ceil(n / step)) + 2 for n in atlas.shape]
    field = gaussian_filter(rng.standard_normal(coarse), 0.7)
    field /= field.std()
    for n in atlas.shape:  # every pass interpolates the first axis and moves it to the end
        place = np.arange(n) / step
        low = place.astype(np.int64)
        part = (place - low)[:, None, None]
        field = np.moveaxis((1.0 - part) * field[low] + part * field[low + 1], 0, -1)
    return field


def _data_mask(
    planted: PlantedConnectome, injection: Injection, rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """Where there is data: some experiments miss part of the site, some a piece of tissue."""
    valid = np.ones(planted.brain.atlas.shape, dtype=bool)
    chance = rng.random(2)
    spots = rng.random(3)
    if chance[0] < 0.45:
        core = np.argwhere(injection.fraction > 0.9)
        if len(core):
            center = core[int(spots[0] * len(core))]
            _cut(planted, valid, center, 0.12 + 0.1 * spots[1])
    if chance[1] < 0.25:
        tissue = planted.brain.mask.coordinates
        center = tissue[int(spots[2] * len(tissue))].copy()
        if rng.random() < 0.5:
            center[2] = planted.brain.atlas.shape[2] - 1 - center[2]
        _cut(planted, valid, center, 0.3 + 0.4 * spots[1])
    return valid


def _cut(
    planted: PlantedConnectome,
    valid: npt.NDArray[np.bool_],
    center: npt.NDArray[np.integer],
    radius_mm: float,
) -> None:
    """Mark a disc-shaped piece of a section as missing (thinner along AP)."""
    atlas = planted.brain.atlas
    reach = radius_mm * 1000.0 / atlas.resolution_um
    axes = [np.arange(n) - c for n, c in zip(atlas.shape, center, strict=True)]
    ap, dv, ml = (a / max(reach, 0.5) for a in axes)
    squares = (2.0 * ap[:, None, None]) ** 2 + dv[None, :, None] ** 2 + ml[None, None, :] ** 2
    valid[(squares <= 1.0) & (atlas.annotation > 0)] = False
