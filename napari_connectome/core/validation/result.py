"""The outcome of a cross-validation: what every model says about the same experiments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from napari_connectome.core.scoring import relative_errors, row_correlations
from napari_connectome.core.structures import StructureTree
from napari_connectome.core.validation.answers import FoldAnswer, ScoredPart, Values
from napari_connectome.core.validation.data import ValidationData
from napari_connectome.core.validation.folds import Kind, Rows

Matrix = npt.NDArray[np.float64]
Level = Literal["voxel", "regional"]
LEVELS: tuple[Level, Level] = ("voxel", "regional")


@dataclass(frozen=True, eq=False)
class HeldOutExperiments:
    """Everything that the scores of one model are made of.

    Parameters
    ----------
    members : ndarray of int64
        Rows that took part.
    done : ndarray of bool, shape (m,)
        Rows that were predicted.
    voxel, regional : ndarray of float64, shape (m, 3)
        ‖P‖², P · Y and ‖Y‖² of each experiment over voxels, and over regions.
    predicted : ndarray of float64, shape (m, t)
        Regional predictions.
    refused : mapping of int to str
        Rows that cannot be predicted, and why.
    training : mapping of int to ndarray of float64, shape (2, 3)
        Sums over training experiments by division: voxels, regions.
    chosen : tuple of mapping
        What the inner loop chose, fold by fold.
    received : ndarray of float64, shape (m, t)
        Measured regional projections that the predictions are scored against.
    voxels : ndarray of int64, shape (t,) or None
        Voxels of each target region that the scores are made of; None: all that it has.
    scored_on : str
        The part of the brain that the scores are made of, in words; empty for all of it.
    """

    members: Rows
    done: npt.NDArray[np.bool_]
    voxel: Matrix
    regional: Matrix
    predicted: Matrix
    refused: Mapping[int, str]
    training: Mapping[int, Matrix]
    chosen: tuple[Mapping[str, Values], ...]
    received: Matrix
    voxels: Rows | None = None
    scored_on: str = ""

    @property
    def as_nothing(self) -> npt.NDArray[np.bool_]:
        """Rows that were predicted to project nowhere, shape (m,)."""
        return np.asarray(self.done & (self.regional[:, 0] == 0))

    def errors(self, level: Level) -> Matrix:
        """MSE_rel of each experiment, shape (m,); NaN where it was not predicted."""
        found = relative_errors(self.voxel if level == "voxel" else self.regional)
        return np.where(self.done, found, np.nan)

    def error(self, level: Level, rows: Rows) -> float:
        """MSE_rel of some experiments, pooled; NaN where none of them was predicted."""
        used = rows[self.done[rows]]
        sums = (self.voxel if level == "voxel" else self.regional)[used]
        return float(relative_errors(sums.sum(axis=0))) if len(used) else float("nan")

    def training_error(self, level: Level, division_ids: Rows) -> float:
        """MSE_rel of training experiments of some divisions, pooled over folds."""
        found = [self.training[i] for i in division_ids.tolist() if i in self.training]
        if not found:
            return float("nan")
        return float(relative_errors(np.sum(found, axis=0)[LEVELS.index(level)]))


@dataclass(eq=False)
class Collecting:
    """Takes the answers of folds together as they come.

    Parameters
    ----------
    members : ndarray of int64
        Rows that take part.
    received : ndarray of float64, shape (m, t)
        Measured regional projections.
    """

    members: Rows
    received: Matrix

    def __post_init__(self) -> None:
        m = len(self.received)
        self._done = np.zeros(m, dtype=bool)
        self._voxel = np.zeros((m, 3))
        self._predicted = np.zeros(self.received.shape)
        self._refused: dict[int, str] = {}
        self._training: dict[int, Matrix] = {}
        self._chosen: list[Mapping[str, Values]] = []
        self._scored = self.received
        self._voxels: Rows | None = None
        self._scored_on = ""

    def keep(self, answer: FoldAnswer) -> None:
        """Add one fold."""
        self._voxel[answer.rows] = answer.voxel
        self._predicted[answer.rows] = answer.regional
        self._refused |= answer.refused
        for division_id, sums in answer.training.items():
            self._training[division_id] = self._training.get(division_id, 0.0) + sums
        if answer.chosen:
            self._chosen.append(answer.chosen)
        if answer.part is not None:
            self._keep_part(answer.rows, answer.part)
        self._done[answer.rows] = True

    def _keep_part(self, rows: Rows, part: ScoredPart) -> None:
        if self._scored is self.received:
            self._scored = self.received.copy()
        self._scored[rows] = part.received
        self._voxels, self._scored_on = part.voxels, part.name

    def so_far(self) -> HeldOutExperiments:
        """What there is by now; later answers do not change it."""
        p, y = self._predicted, self._scored
        regional = np.stack([np.einsum("ij,ij->i", a, b) for a, b in ((p, p), (p, y), (y, y))], 1)
        return HeldOutExperiments(
            members=self.members,
            done=self._done.copy(),
            voxel=self._voxel.copy(),
            regional=regional,
            predicted=p.copy(),
            refused=dict(self._refused),
            training={i: sums.copy() for i, sums in self._training.items()},
            chosen=tuple(self._chosen),
            received=y if y is self.received else y.copy(),
            voxels=self._voxels,
            scored_on=self._scored_on,
        )


@dataclass(frozen=True, eq=False)
class ModelResult:
    """One model.

    Parameters
    ----------
    name, title : str
        Of the catalog.
    candidates : tuple of mapping
        Parameters that it was given to choose from.
    held_out : HeldOutExperiments
        All experiments.
    repeated : HeldOutExperiments or None
        Power to predict: fitted to, and predicted for, only those experiments whose centroid's
        region holds at least three centroids. None when it was not asked for.
    """

    name: str
    title: str
    candidates: tuple[Values, ...]
    held_out: HeldOutExperiments
    repeated: HeldOutExperiments | None


@dataclass(frozen=True, eq=False)
class ValidationResult:
    """Models compared on the same folds.

    Parameters
    ----------
    data : ValidationData
        What they were judged on.
    models : tuple of ModelResult
        In the order in which they were asked for; those that were not begun are missing.
    folds : "loo" or int
        Leave-one-out, or K.
    fold_of : ndarray of int64, shape (m,)
        Fold of each experiment.
    seed : int
        Of the folds.
    partial : bool
        Whether it was stopped before its end.
    provenance : mapping
        Data folder, versions, time: plain JSON values.
    """

    data: ValidationData
    models: tuple[ModelResult, ...]
    folds: Kind
    fold_of: Rows
    seed: int
    partial: bool
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def tree(self) -> StructureTree:
        """Names of divisions and regions."""
        return self.data.atlas.tree

    @property
    def division_ids(self) -> Rows:
        """Divisions with experiments, in the order of the experiments."""
        return np.array(list(dict.fromkeys(self.data.experiments.division_ids.tolist())))

    def rows_of(self, division_id: int | None) -> Rows:
        """Experiments of a division; of all for None."""
        ids = self.data.experiments.division_ids
        return np.arange(len(ids)) if division_id is None else np.flatnonzero(ids == division_id)

    def correlations(self, model: ModelResult) -> dict[str, Matrix]:
        """Pearson's r between measured and predicted regional vectors, one per experiment.

        Returns
        -------
        dict of str to ndarray of float64, shape (m,)
            ``both`` hemispheres in one vector (Knox et al. 2018, section 2.5), ``ipsi``,
            ``contra``. NaN where an experiment was not predicted or one side is constant.
        """
        targets, held = self.data.regional.targets, model.held_out
        there = (targets.counts if held.voxels is None else held.voxels) > 0
        parts = {"both": there, "ipsi": there & ~targets.contra, "contra": there & targets.contra}
        return {
            name: np.where(
                held.done, row_correlations(held.received[:, used], held.predicted[:, used]), np.nan
            )
            for name, used in parts.items()
        }
