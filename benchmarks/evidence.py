"""Support, comparison, hold-one-out and injection sites for a model of the published size."""

from __future__ import annotations

import numpy as np

from benchmarks.paper_scale import SIZES, connectivity, paper_scale
from benchmarks.regional import with_regions
from benchmarks.timing import HEADER, Measured, compare
from napari_connectome.core import comparison
from napari_connectome.core.answers import measured
from napari_connectome.core.atlas import Atlas
from napari_connectome.core.contributions import contributions, why_connection
from napari_connectome.core.evidence import support_maps
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.factored import FactoredConnectivity
from napari_connectome.core.hold_out import hold_out
from napari_connectome.core.hypothetical import with_hypothetical
from napari_connectome.core.injection_sites import rank_sites
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.models.kernels import GaussianKernel, gaussian_of_width
from napari_connectome.core.models.nadaraya_watson import NadarayaWatson
from napari_connectome.core.models.weights import nearest_distances
from napari_connectome.core.scoring import mse_rel
from napari_connectome.core.sources import RegionSource, SphereSource

LIMIT = 0.1
ISOCORTEX = 315
CUT = 1e-6


def main() -> None:
    plain, experiments = paper_scale()
    atlas = with_regions(plain)
    model = fitted(atlas, experiments, gaussian_of_width(4.64))
    print(HEADER)
    for line in (*held_out(model, experiments), *evidence(model, experiments), *sites(model)):
        print(line.row(), flush=True)


def fitted(atlas: Atlas, experiments: ExperimentSet, kernel: GaussianKernel) -> FittedModel:
    """A model with one kernel, as a fit would leave it."""
    factored = connectivity(experiments, atlas, kernel, CUT)
    choices = {atlas.tree[i].acronym: kernel.parameters for i in SIZES}
    parts = factored.parts() | {"nearest_um": _nearest_um(experiments, factored, atlas)}
    parameters = {"kernel": "gaussian", "bandwidth_um": 464.0, "degree": None, "negligible": CUT}
    whole = FactoredConnectivity.from_parts(parts)
    return FittedModel("voxel", parameters, whole, atlas, experiments.ids, choices)


def _nearest_um(
    experiments: ExperimentSet, factored: FactoredConnectivity, atlas: Atlas
) -> np.ndarray:
    found = np.empty(len(factored.source_mask), dtype=np.float32)
    for part in factored.divisions:
        voxels = factored.source_mask.coordinates[part.rows]
        centroids = experiments.centroids[part.experiments]
        found[part.rows] = nearest_distances(voxels, centroids) * atlas.resolution_um
    return found


def held_out(model: FittedModel, experiments: ExperimentSet) -> list[Measured]:
    """Isocortex experiments, scores and regional sums included."""
    used = experiments.rows_of_division(ISOCORTEX)

    def plain(run: int) -> None:
        row = used.start + run
        others = np.delete(np.arange(used.start, used.stop), run)
        estimator = NadarayaWatson(bandwidth=4.64)
        estimator.fit(experiments.centroids[others], experiments.projections[others])
        guess = estimator.predict(experiments.centroids[row : row + 1])[0]
        mse_rel(experiments.projections[row], guess)

    return [
        compare(
            "hold one out, asked at its centroid",
            lambda run: hold_out(model, experiments, int(experiments.ids[used.start + run])),
            plain,
            limit=LIMIT,
        ),
        compare(
            "hold one out, asked with its injection",
            lambda run: hold_out(
                model, experiments, int(experiments.ids[used.start + run]), ask="injection"
            ),
            limit=LIMIT,
        ),
    ]


def evidence(model: FittedModel, experiments: ExperimentSet) -> list[Measured]:
    """What stands beside a prediction."""
    atlas, ids = model.atlas, experiments.ids
    coords = model.connectivity.source_mask.coordinates
    cortical = coords[atlas.divisions[tuple(coords.T)] == ISOCORTEX]
    point = atlas.um_of_index(cortical[len(cortical) // 2])
    left = (point[0], point[1], atlas.shape[2] * atlas.resolution_um - point[2])
    sphere = model.predict(SphereSource(point, 300.0))
    other = model.predict(SphereSource(left, 300.0))
    regions = atlas.tree.summary_ids()
    return [
        compare("support maps, both hemispheres", lambda run: support_maps(model), limit=LIMIT),
        compare(
            "support maps with a hypothetical injection",
            lambda run: with_hypothetical(model, [point]),
        ),
        compare(
            "contributions to a sphere, with distances",
            lambda run: contributions(model, SphereSource(point, 300.0), experiments),
        ),
        compare(
            "contributions to the whole isocortex, with distances",
            lambda run: contributions(model, RegionSource((ISOCORTEX,)), experiments),
        ),
        compare(
            "a cell of the matrix taken apart",
            lambda run: why_connection(model, regions[run], regions[run + 1], "contra"),
        ),
        compare(
            "predicted against measured",
            lambda run: comparison.compare(sphere, measured(model, int(ids[run]))),
        ),
        compare(
            "a source on the right against one on the left",
            lambda run: comparison.compare(sphere, other),
        ),
    ]


def sites(model: FittedModel) -> list[Measured]:
    """Every voxel of the isocortex is a candidate."""
    return [
        compare(
            f"{count} injection sites in the isocortex, {SIZES[ISOCORTEX]:,} candidates",
            lambda run, count=count: rank_sites(model, ISOCORTEX, count),
            runs=3,
        )
        for count in (1, 10)
    ]


if __name__ == "__main__":
    main()
