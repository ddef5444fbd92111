"""Where the 428 published experiments leave the largest gaps."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from napari_connectome.core.injection_sites import greedy_sites
from napari_connectome.core.models.weights import nearest_distances
from napari_connectome.core.progress import run_to_end
from napari_connectome.data.allen_cache import open_cache


@pytest.mark.parametrize("acronym", ["Isocortex", "CB", "CTXsp"])
def test_no_other_place_fills_a_gap_of_the_published_injections_better(
    realdata: Path, acronym: str
) -> None:
    atlas = open_cache(realdata / "allen_cache").atlas
    division_id = atlas.tree.by_acronym(acronym).id
    inside = atlas.divisions == division_id
    inside[:, :, : atlas.midline] = False
    voxels = np.argwhere(inside)
    published = json.loads((realdata / "knox2018" / "experiments.json").read_text())
    centroids_um = np.array([[one[f"centroid_{i}"] for i in "xyz"] for one in published.values()])
    ml = centroids_um[:, 2]
    centroids_um[:, 2] = np.maximum(ml, atlas.shape[2] * 100 - ml)
    indices = tuple((centroids_um // 100).astype(int).T)
    centroids = centroids_um[atlas.divisions[indices] == division_id] / 100 - 0.5
    nearest = nearest_distances(voxels, centroids)
    found = run_to_end(greedy_sites(voxels, nearest, 3))
    rng = np.random.default_rng(0)
    for best, before, after in found:
        assert before == pytest.approx(nearest.mean())
        for row in rng.choice(len(voxels), 300, replace=False):
            assert _with(voxels, nearest, row).mean() >= after - 1e-9
        nearest = _with(voxels, nearest, best)
        assert nearest.mean() == pytest.approx(after)


def _with(voxels: np.ndarray, nearest: np.ndarray, row: int) -> np.ndarray:
    return np.minimum(nearest, np.sqrt(((voxels - voxels[row]) ** 2).sum(axis=1)))
