"""A completed regional matrix spread over the voxels of its regions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import ModelError
from napari_connectome.core.regional_connectivity import RegionalConnectivity, shared_voxels
from napari_connectome.core.regional_matrix import UNDETERMINED, Marks

Keys = npt.NDArray[np.int64]


class CompletedConnectivity(RegionalConnectivity):
    """Regional weights of which some were completed; a region need not have been injected.

    Parameters
    ----------
    marks : ndarray of int8, shape (r, t)
        For each weight one of the marks of :mod:`~napari_connectome.core.regional_matrix`.
    **parts
        See :class:`~napari_connectome.core.regional_connectivity.RegionalConnectivity`.
        `nearest_um` is NaN in regions that no experiment injected.

    Raises
    ------
    ModelError
        When shapes disagree.
    """

    def __init__(self, *, marks: Marks, **parts: Any) -> None:
        super().__init__(**parts)
        if marks.shape != self.weights.shape:
            raise ModelError(
                f"A mark for each weight of {self.weights.shape} was expected; their shape is "
                f"{marks.shape}."
            )
        self.marks = marks

    def _check_injected(self) -> None:
        """What was completed needs no experiment."""

    def regional_marks(self, source_keys: Keys, target_keys: Keys) -> Marks:
        """The largest mark of the weights that a strength is a sum of, shaped like strengths."""
        rows, columns = self.weights.shape
        sources = shared_voxels(source_keys, self.source_keys, rows) > 0
        targets = shared_voxels(target_keys, self.target_keys, columns) > 0
        found = np.zeros((len(sources), len(targets)), dtype=np.int8)
        for mark in range(1, UNDETERMINED + 1):
            touched = sources.astype(np.float64) @ (self.marks == mark) @ targets.T
            found[touched > 0] = mark
        return found

    def parts(self) -> dict[str, Any]:
        """All that it is made of: arrays and strings under file-like names."""
        return {**super().parts(), "marks": self.marks}

    @classmethod
    def _more_parts(cls, parts: Mapping[str, Any]) -> dict[str, Any]:
        return {"marks": np.asarray(parts["marks"], dtype=np.int8)}
