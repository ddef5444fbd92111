"""What it costs to cut W off at zero: how much is negative, and the objective of what is left.

All of W is never there, so that both are estimated: from rows of W at source voxels that
are drawn, together with their neighbours, and at drawn voxels of drawn injections.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.progress import Job
from napari_connectome.core.spline.operator.fields import Fields
from napari_connectome.core.spline.operator.solution import OperatorSolution

Array = npt.NDArray[Any]
Float = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
VOXELS, EXPERIMENTS, OF_EACH = 8, 6, 4
"""How many are drawn: source voxels, injections, and voxels of each injection, twice."""
SEED = 20162


@dataclass(frozen=True)
class Clipped:
    """Of max(W, 0), by a sample.

    Parameters
    ----------
    negative_mass : float
        Part of Σ |W| that is negative, 0 to 1.
    objective : float
        Of (P1) at max(W, 0).
    objective_error : float
        Standard error of the objective.
    """

    negative_mass: float
    objective: float
    objective_error: float


def clipping_job(found: OperatorSolution) -> Job[Clipped]:
    """Estimate what cutting a solution off at zero costs; the same sample for the same size."""
    rng = np.random.default_rng(SEED)
    weights, prepared = found.weights, found.prepared
    m, n_source = prepared.injections.shape
    roughness = weights.source.spectrum.roughness
    voxels = rng.choice(n_source, min(VOXELS, n_source), replace=False)
    beside = np.unique(roughness[voxels].indices).astype(np.int64)
    drawn = np.sort(rng.choice(m, min(EXPERIMENTS, m), replace=False))
    inside = np.concatenate([_of_injection(prepared.injections, e, rng) for e in drawn])
    asked = np.concatenate([beside, inside])
    ones = np.ones(len(asked))
    columns = csr_array((ones, (np.arange(len(asked)), asked)), shape=(len(asked), n_source))
    fields = yield from weights.project_job(Fields.of_rows(weights.source.spectrum, columns))
    rows = fields.whole(weights.target.spectrum).T
    near, negative = rows[: len(beside)], np.maximum(-rows[len(beside) :], 0)
    here = near[np.searchsorted(beside, voxels)]
    rough = _more_roughness(found, near, csr_array(roughness[voxels][:, beside]), here)
    halves = np.split(negative, len(drawn))
    apart = [_more_misfit(found, int(e), own) for e, own in zip(drawn, halves, strict=True)]
    more = n_source * found.penalty * rough, m * np.array(apart)
    return Clipped(
        negative_mass=float(np.maximum(-here, 0).sum() / (np.abs(here).sum() or 1.0)),
        objective=found.objective + sum(float(part.mean()) for part in more),
        objective_error=float(np.sqrt(sum(part.var() / len(part) for part in more))),
    )


def _of_injection(injections: csr_array, experiment: int, rng: np.random.Generator) -> Rows:
    """Voxels of an injection, drawn twice so many, each as often as it has tracer."""
    own = injections[[experiment]]
    return rng.choice(own.indices, 2 * OF_EACH, p=own.data / own.data.sum()).astype(np.int64)


def _more_roughness(found: OperatorSolution, near: Array, here: csr_array, own: Array) -> Float:
    """‖L_x C + C L_yᵀ‖² - ‖L_x W + W L_yᵀ‖² in rows of W, C = max(W, 0), shape (voxels,)."""
    there = found.weights.target.spectrum.roughness

    def squares(matrix: Array, rows: Array) -> Float:
        rough = np.asarray(here @ matrix + (there @ rows.T).T, dtype=np.float64)
        return np.asarray(np.einsum("ij,ij->i", rough, rough))

    return squares(np.maximum(near, 0), np.maximum(own, 0)) - squares(near, own)


def _more_misfit(found: OperatorSolution, experiment: int, negative: Array) -> float:
    """What an experiment's squared misfit gains when the negative part N of X W is left out.

    The misfit is -μ Λ. ‖N‖² is the product of two estimates of N that know nothing of each other.
    """
    prepared = found.prepared
    total = prepared.injections[[experiment]].sum()
    first = negative[:OF_EACH].mean(axis=0, dtype=np.float64) * total
    second = negative[OF_EACH:].mean(axis=0, dtype=np.float64) * total
    spectrum = found.weights.target.spectrum
    misfit = Fields(
        found.misfit.smooth[:, [experiment]], found.misfit.rough[:, [experiment]]
    ).whole(spectrum)[:, 0]
    seen = np.ones(len(spectrum), dtype=bool)
    seen[prepared.hidden_rows[prepared.hidden_columns == experiment]] = False
    slope = -found.penalty * misfit[seen].astype(np.float64)
    return float(slope @ (first + second)[seen] + first[seen] @ second[seen])
