"""A completed matrix as a model: what was put in comes out of every view's questions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

from napari_connectome.core.errors import ModelError
from napari_connectome.core.evidence import support_maps
from napari_connectome.core.io import load_model, save_model
from napari_connectome.core.measures import MEASURES
from napari_connectome.core.models.catalog import entry_of
from napari_connectome.core.models.completed import completed_model_job
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.regional import regional_matrix
from napari_connectome.core.regional_matrix import (
    COMPLETED,
    MEASURED,
    UNDETERMINED,
    UNKNOWN,
    RegionalMatrix,
)
from napari_connectome.core.sources import RegionSource
from tests.core.homogeneous_data import homogeneous_experiments
from tests.core.model_data import ISOCORTEX, THALAMUS
from tests.core.regional_data import AREA_A, AREA_B, BACK, LAYER_OF_B, NUCLEUS, region_atlas

SOURCES, TARGETS = [AREA_A, AREA_B, BACK], [AREA_B, NUCLEUS, AREA_A, BACK]


def given(measure=None) -> RegionalMatrix:
    """Three sources, two targets on each side, in an order of its own."""
    rng = np.random.default_rng(4)
    marks = rng.integers(MEASURED, UNDETERMINED + 1, (3, 4)).astype(np.int8)
    marks[0, 0] = COMPLETED
    return RegionalMatrix(
        tree=region_atlas().tree,
        source_ids=np.array(SOURCES),
        target_ids=np.array(TARGETS),
        contra=np.array([False, False, True, True]),
        strength=rng.random((3, 4)),
        source_counts=np.full(3, UNKNOWN),
        target_counts=np.full(4, UNKNOWN),
        measure=measure,
        origin="given",
        marks=marks,
    )


def model_of(matrix: RegionalMatrix, **more):
    measure = matrix.measures[0]
    return run_to_end(completed_model_job(matrix, region_atlas(), measure=measure, **more))


def place(found: RegionalMatrix, row: int, column: int) -> tuple[int, int]:
    side = "contra" if column > 1 else "ipsi"
    return found.row_of(SOURCES[row]), found.column_of(TARGETS[column], side)


@pytest.mark.parametrize("measure", list(MEASURES))
def test_every_measure_comes_back(measure):
    matrix = given(measure)
    found = regional_matrix(model_of(matrix))
    for row in range(3):
        for column in range(4):
            at = place(found, row, column)
            assert found.values(measure)[at] == pytest.approx(matrix.strength[row, column])
            assert found.marks[at] == matrix.marks[row, column]
    # Columns and rows that the matrix does not have.
    assert np.isnan(found.values(measure)[found.row_of(NUCLEUS)]).all()


def test_a_source_sends_what_the_matrix_says(tmp_path: Path):
    matrix = given("normalized_connection_strength")
    model, atlas = model_of(matrix), region_atlas()
    path = tmp_path / "model.h5"
    save_model(model, path)
    for one in (model, load_model(path)):
        # A layer projects like the region that it is part of.
        volume = one.predict(RegionSource((LAYER_OF_B,))).volume()
        left = np.arange(atlas.shape[2])[None, None] < atlas.midline
        for column, target in enumerate(TARGETS):
            inside = atlas.structure_mask([target]) & (left if column > 1 else ~left)
            values = volume[inside]
            np.testing.assert_allclose(values.sum(), matrix.strength[1, column], rtol=1e-5)
            assert np.ptp(values) == 0
        assert volume.sum() == pytest.approx(matrix.strength[1].sum(), rel=1e-5)
        np.testing.assert_array_equal(regional_matrix(one).marks, regional_matrix(model).marks)
        back = one.trace_back(RegionSource((NUCLEUS,))).vector
        assert back.max() > 0


def test_without_experiments_nothing_supports_it_and_it_answers():
    model = model_of(given("connection_strength"))
    prediction = model.predict(RegionSource((AREA_A,)))
    assert prediction.vector.max() > 0
    assert len(prediction.support.shares) == 0
    assert np.isnan(prediction.support.nearest_um)
    assert prediction.support.effective_experiments == 0
    assert support_maps(model).unsupported.all()


def test_experiments_that_are_open_say_how_far_they_are():
    atlas = region_atlas()
    experiments = homogeneous_experiments(atlas, {ISOCORTEX: 12, THALAMUS: 8})[0]
    in_back = experiments.source_mask.to_vector(atlas.relabel([BACK])) > 0
    injections = experiments.injections.toarray()
    injections[:, in_back] = 0
    experiments = replace(experiments, injections=csr_array(injections))
    model = model_of(given("connection_strength"), experiments=experiments)
    connectivity = model.connectivity
    inside = atlas.relabel([AREA_A]) > 0
    rows = connectivity.source_mask.row_volume
    ours = experiments.source_mask.to_vector(inside)
    injected = np.asarray(experiments.injections.toarray())[:, ours].sum(axis=1) > 0
    inside[:, :, : atlas.midline] = False
    voxels = np.argwhere(inside)
    distances = np.linalg.norm(voxels[:, None] - experiments.centroids[None, injected], axis=2)
    expected = distances.min(axis=1) * atlas.resolution_um
    np.testing.assert_allclose(connectivity.nearest_um[rows[inside]], expected, rtol=1e-4)
    support = model.predict(RegionSource((AREA_A,))).support
    assert set(support.experiment_ids) == set(experiments.ids[injected])
    assert support.shares.sum() == pytest.approx(1.0)
    # Nobody injected the region in the back.
    back = atlas.relabel([BACK]) > 0
    back[:, :, : atlas.midline] = False
    assert np.isnan(connectivity.nearest_um[rows[back]]).all()


def test_negative_values_project_nothing():
    matrix = given("connection_strength")
    changed = replace(matrix, strength=np.where(matrix.marks == COMPLETED, -1.0, matrix.strength))
    assert model_of(changed).connectivity.weights.min() == 0


def test_what_is_no_model_is_refused():
    matrix = given("connection_strength")
    holes = replace(matrix, strength=np.where(matrix.marks == COMPLETED, np.nan, matrix.strength))
    with pytest.raises(ModelError, match="complete the matrix first"):
        model_of(holes)
    with pytest.raises(ModelError, match="A mark for each cell"):
        replace(matrix, marks=matrix.marks[:2])
    with pytest.raises(ModelError, match="no fit to experiments"):
        entry_of("completion")
