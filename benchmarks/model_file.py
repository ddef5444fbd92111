"""Saving, opening and asking a model file at paper scale.

"Cold" means that no row is in memory yet; the file itself is in the system's page cache.
The projections are noise, three quarters of it zero: deflate packs it to 33 % of its size and
unpacks 0.2 GB per second and core. Real ones, with zeros in long runs, pack to 23 % and unpack
nearly twice as fast.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from benchmarks.paper_scale import connectivity, paper_scale
from benchmarks.timing import HEADER, compare
from napari_connectome.core.io import load_model, save_model
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.models.kernels import Kernel, gaussian_of_width
from napari_connectome.core.sources import VoxelSource

MODELS: tuple[tuple[str, Kernel | None, float], ...] = (
    ("Gaussian, all weights", gaussian_of_width(4.64), 0.0),
    ("Gaussian, default tolerance", gaussian_of_width(4.64), 1e-6),
    ("compact", None, 0.0),
)


def main() -> None:
    """Print a table for each kernel."""
    atlas, experiments = paper_scale()
    rows = np.flatnonzero(experiments.source_mask.to_vector(atlas.divisions) == 315)
    places = experiments.source_mask.coordinates[rows[:: len(rows) // 40]]
    sources = [VoxelSource(atlas.um_of_index(place.tolist())) for place in places]
    for name, kernel, negligible in MODELS:
        answers = connectivity(experiments, atlas, kernel, negligible)
        model = FittedModel("voxel", {}, answers, atlas, experiments.ids)
        with tempfile.TemporaryDirectory() as folder:
            _measure(name, model, Path(folder) / "model.h5", sources)


def _measure(name: str, model: FittedModel, path: Path, sources: list[VoxelSource]) -> None:
    found = [compare(f"{name}: save", lambda run: save_model(model, path), runs=1)]
    opened = []

    def open_again(run: int) -> None:
        opened.append(load_model(path))

    found.append(compare(f"{name}: open", open_again, limit=2.0, runs=7))
    found.append(
        compare(
            f"{name}: first prediction, cold",
            lambda run: opened.pop().predict(sources[0]),
            limit=1.0,
            runs=5,
        )
    )
    warm = load_model(path)
    for source in sources:
        warm.predict(source)
    found.append(
        compare(
            f"{name}: prediction, warm (plain: model that was never saved)",
            lambda run: warm.predict(sources[run % len(sources)]),
            lambda run: model.predict(sources[run % len(sources)]),
            limit=0.02,
            runs=31,
        )
    )
    print(HEADER)
    print("\n".join(row.row() for row in found))
    source = sources[0]
    same = np.array_equal(warm.predict(source).vector, model.predict(source).vector)
    used = len(model.predict(source).support.experiment_ids)
    print(
        f"\n{path.stat().st_size / 1e6:.0f} MB; {used} experiments in the first prediction; "
        f"saved and reopened answers are {'the same' if same else 'NOT the same'} bit by bit\n"
    )


if __name__ == "__main__":
    main()
