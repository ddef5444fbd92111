"""Facts about the published data that the reader must reproduce."""

from __future__ import annotations

import json
from pathlib import Path

import nrrd
import numpy as np
import pytest

from napari_connectome.core.progress import run_to_end
from napari_connectome.core.structures import DIVISION_ACRONYMS
from napari_connectome.data.allen_cache import AllenCache, open_cache
from napari_connectome.data.records import ExperimentFilter
from napari_connectome.data.tracing import LoadedExperiments, LoadSettings, load_experiments

WILD_TYPE_WITH_VOLUMES = 112596790
RIGHT_MM3 = {
    "Isocortex": 61.878,
    "OLF": 23.275,
    "HPF": 21.349,
    "CTXsp": 4.428,
    "STR": 22.606,
    "PAL": 4.748,
    "TH": 10.298,
    "HY": 7.641,
    "MB": 18.658,
    "P": 8.506,
    "MY": 15.739,
    "CB": 27.220,
}


@pytest.fixture(scope="module")
def cache(realdata: Path) -> AllenCache:
    return open_cache(realdata / "allen_cache")


@pytest.fixture(scope="module")
def loaded(cache: AllenCache) -> LoadedExperiments:
    return run_to_end(load_experiments(cache, keep_copy=False))


def test_opens_as_it_is(cache: AllenCache) -> None:
    assert cache.resolution_um == 100
    assert cache.resolutions == (25, 100)
    assert cache.atlas.shape == (132, 80, 114)
    assert cache.atlas.midline == 57
    assert len(cache.tree) == 1327
    assert len(cache.atlas.structure_ids) == 670 - 1  # 0 is no structure
    assert cache.atlas.template is None


@pytest.mark.parametrize("division_id", DIVISION_ACRONYMS)
def test_division_volumes(cache: AllenCache, division_id: int) -> None:
    expected = RIGHT_MM3[DIVISION_ACRONYMS[division_id]]
    assert cache.atlas.volume_mm3(division_id, "right") == pytest.approx(expected, abs=1e-9)


def test_left_isocortex_differs_a_little(cache: AllenCache) -> None:
    assert cache.atlas.volume_mm3(315, "left") == pytest.approx(61.367, abs=1e-9)


def test_finer_annotation_holds_the_coarser(realdata: Path, cache: AllenCache) -> None:
    finer = open_cache(realdata / "allen_cache", 25).atlas
    assert finer.shape == (528, 320, 456)
    np.testing.assert_array_equal(finer.annotation[::4, ::4, ::4], cache.atlas.annotation)


def test_regions_of_knox(cache: AllenCache) -> None:
    regions = cache.tree.summary_ids()
    assert len(regions) == 291
    assert not {934, 1009} & set(regions)
    assert set(np.unique(cache.atlas.regions)) == {0, *regions}
    assert all(cache.tree.division_of(i) for i in regions)


def test_experiments(cache: AllenCache) -> None:
    table = cache.experiments
    assert len(table) == 2995
    assert len(table.filter(wild_type=True)) == 498
    assert len(table.with_volumes) == 18
    assert table.on_disk().filter(wild_type=True).ids == (WILD_TYPE_WITH_VOLUMES,)
    insula = cache.tree.by_acronym("AI").id
    assert len(table.on_disk().filter(structure_ids=[insula])) == 18


def test_arrays_are_those_of_the_files(cache: AllenCache) -> None:
    for kind in ("projection_density", "injection_density"):
        path = cache.volume_path(WILD_TYPE_WITH_VOLUMES, kind)
        np.testing.assert_array_equal(
            cache.volume(WILD_TYPE_WITH_VOLUMES, kind), nrrd.read(str(path))[0]
        )


def test_sizes_of_the_paper(loaded: LoadedExperiments) -> None:
    assert len(loaded.source_mask) == 226_346
    assert len(loaded.target_mask) == 448_962
    assert loaded.projections.shape == (18, 448_962)
    assert not loaded.mirrored.any()
    assert set(loaded.division_ids) <= {315, 698, 703}


def test_centroids_lie_at_the_published_injections(
    cache: AllenCache, loaded: LoadedExperiments
) -> None:
    """These injections are balls about the published point, cut at the brain's surface."""
    published = np.array([cache.experiments[i].injection_point_um for i in loaded.ids])
    distance_um = np.linalg.norm((loaded.centroids + 0.5) * 100 - published, axis=1)
    assert np.median(distance_um) < 100
    assert distance_um.max() < 400


def test_injection_volumes_are_near_the_published(
    cache: AllenCache, loaded: LoadedExperiments
) -> None:
    published = np.array([cache.experiments[i].injection_volume_mm3 for i in loaded.ids])
    assert np.corrcoef(published, loaded.injection_sums)[0, 1] > 0.9


def test_normalised_by_the_whole_injection(cache: AllenCache, loaded: LoadedExperiments) -> None:
    row = loaded.row_of(WILD_TYPE_WITH_VOLUMES)
    injection = cache.volume(WILD_TYPE_WITH_VOLUMES, "injection_density").astype(float)
    injection = injection * cache.volume(WILD_TYPE_WITH_VOLUMES, "injection_fraction")
    projection = cache.volume(WILD_TYPE_WITH_VOLUMES, "projection_density")
    np.testing.assert_allclose(
        loaded.target_mask.to_volume(loaded.projections[row])[projection.shape[0] // 4],
        np.where(cache.atlas.divisions > 0, projection / injection.sum(), 0)[33],
        rtol=1e-5,
        atol=1e-9,
    )


@pytest.fixture(scope="module")
def published(realdata: Path) -> dict[tuple[str, str], float]:
    """Oh et al. 2014, supplementary table 3: this experiment's row by side and acronym."""
    openpyxl = pytest.importorskip("openpyxl", reason="reads the published table")
    with (realdata / "oh2014" / "nature13186-s3.xlsx").open("rb") as file:
        sheet = openpyxl.load_workbook(file, read_only=True).worksheets[0]
        rows = list(sheet.iter_rows(values_only=True))
    (values,) = (row[6:] for row in rows if row[1] == WILD_TYPE_WITH_VOLUMES)
    return dict(zip(zip(rows[3][6:], rows[2][6:], strict=True), values, strict=True))


def test_regional_sums_follow_the_published_table(cache: AllenCache, published: dict) -> None:
    volume = cache.volume(WILD_TYPE_WITH_VOLUMES, "projection_density")
    table, ours = _side_by_side(published, _regional_sums(cache, volume))
    assert len(table) == 590
    assert np.corrcoef(table, ours)[0, 1] == pytest.approx(0.949, abs=0.0005)


def test_rows_follow_the_published_table_too(
    cache: AllenCache, loaded: LoadedExperiments, published: dict
) -> None:
    """Less the fiber tracts, which are no target."""
    row = loaded.projections[loaded.row_of(WILD_TYPE_WITH_VOLUMES)]
    grey = {key: value for key, value in published.items() if key[1] != "fiber tracts"}
    table, ours = _side_by_side(grey, _regional_sums(cache, loaded.target_mask.to_volume(row)))
    assert len(table) == 588
    assert np.corrcoef(table, ours)[0, 1] > 0.949


def test_knox_list_narrows_to_what_is_there(realdata: Path, cache: AllenCache) -> None:
    knox = [int(i) for i in json.loads((realdata / "knox2018" / "experiments.json").read_text())]
    wanted = ExperimentFilter(ids=knox)
    loaded = run_to_end(load_experiments(cache, LoadSettings(wanted=wanted), keep_copy=False))
    assert loaded.ids.tolist() == [WILD_TYPE_WITH_VOLUMES]
    assert len(loaded.report.unknown_ids) == 428 - 425
    assert len(loaded.report.without_volumes) == 424
    assert len(loaded.report.left_out) == 17


def _side_by_side(
    published: dict[tuple[str, str], float], ours: dict[tuple[str, str], float]
) -> tuple[np.ndarray, np.ndarray]:
    shared = [key for key, value in published.items() if key in ours and value >= 0]
    return np.array([published[k] for k in shared]), np.array([ours[k] for k in shared])


def _regional_sums(cache: AllenCache, volume: np.ndarray) -> dict[tuple[str, str], float]:
    """Sum of a volume over each structure with its descendants, by side and acronym."""
    sums = {}
    for side, part in (("L", slice(0, 57)), ("R", slice(57, None))):
        ids, place = np.unique(cache.atlas.annotation[:, :, part], return_inverse=True)
        weights = volume[:, :, part].astype(np.float64).ravel()
        direct = dict(zip(ids.tolist(), np.bincount(place.ravel(), weights), strict=True))
        for structure in cache.tree:
            below = cache.tree.descendant_ids(structure.id)
            sums[side, structure.acronym] = float(sum(direct.get(i, 0.0) for i in below))
    return sums
