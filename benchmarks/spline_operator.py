"""The spline model of a whole division without its matrix: time, memory and clicks.

The data are a simulation at real centroids on the real annotation. Make it once::

    napari-connectome simulate PLANTED --atlas ALLEN_CACHE --centroids KNOX_EXPERIMENTS.json
    python -m benchmarks.spline_operator PLANTED [--nested]
    python -m benchmarks.spline_operator PLANTED --hemisphere
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from typing import Any

import numpy as np

from benchmarks.timing import HEADER, compare, peak_bytes
from napari_connectome.core.io.user_cache import FOLDER_VARIABLE
from napari_connectome.core.operator_connectivity import OperatorConnectivity
from napari_connectome.core.progress import Job, run_to_end
from napari_connectome.core.sources import SourceWeights
from napari_connectome.core.spline.experiments import spline_data
from napari_connectome.core.spline.lambda_search import fold_rows
from napari_connectome.core.spline.operator.clipping import clipping_job
from napari_connectome.core.spline.operator.folds import held_out_sums_job, prepared_search_job
from napari_connectome.core.spline.operator.preparation import Prepared, prepare_job
from napari_connectome.core.spline.operator.solve import solve_job
from napari_connectome.core.spline.operator.spectra import geometry_job
from napari_connectome.core.spline.proximity import Proximity
from napari_connectome.core.spline.selection import Selection
from napari_connectome.data.allen_cache import open_cache
from napari_connectome.data.tracing import load_experiments

LAMBDAS = (1e4, 1e5, 1e6, 1e7, 1e8)
CLICKS = 25
HEMISPHERE_TOL = 1e-3


def main(folder: str, nested: bool) -> None:
    """Measure a fit of the right isocortex, and what it answers."""
    cache = open_cache(folder)
    experiments = run_to_end(load_experiments(cache))
    data = spline_data(experiments, cache.atlas, Selection(("Isocortex",), 0.5, 10.0))
    problem = data.problem("ipsi", 1e5)
    print(f"{problem.injections.shape[0]} experiments, {len(data.source_mask):,} voxels")
    with tempfile.TemporaryDirectory() as kept:
        os.environ[FOLDER_VARIABLE] = kept
        geometry = timed("smooth patterns, once", geometry_job(problem))
    prepared = timed("moments", prepare_job(problem, geometry))
    found = timed("fit at λ = 1e5", solve_job(prepared, 1e5))
    print(f"residual {found.residual:.1e} in {found.steps} steps")
    print(f"misfit checked: {timed('check', found.misfit_check_job()):.1e}")
    cut = timed("what cutting off costs", clipping_job(found))
    print(f"{cut.negative_mass:.1%} negative; {cut.objective / found.lower_bound - 1:.2%} above")
    near = Proximity(data.experiment_ids, data.centroids, 100.0)
    mask = data.targets[0].mask
    connectivity = OperatorConnectivity(data.source_mask, mask, found.weights, near)
    voxels = np.random.default_rng(0).integers(len(mask), size=CLICKS + 1)
    one = np.ones(1)

    def plain(run: int) -> None:
        source = np.zeros((1, len(mask)))
        source[0, voxels[run]] = 1.0
        found.weights.predict(source)

    def click(run: int) -> None:
        connectivity.from_source(SourceWeights(voxels[run : run + 1], one))

    def back(run: int) -> None:
        connectivity.onto_target(voxels[run : run + 1], one)

    print(f"\n{HEADER}")
    few = compare("one voxel, all columns at once", click, plain, limit=0.05, runs=3)
    print(few.row())
    print(compare("one voxel", click, limit=0.05, runs=CLICKS).row())
    print(compare("what projects onto one voxel", back, limit=0.05, runs=CLICKS).row())
    print(f"\nPeak memory {peak_bytes() / 1e9:.2f} GB")
    if nested:
        timed("nested 5 x 5 folds, 5 values of λ", nested_job(prepared))


def hemisphere(folder: str) -> None:
    """Measure a fit of all twelve divisions of the right hemisphere together."""
    cache = open_cache(folder)
    experiments = run_to_end(load_experiments(cache))
    tree = cache.atlas.tree
    divisions = tuple(tree[division].acronym for division in tree.division_ids())
    data = spline_data(experiments, cache.atlas, Selection(divisions, 0.5, 10.0))
    problem = data.problem("ipsi", 1e5)
    print(f"{problem.injections.shape[0]} experiments, {len(data.source_mask):,} voxels")
    with tempfile.TemporaryDirectory() as kept:
        os.environ[FOLDER_VARIABLE] = kept
        geometry = timed("smooth patterns, once", geometry_job(problem))
    prepared = timed("moments", prepare_job(problem, geometry))
    found = timed("fit at λ = 1e5", solve_job(prepared, 1e5, tol=HEMISPHERE_TOL))
    print(f"residual {found.residual:.1e} in {found.steps} steps")
    print(f"Peak memory {peak_bytes() / 1e9:.2f} GB")


def nested_job(prepared: Prepared) -> Job[None]:
    """λ by inner folds, scored on outer ones."""
    m = prepared.injections.shape[0]
    sums = np.zeros(3)
    for test in fold_rows(m):
        train = np.setdiff1d(np.arange(m), test)
        part = prepared.subset(train)
        search = yield from prepared_search_job(part, LAMBDAS, fold_rows(len(train)))
        found = yield from solve_job(part, search.best, tol=1e-3)
        sums += yield from held_out_sums_job(prepared, found, train, test)
        print(f"λ = {search.best:.0e}, inner errors {search.errors.round(3)}", flush=True)
    print(f"MSE_rel {2 * (sums[0] - 2 * sums[1] + sums[2]) / (sums[0] + sums[2]):.3f}")


def timed(name: str, job: Job[Any]) -> Any:
    """Run a job and print what it took."""
    began, busy = time.perf_counter(), time.process_time()
    found = run_to_end(job)
    wall, own = time.perf_counter() - began, time.process_time() - busy
    print(f"{name}: {wall:.1f} s, processor {own:.1f} s", flush=True)
    return found


if __name__ == "__main__":
    if "--hemisphere" in sys.argv:
        hemisphere(sys.argv[1])
    else:
        main(sys.argv[1], "--nested" in sys.argv)
