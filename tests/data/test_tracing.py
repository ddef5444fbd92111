from __future__ import annotations

import threading

import numpy as np
import pytest

from napari_connectome.core.errors import DataError, ExperimentError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.progress import Progress, run_to_end
from napari_connectome.data.allen_cache import open_cache
from napari_connectome.data.loaded import LeftOut
from napari_connectome.data.nrrd import write_volume
from napari_connectome.data.records import ExperimentFilter
from napari_connectome.data.tracing import LoadedExperiments, LoadSettings, load_experiments

SHAPE = (8, 6, 10)
KINDS = ("injection_density", "injection_fraction", "projection_density", "data_mask")


def load(folder, **settings) -> LoadedExperiments:
    cache = open_cache(folder.folder)
    return run_to_end(load_experiments(cache, LoadSettings(**settings), keep_copy=False))


def random_volumes(seed: int) -> dict[str, np.ndarray]:
    """An injection on the right with everything that can be different being different."""
    rng = np.random.default_rng(seed)
    found = {kind: rng.random(SHAPE).astype(np.float32) for kind in KINDS}
    where = np.zeros(SHAPE, dtype=bool)
    where[2:6, 1:4, 4:9] = rng.random((4, 3, 5)) > 0.5
    found["injection_density"] *= where
    found["injection_fraction"] *= rng.random(SHAPE) > 0.3
    return found


def by_hand(atlas, volumes: dict[str, np.ndarray], tolerance: float, flip: bool) -> dict:
    """SCIENCE in the plainest words: whole volumes, one step after the other."""
    valid = volumes["data_mask"] >= tolerance
    injection = volumes["injection_density"].astype(float) * volumes["injection_fraction"] * valid
    projection = volumes["projection_density"].astype(float) * valid
    if flip:
        injection, projection = injection[:, :, ::-1], projection[:, :, ::-1]
    source = VoxelMask.from_atlas(atlas, (315, 549), "right")
    target = VoxelMask.from_atlas(atlas, (315, 549))
    total = injection.sum()
    return {
        "total": total,
        "centroid": [(index * injection).sum() / total for index in np.indices(SHAPE)],
        "injection": source.to_vector(injection) / total,
        "projection": target.to_vector(projection) / total,
        "contained": source.to_vector(injection).sum() / total,
    }


@pytest.mark.parametrize("tolerance", [0.0, 0.3, 0.5, 0.8])
@pytest.mark.parametrize("side", ["right", "left"])
def test_rows_are_what_they_are_by_hand(cache_folder, tolerance: float, side: str) -> None:
    volumes = random_volumes(5)
    volumes["data_mask"][2:4, 1:3, 6] = 1.0
    if side == "left":
        volumes = {kind: volume[:, :, ::-1] for kind, volume in volumes.items()}
    cache_folder.add(7, volumes)
    loaded = load(cache_folder, data_mask_tolerance=tolerance)
    atlas = open_cache(cache_folder.folder).atlas
    expected = by_hand(atlas, volumes, tolerance, flip=side == "left")
    assert loaded.mirrored.tolist() == [side == "left"]
    np.testing.assert_allclose(loaded.injection_sums, [expected["total"]], rtol=1e-6)
    np.testing.assert_allclose(loaded.centroids[0], expected["centroid"], rtol=1e-6)
    np.testing.assert_allclose(
        loaded.injections.toarray()[0], expected["injection"], rtol=1e-6, atol=1e-9
    )
    np.testing.assert_allclose(loaded.projections[0], expected["projection"], rtol=1e-6)
    assert loaded.projections.dtype == loaded.injections.dtype == np.float32
    assert 0 < expected["contained"] < 1


def test_left_and_right_twins_give_the_same_row(cache_folder) -> None:
    volumes = random_volumes(3)
    cache_folder.add(1, volumes)
    cache_folder.add(2, {kind: volume[:, :, ::-1] for kind, volume in volumes.items()})
    loaded = load(cache_folder)
    assert loaded.mirrored.tolist() == [False, True]
    np.testing.assert_array_equal(loaded.projections[0], loaded.projections[1])
    np.testing.assert_allclose(loaded.centroids[0], loaded.centroids[1])
    np.testing.assert_allclose(loaded.injections.toarray()[0], loaded.injections.toarray()[1])


def test_purely_left_injection_is_mirrored_before_containment(cache_folder, volumes) -> None:
    left = {kind: volume[:, :, ::-1] for kind, volume in volumes().items()}
    cache_folder.add(7, left)
    loaded = load(cache_folder, min_contained=1.0)
    assert loaded.mirrored.tolist() == [True]
    np.testing.assert_array_equal(loaded.centroids, [[2, 1, 7]])
    projected = loaded.target_mask.to_volume(loaded.projections[0])
    assert projected[2, 1, 7] == 2.0
    assert projected[3, 4, 8] == 1.0
    assert projected[2, 2, 2] == 0.5
    assert np.count_nonzero(projected) == 3


def test_without_mirroring_a_left_injection_is_left_out(cache_folder, volumes) -> None:
    cache_folder.add(1)
    cache_folder.add(2, {kind: volume[:, :, ::-1] for kind, volume in volumes().items()})
    loaded = load(cache_folder, mirror=False)
    assert loaded.ids.tolist() == [1]
    (left_out,) = loaded.report.left_out
    assert (left_out.id, left_out.bad) == (2, False)
    assert "outside the source region" in left_out.reason


def test_majority_of_the_mass_decides_the_side(cache_folder, volumes) -> None:
    """More voxels on the left, more tracer on the right."""
    mixed = volumes()
    mixed["injection_density"][2, 1, [1, 2, 3]] = 0.1
    mixed["injection_fraction"][2, 1, [1, 2, 3]] = 1.0
    cache_folder.add(7, mixed)
    loaded = load(cache_folder)
    assert loaded.mirrored.tolist() == [False]
    np.testing.assert_allclose(loaded.injections.sum(), 0.5 / 0.8, rtol=1e-6)


class TestDataMask:
    """1 means valid."""

    def masked(self, folder, volumes, value: float, tolerance: float) -> LoadedExperiments:
        volumes["data_mask"][3, 4, 8] = value
        folder.add(7, volumes)
        return load(folder, data_mask_tolerance=tolerance)

    @pytest.mark.parametrize(
        ("value", "tolerance", "kept"),
        [(0, 0.5, False), (0.49, 0.5, False), (0.5, 0.5, True), (1, 1, True), (0, 0, True)],
    )
    def test_voxels_below_the_tolerance_are_zeroed(
        self, cache_folder, volumes, value: float, tolerance: float, kept: bool
    ) -> None:
        loaded = self.masked(cache_folder, volumes(), value, tolerance)
        row = loaded.target_mask.row_of((3, 4, 8))
        assert loaded.projections[0, row] == (1.0 if kept else 0.0)
        assert np.count_nonzero(loaded.projections) == (3 if kept else 2)

    def test_nan_is_not_valid(self, cache_folder, volumes) -> None:
        assert np.count_nonzero(self.masked(cache_folder, volumes(), np.nan, 0.5).projections) == 2

    def test_the_injection_is_masked_too(self, cache_folder, volumes) -> None:
        hidden = volumes()
        hidden["injection_density"][4, 1, 8] = hidden["injection_fraction"][4, 1, 8] = 1.0
        hidden["data_mask"][4, 1, 8] = 0.0
        cache_folder.add(7, hidden)
        np.testing.assert_array_equal(load(cache_folder).centroids, [[2, 1, 7]])
        assert load(cache_folder, data_mask_tolerance=0).injection_sums.tolist() == [1.5]

    def test_file_is_not_needed_at_zero(self, cache_folder) -> None:
        cache_folder.add(7)
        cache_folder.volume_path(7, "data_mask").unlink()
        assert len(load(cache_folder, data_mask_tolerance=0)) == 1
        with pytest.raises(
            ExperimentError, match=r"Experiment 7: .*data_mask_100\.nrrd is missing"
        ):
            load(cache_folder)

    def test_bad_values_in_invalid_voxels_do_no_harm(self, cache_folder, volumes) -> None:
        hidden = volumes()
        hidden["data_mask"][3, 4, 8] = 0.0
        for kind in KINDS[:3]:
            hidden[kind][3, 4, 8] = np.nan
        cache_folder.add(7, hidden)
        loaded = load(cache_folder)
        assert np.isfinite(loaded.projections).all()
        assert np.count_nonzero(loaded.projections) == 2


def test_stored_as_bytes_or_doubles_gives_the_same(cache_folder, volumes) -> None:
    cache_folder.add(1)
    other = volumes()
    other["data_mask"] = other["data_mask"] > 0
    other["injection_fraction"] = other["injection_fraction"].astype(np.uint8)
    other["projection_density"] = other["projection_density"].astype(np.float64)
    cache_folder.add(2, other)
    loaded = load(cache_folder)
    np.testing.assert_array_equal(loaded.projections[0], loaded.projections[1])
    assert loaded.injection_sums.tolist() == [0.5, 0.5]


class TestOrderAndDivision:
    @pytest.fixture
    def folder(self, cache_folder, volumes):
        """Thalamus 1, cortex 9 and 3; the primary structure always says VISp."""
        thalamus = volumes()
        for kind in KINDS[:2]:
            thalamus[kind] = np.zeros_like(thalamus[kind])
            thalamus[kind][3, 4, 8] = 1.0
        cache_folder.add(9)
        cache_folder.add(1, thalamus)
        cache_folder.add(3)
        return cache_folder

    def test_by_division_then_id(self, folder) -> None:
        loaded = load(folder)
        assert loaded.ids.tolist() == [3, 9, 1]
        assert loaded.division_ids.tolist() == [315, 315, 549]
        assert loaded.rows_of_division(315) == slice(0, 2)
        assert loaded.centroids[2].tolist() == [3, 4, 8]
        assert not loaded.report.empty_divisions

    def test_primary_structure(self, folder) -> None:
        loaded = load(folder, division_rule="primary")
        assert loaded.division_ids.tolist() == [315, 315, 315]
        assert loaded.ids.tolist() == [1, 3, 9]
        assert loaded.report.empty_divisions == (549,)
        assert loaded.report.notes == ("No experiment in TH: no prediction from there.",)

    def test_centroid_against_most_of_the_injection(self, cache_folder, volumes) -> None:
        """Most tracer lies in cortex, its centre in the thalamus."""
        split = volumes()
        for kind in KINDS[:2]:
            split[kind] = np.zeros_like(split[kind])
        split["injection_fraction"][:] = 1.0
        split["injection_density"][3, 2, 8] = 0.6
        split["injection_density"][3, 4, 8] = 0.4
        split["injection_density"][3, 5, 8] = 0.9
        cache_folder.add(7, split)
        assert load(cache_folder).division_ids.tolist() == [549]
        assert load(cache_folder, division_rule="injection").division_ids.tolist() == [315]

    def test_centroid_outside_falls_back_on_the_injection(self, cache_folder, volumes) -> None:
        """Two spots of cortex whose centre lies in front of the brain."""
        split = volumes()
        for kind in KINDS[:2]:
            split[kind] = np.zeros_like(split[kind])
            split[kind][3, 1, 7] = 1.0
            split[kind][0, 0, 7] = 1.0
            split[kind][0, 1, 7] = 1.0
        cache_folder.add(7, split)
        loaded = load(cache_folder)
        atlas = open_cache(cache_folder.folder).atlas
        assert atlas.divisions[1, 0, 7] == atlas.divisions[0, 1, 7] == 0
        np.testing.assert_allclose(loaded.centroids, [[1, 2 / 3, 7]])
        assert loaded.division_ids.tolist() == [315]

    def test_primary_structure_outside_all_divisions(self, cache_folder) -> None:
        cache_folder.add(1)
        cache_folder.add(2, structure_id=1009)
        loaded = load(cache_folder, division_rule="primary")
        assert loaded.report.left_out == (LeftOut(2, "it belongs to no major division."),)


class TestFilters:
    @pytest.fixture
    def folder(self, cache_folder, volumes):
        """Three injections, of 0.5, 1 and 1 voxels of tracer; the last half outside the brain."""
        cache_folder.add(1, transgenic_line={"name": "Rbp4-Cre"})
        larger = volumes()
        larger["injection_density"] *= 2
        larger["projection_density"] *= 0.5
        cache_folder.add(2, larger)
        half = volumes()
        half["injection_density"][0, 0, 9] = 0.5
        half["injection_fraction"][0, 0, 9] = 1.0
        cache_folder.add(3, half)
        return cache_folder

    @pytest.mark.parametrize(
        ("settings", "ids", "reason"),
        [
            ({"wanted": ExperimentFilter(wild_type=True)}, [2, 3], "line Rbp4-Cre."),
            ({"wanted": ExperimentFilter(exclude_ids=[2])}, [1, 3], "excluded by the list."),
            ({"injection_volume_mm3": (0.0008, 1)}, [2, 3], "injection volume of 0.0005 mm³"),
            ({"projection_volume_mm3": (0.001, 1)}, [1, 3], "projection volume of 0.000875 mm³"),
            ({"min_contained": 0.51}, [1, 2], "50% of the injection lies inside"),
            ({"min_contained": 0.5}, [1, 2, 3], None),
        ],
    )
    def test_what_is_left_out_is_reported(
        self, folder, settings: dict, ids: list[int], reason: str | None
    ) -> None:
        loaded = load(folder, **settings)
        assert loaded.ids.tolist() == ids
        assert loaded.report.used == len(ids)
        reasons = [entry.reason for entry in loaded.report.left_out]
        assert [reason in text for text in reasons] == [True] * (3 - len(ids))
        assert not any(entry.bad for entry in loaded.report.left_out)
        everything = load(folder)
        rows = [everything.row_of(i) for i in ids]
        np.testing.assert_array_equal(loaded.projections, everything.projections[rows])

    def test_wanted_but_not_there(self, folder) -> None:
        folder.records.append(folder.records[0] | {"data_set_id": 4})
        folder.add(5)
        for kind in KINDS:
            folder.volume_path(5, kind).unlink()
        loaded = load(folder, wanted=ExperimentFilter(ids=[1, 4, 5, 77]))
        assert loaded.ids.tolist() == [1]
        assert loaded.report.without_volumes == (4, 5)
        assert loaded.report.unknown_ids == (77,)
        notes = " ".join(loaded.report.notes)
        assert "Not in the folder's list: 77." in notes
        assert "2 experiments have no volumes here: 4, 5." in notes
        assert "2 experiments left out (2, 3): not in the list of experiments." in notes

    def test_nothing_left_after_the_metadata(self, folder) -> None:
        with pytest.raises(ExperimentError, match="3 are listed, 3 of them have volumes, 0 are"):
            load(folder, wanted=ExperimentFilter(structure_ids=[549]))

    def test_nothing_left_after_reading(self, folder) -> None:
        with pytest.raises(ExperimentError, match=r"is left to fit.*volume of 0\.0005"):
            load(folder, injection_volume_mm3=(5, 6))

    def test_folder_without_volumes(self, cache_folder) -> None:
        with pytest.raises(ExperimentError, match="No experiment to load"):
            load(cache_folder)


class TestBadFiles:
    @pytest.fixture(params=["nan", "negative", "infinite", "zero", "shape", "truncated", "missing"])
    def folder(self, request, cache_folder, volumes):
        """One good experiment, 1, and a bad one, 7."""
        cache_folder.add(1)
        bad = volumes()
        kind = "injection_density"
        if request.param == "zero":
            bad[kind][:] = 0
        elif request.param == "shape":
            bad[kind] = bad[kind][:-1]
        else:
            value = {"nan": np.nan, "negative": -0.1, "infinite": np.inf}.get(request.param, 0)
            bad[kind][3, 3, 3] = value
        cache_folder.add(7, bad)
        path = cache_folder.volume_path(7, kind)
        if request.param == "truncated":
            path.write_bytes(path.read_bytes()[:-5])
        elif request.param == "missing":
            path.unlink()
        return cache_folder

    def test_message_names_experiment_and_file(self, folder) -> None:
        with pytest.raises(ExperimentError, match=r"Experiment 7: .*injection_density_100\.nrrd"):
            load(folder)

    def test_skipping_reports_it(self, folder) -> None:
        loaded = load(folder, on_bad="skip")
        assert loaded.ids.tolist() == [1]
        (left_out,) = loaded.report.left_out
        assert (left_out.id, left_out.bad) == (7, True)
        assert "injection_density_100.nrrd" in left_out.reason
        assert any(note.startswith("Experiment 7 left out: ") for note in loaded.report.notes)

    @pytest.mark.parametrize("value", [np.nan, -1.0, np.inf])
    def test_bad_projection(self, cache_folder, volumes, value: float) -> None:
        """Rows behind the one left out move up."""
        bad = volumes()
        bad["projection_density"][3, 3, 3] = value
        cache_folder.add(1)
        cache_folder.add(2, bad)
        cache_folder.add(3, {"projection_density": 2 * volumes()["projection_density"]})
        with pytest.raises(
            ExperimentError, match=r"Experiment 2: 1 valid voxels .*projection_dens"
        ):
            load(cache_folder)
        loaded = load(cache_folder, on_bad="skip")
        assert loaded.ids.tolist() == [1, 3]
        assert loaded.projections.sum(axis=1).tolist() == [3.5, 7.0]


@pytest.mark.parametrize(
    "settings",
    [
        {"data_mask_tolerance": 1.5},
        {"min_contained": -0.1},
        {"min_contained": float("nan")},
        {"injection_volume_mm3": (2, 1)},
        {"projection_volume_mm3": (1,)},
        {"division_rule": "nearest"},
        {"on_bad": "ignore"},
    ],
)
def test_settings_are_checked(settings: dict) -> None:
    (name,) = settings
    with pytest.raises(DataError, match=name):
        LoadSettings(**settings)


def test_atlas_without_divisions(cache_folder) -> None:
    cache_folder.write_annotation(np.full(SHAPE, 1009, dtype=np.uint32))
    with pytest.raises(DataError, match="Does the atlas have these structures"):
        load(cache_folder)


class TestJob:
    @pytest.fixture
    def folder(self, cache_folder):
        for i in range(1, 9):
            cache_folder.add(i)
        return cache_folder

    def test_progress_runs_to_the_end(self, folder) -> None:
        moments: list[Progress] = []
        cache = open_cache(folder.folder)
        loaded = run_to_end(load_experiments(cache, keep_copy=False), moments.append)
        assert len(loaded) == 8
        counted = [m for m in moments if m.total]
        assert [m.done for m in counted] == list(range(1, 17))
        assert {m.total for m in counted} == {16}
        assert {m.text for m in counted} == {"Reading injections", "Reading projections"}

    @pytest.mark.parametrize("steps", [1, 3, 5, 12])
    def test_closing_stops_the_reading(self, folder, copies, steps: int) -> None:
        job = load_experiments(open_cache(folder.folder))
        for _ in range(steps):
            next(job)
        job.close()
        assert not [t for t in threading.enumerate() if t.name.startswith("read-experiments")]
        assert not list(copies.glob("*"))

    def test_set_can_be_narrowed(self, folder) -> None:
        loaded = load(folder)
        assert loaded.subset([0, 2]).ids.tolist() == [1, 3]


def test_volume_of_another_resolution_names_the_experiment(cache_folder, volumes) -> None:
    cache_folder.add(7)
    write_volume(cache_folder.volume_path(7, "data_mask"), volumes()["data_mask"], 25)
    with pytest.raises(ExperimentError, match=r"Experiment 7: .*25 × 25 × 25 µm; 100 µm were"):
        load(cache_folder)
