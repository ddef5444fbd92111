"""Regional matrices of the published data."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from napari_connectome.core.models.catalog import entry_of
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.regional import RegionalMatrix, clustered_order, regional_matrix
from napari_connectome.core.sources import RegionSource
from napari_connectome.core.structures import StructureTree
from napari_connectome.data.allen_cache import AllenCache, open_cache
from napari_connectome.data.regional_files import read_matrix, write_matrix
from napari_connectome.data.tracing import load_experiments


@pytest.fixture(scope="module")
def cache(realdata: Path) -> AllenCache:
    return open_cache(realdata / "allen_cache")


@pytest.fixture(scope="module")
def published_file(realdata: Path) -> Path:
    return realdata / "knox2018" / "homogeneous-standard-model.csv"


@pytest.fixture(scope="module")
def published(published_file: Path, cache: AllenCache) -> RegionalMatrix:
    return read_matrix(published_file, cache.tree)


@pytest.fixture(scope="module")
def model(cache: AllenCache) -> FittedModel:
    experiments = run_to_end(load_experiments(cache, keep_copy=False))
    entry = entry_of("voxel")
    return run_to_end(entry.fit(experiments, cache.atlas, **entry.values({"bandwidth_um": 500})))


@pytest.fixture(scope="module")
def matrix(model: FittedModel) -> RegionalMatrix:
    return regional_matrix(model)


def test_the_published_matrix_has_its_shape(published: RegionalMatrix, cache: AllenCache) -> None:
    assert published.shape == (291, 577)
    assert np.count_nonzero(published.contra) == 286
    assert tuple(published.source_ids.tolist()) == cache.tree.summary_ids()
    assert published.source_ids.tolist() == published.target_ids[:291].tolist()
    assert len(published.divisions()) == 12
    assert (published.row_divisions > 0).all()


def test_every_published_number_is_found_again(
    published: RegionalMatrix, published_file: Path
) -> None:
    with published_file.open(newline="") as file:
        sides, ids, *rows = csv.reader(file)
    columns = [
        published.column_of(int(i), "contra" if side == "contra" else "ipsi")
        for side, i in zip(sides[1:], ids[1:], strict=True)
    ]
    assert sorted(columns) == list(range(577))
    for row in rows:
        found = published.strength[published.row_of(int(row[0])), columns]
        assert found.tolist() == [float(cell) for cell in row[1:]]


def test_more_than_half_of_the_published_numbers_are_zero(published: RegionalMatrix) -> None:
    assert not np.isnan(published.strength).any()
    assert np.mean(published.strength == 0) == pytest.approx(0.597, abs=0.0005)
    assert published.strength.max() == pytest.approx(130_611.3, abs=0.05)


def test_the_published_matrix_is_written_without_loss(
    published: RegionalMatrix, tmp_path: Path
) -> None:
    write_matrix(tmp_path / "m.csv", published, "normalized_connection_strength")
    for tree in (published.tree, None):
        again = read_matrix(tmp_path / "m.csv", tree)
        np.testing.assert_array_equal(again.strength, published.strength)
        assert again.target_ids.tolist() == published.target_ids.tolist()
        assert again.divisions() == published.divisions()


def test_clustering_the_published_matrix_puts_like_rows_together(
    published: RegionalMatrix,
) -> None:
    order = clustered_order(published.strength)
    assert sorted(order.tolist()) == list(range(291))
    present = published.strength > 0
    ordered = present[order]
    alike = np.mean(ordered[1:] == ordered[:-1])
    assert alike > np.mean(present[1:] == present[:-1])


def test_without_an_atlas_regions_are_numbers(published_file: Path) -> None:
    matrix = read_matrix(published_file)
    assert matrix.shape == (291, 577)
    assert isinstance(matrix.tree, StructureTree)
    assert matrix.tree[1].acronym == "1"


def test_the_matrix_of_a_fit_is_of_all_regions(matrix: RegionalMatrix, cache: AllenCache) -> None:
    assert matrix.shape == (291, 582)
    assert tuple(matrix.source_ids.tolist()) == cache.tree.summary_ids()


def test_midline_regions_without_a_left_half_are_those_that_the_published_matrix_lacks(
    matrix: RegionalMatrix, published: RegionalMatrix
) -> None:
    absent = matrix.target_counts == 0
    assert matrix.contra[absent].all()
    lacking = set(published.source_ids.tolist()) - set(
        published.target_ids[published.contra].tolist()
    )
    assert set(matrix.target_ids[absent].tolist()) == lacking
    assert {matrix.tree[i].acronym for i in lacking} == {"OV", "EW", "RM", "RPA", "RO"}


def test_rows_are_missing_where_nothing_was_fitted(matrix: RegionalMatrix) -> None:
    missing = np.isnan(matrix.strength)
    without = ~np.isin(matrix.row_divisions, [315, 698, 703])
    np.testing.assert_array_equal(missing.all(axis=1), without)
    np.testing.assert_array_equal(missing[:, matrix.target_counts > 0].any(axis=1), without)
    np.testing.assert_array_equal(matrix.source_counts == 0, without)


def test_a_row_is_the_prediction_of_the_region(model: FittedModel, matrix: RegionalMatrix) -> None:
    tree, mask = model.atlas.tree, model.connectivity.target_mask
    source, target = tree.by_acronym("AId").id, tree.by_acronym("VISp").id
    volume = model.predict(RegionSource((source,))).volume().astype(np.float64)
    cell = matrix.cell(source, target, "contra")
    inside = model.atlas.structure_mask([target], "left")
    assert cell.target_voxels == inside.sum() == mask.to_vector(inside).sum()
    assert cell.values["normalized_connection_strength"] == pytest.approx(
        volume[inside].sum(), rel=1e-5
    )
    assert cell.values["normalized_connection_density"] == pytest.approx(
        volume[inside].mean(), rel=1e-5
    )
