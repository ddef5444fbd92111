"""Nested leave-one-out of the voxel model in all 12 divisions, and its regional scores.

"Plain" fits every outer fold anew, inner leave-one-out included, in a division of 8 and one
of 10 experiments; for 126 experiments it would take hours.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from benchmarks.paper_scale import SIZES, paper_scale
from benchmarks.regional import with_regions
from benchmarks.timing import HEADER, compare
from napari_connectome.core.models.catalog import entry_of
from napari_connectome.core.models.kernels import Kernel
from napari_connectome.core.models.leave_one_out import leave_one_out_weights
from napari_connectome.core.models.selection import KernelOptions
from napari_connectome.core.models.weights import kernel_weights, squared_distances
from napari_connectome.core.parallel import single_threaded_blas
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.scoring import mse_rel
from napari_connectome.core.validation import CrossValidation, ModelRequest, make_folds
from napari_connectome.core.validation.data import ValidationData, validation_data_job
from napari_connectome.core.validation.voxel import validate_voxel

SMALL = (703, 803)


def main() -> None:
    plain_atlas, experiments = paper_scale()
    atlas = with_regions(plain_atlas)
    data = run_to_end(validation_data_job(experiments, atlas))
    print(HEADER)
    grams = compare(
        "products and regional sums of all projections",
        lambda _: run_to_end(validation_data_job(experiments, atlas)),
        runs=5,
    )
    print(grams.row(), flush=True)
    name = "nested leave-one-out, 50 kernels × 12 divisions, with regional predictions"
    nested = compare(name, lambda _: nested_all(data, tuple(SIZES)), limit=1.0, runs=7)
    print(nested.row(), flush=True)
    few = compare("", lambda _: nested_all(data, SMALL), runs=7)
    start = time.perf_counter()
    expected = [plain_nested(data, division_id) for division_id in SMALL]
    took = time.perf_counter() - start
    name = "of it: divisions of 8 and of 10 experiments"
    print(replace(few, name=name, plain=took).row(), flush=True)
    whole = CrossValidation(experiments, atlas, [ModelRequest("voxel")])
    everything = compare(
        "the whole cross-validation, power to predict and tables of sums included",
        lambda _: run_to_end(whole.job()),
        runs=3,
    )
    print(everything.row())
    worst = 0.0
    for division_id, errors in zip(SMALL, expected, strict=True):
        rows = experiments.rows_of_division(division_id)
        worst = max(worst, np.abs(nested_all(data, (division_id,))[rows] - errors).max())
    print(f"\nLargest difference of an experiment's MSE_rel from explicit refitting: {worst:.1e}.")


def nested_all(data: ValidationData, division_ids: tuple[int, ...]) -> np.ndarray:
    """MSE_rel over voxels of each held-out experiment."""
    ids = data.experiments.division_ids
    folds = make_folds(ids, "loo", members=np.flatnonzero(np.isin(ids, division_ids)))
    sums = np.zeros((len(ids), 3))

    def keep(answer) -> None:
        sums[answer.rows] = answer.voxel

    run_to_end(validate_voxel(data, folds, [entry_of("voxel").values({})], keep, 1))
    error = sums[:, 0] - 2 * sums[:, 1] + sums[:, 2]
    return 2 * error / np.maximum(sums[:, 0] + sums[:, 2], 1e-300)


def plain_nested(data: ValidationData, division_id: int) -> np.ndarray:
    """The same with every prediction formed."""
    experiments = data.experiments
    rows = experiments.rows_of_division(division_id)
    centroids, truth = experiments.centroids[rows], experiments.projections[rows]
    kernels: list[Kernel] = KernelOptions().candidates(1.0)
    errors = []
    for outer in range(len(truth)):
        rest = np.delete(np.arange(len(truth)), outer)
        squared = squared_distances(centroids[rest], centroids[rest])
        scores = []
        with single_threaded_blas():
            for kernel in kernels:
                weights = leave_one_out_weights(squared, kernel).astype(np.float32)
                scores.append(mse_rel(truth[rest], weights @ truth[rest]))
        best = kernels[int(np.argmin(scores))]
        weights = kernel_weights(centroids[[outer]], centroids[rest], best)
        errors.append(mse_rel(truth[outer], weights[0] @ truth[rest]))
    return np.array(errors)


if __name__ == "__main__":
    main()
