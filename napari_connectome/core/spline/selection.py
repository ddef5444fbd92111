"""Which experiments a spline model is fitted to: regions, containment, size of the injection."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import AtlasError, ModelError
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.masks import VoxelMask

VISUAL_AREAS = (
    "VISal",
    "VISam",
    "VISl",
    "VISp",
    "VISpl",
    "VISpm",
    "VISli",
    "VISpor",
    "VISrl",
    "VISa",
)
"""The regions of Harris et al. 2016, section 5."""
NAME = r"[^,+\s]+(?:, \d\w*)?"
"""An acronym; lobules 4 and 5 of the culmen have one with a comma in it."""
SHOWN_REGIONS = 4
"""Regions that a message names before it counts the others."""


@dataclass(frozen=True)
class Selection:
    """What a person chooses.

    Parameters
    ----------
    regions : tuple of str
        Acronyms of structures; their descendants belong to them. Sources are their
        right-hemisphere voxels, targets their voxels in both hemispheres.
    min_contained : float
        Least fraction of an injection inside the source voxels, 0 to 1.
    max_injection_volume_mm3 : float
        The injection's density summed over the brain, times the volume of a voxel, stays below.
    hidden_above : float
        A voxel's projection is unknown (outside of Ω) where the injection density exceeds this
        part of the injection's maximum, 0 to 1; at 0 wherever there is tracer.

    Raises
    ------
    ModelError
        When there is no region, or a number is out of bounds.
    """

    regions: tuple[str, ...] = VISUAL_AREAS
    min_contained: float = 0.95
    max_injection_volume_mm3: float = 0.7
    hidden_above: float = 0.0

    def __post_init__(self) -> None:
        if not self.regions:
            raise ModelError("A spline model needs at least one region, such as VISp.")
        if not 0.0 <= self.min_contained <= 1.0:
            raise ModelError(f"min_contained must lie between 0 and 1; {self.min_contained} came.")
        if not self.max_injection_volume_mm3 > 0.0:
            raise ModelError(
                "max_injection_volume_mm3 must be larger than 0; "
                f"{self.max_injection_volume_mm3} came."
            )
        if not 0.0 <= self.hidden_above < 1.0:
            raise ModelError(
                "hidden_above is a part of the injection's maximum, at least 0 and below 1; "
                f"{self.hidden_above} came."
            )


def parse_regions(text: str) -> tuple[str, ...]:
    """Acronyms separated by commas, plus signs or spaces, each once.

    Examples
    --------
    >>> parse_regions("VISp, VISl+VISp,CUL4, 5")
    ('VISp', 'VISl', 'CUL4, 5')
    """
    return tuple(dict.fromkeys(re.findall(NAME, text)))


@dataclass(frozen=True, eq=False)
class Chosen:
    """Source voxels and experiments that were chosen.

    Parameters
    ----------
    rows : ndarray of int64, shape (m,)
        Rows of the experiments, increasing.
    source_mask : VoxelMask
        Right-hemisphere voxels of the regions.
    structure_ids : tuple of int
        The regions.
    reasons : mapping of int to str
        Row of each experiment that is left out, and why.
    """

    rows: npt.NDArray[np.int64]
    source_mask: VoxelMask
    structure_ids: tuple[int, ...]
    reasons: dict[int, str]


def choose(experiments: ExperimentSet, atlas: Atlas, selection: Selection) -> Chosen:
    """Apply a selection.

    Raises
    ------
    AtlasError
        When a region is unknown, or none has a source voxel.
    ModelError
        When the regions hold a single voxel, or no experiment passes; the message says how
        many fail which filter, and how near the nearest comes.
    """
    ids = _structures(atlas, selection.regions)
    mask, inside = _sources(experiments, atlas, ids, selection.regions)
    contained = np.asarray(experiments.injections @ inside.astype(np.float64), dtype=np.float64)
    volumes = experiments.injection_sums * atlas.voxel_volume_mm3
    # Injections are float32: one that lies inside entirely may sum to a little less than one.
    outside = (contained < selection.min_contained - 1e-6) | (contained == 0)
    large = volumes >= selection.max_injection_volume_mm3
    rows = np.flatnonzero(~outside & ~large)
    if not len(rows):
        raise ModelError(_none_passes(selection, contained, volumes, outside))
    reasons = {
        int(row): f"less than {selection.min_contained:.0%} of its injection lies in the "
        "model's regions"
        for row in np.flatnonzero(outside)
    }
    reasons |= {
        int(row): f"its injection is not smaller than {selection.max_injection_volume_mm3:g} mm³"
        for row in np.flatnonzero(large & ~outside)
    }
    return Chosen(rows, mask, ids, reasons)


def _structures(atlas: Atlas, names: tuple[str, ...]) -> tuple[int, ...]:
    """Ids of the regions; of the visual areas, which nobody typed, those that the atlas has."""
    if names == VISUAL_AREAS:
        known = {structure.acronym for structure in atlas.tree}
        names = tuple(name for name in names if name in known) or names
    return tuple(atlas.tree.by_acronym(name).id for name in names)


def _sources(
    experiments: ExperimentSet, atlas: Atlas, ids: tuple[int, ...], names: tuple[str, ...]
) -> tuple[VoxelMask, npt.NDArray[np.bool_]]:
    everywhere = experiments.source_mask
    inside = everywhere.to_vector(atlas.structure_mask(ids, "right"))
    count = int(np.count_nonzero(inside))
    if not count:
        raise AtlasError(
            f"{named(names)} have no source voxel in the right hemisphere of {atlas.name}. "
            "Choose regions of the grey matter that its annotation has."
        )
    if count == 1:
        raise ModelError(
            f"{named(names)} hold a single source voxel, and there is nothing to be smooth over. "
            "Choose more or larger regions."
        )
    return VoxelMask(everywhere.shape, everywhere.indices[inside]), inside


def _none_passes(
    selection: Selection,
    contained: npt.NDArray[np.float64],
    volumes: npt.NDArray[np.float64],
    outside: npt.NDArray[np.bool_],
) -> str:
    text = f"None of the {len(contained)} experiments passes. "
    if np.any(outside):
        part = f"less than {selection.min_contained:.0%}" if selection.min_contained else "none"
        text += (
            f"{np.count_nonzero(outside)} have {part} of their injection in "
            f"{named(selection.regions)} (the nearest has {contained[outside].max():.0%}). "
        )
    if not np.all(outside):
        text += (
            f"{np.count_nonzero(~outside)} inject {selection.max_injection_volume_mm3:g} mm³ or "
            f"more (the smallest of them {volumes[~outside].min():.2g} mm³). "
        )
    return text + "Choose more regions, or relax the filters."


def named(regions: tuple[str, ...]) -> str:
    """Names of regions as a message has room for them.

    Examples
    --------
    >>> named(("A", "B", "C", "D", "E", "F"))
    'A, B, C, D and 2 more'
    """
    shown = ", ".join(regions[:SHOWN_REGIONS])
    more = len(regions) - SHOWN_REGIONS
    return f"{shown} and {more} more" if more > 0 else shown
