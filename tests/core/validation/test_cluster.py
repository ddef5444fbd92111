"""The same call on a Dask cluster: the folds go to its workers, the numbers stay the same."""

from __future__ import annotations

import joblib
import numpy as np
import pytest

from napari_connectome.core.progress import run_to_end
from napari_connectome.core.validation import CrossValidation, ModelRequest

distributed = pytest.importorskip("distributed")


def test_folds_go_to_the_workers_of_a_cluster(regional, atlas):
    def validation(n_jobs):
        return CrossValidation(
            regional.experiments,
            atlas,
            [ModelRequest("homogeneous")],
            folds=6,
            power_to_predict=False,
            n_jobs=n_jobs,
        )

    here = run_to_end(validation(1).job())
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        there = run_to_end(validation(-1).job())
    ours, theirs = (result.models[0].held_out for result in (here, there))
    np.testing.assert_array_equal(ours.done, theirs.done)
    np.testing.assert_allclose(ours.voxel, theirs.voxel, rtol=1e-12)
