from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from napari_connectome.core.errors import AtlasError, DataError, ExperimentError
from napari_connectome.data.allen_cache import open_cache
from napari_connectome.data.nrrd import write_volume

KINDS = ("injection_density", "injection_fraction", "projection_density", "data_mask")


def test_atlas_is_what_the_files_hold(cache_folder) -> None:
    cache = open_cache(cache_folder.folder)
    atlas = cache.atlas
    assert cache.folder == cache_folder.folder.resolve()
    assert (cache.resolution_um, cache.resolutions) == (100, (100,))
    assert atlas.shape == (8, 6, 10)
    assert atlas.annotation.flags.c_contiguous
    assert set(atlas.structure_ids) == {385, 533, 170, 1009}
    assert set(np.unique(atlas.divisions)) == {0, 315, 549}
    assert set(np.unique(atlas.regions)) == {0, 385, 533, 170}
    assert cache.tree.by_acronym("VISp").parent_id == 315
    assert atlas.template is None
    assert cache.template_path is None
    assert cache.cortical_paths is None


def test_template_and_paths_are_found(cache_folder) -> None:
    template = np.arange(480, dtype=np.uint16).reshape(8, 6, 10)
    write_volume(cache_folder.folder / "average_template_100.nrrd", template, 100)
    paths = cache_folder.folder / "cortical_paths"
    paths.mkdir()
    cache = open_cache(str(cache_folder.folder))
    assert cache.cortical_paths is None
    (paths / "top_view_paths_100.h5").touch()
    assert cache.cortical_paths == paths.resolve()
    beside = cache_folder.folder.parent / "cortical_paths"
    paths.rename(beside)
    assert cache.cortical_paths == beside.resolve()
    np.testing.assert_array_equal(cache.atlas.template, template)
    assert cache.atlas.template.dtype == np.float32


def test_template_of_another_shape(cache_folder) -> None:
    write_volume(cache_folder.folder / "average_template_100.nrrd", np.zeros((4, 3, 5)), 100)
    with pytest.raises(DataError, match=r"average_template_100\.nrrd holds 4 × 3 × 5 voxels"):
        _ = open_cache(cache_folder.folder).atlas


@pytest.mark.parametrize("dtype", ["int32", "float64", "uint16"])
def test_ids_of_another_number_type(cache_folder, dtype: str) -> None:
    path = cache_folder.folder / "annotation" / "ccf_2017" / "annotation_100.nrrd"
    ids = open_cache(cache_folder.folder).atlas.annotation
    write_volume(path, ids.astype(dtype), 100)
    again = open_cache(cache_folder.folder).atlas.annotation
    assert again.dtype == np.uint32
    np.testing.assert_array_equal(again, ids)


@pytest.mark.parametrize("value", [-5.0, 0.5, float("nan")])
def test_values_that_are_no_ids(cache_folder, value: float) -> None:
    volume = np.zeros((8, 6, 10))
    volume[0, 0, 0] = value
    cache_folder.write_annotation(volume)
    with pytest.raises(AtlasError, match=r"annotation_100\.nrrd: structure ids from 0"):
        _ = open_cache(cache_folder.folder).atlas


def test_annotation_ids_missing_from_the_tree(cache_folder) -> None:
    volume = np.full((8, 6, 10), 385, dtype=np.uint32)
    volume[0, 0, 0] = 614454277
    cache_folder.write_annotation(volume)
    cache = open_cache(cache_folder.folder)
    with pytest.raises(AtlasError, match=r"annotation_100\.nrrd: 1 annotation ids are.*614454277"):
        _ = cache.atlas


def test_annotation_of_another_resolution(cache_folder) -> None:
    path = cache_folder.write_annotation(np.zeros((8, 6, 10), dtype=np.uint32), 25)
    path.replace(path.with_name("annotation_100.nrrd"))
    with pytest.raises(DataError, match="25 × 25 × 25 µm; 100 µm were expected"):
        _ = open_cache(cache_folder.folder).atlas


def test_truncated_annotation(cache_folder) -> None:
    path = cache_folder.folder / "annotation" / "ccf_2017" / "annotation_100.nrrd"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DataError, match=r"annotation_100\.nrrd is truncated or damaged"):
        _ = open_cache(cache_folder.folder).atlas


class TestResolution:
    def test_volumes_count_more_than_annotations(self, cache_folder) -> None:
        coarse = np.full((4, 3, 5), 385, dtype=np.uint32)
        cache_folder.write_annotation(coarse, 200)
        cache_folder.write_annotation(coarse, 25)
        assert open_cache(cache_folder.folder).resolutions == (25, 100, 200)
        assert open_cache(cache_folder.folder).resolution_um == 100
        cache_folder.add(7)
        for path in (cache_folder.folder / "experiment_7").iterdir():
            path.rename(path.with_name(path.name.replace("_100", "_25")))
        assert open_cache(cache_folder.folder).resolution_um == 25
        assert open_cache(cache_folder.folder).experiments.with_volumes == {7}
        assert open_cache(cache_folder.folder, 100).experiments.with_volumes == set()

    def test_coarsest_where_there_is_no_100(self, cache_folder) -> None:
        path = cache_folder.folder / "annotation" / "ccf_2017" / "annotation_100.nrrd"
        path.unlink()
        cache_folder.write_annotation(np.zeros((4, 3, 5), dtype=np.uint32), 200)
        cache_folder.write_annotation(np.zeros((4, 3, 5), dtype=np.uint32), 50)
        assert open_cache(cache_folder.folder).resolution_um == 200
        assert open_cache(cache_folder.folder, 50).atlas.resolution_um == 50.0

    def test_one_that_is_not_there(self, cache_folder) -> None:
        with pytest.raises(DataError, match=r"no annotation at 25 µm\. There is one at 100 µm"):
            open_cache(cache_folder.folder, 25)

    def test_none_at_all(self, cache_folder) -> None:
        (cache_folder.folder / "annotation" / "ccf_2017" / "annotation_100.nrrd").unlink()
        with pytest.raises(DataError, match=r"expects it at .*ccf_2017/annotation_100\.nrrd"):
            open_cache(cache_folder.folder)

    def test_older_release_when_the_newest_is_not_there(self, cache_folder) -> None:
        annotations = cache_folder.folder / "annotation"
        (annotations / "ccf_2017").rename(annotations / "ccf_2016")
        assert open_cache(cache_folder.folder).annotation_path.parent.name == "ccf_2016"


class TestManifest:
    def test_folder_without(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match=r"holds no manifest \(mouse_connectivity_manifest"):
            open_cache(tmp_path)

    def test_folder_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="nowhere is not there"):
            open_cache(tmp_path / "nowhere")

    @pytest.mark.parametrize("name", ["manifest.json", "my_manifest_v2.json"])
    def test_other_names(self, cache_folder, name: str) -> None:
        file = cache_folder.folder / "mouse_connectivity_manifest.json"
        other = file.rename(file.with_name(name))
        assert open_cache(cache_folder.folder).atlas.shape == (8, 6, 10)
        assert open_cache(other).folder == cache_folder.folder.resolve()

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("{", "cannot be read"),
            ("[]", "is no AllenSDK manifest"),
            ('{"manifest": 3}', "is no AllenSDK manifest"),
            ('{"manifest": []}', "does not say where ANNOTATION, EXPERIMENTS, STRUCTURE_TREE"),
        ],
    )
    def test_damaged(self, cache_folder, content: str, message: str) -> None:
        (cache_folder.folder / "mouse_connectivity_manifest.json").write_text(content)
        with pytest.raises(DataError, match=message) as caught:
            open_cache(cache_folder.folder)
        assert "mouse_connectivity_manifest.json" in str(caught.value)

    def test_its_places_count(self, cache_folder, tmp_path: Path) -> None:
        """Base folder elsewhere, other names, an annotation without release folder."""
        cache_folder.add(7)
        entries = {
            "BASEDIR": ("dir", "../cache", None),
            "STRUCTURE_TREE": ("file", "tree.json", "BASEDIR"),
            "ATLAS": ("dir", "atlas", "BASEDIR"),
            "ANNOTATION": ("file", "ids_%d.nrrd", "ATLAS"),
            "EXPERIMENTS": ("file", "experiments.json", "BASEDIR"),
        } | {k.upper(): ("file", f"experiment_%d/{k}_%d.nrrd", "BASEDIR") for k in KINDS}
        folder = cache_folder.folder
        (folder / "structures.json").rename(folder / "tree.json")
        (folder / "annotation" / "ccf_2017").rename(folder / "atlas")
        (folder / "atlas" / "annotation_100.nrrd").rename(folder / "atlas" / "ids_100.nrrd")
        manifest = tmp_path / "elsewhere" / "manifest.json"
        manifest.parent.mkdir()
        manifest.write_text(json.dumps(cache_folder.manifest(entries)))
        cache = open_cache(manifest)
        assert cache.folder == folder.resolve()
        assert cache.atlas.shape == (8, 6, 10)
        assert cache.template_path is None
        assert cache.volume(7, "data_mask").all()

    def test_base_folder_of_another_machine(self, cache_folder) -> None:
        entries = {"BASEDIR": ("dir", "/data/of/someone/else", None)}
        manifest = cache_folder.manifest()
        manifest["manifest"][1]["spec"] = entries["BASEDIR"][1]
        cache_folder.write_json("mouse_connectivity_manifest.json", manifest)
        assert open_cache(cache_folder.folder).atlas.shape == (8, 6, 10)

    @pytest.mark.parametrize(
        "spec",
        [
            "../../secret.json",
            "/etc/passwd",
            "C:\\secret",
            "a/..\\b",
            "%(x)s",
            "%999999999d",
            "a\0b",
        ],
    )
    def test_places_outside_the_folder(self, cache_folder, spec: str) -> None:
        manifest = cache_folder.manifest()
        for entry in manifest["manifest"]:
            if entry.get("key") == "STRUCTURE_TREE":
                entry["spec"] = spec
        cache_folder.write_json("mouse_connectivity_manifest.json", manifest)
        with pytest.raises(DataError, match=r"'STRUCTURE_TREE' leads to .* out of the folder"):
            _ = open_cache(cache_folder.folder).atlas

    def test_ring_of_parents(self, cache_folder) -> None:
        manifest = cache_folder.manifest()
        for entry in manifest["manifest"]:
            if entry.get("key") == "REFERENCE_SPACE_VERSION":
                entry["parent_key"] = "ANNOTATION"
        cache_folder.write_json("mouse_connectivity_manifest.json", manifest)
        with pytest.raises(DataError, match="no usable entry 'ANNOTATION'"):
            open_cache(cache_folder.folder)


class TestStructures:
    def test_missing(self, cache_folder) -> None:
        (cache_folder.folder / "structures.json").unlink()
        with pytest.raises(DataError, match=r"structures\.json is missing"):
            _ = open_cache(cache_folder.folder).tree

    @pytest.mark.parametrize("content", [[{"id": 1}], 3, {"a": 1}, []])
    def test_damaged(self, cache_folder, content: object) -> None:
        cache_folder.write_json("structures.json", content)
        with pytest.raises(AtlasError, match=r"structures\.json: The structure list"):
            _ = open_cache(cache_folder.folder).tree


class TestVolumes:
    def test_exactly_as_stored(self, cache_folder, volumes) -> None:
        cache_folder.add(7)
        cache = open_cache(cache_folder.folder)
        for kind in KINDS:
            np.testing.assert_array_equal(cache.volume(7, kind), volumes()[kind])

    def test_missing_names_experiment_and_file(self, cache_folder) -> None:
        cache_folder.add(7)
        cache_folder.volume_path(7, "injection_fraction").unlink()
        cache = open_cache(cache_folder.folder)
        assert cache.experiments.with_volumes == {7}
        with pytest.raises(
            ExperimentError, match=r"Experiment 7: .*injection_fraction_100.*missing"
        ):
            cache.volume(7, "injection_fraction")

    def test_another_shape(self, cache_folder) -> None:
        cache_folder.add(7)
        write_volume(cache_folder.volume_path(7, "data_mask"), np.ones((10, 6, 8)), 100)
        with pytest.raises(ExperimentError, match=r"Experiment 7: .*10 × 6 × 8 voxels; 8 × 6 × 10"):
            open_cache(cache_folder.folder).volume(7, "data_mask")


def test_folder_without_experiment_list_is_an_atlas(cache_folder) -> None:
    (cache_folder.folder / "experiments.json").unlink()
    cache = open_cache(cache_folder.folder)
    assert len(cache.experiments) == 0
    assert cache.atlas.shape == (8, 6, 10)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"1": {}}, "a list of experiments was expected"),
        ([{"data_set_id": 1}], "needs data_set_id"),
    ],
)
def test_damaged_experiment_list(cache_folder, content: object, message: str) -> None:
    cache_folder.write_json("experiments.json", content)
    with pytest.raises(DataError, match=rf"experiments\.json: .*{message}"):
        open_cache(cache_folder.folder)


def test_experiment_listed_twice(cache_folder) -> None:
    cache_folder.add(7)
    cache_folder.add(7)
    with pytest.raises(DataError, match=r"experiments\.json: .*names an experiment twice"):
        _ = open_cache(cache_folder.folder).experiments
