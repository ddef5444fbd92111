from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from napari_connectome.core.errors import DataError
from napari_connectome.core.io import load_model, save_model
from napari_connectome.core.io.stored_matrix import StoredMatrix
from napari_connectome.core.models.voxel_fit import fit_voxel
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.sources import VoxelSource
from napari_connectome.data.allen_cache import open_cache
from napari_connectome.data.copies import kept_copies, remove_copies
from napari_connectome.data.tracing import LoadedExperiments, LoadSettings, load_experiments
from tests.data.test_pack import assert_same, only_copy


@pytest.fixture
def folder(cache_folder, volumes):
    for number, step in ((3, 0), (5, 1), (6, 2)):
        moved = {kind: np.roll(volume, step, 0) for kind, volume in volumes().items()}
        moved["projection_density"] *= 3 - step
        cache_folder.add(number, moved)
    cache_folder.add(1, {kind: volume[:, :, ::-1] for kind, volume in volumes().items()})
    cache_folder.add(2, structure_id=1009)
    return cache_folder


def load(
    folder, settings: LoadSettings | None = None, in_memory_bytes: int = 0
) -> tuple[LoadedExperiments, bool]:
    """Experiments, and whether the files were read rather than a copy."""
    texts: list[str] = []
    job = load_experiments(open_cache(folder.folder), settings, in_memory_bytes=in_memory_bytes)
    loaded = run_to_end(job, lambda moment: texts.append(moment.text))
    return loaded, "Reading projections" in texts


def in_memory(loaded: LoadedExperiments) -> LoadedExperiments:
    return LoadedExperiments(
        **{
            name: getattr(loaded, name)[:, :] if name == "projections" else getattr(loaded, name)
            for name in loaded.__dataclass_fields__
        }
    )


def test_a_set_on_the_disk_is_the_same_as_in_memory(folder) -> None:
    expected, _ = load(folder, in_memory_bytes=1 << 30)
    stored, read = load(folder)
    assert read
    assert isinstance(stored.projections, StoredMatrix)
    assert_same(expected, in_memory(stored))
    again, read = load(folder)
    assert not read
    assert_same(expected, in_memory(again))


def test_experiments_that_are_left_out_late_leave_no_row(folder) -> None:
    """The projection volume is known only when the projection has been written."""
    settings = LoadSettings(projection_volume_mm3=(0.0, 0.0040))
    expected, _ = load(folder, settings, in_memory_bytes=1 << 30)
    assert expected.ids.tolist() == [1, 2, 5, 6]
    assert_same(expected, in_memory(load(folder, settings)[0]))


def test_a_model_of_it_answers_and_is_saved_like_one_in_memory(folder, tmp_path: Path) -> None:
    atlas = open_cache(folder.folder).atlas
    experiments = [load(folder, in_memory_bytes=size)[0] for size in (1 << 30, 0)]
    models = [run_to_end(fit_voxel(one, atlas)) for one in experiments]
    save_model(models[1], tmp_path / "model.h5")
    models.append(load_model(tmp_path / "model.h5", cache_bytes=1))
    source = VoxelSource(atlas.um_of_index((2, 1, 7)))
    onto = np.array([3, 0]), np.array([1.0, 2.0])
    held, stored, reopened = (
        (model.predict(source).vector, model.connectivity.onto_target(*onto)) for model in models
    )
    for one, other, again in zip(held, stored, reopened, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-6)
        np.testing.assert_array_equal(again, other)
    assert models[2].choices == models[1].choices == models[0].choices


@pytest.mark.parametrize("size", [0, 100, -2000])
def test_a_truncated_copy_is_made_again(folder, copies: Path, size: int) -> None:
    expected, _ = load(folder)
    values = in_memory(expected)
    path = only_copy(copies)
    path.write_bytes(path.read_bytes()[:size])
    again, read = load(folder)
    assert read
    assert_same(values, in_memory(again))


def test_a_load_that_is_stopped_leaves_nothing(folder, copies: Path) -> None:
    job = load_experiments(open_cache(folder.folder), in_memory_bytes=0)
    for moment in job:
        if moment.text == "Reading projections":
            break
    job.close()
    assert not list(copies.iterdir())


def test_too_little_room_on_the_disk_is_refused_with_numbers(
    folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=5))
    with pytest.raises(DataError, match=r"take about .* GiB.*Choose a coarser resolution"):
        load(folder)


def test_a_folder_that_cannot_be_made_is_refused(
    folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("NAPARI_CONNECTOME_CACHE", str(tmp_path / "file" / "inside"))
    with pytest.raises(DataError, match="NAPARI_CONNECTOME_CACHE"):
        load(folder)


def test_copies_are_listed_and_removed(folder, copies: Path) -> None:
    load(folder)
    load(folder, in_memory_bytes=1 << 30)
    (copies / "of another program").touch()
    assert len(kept_copies()) == 2
    assert remove_copies() == 2
    assert [path.name for path in copies.iterdir()] == ["of another program"]
    assert remove_copies() == 0
