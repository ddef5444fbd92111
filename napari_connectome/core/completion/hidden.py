"""How well entries were found again that are known and were hidden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from napari_connectome.core.completion.methods import METHODS
from napari_connectome.core.completion.problem import Mask, Matrix
from napari_connectome.core.completion.result import Completion
from napari_connectome.core.progress import run_to_end

MEANS = tuple(name for name in METHODS if name.endswith("mean"))


@dataclass(frozen=True, eq=False)
class HiddenErrors:
    """Relative errors of the hidden entries, ‖X − M‖ / ‖M‖ over them.

    Parameters
    ----------
    hidden : ndarray of bool, shape (r, c)
        Known and not observed.
    error : float or None
        Of the completion; None where nothing but zeros was hidden, or nothing.
    baselines : mapping of str to float
        Of the means that know as much, by their names in
        :data:`~napari_connectome.core.completion.methods.METHODS`.
    """

    hidden: Mask
    error: float | None
    baselines: Mapping[str, float]


def hidden_errors(found: Completion, truth: Matrix) -> HiddenErrors:
    """Compare a completion, and what simple means give, with what is known.

    Parameters
    ----------
    found : Completion
        The answer.
    truth : ndarray of float64, shape (r, c)
        What is known; NaN elsewhere.
    """
    hidden = np.isfinite(truth) & ~found.problem.observed
    size = float(np.linalg.norm(truth[hidden]))
    if not size:
        return HiddenErrors(hidden, None, {})

    def error_of(matrix: Matrix) -> float:
        return float(np.linalg.norm((matrix - truth)[hidden])) / size

    baselines = {
        name: error_of(run_to_end(METHODS[name].job(found.problem)).matrix) for name in MEANS
    }
    return HiddenErrors(hidden, error_of(found.matrix), baselines)
