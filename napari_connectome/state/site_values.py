"""Results about where to inject next."""

from __future__ import annotations

from dataclasses import dataclass

from napari_connectome.core.evidence import SupportMaps
from napari_connectome.core.injection_sites import Site
from napari_connectome.core.models.fitted import FittedModel


@dataclass(frozen=True, eq=False)
class RankedSites:
    """Where further injections would help most in a division.

    Parameters
    ----------
    model : FittedModel
        The model whose evidence is to be improved.
    division_id : int
        Major division.
    sites : tuple of Site
        Best first, each given those before it.
    """

    model: FittedModel
    division_id: int
    sites: tuple[Site, ...]


@dataclass(frozen=True, eq=False)
class HypotheticalSupport:
    """The evidence as it would be with injections that nobody has made yet.

    Parameters
    ----------
    points_um : tuple of (float, float, float)
        The injections.
    maps : SupportMaps
        Evidence of every voxel with them.
    means_um : tuple of (int, float, float)
        For each division that one of them lies in: its id, and the mean distance of its voxels
        to the nearest injection without and with them.
    """

    points_um: tuple[tuple[float, float, float], ...]
    maps: SupportMaps
    means_um: tuple[tuple[int, float, float], ...]
