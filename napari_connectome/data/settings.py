"""What a person can choose about loading experiments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from napari_connectome.core.errors import DataError
from napari_connectome.data.records import Bounds, ExperimentFilter, check_bounds

DivisionRule = Literal["centroid", "injection", "primary"]
OnBad = Literal["raise", "skip"]


@dataclass(frozen=True)
class LoadSettings:
    """How experiment files become rows of X and Y.

    Parameters
    ----------
    wanted : ExperimentFilter
        Which experiments, judged by their metadata.
    data_mask_tolerance : float
        Voxels whose data mask (1 = valid) is below it are set to zero, in injection
        and projection alike; 0 keeps every voxel. Knox et al.'s code masks nothing
        by default, the Allen documentation asks to use valid voxels only.
    injection_volume_mm3, projection_volume_mm3 : tuple of float, optional
        Lowest and highest sum of true injection density, and of projection density
        over the whole brain, times the voxel volume.
    min_contained : float
        Least fraction of the injection that lies inside the source mask, after
        mirroring. An injection wholly outside is left out in any case.
    mirror : bool
        Whether injections of the left hemisphere are mirrored to the right together
        with their projection. Without it they lie outside the source mask.
    division_rule : {"centroid", "injection", "primary"}
        Which major division an experiment belongs to: that of the centroid's voxel
        (Knox et al. 2018, eq. 1; where that voxel is in none, the next rule), the one
        that holds most of the injection, or that of the published primary structure.
    on_bad : {"raise", "skip"}
        What happens at an experiment with damaged or missing files: stop with its
        message, or leave it out and report it.

    Raises
    ------
    DataError
        When a value is out of its range.
    """

    wanted: ExperimentFilter = field(default_factory=ExperimentFilter)
    data_mask_tolerance: float = 0.5
    injection_volume_mm3: Bounds | None = None
    projection_volume_mm3: Bounds | None = None
    min_contained: float = 0.0
    mirror: bool = True
    division_rule: DivisionRule = "centroid"
    on_bad: OnBad = "raise"

    def __post_init__(self) -> None:
        """Check every value."""
        for name in ("data_mask_tolerance", "min_contained"):
            value = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise DataError(f"{name} lies between 0 and 1; {value} came.")
        check_bounds("injection_volume_mm3", self.injection_volume_mm3)
        check_bounds("projection_volume_mm3", self.projection_volume_mm3)
        for name, accepted in (
            ("division_rule", ("centroid", "injection", "primary")),
            ("on_bad", ("raise", "skip")),
        ):
            if getattr(self, name) not in accepted:
                raise DataError(f"{name} is one of {accepted}; {getattr(self, name)!r} came.")
