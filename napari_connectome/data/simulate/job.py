"""The whole simulation as a job: plant, inject, trace, write."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import DataError
from napari_connectome.core.progress import Job, Progress
from napari_connectome.data.allen_cache import AllenCache, open_cache
from napari_connectome.data.demo_brain import build_demo_atlas, write_demo_atlas
from napari_connectome.data.simulate.arcs import WiringParams
from napari_connectome.data.simulate.folder import (
    GROUND_TRUTH,
    copy_atlas,
    new_folder,
    write_experiment,
    write_json,
)
from napari_connectome.data.simulate.half_brain import HalfBrain
from napari_connectome.data.simulate.injection import centroid
from napari_connectome.data.simulate.metadata import FIRST_ID, record
from napari_connectome.data.simulate.planted import PlantedConnectome
from napari_connectome.data.simulate.sites import Site, plan_sites, read_centroids, sites_at
from napari_connectome.data.simulate.tracing import (
    SimulatedExperiment,
    TracingParams,
    simulate_experiments,
)


def simulate(
    out: str | Path,
    atlas_folder: str | Path | None = None,
    centroids: str | Path | None = None,
    resolution_um: int | None = None,
    experiments: int | None = None,
    seed: int = 0,
    tracing: TracingParams | None = None,
    wiring: WiringParams | None = None,
) -> Job[Path]:
    """Simulate tracing experiments from a planted connectome into a cache folder.

    Parameters
    ----------
    out : str or Path
        Folder to make. It appears when it is complete. An earlier simulation is
        replaced; a folder with other files is refused.
    atlas_folder : str or Path, optional
        Cache folder with the atlas; by default the demo brain is drawn.
    centroids : str or Path, optional
        CSV or JSON file of injection centroids, see
        :func:`~napari_connectome.data.simulate.sites.read_centroids`; by default
        the sites fill every division as in the published data.
    resolution_um : int, optional
        Voxel edge; by default 100, or what the atlas folder has.
    experiments : int, optional
        How many; by default 140, or all centroids. With centroids, the first so many.
    seed : int
        The same seed gives the same bytes.
    tracing, wiring : optional
        Faults of the measurement and parameters of the connectome; their own
        seeds count where they are given.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    DataError
        When the folder is not ours to replace, the atlas or the centroids cannot be
        read, or there are too few experiments.
    """
    if experiments is not None and experiments < 1:
        raise DataError(f"At least one experiment is needed; {experiments} were asked for.")
    place = Path(out).expanduser().resolve()
    tracing, wiring = tracing or TracingParams(seed=seed), wiring or WiringParams(seed=seed)
    with new_folder(place) as folder:
        yield Progress(0, 0, "Preparing the atlas")
        atlas = yield from _prepare_atlas(folder, atlas_folder, resolution_um)
        planted = PlantedConnectome.on(atlas, wiring)
        sites = _sites(planted.brain, centroids, experiments, tracing.seed)
        yield Progress(0, len(sites), "Planting the connectome")
        yield from _write_experiments(folder, planted, sites, tracing)
    return place


def _prepare_atlas(
    folder: Path, atlas_folder: str | Path | None, resolution_um: int | None
) -> Job[Atlas]:
    """Put the atlas into the folder; draw the demo brain when no other is given."""
    if atlas_folder is None:
        demo = build_demo_atlas(resolution_um or 100)
        yield from write_demo_atlas(demo, folder)
        return demo.atlas()
    cache: AllenCache = open_cache(atlas_folder, resolution_um)
    copy_atlas(cache, folder)
    return cache.atlas


def _sites(
    brain: HalfBrain, centroids: str | Path | None, experiments: int | None, seed: int
) -> list[Site]:
    if centroids is None:
        return plan_sites(brain, 140 if experiments is None else experiments, seed)
    return sites_at(brain, read_centroids(Path(centroids).expanduser())[:experiments], seed)


def _write_experiments(
    folder: Path, planted: PlantedConnectome, sites: list[Site], tracing: TracingParams
) -> Job[None]:
    records, truths = [], []
    for number, experiment in enumerate(simulate_experiments(planted, sites, tracing)):
        resolution = planted.brain.atlas.resolution_um
        write_experiment(folder, FIRST_ID + number, experiment, resolution)
        records.append(record(planted.brain, number, experiment))
        truths.append(_truth(number, experiment))
        yield Progress(number + 1, len(sites), "Tracing")
    write_json(folder / "experiments.json", records)
    truth = planted.to_json() | {"tracing": asdict(tracing), "experiments": truths}
    write_json(folder / GROUND_TRUTH, truth)


def _truth(number: int, experiment: SimulatedExperiment) -> dict[str, Any]:
    """What is true about an experiment and cannot be read from its volumes."""
    return {
        "id": FIRST_ID + number,
        "planned_center_um": [round(1000.0 * c, 1) for c in experiment.site.center_mm],
        "planned_volume_mm3": round(experiment.site.volume_mm3, 6),
        "centroid_voxel": np.round(centroid(experiment.injected), 4).tolist(),
        "strength": round(experiment.strength, 6),
    }
