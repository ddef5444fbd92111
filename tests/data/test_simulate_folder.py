"""The simulated folder: complete or absent, the same for the same seed, readable as any other."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from napari_connectome.core.errors import DataError
from napari_connectome.core.progress import run_to_end
from napari_connectome.data.allen_cache import VOLUME_KINDS, open_cache
from napari_connectome.data.simulate import PlantedConnectome, simulate


def files(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def make(out: Path, **options) -> Path:
    return run_to_end(simulate(out, **({"resolution_um": 400, "experiments": 36} | options)))


@pytest.fixture(scope="module")
def coarse(tmp_path_factory) -> Path:
    return make(tmp_path_factory.mktemp("simulated") / "coarse")


@pytest.fixture
def few(coarse, small_brain, tmp_path):
    """Three centroids of the small brain."""
    truths = json.loads((small_brain / "ground_truth.json").read_text())["experiments"][:3]
    path = tmp_path / "few.csv"
    rows = [",".join(str(c) for c in t["planned_center_um"]) for t in truths]
    path.write_text("\n".join(["x,y,z", *rows]))
    return {"atlas_folder": small_brain, "centroids": path, "resolution_um": 200}


def test_same_seed_same_bytes(coarse, tmp_path):
    again = make(tmp_path / "again")
    assert files(again) == files(coarse)


def test_another_seed_gives_other_data(coarse, tmp_path):
    other = files(make(tmp_path / "other", seed=1))
    same = {name for name, data in files(coarse).items() if other.get(name) == data}
    assert "annotation/ccf_2017/annotation_400.nrrd" in same
    assert not any("projection_density" in name for name in same)


def test_any_reader_of_cache_folders_opens_it(small_brain):
    cache = open_cache(small_brain)
    assert cache.resolution_um == 200
    assert cache.atlas.template is not None
    assert cache.cortical_paths is not None
    table = cache.experiments
    assert len(table.on_disk()) == len(table) == 40
    for experiment_id in table.ids[:2]:
        for kind in VOLUME_KINDS:
            assert cache.volume(experiment_id, kind).shape == cache.atlas.shape


def test_records_describe_the_volumes(small_brain):
    cache = open_cache(small_brain)
    for record in cache.experiments:
        fraction = cache.volume(record.id, "injection_fraction")
        volume = float(fraction.sum()) * cache.atlas.voxel_volume_mm3
        assert record.injection_volume_mm3 == pytest.approx(volume, rel=1e-4)
        assert record.structure_id in record.injection_structure_ids
        assert record.structure_acronym == cache.tree[record.structure_id].acronym
        index = cache.atlas.index_of_um(record.injection_point_um)
        assert cache.volume(record.id, "injection_density")[
            tuple(slice(max(i - 2, 0), i + 3) for i in index)
        ].any()


def test_a_few_experiments_carry_a_made_up_line(small_brain):
    lines = {r.transgenic_line for r in open_cache(small_brain).experiments}
    assert None in lines
    assert len(lines) >= 2
    assert all(line.startswith("Demo-") for line in lines - {None})


def test_the_ground_truth_rebuilds_the_projections(small_brain):
    cache = open_cache(small_brain)
    truth = json.loads((small_brain / "ground_truth.json").read_text())
    planted = PlantedConnectome.from_json(small_brain / "ground_truth.json", cache.atlas)
    for entry in truth["experiments"][:5]:
        kinds = ("injection_density", "injection_fraction", "projection_density", "data_mask")
        density, fraction, seen, valid = (cache.volume(entry["id"], kind) for kind in kinds)
        signal = 1 - np.exp(-entry["strength"] * planted.project(density * fraction))
        use = (valid == 1) & (fraction == 0)
        assert np.corrcoef(seen[use], signal[use])[0, 1] > 0.9


def test_centroids_on_another_folder_s_atlas(few, small_brain, tmp_path):
    out = run_to_end(simulate(tmp_path / "out", **few))
    cache = open_cache(out)
    assert len(cache.experiments) == 3
    assert np.array_equal(cache.atlas.annotation, open_cache(small_brain).atlas.annotation)
    assert cache.cortical_paths is not None


def test_progress_ends_with_all_experiments(few, tmp_path):
    moments = []
    run_to_end(simulate(tmp_path / "out", **few), moments.append)
    assert (moments[-1].done, moments[-1].total) == (3, 3)
    assert moments[0].total == 0


def test_foreign_files_are_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(DataError, match="not simulated"):
        next(simulate(tmp_path))
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_files_that_were_added_to_a_simulation_are_left_alone(coarse, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(coarse, out)
    (out / "model.h5").write_text("mine")
    with pytest.raises(DataError, match=r"not simulated \(model\.h5"):
        next(simulate(out))


def test_a_file_is_no_place_for_a_folder(tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(DataError, match="is a file"):
        next(simulate(tmp_path / "out"))


def test_an_earlier_simulation_is_replaced(coarse, few, tmp_path):
    out = tmp_path / "brains" / "out"
    shutil.copytree(coarse, out)
    run_to_end(simulate(out, **few))
    assert open_cache(out).resolution_um == 200
    assert [p.name for p in out.parent.iterdir()] == ["out"]


def test_a_cancelled_simulation_leaves_everything_as_it_was(coarse, few, tmp_path):
    out = tmp_path / "brains" / "out"
    shutil.copytree(coarse, out)
    job = simulate(out, **few)
    while next(job).done == 0:
        pass
    job.close()
    assert [p.name for p in out.parent.iterdir()] == ["out"]
    assert files(out) == files(coarse)


def test_a_failure_leaves_nothing_behind(tmp_path):
    out = tmp_path / "brains" / "out"
    with pytest.raises(DataError, match="too few"):
        make(out, experiments=5)
    assert not list(out.parent.iterdir())


def test_no_experiment_is_no_simulation(tmp_path):
    with pytest.raises(DataError, match="At least one"):
        next(simulate(tmp_path / "out", experiments=0))
