"""Results about how far answers can be trusted: frozen values that are replaced, never edited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from napari_connectome.core.answers import Measured, VoxelValues
from napari_connectome.core.comparison import Comparison
from napari_connectome.core.contributions import ConnectionEvidence, Contributions
from napari_connectome.core.hold_out import HeldOut
from napari_connectome.core.models.fitted import FittedModel, Prediction
from napari_connectome.core.regional_matrix import RegionalCell

SupportKind = Literal["off", "distance", "effective"]
"""What the support layer shows: nothing, µm to the nearest injection, effective experiments."""
ComparedSide = Literal["b", "a", "difference"]
"""Which of two compared answers is shown: B (the present one), A (the kept one), or A - B."""
ShownAnswer = Prediction | VoxelValues
"""What can be shown as a volume: predicted, measured, or a difference."""


@dataclass(frozen=True, eq=False)
class AnswerEvidence:
    """The experiments behind an answer.

    Parameters
    ----------
    prediction : Prediction
        The answer.
    contributions : Contributions
        Experiments with their shares and distances.
    """

    prediction: Prediction
    contributions: Contributions


@dataclass(frozen=True, eq=False)
class CellEvidence:
    """Why a cell of the regional matrix has its value.

    Parameters
    ----------
    cell : RegionalCell
        The cell in the measures that are known.
    evidence : ConnectionEvidence or None
        The experiments behind it; None where there are none to name.
    words : str
        What there is to say: how many experiments, why the value is 0 or missing.
    """

    cell: RegionalCell
    evidence: ConnectionEvidence | None
    words: str


@dataclass(frozen=True, eq=False)
class ShownExperiment:
    """An experiment whose measured volume is shown.

    Parameters
    ----------
    measured : Measured
        What was measured in it.
    color_number : int
        Number of its colour, which it keeps while others come and go.
    """

    measured: Measured
    color_number: int

    @property
    def experiment_id(self) -> int:
        """Allen id."""
        return self.measured.experiment_id


@dataclass(frozen=True, eq=False)
class Kept:
    """What the answers to come are compared with: an answer, or a model that is asked the same.

    Parameters
    ----------
    title : str
        Name of the model; of an answer, what its views call it.
    answer : Prediction, VoxelValues or None
        The kept answer.
    model : FittedModel or None
        The kept model.
    """

    title: str
    answer: ShownAnswer | None = None
    model: FittedModel | None = None


@dataclass(frozen=True, eq=False)
class Compared:
    """Two answers beside each other.

    Parameters
    ----------
    a, b : Prediction or VoxelValues
        The kept (or measured) one, and the present (or held-out) one.
    comparison : Comparison
        The two on one mask, and their difference A - B.
    kept : Kept or None
        What A came from.
    held_out : HeldOut or None
        The held-out experiment, when A is what was measured in it and B what was predicted.
    """

    a: ShownAnswer
    b: ShownAnswer
    comparison: Comparison
    kept: Kept | None = None
    held_out: HeldOut | None = None

    def values_of(self, side: ComparedSide) -> VoxelValues:
        """What is shown of it."""
        comparison = self.comparison
        return {
            "a": comparison.first,
            "b": comparison.second,
            "difference": comparison.difference,
        }[side]
