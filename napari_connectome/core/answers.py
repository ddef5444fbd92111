"""What can be shown as a volume and compared: predicted, measured, and differences of the two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
import numpy.typing as npt

from napari_connectome.core.connectivity import Float
from napari_connectome.core.errors import ModelError
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.mirror import rows_in
from napari_connectome.core.models.fitted import Direction, FittedModel


class Answer(Protocol):
    """Numbers on the voxels of a mask; a prediction is one."""

    @property
    def vector(self) -> Float:
        """A value for each voxel, shape (len(mask),)."""

    @property
    def mask(self) -> VoxelMask:
        """What the rows of the vector mean."""

    @property
    def mirrored(self) -> bool:
        """Whether the values belong to the same places of the other hemisphere."""

    @property
    def model(self) -> FittedModel:
        """The model that answered, or whose data these are."""


@dataclass(frozen=True, eq=False)
class VoxelValues:
    """Numbers on voxels that are no prediction, in a form that views show like one.

    Parameters
    ----------
    vector : ndarray of float32, shape (len(mask),)
        Values; NaN where there is none.
    mask : VoxelMask
        What the rows of `vector` mean.
    mirrored : bool
        Whether the values belong to the same places of the other hemisphere.
    label : str
        Short text for lists and titles.
    model : FittedModel
        The model that it belongs to.
    """

    vector: Float
    mask: VoxelMask
    mirrored: bool
    label: str
    model: FittedModel
    direction: ClassVar[Direction] = "anterograde"

    def volume(self, out: Float | None = None) -> Float:
        """The values in the atlas box, on their own side.

        Parameters
        ----------
        out : ndarray of float32, optional
            Volume to write into: voxels outside the mask are left as they are.
        """
        return self.mask.to_volume(self.vector, out=out, mirrored=self.mirrored)


@dataclass(frozen=True, eq=False)
class Measured(VoxelValues):
    """What was measured in one experiment, divided by its injection like every projection.

    Parameters
    ----------
    experiment_id : int
        Allen id.
    """

    experiment_id: int


def measured(
    model: FittedModel,
    experiment_id: int,
    *,
    experiments: ExperimentSet | None = None,
    mirrored: bool = False,
) -> Measured:
    """The normalised projection of an experiment, to be shown beside what the model predicts.

    Parameters
    ----------
    model : FittedModel
        Was fitted to the experiment.
    experiment_id : int
        Allen id.
    experiments : ExperimentSet, optional
        Where the projection is taken from; by default from what the model keeps.
    mirrored : bool
        Whether it is shown in the left hemisphere. Models have all injections on the right.

    Raises
    ------
    ModelError
        When the model does not keep the experiment, or the two have other target voxels.
    ExperimentError
        When `experiments` do not hold it.
    """
    mask = model.connectivity.target_mask
    if experiments is None:
        vector = model.connectivity.measured_projection(experiment_id)
    else:
        row = experiments.row_of(experiment_id)
        vector = experiments.projections[row][target_rows(model, experiments)]
    label = f"measured in experiment {experiment_id}"
    return Measured(vector, mask, mirrored, label, model, experiment_id)


def target_rows(model: FittedModel, experiments: ExperimentSet) -> slice | npt.NDArray[np.int64]:
    """Where a model's target voxels are among those of experiments; all of them as a slice.

    A model may be of some regions only.

    Raises
    ------
    ModelError
        When the model has target voxels that the experiments lack.
    """
    ours, theirs = model.connectivity.target_mask, experiments.target_mask
    if ours is theirs or ours == theirs:
        return slice(None)
    rows = rows_in(theirs, ours, mirrored=False) if ours.shape == theirs.shape else None
    if rows is None or rows.min() < 0:
        raise ModelError(
            f"The model has {len(ours)} target voxels, the experiments have {len(theirs)} or "
            "others. Open the data that the model was fitted to."
        )
    return rows
