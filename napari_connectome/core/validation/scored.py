"""Predictions beside what was measured, on the voxels that a model answers for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from napari_connectome.core.answers import target_rows
from napari_connectome.core.connectivity import Float
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.models.catalog import entry_of
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.models.voxel_left_out import injection_weights
from napari_connectome.core.regions import MaskRegions
from napari_connectome.core.validation.answers import ScoredPart

Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


class Scored:
    """A model and the experiments that it is scored on.

    Parameters
    ----------
    model : FittedModel
        Predicts from whole injections; what of one lies on no source voxel predicts nothing.
    experiments : ExperimentSet
        Measured. They may have more target voxels than the model.
    targets : MaskRegions
        Regions of the experiments' target mask.
    """

    def __init__(
        self, model: FittedModel, experiments: ExperimentSet, targets: MaskRegions
    ) -> None:
        self._model, self._experiments, self._targets = model, experiments, targets
        self._rows = target_rows(model, experiments)
        self._unobserved = entry_of(model.model).unobserved

    def products(self, row: int) -> tuple[float, float, float]:
        """‖P‖², P · Y and ‖Y‖² of an experiment over the model's voxels."""
        return _products(*self._pair(row))

    def sums(self, rows: Rows) -> tuple[Matrix, Matrix, Matrix]:
        """Sums over voxels, shape (k, 3); predicted and measured sums over regions, shape (k, t).

        Voxels where an experiment's projection is unknown to the model are left out of all.
        """
        voxel = np.zeros((len(rows), 3))
        predicted, received = (np.zeros((len(rows), len(self._targets))) for _ in range(2))
        for place, row in enumerate(rows.tolist()):
            pair = self._pair(row)
            voxel[place] = _products(*pair)
            predicted[place], received[place] = (self._regional(one) for one in pair)
        return voxel, predicted, received

    def part(self, received: Matrix) -> ScoredPart | None:
        """What is scored, for a model that answers for a part of the voxels; None: all of them.

        Parameters
        ----------
        received : ndarray of float64, shape (k, t)
            Measured sums over regions, from :meth:`sums`.
        """
        if isinstance(self._rows, slice) and self._unobserved is None:
            return None
        ones = np.ones(len(self._model.connectivity.target_mask), dtype=np.float32)
        count = f"{len(ones):,} of {len(self._experiments.target_mask):,} target voxels"
        return ScoredPart(received, self._regional(ones).astype(np.int64), count)

    def _pair(self, row: int) -> tuple[Float, Float]:
        """Predicted and measured projection of an experiment; 0 where it is not observed."""
        predicted = self._predicted(row)
        measured: Float = self._experiments.projections[row][self._rows]
        if self._unobserved is not None:
            hidden = self._unobserved(self._model, self._experiments, row)
            predicted, measured = predicted.copy(), measured.copy()
            predicted[hidden] = measured[hidden] = 0.0
        return predicted, measured

    def _predicted(self, row: int) -> Float:
        connectivity = self._model.connectivity
        source = injection_weights(self._model, self._experiments, row)
        if not len(source.rows):
            return np.zeros(len(connectivity.target_mask), dtype=np.float32)
        return connectivity.from_source(source)

    def _regional(self, vector: Float) -> Matrix:
        if isinstance(self._rows, slice):
            return self._targets.sums(vector)
        whole = np.zeros(len(self._experiments.target_mask), dtype=np.float32)
        whole[self._rows] = vector
        return self._targets.sums(whole)


def _products(predicted: Float, measured: Float) -> tuple[float, float, float]:
    p, y = predicted.astype(np.float64), measured.astype(np.float64)
    return float(p @ p), float(p @ y), float(y @ y)
