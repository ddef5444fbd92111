"""What a fit of a spline model will be about and what it needs, told before it starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.memory import check_memory, gigabytes
from napari_connectome.core.models.spline_data import selection_of
from napari_connectome.core.sides import Side
from napari_connectome.core.spline.experiments import SplineData, left_voxels
from napari_connectome.core.spline.low_rank_start import check_rank
from napari_connectome.core.spline.nonneg.whole import bytes_needed, is_large
from napari_connectome.core.spline.operator.spectra import patterns_for
from napari_connectome.core.spline.selection import choose

FEWER = "Choose fewer regions, a coarser grid, or a lower rank."
SMALLER = "Choose the low-rank spline model, fewer regions, or a coarser grid."
COPIES_OF_FACTORS, COPIES_OF_DATA, PATTERNS = 16, 6, 60
"""Arrays of the size of the factors, of the projections, and patterns of each lattice, at once."""
COPIES_OF_COLUMNS = 14
"""Arrays of experiments by voxels, in float32, that are there at once without a matrix."""
FACTOR_BYTES, FACTOR_VOXELS = 0.7e9, 61_878
"""Memory of the factors that smooth patterns are computed with: of the right isocortex."""


@dataclass(frozen=True)
class Size:
    """How large a problem is.

    Parameters
    ----------
    experiments, all_experiments : int
        That pass, and of how many.
    source_voxels : int
        Right-hemisphere voxels of the regions.
    target_voxels : mapping of str to int
        Of each side.
    """

    experiments: int
    all_experiments: int
    source_voxels: int
    target_voxels: Mapping[Side, int]

    @classmethod
    def of_data(cls, data: SplineData) -> Size:
        """Of what a model is about to be fitted to."""
        return cls(
            len(data.rows),
            len(data.rows) + len(data.chosen.reasons),
            len(data.source_mask),
            {targets.side: len(targets.mask) for targets in data.targets},
        )

    @classmethod
    def of_selection(
        cls, experiments: ExperimentSet, atlas: Atlas, parameters: Mapping[str, Any]
    ) -> Size:
        """Of what parameters choose; no projection is read.

        Raises
        ------
        AtlasError, ModelError
            As :func:`~napari_connectome.core.spline.selection.choose`.
        """
        chosen = choose(experiments, atlas, selection_of(parameters))
        regions = atlas.structure_mask(chosen.structure_ids)
        left = left_voxels(experiments.target_mask, regions, atlas.midline)
        targets: dict[Side, int] = {"ipsi": len(chosen.source_mask)}
        if left is not None:
            targets["contra"] = len(left)
        return cls(len(chosen.rows), len(experiments), len(chosen.source_mask), targets)

    def __str__(self) -> str:
        targets = sum(self.target_voxels.values())
        return (
            f"{self.experiments} of {self.all_experiments} experiments pass; "
            f"{self.source_voxels:,} source voxels, {targets:,} target voxels"
        )


def selection_outlook(
    experiments: ExperimentSet, atlas: Atlas, parameters: Mapping[str, Any]
) -> str:
    """Experiments and voxels that a model's parameters choose.

    Raises
    ------
    AtlasError, ModelError
        When nothing can be fitted.
    """
    return f"{Size.of_selection(experiments, atlas, parameters)}."


def low_rank_outlook(
    experiments: ExperimentSet, atlas: Atlas, parameters: Mapping[str, Any]
) -> str:
    """The same for a low-rank model, and the memory that it takes.

    Raises
    ------
    AtlasError, ModelError
        When nothing can be fitted, the rank is too large, or memory will not do.
    """
    size = Size.of_selection(experiments, atlas, parameters)
    need = check_low_rank(size, int(parameters["rank"]))
    return f"{size}; about {gigabytes(need)} of memory."


def spline_outlook(experiments: ExperimentSet, atlas: Atlas, parameters: Mapping[str, Any]) -> str:
    """The same for a model of full rank, and how it is solved.

    Raises
    ------
    AtlasError, ModelError
        When nothing can be fitted, or memory will not do.
    """
    size = Size.of_selection(experiments, atlas, parameters)
    how = "; solved without W ≥ 0, answers cut off at zero" if is_beyond_dense(size) else ""
    return f"{size}; about {gigabytes(check_spline(size))} of memory{how}."


def is_beyond_dense(size: Size) -> bool:
    """Whether a model of full rank is solved without its matrix."""
    return is_large(size.source_voxels, max(size.target_voxels.values()))


def check_spline(size: Size) -> float:
    """Refuse a size for which memory will not do; the bytes that it takes otherwise."""
    return check_operator(size) if is_beyond_dense(size) else check_dense(size)


def check_operator(size: Size) -> float:
    """The same for a model without a matrix.

    Raises
    ------
    ModelError
        When memory will not do.
    """
    targets = max(size.target_voxels.values())
    largest = max(size.source_voxels, targets)
    columns = COPIES_OF_COLUMNS * size.experiments + patterns_for(largest)
    # The factors of a lattice in three dimensions grow faster than it does.
    factors = FACTOR_BYTES * (largest / FACTOR_VOXELS) ** (4 / 3)
    need: float = 4.0 * (size.source_voxels + targets) * columns + factors
    check_memory(need, f"A spline model of {size.source_voxels:,} source voxels", SMALLER)
    return need


def check_dense(size: Size) -> float:
    """Refuse a size that will not fit in memory; the bytes that it takes otherwise.

    Raises
    ------
    ModelError
        When memory will not do.
    """
    need = bytes_needed(size.source_voxels, max(size.target_voxels.values()))
    check_memory(need, f"A fit of every pair of {size.source_voxels:,} source voxels", SMALLER)
    return need


def check_low_rank(size: Size, rank: int) -> float:
    """Refuse a rank or a size that will not do; the bytes that it takes otherwise.

    Raises
    ------
    ModelError
        When the rank is above the number of voxels, or memory will not do.
    """
    for count in size.target_voxels.values():
        check_rank(rank, size.source_voxels, count)
    targets = max(size.target_voxels.values())
    columns = COPIES_OF_FACTORS * rank + COPIES_OF_DATA * size.experiments + PATTERNS
    need = 8.0 * (size.source_voxels + targets) * columns
    check_memory(need, f"A low-rank fit of {size.source_voxels:,} source voxels", FEWER)
    return need
