"""Statistics of published matrices and tables, beside the published statistics."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from napari_connectome.core.analysis.connections import Connections, connections_of
from napari_connectome.core.analysis.data_summary import DivisionSummary, data_summary
from napari_connectome.core.analysis.distance_dependence import distance_dependence
from napari_connectome.core.analysis.mixture import weight_mixture
from napari_connectome.core.analysis.region_centroids import region_centroids
from napari_connectome.core.analysis.weight_distribution import weight_distribution
from napari_connectome.core.regional import RegionalMatrix
from napari_connectome.core.sides import Side
from napari_connectome.data.allen_cache import AllenCache, open_cache
from napari_connectome.data.distance_table import read_distances_um
from napari_connectome.data.regional_files import read_matrix

ISOCORTEX = 315
GROUPS: tuple[tuple[tuple[int, ...], Side], ...] = (
    ((), "ipsi"),
    ((), "contra"),
    ((ISOCORTEX,), "ipsi"),
    ((ISOCORTEX,), "contra"),
)
# The published centroids are voxel indices at 25 µm times 25 µm: a voxel's first corner.
CORNER_TO_INDEX = 0.375


@pytest.fixture(scope="module")
def cache(realdata: Path) -> AllenCache:
    return open_cache(realdata / "allen_cache", 100)


@pytest.fixture(scope="module")
def matrix(realdata: Path, cache: AllenCache) -> RegionalMatrix:
    return read_matrix(realdata / "knox2018" / "homogeneous-standard-model.csv", cache.tree)


@pytest.fixture(scope="module")
def distances(cache: AllenCache, matrix: RegionalMatrix) -> np.ndarray:
    return region_centroids(cache.atlas).distances_um(matrix)


@pytest.fixture(scope="module")
def published(realdata: Path) -> dict[str, dict[str, float]]:
    with (realdata / "knox2018" / "summary_statistics.csv").open(newline="") as file:
        return {
            row.pop(""): {key: float(value) for key, value in row.items()}
            for row in csv.DictReader(file)
        }


@pytest.fixture(scope="module")
def summary(realdata: Path, cache: AllenCache) -> dict[str, DivisionSummary]:
    """From the annotation and the centroids of the 428 experiments."""
    records = json.loads((realdata / "knox2018" / "experiments.json").read_text()).values()
    centroids = np.array([[record[f"centroid_{axis}"] for axis in "xyz"] for record in records])
    places = centroids / 100.0 - CORNER_TO_INDEX
    last = cache.atlas.shape[2] - 1
    places[:, 2] = np.maximum(places[:, 2], last - places[:, 2])
    divisions = [cache.tree.division_of(record["structure_id"]) for record in records]
    found = data_summary(cache.atlas, places, divisions)
    return {cache.tree[one.division_id].acronym: one for one in found}


def chosen(matrix: RegionalMatrix, group: tuple[int, ...], side: Side) -> Connections:
    return connections_of(matrix, "normalized_connection_strength", side, group)


def test_regions_and_volumes_are_exactly_the_published_ones(
    summary: dict[str, DivisionSummary], published: dict[str, dict[str, float]]
) -> None:
    assert list(summary) == list(published)
    for name, one in summary.items():
        known, regions = published[name], one.region_volume_mm3
        assert one.regions == known["n_regions"]
        assert one.volume_mm3 == pytest.approx(known["area_volume"], rel=1e-12)
        assert regions is not None
        assert (regions.least, regions.most, regions.mean, regions.variance) == pytest.approx(
            [known[f"{part}_region_vol"] for part in ("min", "max", "mean", "var")], rel=1e-12
        )


def test_experiments_differ_by_one_in_four_divisions(
    summary: dict[str, DivisionSummary], published: dict[str, dict[str, float]]
) -> None:
    """One of STR counts for HPF there, and one of TH for MB; the total is the same."""
    found = {name: one.experiments - published[name]["n_exps"] for name, one in summary.items()}
    assert {name: gap for name, gap in found.items() if gap} == {
        "HPF": -1,
        "STR": 1,
        "TH": 1,
        "MB": -1,
    }
    assert sum(one.experiments for one in summary.values()) == 428


def test_distances_are_the_published_ones_to_a_tenth_of_a_voxel(
    summary: dict[str, DivisionSummary], published: dict[str, dict[str, float]]
) -> None:
    """The published ones are from centroids at 100 µm, those in the list from 25 µm."""
    for name, one in summary.items():
        known, nearest = published[name], one.nearest_mm
        assert nearest is not None
        assert nearest.mean == pytest.approx(known["mean_min_d"], abs=0.007)
        assert nearest.most == pytest.approx(known["max_min_d"], abs=0.013)
        assert nearest.least == pytest.approx(known["min_min_d"], abs=0.01)
        assert nearest.variance == pytest.approx(known["var_min_d"], abs=0.004)


def test_injected_regions_are_the_published_ones_but_for_centroids_at_the_limit(
    summary: dict[str, DivisionSummary], published: dict[str, dict[str, float]]
) -> None:
    gaps = [
        count - published[name][f"r_geq_{least}"]
        for name, one in summary.items()
        for least, count in enumerate(one.regions_injected, start=1)
    ]
    assert max(map(abs, gaps)) <= 2
    assert np.count_nonzero(gaps) == 8
    assert len(gaps) == 60


@pytest.mark.parametrize(("group", "side"), GROUPS)
def test_lognormal_is_best_and_yet_rejected_as_published(
    matrix: RegionalMatrix, group: tuple[int, ...], side: Side
) -> None:
    found = weight_distribution(chosen(matrix, group, side).weights)
    assert found.best.family == "lognormal"
    assert found.best.ks_p_fitted < 0.05
    assert found.shapiro_p < 0.05


@pytest.mark.parametrize("side", ["ipsi", "contra"])
def test_cortex_is_a_mixture_of_two_or_three(matrix: RegionalMatrix, side: Side) -> None:
    assert weight_mixture(chosen(matrix, (ISOCORTEX,), side).weights).components in (2, 3)


@pytest.mark.parametrize(("group", "side"), GROUPS)
def test_a_power_law_is_better_than_an_exponential_as_published(
    matrix: RegionalMatrix, distances: np.ndarray, group: tuple[int, ...], side: Side
) -> None:
    connections = chosen(matrix, group, side)
    found = distance_dependence(
        connections.weights, distances[connections.rows, connections.columns]
    )
    assert found.best.law == "power_law"
    assert found.fit_of("exponential").rmse < 1.03 * found.best.rmse


def test_exponents_of_the_ipsilateral_side(matrix: RegionalMatrix, distances: np.ndarray) -> None:
    """Published: close to -2 in cortex, close to -3 in the whole brain (of the voxel model)."""
    exponents = {}
    for group in ((ISOCORTEX,), ()):
        connections = chosen(matrix, group, "ipsi")
        fit = distance_dependence(
            connections.weights, distances[connections.rows, connections.columns]
        ).fit_of("power_law")
        exponents[group] = (fit.slope, fit.slope_error)
    assert exponents[(ISOCORTEX,)] == pytest.approx((-1.925, 0.088), abs=0.001)
    assert exponents[()] == pytest.approx((-2.455, 0.036), abs=0.001)


def test_centroids_are_where_the_published_distances_say(
    realdata: Path, matrix: RegionalMatrix, distances: np.ndarray
) -> None:
    """Oh et al. 2014 measured an older atlas: the same regions, somewhat moved."""
    file = realdata / "oh2014" / "ipsilateral_region_distances.csv"
    theirs = read_distances_um(file, matrix)
    known = np.isfinite(theirs) & (distances > 0)
    assert known.sum() > 30_000
    assert np.isnan(theirs[:, matrix.contra]).all()
    assert np.corrcoef(theirs[known], distances[known])[0, 1] > 0.97
    assert np.median(theirs[known] / distances[known]) == pytest.approx(1.0, abs=0.05)


def test_projection_volumes_of_oh_2014_are_closest_to_lognormal(realdata: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="reads the published table")
    with (realdata / "oh2014" / "nature13186-s3.xlsx").open("rb") as file:
        sheet = openpyxl.load_workbook(file, read_only=True).worksheets[0]
        rows = [row[6:301] for row in sheet.iter_rows(min_row=5, values_only=True)]
    volumes = np.array(rows, dtype=np.float64)
    found = weight_distribution(volumes[volumes > 0])
    assert found.best.family == "lognormal"
    assert found.best.ks_p_fitted < 0.05
