"""Homogeneous regional model at paper scale: 291 sources, 582 targets, 428 experiments.

Injections are like the published ones: most tracer in one region, a little in its neighbours,
volumes over two orders of magnitude; some regions get none. "Plain" is SciPy, target by target.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from benchmarks.timing import HEADER, compare
from napari_connectome.core.models.conditioning import well_conditioned_columns
from napari_connectome.core.models.homogeneous_weights import (
    HomogeneousOptions,
    RegionalWeights,
    regional_weights,
)
from napari_connectome.core.progress import run_to_end

EXPERIMENTS, SOURCES, TARGETS, NEVER = 428, 291, 582, 10
PLAIN_TARGETS = 60
Matrix = npt.NDArray[np.float64]


def main() -> None:
    data = injected, received = regional_data()
    options = HomogeneousOptions()
    found = fit(injected, received, options)
    ours = compare("", lambda _: fit(injected, received, options), limit=1.0, runs=7)
    conditioning = compare(
        "of it: conditioning", lambda _: well_conditioned_columns(injected, 1000.0), runs=7
    )
    warm = compare(
        "the same without one experiment, started from the whole fit",
        lambda run: fit(*(np.delete(one, run, axis=0) for one in data), options, found),
        runs=7,
    )
    kept = injected[:, found.kept]
    start = time.perf_counter()
    plain = plain_fit(kept, received[:, :PLAIN_TARGETS])
    took = (time.perf_counter() - start) * TARGETS / PLAIN_TARGETS
    print(HEADER)
    name = f"fit {len(found.kept)} of {SOURCES} × {TARGETS}, conditioning included"
    print(replace(ours, name=name, plain=took).row())
    print(conditioning.row())
    print(warm.row())
    ours_error, plain_error = (
        ((kept @ w - received[:, :PLAIN_TARGETS]) ** 2).sum(axis=0)
        for w in (found.weights[:, :PLAIN_TARGETS], plain)
    )
    worst = ((ours_error - plain_error) / plain_error).max()
    print(
        f"\nPlain: scipy.optimize.nnls for {PLAIN_TARGETS} targets, times "
        f"{TARGETS / PLAIN_TARGETS:.1f}. Largest excess of our squared error over SciPy's: "
        f"{worst:.0e} of it. Condition number {found.condition:.0f}; "
        f"{(found.weights > 0).mean():.0%} of the weights are above zero."
    )


def fit(
    injected: Matrix,
    received: Matrix,
    options: HomogeneousOptions,
    start: RegionalWeights | None = None,
) -> RegionalWeights:
    return run_to_end(regional_weights(injected, received, options, start=start))


def plain_fit(injected: Matrix, received: Matrix) -> Matrix:
    from scipy.optimize import nnls

    return np.stack([nnls(injected, one)[0] for one in received.T], axis=1)


def regional_data(seed: int = 0) -> tuple[Matrix, Matrix]:
    """Regional injections and noisy projections of planted weights, 40 % of them zero."""
    rng = np.random.default_rng(seed)
    injected = np.zeros((EXPERIMENTS, SOURCES))
    reached = SOURCES - NEVER
    for row in injected:
        centre = rng.integers(0, reached)
        near = np.unique(np.clip(centre + rng.integers(-3, 4, 4), 0, reached - 1))
        row[near] = 0.3 * rng.random(len(near)) ** 3
        row[centre] = 1.0
        row /= row.sum()
    weights = rng.lognormal(0.0, 2.0, (SOURCES, TARGETS))
    weights *= rng.random(weights.shape) > 0.4
    noise = rng.lognormal(0.0, 0.3, (EXPERIMENTS, TARGETS))
    return injected, injected @ weights * noise


if __name__ == "__main__":
    main()
