"""Fitting the voxel model of the published size: time and memory."""

from __future__ import annotations

import itertools
import time
from typing import Any

from benchmarks.paper_scale import paper_scale
from benchmarks.timing import HEADER, compare, current_bytes, peak_bytes
from napari_connectome.core.atlas import Atlas
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.models.voxel_fit import fit_voxel
from napari_connectome.core.progress import run_to_end

TASKS: tuple[tuple[str, dict[str, Any], float | None], ...] = (
    ("fit, Gaussian of given width", {"bandwidth_um": 464.0}, 0.2),
    (
        "fit, compact kernel of given width",
        {"kernel": "polynomial", "bandwidth_um": 1200.0, "degree": 3.0},
        0.2,
    ),
    ("fit, Gaussian chosen by leave-one-out", {}, None),
)


def main() -> None:
    atlas, experiments = paper_scale()
    nodes = experiments.projections.nbytes
    base = current_bytes() - nodes
    print(HEADER)
    for name, values, limit in TASKS:
        measured = compare(
            name,
            lambda _, values=values: run_to_end(fit_voxel(experiments, atlas, **values)),
            limit=limit,
            runs=7,
        )
        print(measured.row(), flush=True)
    wait = _longest_wait(atlas, experiments)
    print(f"\nLongest time between two moments to cancel at: {wait:.2f} s (goal ≤ 0.5).")
    print(f"Peak memory of a fit: {(peak_bytes() - base) / nodes:.2f} × the nodes (goal ≤ 1.3).")


def _longest_wait(atlas: Atlas, experiments: ExperimentSet) -> float:
    moments = [time.perf_counter()]
    job = fit_voxel(experiments, atlas)
    run_to_end(job, lambda _: moments.append(time.perf_counter()))
    moments.append(time.perf_counter())
    return max(after - before for before, after in itertools.pairwise(moments))


if __name__ == "__main__":
    main()
