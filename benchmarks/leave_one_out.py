"""Leave-one-out over 50 kernels in all 12 divisions, Gram matrices included."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from benchmarks.paper_scale import SIZES, paper_scale
from benchmarks.timing import HEADER, compare
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.models.kernels import Kernel
from napari_connectome.core.models.leave_one_out import (
    gram_matrix,
    leave_one_out_scores,
    leave_one_out_weights,
)
from napari_connectome.core.models.selection import KernelOptions
from napari_connectome.core.models.weights import squared_distances
from napari_connectome.core.parallel import single_threaded_blas
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.scoring import mse_rel

PLAIN_CANDIDATES = 2


def main() -> None:
    _, experiments = paper_scale()
    kernels = KernelOptions().candidates(1.0)
    ours = compare("", lambda _: scores(experiments, kernels), limit=1.0, runs=7)
    few = kernels[:: len(kernels) // PLAIN_CANDIDATES][:PLAIN_CANDIDATES]
    start = time.perf_counter()
    with single_threaded_blas():
        expected = plain_scores(experiments, few)
    plain = (time.perf_counter() - start) / PLAIN_CANDIDATES * len(kernels)
    difference = np.abs(scores(experiments, few) - expected).max()
    print(HEADER)
    name = f"leave-one-out, {len(kernels)} kernels × 12 divisions"
    print(replace(ours, name=name, plain=plain).row())
    print(
        f"\nPlain: predictions formed for {PLAIN_CANDIDATES} kernels, times "
        f"{len(kernels) // PLAIN_CANDIDATES}. Largest difference of a score: {difference:.1e}."
    )


def scores(experiments: ExperimentSet, kernels: list[Kernel]) -> np.ndarray:
    found = []
    for division_id in SIZES:
        used = experiments.rows_of_division(division_id)
        gram = run_to_end(gram_matrix(experiments.projections[used]))
        found.append(run_to_end(leave_one_out_scores(experiments.centroids[used], gram, kernels)))
    return np.array(found)


def plain_scores(experiments: ExperimentSet, kernels: list[Kernel]) -> np.ndarray:
    found = []
    for division_id in SIZES:
        used = experiments.rows_of_division(division_id)
        truth = experiments.projections[used]
        squared = squared_distances(experiments.centroids[used], experiments.centroids[used])
        found.append(
            [
                mse_rel(truth, leave_one_out_weights(squared, k).astype(np.float32) @ truth)
                for k in kernels
            ]
        )
    return np.array(found)


if __name__ == "__main__":
    main()
