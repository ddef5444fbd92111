"""W in full from weights that are kept as a misfit: two tall factors and one product.

(A_x ⊕ A_y)⁻² is diagonal in the smooth patterns of either side. Beyond them, 1 / (a + b)² is
a sum of few products g_k(a) h_k(b), so that the rest of W has few columns times experiments.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.progress import Job, Progress, stretch
from napari_connectome.core.spline.nonneg.objective import over_rows
from napari_connectome.core.spline.operator.fields import Fields
from napari_connectome.core.spline.operator.filters import MatrixFilter
from napari_connectome.core.spline.operator.weights import OperatorWeights

Array = npt.NDArray[Any]
Float = npt.NDArray[np.float64]
NODES = 12
"""Points at which the products agree with 1 / (a + b)²; the error is about 1e-8 of it."""
CUT = 1e-8
"""Of the polynomials, as part of the largest coefficient."""
SAID, SHARES_CUT = 1e-10, 1e-6
"""Least singular value of the nodes that counts, and what rounding then leaves of the shares."""


def dense_weights_job(weights: OperatorWeights) -> Job[Array]:
    """All of W, shape (n_source, n_target), in the precision of its geometry, as a job."""
    sources, targets = yield from factors_job(weights)
    yield Progress(1, 1, "Putting the connectivity together")
    out = np.empty((len(sources), len(targets)), dtype=sources.dtype)
    across = np.ascontiguousarray(targets.T)

    def work(rows: slice) -> float:
        np.matmul(sources[rows], across, out=out[rows])
        return 0.0

    over_rows(work, len(out))
    return out


def factors_job(weights: OperatorWeights) -> Job[tuple[Array, Array]]:
    """Tall matrices whose product, the second transposed, is W, as a job."""
    source, target = weights.source.spectrum, weights.target.spectrum
    injections, misfit = weights.injection_fields(), weights.misfit
    from_patterns = _patterns_by(injections.smooth, source.values)
    smooth = from_patterns(target.values)
    filtered = MatrixFilter(weights.target, from_patterns, smooth, CUT)
    job = filtered.apply_job(_copied(misfit), "Smooth sources")
    received = yield from stretch(job, 0, 1, 3)
    received.smooth[: target.pieces, : source.pieces] = weights.constants.T
    if source.complete:
        return source.modes, received.whole(target)

    nodes = _nodes(source.low, source.high)
    m = injections.smooth.shape[1]
    # The nodes nearly say the same: what they say beyond rounding is left out.
    through_nodes = np.linalg.pinv(_inverse_squares(nodes, nodes), SAID, hermitian=True)
    onto_patterns = _patterns_by(misfit.smooth, target.values)

    def sent(points: Float) -> Float:
        apart = _per_experiment(_inverse_squares(points, nodes), m)
        return np.concatenate([onto_patterns(points), apart], axis=2)

    def arrived(points: Float) -> Float:
        shares = through_nodes @ _inverse_squares(nodes, points)
        return _per_experiment(np.asarray(shares.T, dtype=np.float64), m)

    unused = np.zeros((len(source.values), m, len(target.values) + m * len(nodes)))
    job = MatrixFilter(weights.source, sent, unused, CUT).apply_job(injections, "Rough sources")
    rough_sources = (yield from stretch(job, 1, 1, 3)).rough
    parts = [received.whole(target), target.modes]
    if target.complete:
        rough_sources = rough_sources[:, : len(target.values)]
    else:
        unused = np.zeros((len(target.values), m, m * len(nodes)))
        filtered = MatrixFilter(weights.target, arrived, unused, SHARES_CUT)
        job = filtered.apply_job(_copied(misfit), "Rough targets")
        parts.append((yield from stretch(job, 2, 1, 3)).rough)
    return np.concatenate([source.modes, rough_sources], axis=1), np.concatenate(parts, axis=1)


def _patterns_by(coefficients: Float, values: Float) -> Any:
    """A function of b: each pattern's coefficients over (its value + b)², (points, m, r)."""

    def function(points: Float) -> Float:
        sums = points[:, None] + values
        inverse = np.divide(1.0, sums**2, out=np.zeros_like(sums), where=sums > 0)
        return np.asarray(inverse[:, None, :] * coefficients.T)

    return function


def _inverse_squares(first: Float, second: Float) -> Float:
    return np.asarray(np.add.outer(first, second) ** -2.0)


def _per_experiment(values: Float, m: int) -> Float:
    """Each of k values times the identity of the experiments, shape (points, m, m k)."""
    found = np.eye(m)[None, :, :, None] * values[:, None, None, :]
    return found.reshape(len(values), m, -1)


def _nodes(low: float, high: float) -> Float:
    """Chebyshev points in the logarithm of low ... high."""
    angles = np.pi * (np.arange(NODES) + 0.5) / NODES
    middle, half = np.log(low * high) / 2, np.log(high / low) / 2
    return np.asarray(np.exp(middle + half * np.cos(angles)))


def _copied(fields: Fields) -> Fields:
    """Filters overwrite the rough part of what they are given."""
    return Fields(fields.smooth, fields.rough.copy())
