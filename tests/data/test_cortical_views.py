"""Maps of the cortex: path files good and bad, computed maps and their copies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import AtlasError, DataError
from napari_connectome.core.flatmap import CorticalView
from napari_connectome.core.progress import Progress, run_to_end
from napari_connectome.data.cortical_views import (
    file_name,
    load_cortical_views,
    read_cortical_view,
    write_cortical_view,
)
from tests.core.cortex.shapes import THALAMUS, shell_atlas, shell_views


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Computed maps go to a folder of the test's own."""
    folder = tmp_path / "copies"
    monkeypatch.setenv("NAPARI_CONNECTOME_CACHE", str(folder))
    return folder


@pytest.fixture
def path_files(tmp_path: Path) -> Path:
    """Folder with a path file of either map."""
    folder = tmp_path / "cortical_paths"
    folder.mkdir()
    for view in shell_views():
        write_cortical_view(folder / file_name(view.name, 100.0), view)
    return folder


def assert_same(view: CorticalView, other: CorticalView) -> None:
    assert (view.name, view.title, view.box) == (other.name, other.title, other.box)
    assert np.array_equal(view.paths, other.paths)
    assert np.array_equal(view.lookup, other.lookup)
    assert (view.origin, view.distortion) == (other.origin, other.distortion)


def test_what_is_written_reads_back(path_files: Path) -> None:
    for view in shell_views():
        again = read_cortical_view(path_files / file_name(view.name, 100.0), shell_atlas())
        assert_same(again, view)


def test_a_file_of_another_program_says_its_name(path_files: Path) -> None:
    path = path_files / "top_view_paths_100.h5"
    with h5py.File(path, "a") as file:
        del file.attrs["origin"]
    view = read_cortical_view(path, shell_atlas())
    assert (view.name, view.title) == ("top", "Top view")
    assert view.origin == "top_view_paths_100.h5"
    assert view.distortion is None


def test_paths_listed_by_index_are_put_in_order(path_files: Path) -> None:
    path, highest = path_files / "dorsal_flatmap_paths_100.h5", np.iinfo(np.int32).max
    with h5py.File(path, "a") as file:
        paths = np.sort(np.where(file["paths"][:] > 0, file["paths"][:], highest), axis=1)
        file["paths"][:] = np.where(paths < highest, paths, 0)
    view = read_cortical_view(path, shell_atlas())
    ours = shell_views()[1]
    assert np.array_equal(view.lengths, ours.lengths)
    assert ((view.paths == ours.paths) | (ours.paths < 0)).mean() > 0.9


def test_path_files_come_first(path_files: Path, copies: Path) -> None:
    views = run_to_end(load_cortical_views(shell_atlas(), path_files))
    for view, ours in zip(views, shell_views(), strict=True):
        assert_same(view, ours)
    assert not copies.exists()


def test_maps_without_a_file_are_computed_once(copies: Path, tmp_path: Path) -> None:
    told: list[list[Progress]] = [[], []]
    empty = tmp_path / "nothing"
    first = run_to_end(load_cortical_views(shell_atlas(), empty), told[0].append)
    kept = sorted(path.name for path in copies.rglob("*.h5"))
    assert kept == ["dorsal_flatmap_paths_100.h5", "top_view_paths_100.h5"]
    second = run_to_end(load_cortical_views(shell_atlas(), None), told[1].append)
    for view, again, ours in zip(first, second, shell_views(), strict=True):
        assert_same(view, ours)
        assert_same(again, ours)
    assert len(told[0]) > 5
    assert len(told[1]) == 1


def test_a_damaged_copy_is_computed_again(copies: Path) -> None:
    run_to_end(load_cortical_views(shell_atlas(), None))
    path = next(copies.rglob("top_view*.h5"))
    path.write_bytes(path.read_bytes()[:2000])
    views = run_to_end(load_cortical_views(shell_atlas(), None))
    assert_same(views[0], shell_views()[0])
    assert_same(read_cortical_view(path, shell_atlas()), shell_views()[0])


def test_a_copy_that_cannot_be_kept_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("NAPARI_CONNECTOME_CACHE", str(tmp_path / "file" / "below"))
    assert len(run_to_end(load_cortical_views(shell_atlas(), None))) == 2


def test_another_annotation_has_maps_of_its_own(copies: Path) -> None:
    atlas = shell_atlas()
    run_to_end(load_cortical_views(atlas, None))
    changed = atlas.annotation.copy()
    changed[:, 16:] = THALAMUS
    run_to_end(load_cortical_views(replace(atlas, annotation=changed), None))
    assert len(list(copies.rglob("top_view*.h5"))) == 2


def test_the_missing_map_of_two_is_computed(path_files: Path, copies: Path) -> None:
    path = path_files / "top_view_paths_100.h5"
    with h5py.File(path, "a") as file:
        file.attrs["origin"] = "by hand"
    (path_files / "dorsal_flatmap_paths_100.h5").unlink()
    (path_files / "dorsal_flatmap_paths_25.h5").write_bytes(b"of another resolution")
    top, dorsal = run_to_end(load_cortical_views(shell_atlas(), path_files))
    assert (top.origin, dorsal.origin) == ("by hand", "computed from the annotation")


def rewritten(change: Callable[[h5py.File], None]) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        with h5py.File(path, "a") as file:
            change(file)

    return spoil


def put(name: str, values: object) -> Callable[[Path], None]:
    def change(file: h5py.File) -> None:
        del file[name]
        file[name] = values

    return rewritten(change)


def edited(name: str, value: int) -> Callable[[Path], None]:
    def change(file: h5py.File) -> None:
        values = file[name][:].astype(np.int64)
        values[3, 0] = value
        del file[name]
        file[name] = values

    return rewritten(change)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path: path.unlink(), "is missing"),
        (lambda path: path.write_text("no HDF5"), "cannot be read as HDF5"),
        (lambda path: path.write_bytes(path.read_bytes()[:3000]), "cannot be read as HDF5"),
        (rewritten(lambda f: f.pop("paths")), "'paths' is missing; the file holds 'view lookup'"),
        (rewritten(lambda f: f.pop("view lookup")), "'view lookup' is missing"),
        (put("paths", np.ones((4, 5))), r"table of whole numbers; it has shape \(4, 5\).*float64"),
        (put("paths", np.arange(7)), r"'paths' should be a table.*shape \(7,\)"),
        (put("view lookup", np.zeros((0, 5), dtype=int)), "'view lookup' should be a table"),
        (put("paths", np.array([[5, 0, 6]])), "padded with 0 at the end"),
        (edited("paths", 28**3), "voxel indices from 0 to 21951 were expected.*21952 came"),
        (edited("paths", 2**40), "voxel indices.*another atlas"),
        (edited("paths", -7), "voxel indices.*-7 to"),
        (edited("view lookup", 10**6), "path numbers from 0 to"),
        (edited("view lookup", -2), "path numbers"),
    ],
)
def test_bad_files_are_refused_in_words(
    path_files: Path, spoil: Callable[[Path], None], message: str
) -> None:
    path = path_files / "top_view_paths_100.h5"
    spoil(path)
    with pytest.raises(DataError, match=message) as refused:
        read_cortical_view(path, shell_atlas())
    assert "top_view_paths_100.h5" in str(refused.value)


def test_a_file_of_another_atlas_is_refused(path_files: Path) -> None:
    turned = shell_atlas()
    other: Atlas = replace(turned, annotation=turned.annotation[:, ::-1].copy())
    with pytest.raises(AtlasError, match="isocortex of this atlas"):
        run_to_end(load_cortical_views(other, path_files))


def test_an_atlas_without_cortex_is_refused(copies: Path) -> None:
    bare = np.full((6, 6, 6), THALAMUS, dtype=np.uint32)
    atlas = replace(shell_atlas(), annotation=bare)
    with pytest.raises(AtlasError, match="no isocortex"):
        run_to_end(load_cortical_views(atlas, None))
    assert not list(copies.rglob("*"))
