"""Saving, opening and asking a model file at paper scale (226,346 x 448,962 x 428, float32).

    python benchmarks/model_file.py [FOLDER] [--file MODEL]

FOLDER holds `allen_cache` (the CCFv3 annotation at 100 µm) and `knox2018/experiments.json`
(centroids of the 428 experiments); by default `../shared/realdata` beside the checkout.
Projections are drawn so that as many voxels are exactly zero as in real ones (four fifths)
and deflate gains as much. Reading "cold" means: no row in memory, the file in the page cache.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.io import load_model, save_model
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.catalog import entry_of
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.sources import Source, SphereSource, VoxelSource
from napari_connectome.data.allen_cache import open_cache

ROOT = Path(__file__).resolve().parents[1]
VISUAL_CORTEX_UM = (9250.0, 1150.0, 8650.0)
ZEROS = 0.79


def projections(
    centroids: npt.NDArray[np.float64], mask: VoxelMask, seed: int = 0
) -> npt.NDArray[np.float32]:
    """Densities that fall off with distance, noisy, most of them exactly zero."""
    rng = np.random.default_rng(seed)
    places = mask.coordinates.astype(np.float32)
    rows = np.empty((len(centroids), len(mask)), dtype=np.float32)
    for row, centroid in zip(rows, centroids.astype(np.float32), strict=True):
        distance = np.sqrt(((places - centroid) ** 2).sum(axis=1))
        row[:] = np.exp(-distance / 8.0) * rng.lognormal(0, 1, len(mask)).astype(np.float32)
        row[row < np.quantile(row[::50], ZEROS)] = 0.0
    return rows


def experiments(atlas: Atlas, listing: Path) -> ExperimentSet:
    """The 428 experiments of Knox et al. at their real centroids, with drawn projections."""
    divisions = atlas.tree.division_ids()
    source = VoxelMask.from_atlas(atlas, divisions, "right")
    target = VoxelMask.from_atlas(atlas, divisions)
    records = json.loads(listing.read_text()).values()
    ids = np.array([r["id"] for r in records], dtype=np.int64)
    centroids = np.array([[r[f"centroid_{a}"] for a in "xyz"] for r in records]) / 100.0
    division_of = {i: atlas.tree.division_of(i) for i in atlas.tree.descendant_ids(997)}
    here = np.array([division_of.get(int(r["structure_id"])) or 0 for r in records])
    rank = {i: n for n, i in enumerate(divisions)}
    order = [n for n in np.lexsort((ids, [rank.get(int(i), 99) for i in here])) if here[n]]
    ids, centroids, here = ids[order], centroids[order], here[order]
    m = len(ids)
    first = (np.ones(m, dtype=np.float32), (np.arange(m), np.arange(m)))
    return ExperimentSet(
        ids=ids,
        division_ids=here.astype(np.int64),
        centroids=centroids,
        injections=csr_array(first, shape=(m, len(source))),
        projections=projections(centroids, target),
        injection_sums=np.ones(m),
        mirrored=np.zeros(m, dtype=bool),
        source_mask=source,
        target_mask=target,
    )


def seconds(work: Callable[[], Any], times: int = 1) -> float:
    """Median wall time."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def measure(fitted: FittedModel, path: Path, source: Source) -> dict[str, float]:
    """Figures of one model: seconds and megabytes."""
    figures = {"save s": seconds(lambda: save_model(fitted, path))}
    figures["file MB"] = path.stat().st_size / 1e6
    figures["open s"] = seconds(lambda: load_model(path), 5)
    model = load_model(path)
    figures["rows of the prediction"] = len(model.predict(source).support.experiment_ids)

    def cold() -> None:
        opened.pop().predict(source)

    opened = [load_model(path) for _ in range(3)]
    figures["first prediction s"] = seconds(cold, 3)
    figures["warm prediction s"] = seconds(lambda: model.predict(source), 15)
    figures["same in memory s"] = seconds(lambda: fitted.predict(source), 15)
    equal = np.array_equal(model.predict(source).vector, fitted.predict(source).vector)
    figures["bit-identical"] = float(equal)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT.parent / "shared/realdata")
    parser.add_argument("--file", type=Path, help="keep the model file here")
    arguments = parser.parse_args()
    atlas = open_cache(arguments.folder / "allen_cache", 100).atlas
    data = experiments(atlas, arguments.folder / "knox2018/experiments.json")
    print(f"{len(data.source_mask)} x {len(data.target_mask)} x {len(data)}")
    with tempfile.TemporaryDirectory() as scratch:
        path = arguments.file or Path(scratch) / "model.h5"
        for kernel in ("gaussian", "polynomial"):
            entry = entry_of("voxel")
            fitted = run_to_end(entry.fit(data, atlas, **entry.values({"kernel": kernel})))
            for source in (VoxelSource(VISUAL_CORTEX_UM), SphereSource(VISUAL_CORTEX_UM, 300.0)):
                print(f"\n{kernel}, {source.label}")
                for name, value in measure(fitted, path, source).items():
                    print(f"  {name:24} {value:10.3f}")


if __name__ == "__main__":
    main()
