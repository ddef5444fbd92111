"""Where simulated injections go."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.spatial import cKDTree

from napari_connectome.core.errors import DataError
from napari_connectome.core.structures import DIVISION_ACRONYMS
from napari_connectome.data.allen_cache import open_cache
from napari_connectome.data.simulate import plan_sites, read_centroids, sites_at
from napari_connectome.data.simulate.half_brain import HalfBrain
from napari_connectome.data.simulate.sites import EXPERIMENTS_OF_DIVISION, counts_of_divisions


@pytest.fixture(scope="module")
def brain(small_brain):
    return HalfBrain.of(open_cache(small_brain).atlas)


@pytest.mark.parametrize("total", [36, 40, 140, 428])
def test_divisions_get_their_published_share(brain, total):
    counts = counts_of_divisions(brain, total)
    assert sum(counts.values()) == total
    assert min(counts.values()) >= 3
    if total == 428:
        assert counts == {i: EXPERIMENTS_OF_DIVISION[a] for i, a in DIVISION_ACRONYMS.items()}


def test_too_few_experiments_are_refused(brain):
    with pytest.raises(DataError, match="at least 36"):
        counts_of_divisions(brain, 35)


def folded(sites, brain):
    """Centres mirrored to the right hemisphere."""
    centers = np.array([s.center_mm for s in sites])
    width = brain.atlas.shape[2] * brain.atlas.resolution_um / 1000
    centers[:, 2] = np.maximum(centers[:, 2], width - centers[:, 2])
    return centers


def test_sites_fill_the_brain(brain):
    sites = plan_sites(brain, 140, 0)
    centers = folded(sites, brain)
    distance, _ = cKDTree(centers).query(brain.points_mm)
    assert np.median(distance) < 0.7
    assert np.percentile(distance, 90) < 1.1
    inside, _ = cKDTree(brain.points_mm).query(centers)
    assert inside.max() < 0.1


def test_a_few_sites_are_on_the_left(brain):
    sites = plan_sites(brain, 140, 0)
    half = brain.atlas.shape[2] * brain.atlas.resolution_um / 2000
    assert 0.03 < np.mean([s.center_mm[2] < half for s in sites]) < 0.08


def test_volumes_are_realistic(brain):
    volumes = np.array([s.volume_mm3 for s in plan_sites(brain, 428, 0)])
    assert volumes.min() >= 0.01
    assert volumes.max() <= 1.0
    assert 0.15 < volumes[:126].mean() < 0.3


def test_seeds_matter(brain):
    assert plan_sites(brain, 40, 1) == plan_sites(brain, 40, 1)
    assert plan_sites(brain, 40, 1) != plan_sites(brain, 40, 2)


ROWS = [(8400.0, 4500.0, 6000.0), (9300.0, 1500.0, 8700.0)]


@pytest.mark.parametrize(
    "content",
    [
        [list(row) for row in ROWS],
        [dict(zip(("x", "y", "z"), row, strict=True)) for row in ROWS],
        {
            str(i): dict(zip(("centroid_x", "centroid_y", "centroid_z"), row, strict=True))
            for i, row in enumerate(ROWS)
        },
    ],
)
def test_centroids_of_json(tmp_path, content):
    path = tmp_path / "centroids.json"
    path.write_text(json.dumps(content))
    assert np.allclose(read_centroids(path), (np.array(ROWS) + 50) / 1000)


def test_centroids_of_csv(tmp_path):
    path = tmp_path / "centroids.csv"
    path.write_text("ap,dv,ml\n" + "\n".join(",".join(map(str, row)) for row in ROWS))
    assert np.allclose(read_centroids(path), (np.array(ROWS) + 50) / 1000)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", "[]", "at least one centroid"),
        ("a.json", "3", "a list of centroids"),
        ("a.json", '[{"x": 1, "y": 2}]', "centroid_x"),
        ("a.json", "[[1, 2, null]]", "centroid_x"),
        ("a.json", "[[1, 2, NaN]]", "finite"),
        ("a.csv", "x,y,z\n1,2,three\n", "centroid_x"),
        ("a.csv", "u,v\n1,2\n", "centroid_x"),
    ],
)
def test_bad_centroids_are_refused(tmp_path, name, text, message):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(DataError, match=message):
        read_centroids(path)


def test_missing_centroid_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"none\.csv"):
        read_centroids(tmp_path / "none.csv")


def test_centroids_keep_their_side_and_move_into_grey_matter(brain):
    width = brain.atlas.shape[2] * brain.atlas.resolution_um / 1000
    inside = brain.points_mm[500]
    left = inside * [1, 1, -1] + [0, 0, width]
    outside = np.array([0.1, 0.1, width - 0.1])
    sites = sites_at(brain, np.array([inside, left, outside]), 0)
    assert np.allclose(sites[0].center_mm, inside)
    assert np.allclose(sites[1].center_mm, left)
    assert cKDTree(brain.points_mm).query(sites[2].center_mm)[0] < 1e-9
