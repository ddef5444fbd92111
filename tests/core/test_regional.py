"""The regional matrix against sums taken voxel by voxel through the whole matrix W."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import ModelError
from napari_connectome.core.io import load_model, save_model
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.progress import Progress
from napari_connectome.core.regional import (
    MEASURES,
    RegionalMatrix,
    regional_matrix,
    regional_matrix_job,
)
from napari_connectome.core.sources import RegionSource
from napari_connectome.core.structures import StructureTree
from napari_connectome.core.targets import rank_targets
from tests.core.model_data import ISOCORTEX, PONS, THALAMUS
from tests.core.regional_data import (
    AREA_A,
    AREA_B,
    BACK,
    EMPTY,
    LAYER_OF_B,
    NUCLEUS,
    REGIONS,
    region_atlas,
    region_model,
    whole_matrix,
)

STRENGTH, DENSITY, NORMALIZED_STRENGTH, NORMALIZED_DENSITY = MEASURES


@pytest.fixture(scope="module", params=["gaussian", "polynomial"])
def model(request: pytest.FixtureRequest) -> FittedModel:
    return region_model(request.param)


@pytest.fixture(scope="module")
def matrix(model: FittedModel) -> RegionalMatrix:
    return regional_matrix(model)


def members(atlas: Atlas, structure_id: int) -> np.ndarray:
    """Voxels of a region in the box, found by walking through the annotation."""
    inside = np.zeros(atlas.shape, dtype=bool)
    for index in np.ndindex(atlas.shape):
        here = int(atlas.annotation[index])
        inside[index] = here != 0 and structure_id in atlas.tree[here].path
    return inside


def test_every_cell_is_the_sum_over_voxel_pairs(model: FittedModel, matrix: RegionalMatrix) -> None:
    W, connectivity, atlas = whole_matrix(model), model.connectivity, model.atlas
    right = np.arange(atlas.shape[2]) >= atlas.shape[2] // 2
    for source_id, target_id, side in product(REGIONS, REGIONS, ("ipsi", "contra")):
        from_here = connectivity.source_mask.to_vector(members(atlas, source_id))
        half = right if side == "ipsi" else ~right
        onto = connectivity.target_mask.to_vector(members(atlas, target_id) & half)
        cell = matrix.cell(source_id, target_id, side)
        assert (cell.source_voxels, cell.target_voxels) == (from_here.sum(), onto.sum())
        missing = source_id in {EMPTY, BACK} or target_id == EMPTY
        strength = np.nan if missing else W[np.ix_(from_here, onto)].sum()
        expected = {
            STRENGTH: strength,
            DENSITY: strength / max(onto.sum(), 1),
            NORMALIZED_STRENGTH: strength / max(from_here.sum(), 1),
            NORMALIZED_DENSITY: strength / max(onto.sum() * from_here.sum(), 1),
        }
        assert cell.values == pytest.approx(expected, rel=1e-6, nan_ok=True)


def test_axes_are_all_regions_and_both_sides(matrix: RegionalMatrix) -> None:
    assert matrix.source_ids.tolist() == list(REGIONS)
    assert matrix.target_ids.tolist() == [*REGIONS, *REGIONS]
    assert matrix.contra.tolist() == [False] * 5 + [True] * 5
    assert matrix.row_divisions.tolist() == [ISOCORTEX, ISOCORTEX, THALAMUS, THALAMUS, PONS]
    assert matrix.column_divisions.tolist() == matrix.row_divisions.tolist() * 2
    assert matrix.divisions() == (ISOCORTEX, THALAMUS, PONS)
    assert matrix.measure is None
    assert matrix.origin == "voxel model of small brain"


def test_regions_without_voxels_are_missing_and_not_zero(matrix: RegionalMatrix) -> None:
    for measure in MEASURES:
        missing = np.isnan(matrix.values(measure))
        assert missing[3:].all()
        assert missing[:, [3, 8]].all()
        assert not missing[:3][:, [0, 1, 2, 4, 5, 6, 7, 9]].any()
    assert matrix.source_counts.tolist()[3:] == [0, 0]
    assert matrix.target_counts.tolist()[3] == matrix.target_counts.tolist()[8] == 0


def test_the_measures_satisfy_their_identities_to_the_last_bit(matrix: RegionalMatrix) -> None:
    strength = matrix.values(STRENGTH)
    targets = np.maximum(matrix.target_counts, 1)
    sources = np.maximum(matrix.source_counts, 1)[:, None]
    np.testing.assert_array_equal(matrix.values(DENSITY), strength / targets)
    np.testing.assert_array_equal(matrix.values(NORMALIZED_STRENGTH), strength / sources)
    np.testing.assert_array_equal(matrix.values(NORMALIZED_DENSITY), strength / (sources * targets))
    for once in (NORMALIZED_STRENGTH, DENSITY):
        left = sources if once == DENSITY else targets
        np.testing.assert_allclose(
            matrix.values(once) / left, matrix.values(NORMALIZED_DENSITY), rtol=1e-15
        )


def test_a_row_is_the_summed_prediction_of_the_region(
    model: FittedModel, matrix: RegionalMatrix
) -> None:
    for structure_id in (AREA_A, AREA_B, NUCLEUS):
        prediction = model.predict(RegionSource((structure_id,)))
        found = {(v.structure_id, v.hemisphere): v for v in rank_targets(prediction)}
        for target_id, side in product((AREA_A, AREA_B, NUCLEUS, BACK), ("ipsi", "contra")):
            values = matrix.cell(structure_id, target_id, side).values
            target = found[target_id, side]
            assert values[NORMALIZED_STRENGTH] == pytest.approx(target.sum_strength, rel=1e-5)
            assert values[NORMALIZED_DENSITY] == pytest.approx(target.mean_density, rel=1e-5)


def test_structures_inside_a_region_are_found_in_it(matrix: RegionalMatrix) -> None:
    assert matrix.row_of(LAYER_OF_B) == matrix.row_of(AREA_B) == 1
    assert matrix.column_of(LAYER_OF_B, "ipsi") == 1
    assert matrix.column_of(NUCLEUS, "contra") == 7
    assert matrix.row_of(ISOCORTEX) == matrix.row_of(4711) == matrix.column_of(0, "ipsi") == -1
    with pytest.raises(ModelError, match="no connection from 315 to 21"):
        matrix.cell(ISOCORTEX, NUCLEUS, "ipsi")


def test_a_part_keeps_every_number(matrix: RegionalMatrix) -> None:
    cortex = matrix.of_regions([ISOCORTEX])
    assert cortex.source_ids.tolist() == [AREA_A, AREA_B]
    assert cortex.target_ids.tolist() == [AREA_A, AREA_B, AREA_A, AREA_B]
    for measure in MEASURES:
        np.testing.assert_array_equal(
            cortex.values(measure), matrix.values(measure)[:2][:, [0, 1, 5, 6]]
        )
    with pytest.raises(ModelError, match="No region of the matrix lies in B1"):
        matrix.of_regions([LAYER_OF_B])


def test_a_row_of_zeros_stays_zero(model: FittedModel) -> None:
    connectivity = model.connectivity
    silent = type(connectivity).from_parts(connectivity.parts() | {"nodes": connectivity.nodes * 0})
    matrix = regional_matrix(replace(model, connectivity=silent))
    known = ~np.isnan(matrix.strength)
    assert known.sum() == 3 * 8
    assert not matrix.strength[known].any()


@pytest.mark.parametrize("cache_bytes", [1, 1 << 20])
def test_a_saved_model_has_the_same_matrix(
    model: FittedModel, matrix: RegionalMatrix, cache_bytes: int, tmp_path: Path
) -> None:
    save_model(model, tmp_path / "model.h5")
    opened = regional_matrix(load_model(tmp_path / "model.h5", cache_bytes=cache_bytes))
    np.testing.assert_array_equal(opened.strength, matrix.strength)


def test_it_can_be_stopped_and_says_how_far_it_is(
    model: FittedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("napari_connectome.core.region_sums.ROWS_AT_ONCE", 3)
    moments = list(regional_matrix_job(model))
    assert all(isinstance(moment, Progress) for moment in moments)
    fractions = [moment.fraction for moment in moments]
    assert fractions == sorted(fractions)
    assert len(set(fractions)) > 3
    job = regional_matrix_job(model)
    next(job)
    job.close()


def test_one_measure_alone_gives_no_other(matrix: RegionalMatrix) -> None:
    alone = replace(matrix, measure=NORMALIZED_DENSITY, origin="table.csv")
    assert alone.measures == (NORMALIZED_DENSITY,)
    assert alone.values(NORMALIZED_DENSITY) is alone.strength
    assert list(alone.cell(AREA_A, AREA_B, "ipsi").values) == [NORMALIZED_DENSITY]
    with pytest.raises(
        ModelError,
        match=r"Connection strength is not known: table.csv holds normalised connection density",
    ):
        alone.values(STRENGTH)


def test_what_does_not_fit_is_refused(matrix: RegionalMatrix) -> None:
    with pytest.raises(ModelError, match="5 sources and 10 targets"):
        replace(matrix, strength=matrix.strength.T)
    with pytest.raises(ModelError, match="before contralateral"):
        replace(matrix, contra=~matrix.contra)


def test_an_atlas_without_regions_is_refused(model: FittedModel) -> None:
    tree = StructureTree(replace(s, set_ids=frozenset()) for s in model.atlas.tree)
    bare = Atlas(tree, model.atlas.annotation, 100.0, name="bare")
    with pytest.raises(ModelError, match="The atlas bare has no summary structures"):
        regional_matrix(replace(model, atlas=bare))


def test_a_model_without_a_source_in_any_region_is_refused(model: FittedModel) -> None:
    elsewhere = region_atlas()
    annotation = np.where(elsewhere.annotation == BACK, PONS, 0).astype(np.uint32)
    atlas = Atlas(elsewhere.tree, annotation, 100.0)
    with pytest.raises(ModelError, match="No region of the atlas has a source voxel"):
        regional_matrix(replace(model, atlas=atlas))


def test_every_measure_says_what_it_is() -> None:
    assert list(MEASURES) == [
        "connection_strength",
        "connection_density",
        "normalized_connection_strength",
        "normalized_connection_density",
    ]
    for name, info in MEASURES.items():
        assert info.title.lower().replace(" ", "_").replace("ised", "ized") == name
        assert ("|S|" in info.formula) == info.per_source_voxel
        assert ("|T|" in info.formula) == info.per_target_voxel
        assert ("summed" in info.unit) == (not (info.per_source_voxel and info.per_target_voxel))
