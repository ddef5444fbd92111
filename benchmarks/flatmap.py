"""Maps of the cortex: a volume, and a source of a model of the published size, onto the flatmap.

With the real data beside the checkout the published paths are used, else those of the demo brain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from napari_connectome.sample_data import folder

from benchmarks.paper_scale import connectivity, paper_scale
from benchmarks.timing import HEADER, Measured, compare
from napari_connectome.core.atlas import Atlas
from napari_connectome.core.connectivity import Float
from napari_connectome.core.cortex.computed import compute_views
from napari_connectome.core.factored import FactoredConnectivity
from napari_connectome.core.flatmap import AGGREGATES, CorticalView, FlatmapProjector
from napari_connectome.core.models.kernels import gaussian_of_width
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.sources import SourceWeights
from napari_connectome.data.allen_cache import open_cache
from napari_connectome.data.cortical_views import load_cortical_views

REALDATA = Path(__file__).resolve().parents[1].parent / "shared" / "realdata"
Fold = Callable[[Float], np.float32]
VOLUME_GOAL, SOURCE_GOAL, COMPUTING_GOAL = 2e-3, 1e-3, 60.0


def main() -> None:
    cache_folder, paths = folder(), folder() / "cortical_paths"
    if (REALDATA / "cortical_paths").is_dir():
        cache_folder, paths = REALDATA / "allen_cache", REALDATA / "cortical_paths"
    atlas = open_cache(cache_folder).atlas
    views = run_to_end(load_cortical_views(atlas, paths))
    print(f"Paths: {paths}.\n\n{HEADER}", flush=True)
    for measured in _tasks(atlas, views):
        print(measured.row(), flush=True)


def _tasks(atlas: Atlas, views: tuple[CorticalView, ...]) -> Iterator[Measured]:
    volume = np.random.default_rng(0).random(atlas.shape, dtype=np.float32)
    for view in views:
        yield from _volume(view, volume)
    model_atlas, experiments = paper_scale()
    isocortex = np.flatnonzero(experiments.source_mask.to_vector(model_atlas.divisions) == 315)
    rows = np.random.default_rng(1).choice(isocortex, 32)
    for name, kernel in (("compact", None), ("Gaussian", gaussian_of_width(4.64))):
        model = connectivity(experiments, model_atlas, kernel, 0.0)
        for view in views:
            yield _source(name, view, model, rows)
    for view in views:
        view.pixel_of((0, 0, 0))  # the first question makes the index
        yield compare(
            f"{view.title}: pixel of a voxel",
            lambda run, view=view: view.pixel_of(view.voxel_at(60, 60 + run) or (0, 0, 0)),
            limit=SOURCE_GOAL,
        )
    yield compare(
        "both maps computed from the annotation",
        lambda run: run_to_end(compute_views(atlas)),
        limit=COMPUTING_GOAL,
        runs=3,
    )


def _volume(view: CorticalView, volume: Float) -> Iterator[Measured]:
    for aggregate in AGGREGATES:
        projector = FlatmapProjector(view, aggregate=aggregate)
        fold: Fold = {"mean": np.mean, "max": np.max, "sum": np.sum}[aggregate]

        def plain(run: int, fold: Fold = fold) -> Float:
            flat, image = volume.reshape(-1), np.full(view.shape, np.nan, dtype=np.float32)
            for row, column in np.argwhere(view.lookup >= 0):
                path = view.paths[view.lookup[row, column]]
                image[row, column] = fold(flat[path[path >= 0]])
            return image

        np.testing.assert_allclose(projector.image(volume), plain(0), rtol=1e-5)
        yield compare(
            f"{view.title}: {aggregate} of a volume",
            lambda run, projector=projector: projector.image(volume),
            plain,
            limit=VOLUME_GOAL,
        )


def _source(
    name: str, view: CorticalView, model: FactoredConnectivity, rows: npt.NDArray[np.int64]
) -> Measured:
    projector = FlatmapProjector(view, model.target_mask)
    flat = projector.of_model(model)
    everything = SourceWeights(rows, np.full(len(rows), 1.0 / len(rows)))
    flat.from_source(everything)  # carries the nodes of the isocortex onto the map, once
    return compare(
        f"{view.title}: a source voxel, {name}",
        lambda run: flat.from_source(SourceWeights(rows[run : run + 1], np.ones(1))),
        lambda run: projector.image(
            model.from_source(SourceWeights(rows[run : run + 1], np.ones(1)))
        ),
        limit=SOURCE_GOAL,
    )


if __name__ == "__main__":
    main()
