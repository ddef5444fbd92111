"""Forwards and backwards questions to a fitted voxel model of the published size."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from benchmarks.paper_scale import SIZES, connectivity, paper_scale
from benchmarks.timing import HEADER, Measured, compare
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.factored import FactoredConnectivity
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.models.kernels import Kernel, gaussian_of_width
from napari_connectome.core.parallel import single_threaded_blas
from napari_connectome.core.sources import RegionSource, SourceWeights, VolumeSource

INJECTION = 300
ISOCORTEX = 315
MODELS: tuple[tuple[str, Kernel | None, float, float], ...] = (
    ("compact", None, 0.0, 6e-3),
    ("Gaussian, all weights", gaussian_of_width(4.64), 0.0, 18e-3),
    ("Gaussian, default tolerance", gaussian_of_width(4.64), 1e-6, 18e-3),
)


def main() -> None:
    atlas, experiments = paper_scale()
    isocortex = np.flatnonzero(experiments.source_mask.to_vector(atlas.divisions) == ISOCORTEX)
    rng = np.random.default_rng(1)
    voxels = rng.choice(isocortex, 32)
    balls = [_ball(experiments, isocortex, voxel) for voxel in voxels]
    targets = rng.integers(0, len(experiments.target_mask), 32)
    print(HEADER)
    for name, kernel, negligible, limit in MODELS:
        model = connectivity(experiments, atlas, kernel, negligible)
        rows = np.mean([np.count_nonzero(model.coefficients(_one(v))) for v in voxels])
        for measured in _questions(f"{name} ({rows:.0f} rows)", model, limit, voxels, balls):
            print(measured.row(), flush=True)
        fitted = FittedModel("voxel", {}, model, atlas, model.experiment_ids)
        for measured in _drawings(name, fitted):
            print(measured.row(), flush=True)
        print(_retrograde(name, model, targets).row(), flush=True)


def _questions(
    name: str,
    model: FactoredConnectivity,
    limit: float,
    voxels: npt.NDArray[np.int64],
    balls: list[SourceWeights],
) -> list[Measured]:
    def plain(source: SourceWeights) -> npt.NDArray[np.float32]:
        with single_threaded_blas():
            return model.coefficients(source).astype(np.float32) @ np.asarray(model.nodes)

    one = compare(
        f"{name}: one voxel",
        lambda run: model.from_source(_one(voxels[run])),
        lambda run: plain(_one(voxels[run])),
        limit=limit,
    )
    ball = compare(
        f"{name}: injection of {INJECTION} voxels",
        lambda run: model.from_source(balls[run]),
        lambda run: plain(balls[run]),
        limit=20e-3,
    )
    return [one, ball]


def _drawings(name: str, model: FittedModel) -> list[Measured]:
    """Whole questions: from the volume that was drawn to the answer and its evidence."""
    connectivity, atlas = model.connectivity, model.atlas
    assert isinstance(connectivity, FactoredConnectivity)
    whole = atlas.structure_mask((ISOCORTEX,), "right")
    places = connectivity.source_mask.coordinates
    isocortex = np.flatnonzero(connectivity.source_mask.to_vector(whole))
    painted = np.zeros(atlas.shape, dtype=np.float32)
    for seed in np.random.default_rng(2).choice(isocortex, 2):
        near = np.argsort(((places - places[seed]) ** 2).sum(axis=1), kind="stable")[:INJECTION]
        painted[tuple(places[near].T)] = 1
        painted = painted[:, :, ::-1]

    def plain(source: SourceWeights) -> npt.NDArray[np.float32]:
        with single_threaded_blas():
            weights = [part.dense(slice(None)) for part in connectivity.divisions]
            dense = np.zeros((len(places), len(model.experiment_ids)), dtype=np.float32)
            for part, found in zip(connectivity.divisions, weights, strict=True):
                dense[part.rows, part.experiments] = found
            return dense[source.rows].mean(axis=0) @ np.asarray(connectivity.nodes)

    region = RegionSource((ISOCORTEX,))
    rows = region.weights(atlas, connectivity.source_mask)
    return [
        compare(
            f"{name}: whole Isocortex, as a region",
            lambda _: model.predict(region),
            lambda _: plain(rows),
            limit=150e-3,
        ),
        compare(
            f"{name}: whole Isocortex, drawn",
            lambda _: model.predict(VolumeSource(whole)),
            limit=150e-3,
        ),
        compare(
            f"{name}: {INJECTION} voxels drawn on either side",
            lambda _: model.predict(VolumeSource(painted)),
            limit=2 * 20e-3,
        ),
    ]


def _retrograde(name: str, model: FactoredConnectivity, targets: npt.NDArray[np.int64]) -> Measured:
    everything = {i: d.dense(slice(None)) for i, d in zip(SIZES, model.divisions, strict=True)}

    def plain(run: int) -> None:
        column = np.asarray(model.nodes)[:, targets[run]]
        with single_threaded_blas():
            for part in model.divisions:
                everything[part.division_id] @ column[part.experiments]

    return compare(
        f"{name}: what projects onto one voxel",
        lambda run: model.onto_target(targets[run : run + 1], np.ones(1)),
        plain,
        limit=30e-3,
    )


def _one(row: int) -> SourceWeights:
    return SourceWeights(np.array([row]), np.ones(1))


def _ball(experiments: ExperimentSet, rows: npt.NDArray[np.int64], row: int) -> SourceWeights:
    places = experiments.source_mask.coordinates
    squared = ((places[rows] - places[row]) ** 2).sum(axis=1)
    near = np.sort(rows[np.argsort(squared, kind="stable")[:INJECTION]])
    return SourceWeights(near, np.full(INJECTION, 1.0 / INJECTION))


if __name__ == "__main__":
    main()
