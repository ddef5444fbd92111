from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from napari_connectome.core.errors import DataError
from napari_connectome.core.progress import run_to_end
from napari_connectome.data import needs
from napari_connectome.data.allen_cache import open_cache
from napari_connectome.data.nrrd import write_volume
from napari_connectome.data.reading import reading_threads
from napari_connectome.data.records import ExperimentFilter
from napari_connectome.data.tracing import LoadSettings, load_experiments, needs_of
from tests.data.conftest import CacheFolder, annotation, default_volumes

GREY_VOXELS = 144
"""Voxels of both divisions in the small atlas: 2 x 48 of cortex, and 64 less 16 of thalamus."""


@pytest.fixture
def folder(cache_folder: CacheFolder) -> CacheFolder:
    """One experiment at 100 µm, two at 50 µm."""
    fine = annotation().repeat(2, 0).repeat(2, 1).repeat(2, 2)
    cache_folder.write_annotation(fine, 50)
    for number in (3, 4):
        cache_folder.add(number)
        for kind, volume in default_volumes().items():
            path = cache_folder.volume_path(number, kind)
            fine = volume.repeat(2, 0).repeat(2, 1).repeat(2, 2)
            write_volume(path.with_name(f"{kind}_50.nrrd"), fine, 50)
            if number == 4:
                path.unlink()
    return cache_folder


def test_the_atlas_knows_its_voxels_by_structure(folder: CacheFolder) -> None:
    atlas = open_cache(folder.folder, 100).atlas
    for hemisphere, part in (("both", slice(None)), ("left", slice(5)), ("right", slice(5, None))):
        ids, counts = np.unique(atlas.annotation[:, :, part], return_counts=True)
        assert atlas.voxel_counts(hemisphere) == dict(
            zip(ids.tolist(), counts.tolist(), strict=True)
        )
    assert np.count_nonzero(atlas.divisions) == GREY_VOXELS


@pytest.mark.parametrize("resolution_um", [50, 100])
def test_every_resolution_is_judged_from_either_of_them(
    folder: CacheFolder, resolution_um: int
) -> None:
    fine, coarse = needs.all_needs(open_cache(folder.folder, resolution_um))
    assert (fine.resolution_um, coarse.resolution_um) == (50, 100)
    assert (fine.experiments, coarse.experiments) == (2, 1)
    assert (fine.target_voxels, coarse.target_voxels) == (8 * GREY_VOXELS, GREY_VOXELS)
    assert fine.memory_bytes > coarse.memory_bytes
    assert fine.disk_bytes == 0
    assert "50 µm: 2 experiments, about 0.3 GB of memory" in fine.text


def test_what_goes_to_the_disk_is_no_memory(
    folder: CacheFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = open_cache(folder.folder, 50)
    held = needs.needs_at(cache, 50)
    monkeypatch.setattr(needs, "IN_MEMORY_BYTES", 1000)
    stored = needs.needs_at(cache, 50)
    assert stored.memory_bytes < held.memory_bytes
    assert 0 < stored.disk_bytes < 2 * 4 * 8 * GREY_VOXELS
    assert "on the disk" in stored.text


def test_filters_count(folder: CacheFolder) -> None:
    cache = open_cache(folder.folder, 50)
    one = LoadSettings(wanted=ExperimentFilter(ids=[3]))
    assert needs_of(cache, one).experiments == 1


def test_too_little_memory_is_refused_with_what_would_do(
    folder: CacheFolder, monkeypatch: pytest.MonkeyPatch, copies: Path
) -> None:
    monkeypatch.setattr(needs, "UNCHECKED_BYTES", 0)
    cache = open_cache(folder.folder, 50)
    fine, coarse = needs.all_needs(cache)
    between = (fine.memory_bytes + coarse.memory_bytes) // 2
    monkeypatch.setattr(needs, "free_memory_bytes", lambda: between)
    with pytest.raises(DataError, match="What would do: 100 µm: 1 experiments"):
        run_to_end(load_experiments(cache))
    run_to_end(load_experiments(open_cache(folder.folder, 100)))
    monkeypatch.setattr(needs, "free_memory_bytes", lambda: 1)
    with pytest.raises(DataError, match="none of this folder"):
        run_to_end(load_experiments(cache))


def test_fewer_threads_read_larger_volumes() -> None:
    assert reading_threads(10_000) >= 2
    assert reading_threads(528 * 320 * 456) == 1
    assert reading_threads(10**12) == 1
