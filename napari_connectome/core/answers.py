"""What can be shown as a volume and compared: predicted, measured, and differences of the two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

from napari_connectome.core.connectivity import Float
from napari_connectome.core.errors import ModelError
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.masks import VoxelMask
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
        check_targets(model, experiments)
        vector = experiments.projections[row]
    label = f"measured in experiment {experiment_id}"
    return Measured(vector, mask, mirrored, label, model, experiment_id)


def check_targets(model: FittedModel, experiments: ExperimentSet) -> None:
    """Refuse experiments whose projections lie on other voxels than the model's.

    Raises
    ------
    ModelError
        When they do.
    """
    ours, theirs = model.connectivity.target_mask, experiments.target_mask
    if ours is not theirs and ours != theirs:
        raise ModelError(
            f"The model has {len(ours)} target voxels, the experiments have {len(theirs)} or "
            "others. Open the data that the model was fitted to."
        )
