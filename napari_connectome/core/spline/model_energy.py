"""The spectrum of a fitted spline model, side by side, and how far another one is from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import pandas as pd

from napari_connectome.core.both_sides_connectivity import BothSidesConnectivity
from napari_connectome.core.connectivity import Connectivity
from napari_connectome.core.errors import ModelError
from napari_connectome.core.low_rank_connectivity import LowRankConnectivity
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.progress import Job, stretch
from napari_connectome.core.sides import SIDES, Side
from napari_connectome.core.spline.energy import (
    EnergySpectrum,
    distance_job,
    energy_spectrum_job,
)
from napari_connectome.core.spline.factors import Factors
from napari_connectome.core.spline.low_rank_start import Multiplied

Weights = Factors | Multiplied


@runtime_checkable
class WithMatrix(Protocol):
    """A connectivity whose W can be multiplied with."""

    @property
    def matrix(self) -> Multiplied:
        """W, to multiply with, shape (n_source, n_target)."""


@dataclass(frozen=True, eq=False)
class SideEnergy:
    """What one side of a model is made of.

    Parameters
    ----------
    side : {"ipsi", "contra"}
        Of the targets, as seen from the source.
    spectrum : EnergySpectrum
        Singular values of its W.
    distance : float or None
        ‖U Vᵀ - W‖ / ‖W‖ of these factors from the full model that it was compared with.
    """

    side: Side
    spectrum: EnergySpectrum
    distance: float | None = None


def model_energy_job(
    model: FittedModel, against: FittedModel | None = None
) -> Job[tuple[SideEnergy, ...]]:
    """The spectrum of each side of a model, as a job.

    Parameters
    ----------
    model : FittedModel
        A spline model.
    against : FittedModel, optional
        One of full rank of the same voxels, which the factors of `model` are compared with.

    Raises
    ------
    ModelError
        When the model is no spline model, or the two cannot be compared.
    """
    sides = _sides(model)
    factors = {side: own for side, own in sides.items() if isinstance(own, Factors)}
    full: dict[Side, Multiplied] = {}
    if against is not None:
        given = _sides(against)
        full = {side: whole for side, whole in given.items() if not isinstance(whole, Factors)}
        if not factors.keys() == full.keys() == given.keys():
            raise ModelError(
                "A low-rank spline model is compared with a spline model of full rank that has "
                "the same sides; something else came."
            )
    found: list[SideEnergy] = []
    for number, (side, weights) in enumerate(sides.items()):
        job = energy_spectrum_job(weights)
        spectrum = yield from stretch(job, number, 0.4, len(sides))
        distance = None
        if side in full:
            compared = _distance_job(factors[side], full[side])
            distance = yield from stretch(compared, number + 0.4, 0.6, len(sides))
        found.append(SideEnergy(side, spectrum, distance))
    return tuple(found)


def energy_table(sides: tuple[SideEnergy, ...]) -> pd.DataFrame:
    """One line for each pattern.

    Returns
    -------
    DataFrame
        Columns ``side``, ``rank``, ``singular_value``, ``cumulative`` (part of ‖W‖²) and
        ``compression`` (times that factors of that rank are smaller than W).
    """
    tables = []
    for one in sides:
        ranks = np.arange(1, len(one.spectrum.values) + 1)
        columns = {
            "side": one.side,
            "rank": ranks,
            "singular_value": one.spectrum.values,
            "cumulative": one.spectrum.cumulative,
            "compression": [one.spectrum.compression(rank) for rank in ranks.tolist()],
        }
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)


def _distance_job(factors: Factors, whole: Multiplied) -> Job[float]:
    spectrum = yield from stretch(energy_spectrum_job(whole), 0, 1, 2)
    return (yield from stretch(distance_job(factors, whole, spectrum.squared_norm), 1, 1, 2))


def _sides(model: FittedModel) -> dict[Side, Weights]:
    connectivity = model.connectivity
    parts: tuple[Connectivity, ...] = (connectivity,)
    if isinstance(connectivity, BothSidesConnectivity):
        parts = (connectivity.ipsi, connectivity.contra)
    return {side: _weights(part) for side, part in zip(SIDES, parts, strict=False)}


def _weights(connectivity: Connectivity) -> Weights:
    if isinstance(connectivity, LowRankConnectivity):
        return connectivity.factors
    if isinstance(connectivity, WithMatrix):
        return connectivity.matrix
    raise ModelError(
        "Only spline models have a spectrum, the regional comparator not among them. Fit one, or "
        "open one."
    )
