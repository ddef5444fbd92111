from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from napari_connectome.core.io import user_cache as cache
from napari_connectome.core.progress import run_to_end
from napari_connectome.data import copies as kept
from napari_connectome.data.allen_cache import open_cache
from napari_connectome.data.nrrd import write_volume
from napari_connectome.data.records import ExperimentFilter
from napari_connectome.data.tracing import LoadedExperiments, LoadSettings, load_experiments

ARRAYS = ("ids", "division_ids", "centroids", "projections", "injection_sums", "mirrored")


@pytest.fixture
def folder(cache_folder, volumes):
    cache_folder.add(3)
    cache_folder.add(1, {kind: volume[:, :, ::-1] for kind, volume in volumes().items()})
    cache_folder.add(2, structure_id=1009)
    return cache_folder


def load(folder, settings: LoadSettings | None = None) -> tuple[LoadedExperiments, bool]:
    """Experiments, and whether the files were read rather than a copy."""
    texts: list[str] = []
    job = load_experiments(open_cache(folder.folder), settings)
    loaded = run_to_end(job, lambda moment: texts.append(moment.text))
    return loaded, "Reading projections" in texts


def assert_same(first: LoadedExperiments, second: LoadedExperiments) -> None:
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
        assert getattr(first, name).dtype == getattr(second, name).dtype
    assert (first.injections != second.injections).nnz == 0
    assert first.report == second.report
    assert first.source_mask == second.source_mask
    assert first.target_mask == second.target_mask


def only_copy(copies: Path) -> Path:
    (path,) = copies.iterdir()
    return path


def test_second_load_takes_the_copy(folder, copies: Path) -> None:
    settings = LoadSettings(division_rule="primary", wanted=ExperimentFilter(ids=[1, 2, 3, 4]))
    first, read = load(folder, settings)
    assert read
    assert first.report.left_out
    assert first.report.unknown_ids
    second, read = load(folder, settings)
    assert not read
    assert_same(first, second)
    assert only_copy(copies).suffix == ".experiments"


def test_numbers_in_the_copy_can_be_computed_with(folder) -> None:
    load(folder)
    copied, read = load(folder)
    assert not read
    assert copied.projections.flags.aligned
    assert (copied.projections @ copied.projections.T).shape == (3, 3)
    assert copied.subset([1]).ids.tolist() == [2]
    copied.injections.sort_indices()


def test_other_settings_are_another_copy(folder, copies: Path) -> None:
    load(folder)
    _, read = load(folder, LoadSettings(data_mask_tolerance=0.2))
    assert read
    assert len(list(copies.iterdir())) == 2


@pytest.mark.parametrize("kind", ["projection_density", "data_mask"])
def test_changed_file_is_read_again(folder, volumes, kind: str) -> None:
    load(folder)
    changed = volumes()[kind]
    changed[2, 2, 8] = 0.25
    write_volume(folder.volume_path(3, kind), changed, 100)
    _, read = load(folder)
    assert read


def test_new_experiment_is_read(folder) -> None:
    load(folder)
    folder.add(9)
    loaded, read = load(folder)
    assert read
    assert 9 in loaded.ids


def test_changed_metadata_is_read_again(folder) -> None:
    load(folder, LoadSettings(division_rule="primary"))
    folder.records[2]["structure_id"] = 170
    folder.write_json("experiments.json", folder.records)
    loaded, read = load(folder, LoadSettings(division_rule="primary"))
    assert read
    assert 549 in loaded.division_ids


@pytest.mark.parametrize("name", [None, *ARRAYS])
def test_damaged_copy_is_replaced(folder, copies: Path, name: str | None) -> None:
    """One wrong bit at the start of the file, or of an array."""
    first, _ = load(folder)
    path = only_copy(copies)
    content = bytearray(path.read_bytes())
    content[0 if name is None else content.index(getattr(first, name).tobytes())] ^= 1
    path.write_bytes(content)
    again, read = load(folder)
    assert read
    assert_same(first, again)
    assert not load(folder)[1]


@pytest.mark.parametrize("size", [0, 10, 500, -64])
def test_truncated_copy_is_replaced(folder, copies: Path, size: int) -> None:
    load(folder)
    path = only_copy(copies)
    path.write_bytes(path.read_bytes()[:size])
    assert load(folder)[1]
    assert not load(folder)[1]


def test_copy_of_something_else_is_replaced(folder, copies: Path) -> None:
    load(folder)
    path = only_copy(copies)
    np.save(path.with_suffix(".npy"), np.array([1, 2, 3]))
    path.with_suffix(".npy").replace(path)
    assert load(folder)[1]


def test_folder_that_cannot_be_made_is_no_error(
    folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setenv("NAPARI_CONNECTOME_CACHE", str(blocked / "inside"))
    loaded, read = load(folder)
    assert read
    assert len(loaded) == 3


def test_full_disk_is_no_error(folder, copies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert len(load(folder)[0]) == 3
    assert not list(copies.iterdir())


def test_a_set_beyond_the_limit_is_not_kept(
    folder, copies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MAX_TOTAL_BYTES", 100)
    assert len(load(folder)[0]) == 3
    assert not list(copies.iterdir())


def test_the_longest_unused_copies_go_first(
    folder, copies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(folder)
    size = only_copy(copies).stat().st_size
    first = only_copy(copies)
    load(folder, LoadSettings(data_mask_tolerance=0.2))
    (second,) = set(copies.iterdir()) - {first}
    os.utime(first, (1, 1))
    os.utime(second, (2, 2))
    load(folder)  # the first is used again
    monkeypatch.setattr(kept, "MAX_TOTAL_BYTES", int(2.5 * size))
    load(folder, LoadSettings(data_mask_tolerance=0.3))
    assert first in set(copies.iterdir())
    assert second not in set(copies.iterdir())
    assert len(list(copies.iterdir())) == 2


def test_place_of_the_copies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NAPARI_CONNECTOME_CACHE", str(tmp_path / "named"))
    assert cache.cache_folder() == tmp_path / "named"
    monkeypatch.delenv("NAPARI_CONNECTOME_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache.cache_folder() == tmp_path / "xdg" / "napari-connectome"
