from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from napari_connectome.cli import main
from napari_connectome.core.errors import DataError
from napari_connectome.core.io import load_model
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.progress import run_to_end
from napari_connectome.core.sources import RegionSource, VoxelSource
from napari_connectome.data.allen_cache import open_cache
from napari_connectome.data.model_files import read_model
from napari_connectome.data.published_model import find_published, read_published
from napari_connectome.state import jobs

DIVISIONS = [315, 549]
EXPERIMENTS = 5


@pytest.fixture
def factors(cache_folder) -> tuple[np.ndarray, np.ndarray]:
    """Weights and nodes as the published scripts make them: no weight across divisions."""
    atlas = open_cache(cache_folder.folder).atlas
    source = VoxelMask.from_atlas(atlas, DIVISIONS, "right")
    target = VoxelMask.from_atlas(atlas, DIVISIONS)
    rng = np.random.default_rng(5)
    weights = rng.random((len(source), EXPERIMENTS))
    cortical = source.to_vector(atlas.divisions) == 315
    weights[cortical, 3:] = 0
    weights[~cortical, :3] = 0
    weights[2] = 0  # a voxel that no experiment reaches
    weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
    nodes = rng.random((EXPERIMENTS, len(target)))
    return weights.astype(np.float32), nodes.astype(np.float32)


def save_csv(path: Path, matrix: np.ndarray) -> None:
    np.savetxt(path, matrix, delimiter=",")


@pytest.fixture
def published(cache_folder, factors) -> Path:
    """The layout of the published cache, CSV packed."""
    folder = cache_folder.folder / "voxel_model"
    folder.mkdir()
    for name, matrix in zip(("weights", "nodes"), factors, strict=True):
        save_csv(folder / f"{name}.csv.gz", matrix)
    for side, hemisphere in (("source", 2), ("target", 3)):
        mask = {"structure_ids": DIVISIONS, "hemisphere_id": hemisphere}
        (folder / f"{side}_mask_params.json").write_text(json.dumps(mask))
    return folder


def in_numpy(folder: Path, factors, dtype: str = "float32") -> None:
    for name, matrix in zip(("weights", "nodes"), factors, strict=True):
        (folder / f"{name}.csv.gz").unlink()
        np.save(folder / f"C57BL-6J_{name}.npy", matrix.astype(dtype))


@pytest.mark.parametrize("form", ["csv.gz", "csv", "float32", "float64"])
def test_it_answers_as_the_product_of_its_factors(
    published: Path, cache_folder, factors, form: str
) -> None:
    if form == "csv":
        for path in published.glob("*.csv.gz"):
            path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))
            path.unlink()
    elif form != "csv.gz":
        in_numpy(published, factors, form)
    weights, nodes = factors
    model = run_to_end(read_published(published))
    atlas, whole = model.atlas, weights @ nodes
    source = VoxelMask.from_atlas(atlas, DIVISIONS, "right")
    for row in (0, 7, len(source) - 1):
        place = atlas.um_of_index(source.coordinates[row].tolist())
        np.testing.assert_allclose(
            model.predict(VoxelSource(place)).vector, whole[row], rtol=1e-5, atol=1e-7
        )
    received = model.connectivity.onto_target(np.array([4]), np.ones(1))
    np.testing.assert_allclose(received, np.delete(whole[:, 4], 2), rtol=1e-5, atol=1e-7)
    thalamus = model.predict(RegionSource((549,)))
    inside = source.to_vector(atlas.divisions) == 549
    np.testing.assert_allclose(thalamus.vector, whole[inside].mean(axis=0), rtol=1e-5)
    assert np.isnan(thalamus.support.nearest_um)


def test_it_is_found_by_folder_and_by_file_and_nowhere_else(published: Path) -> None:
    expected = find_published(published)
    assert expected is not None
    assert find_published(published / "source_mask_params.json") == expected
    assert find_published(published / "nodes.csv.gz") == expected
    assert find_published(published.parent) is None
    assert find_published(published / "connection_density.csv.gz") is None
    (published / "target_mask_params.json").unlink()
    assert find_published(published) is None


def test_it_opens_by_every_road(
    published: Path, cache_folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = read_model(published)
    source = VoxelSource(model.atlas.um_of_index((2, 1, 7)))
    expected = model.predict(source).vector
    dataset, opened = run_to_end(jobs.open_model(published / "weights.csv.gz"))
    assert dataset.atlas is opened.atlas
    np.testing.assert_array_equal(opened.predict(source).vector, expected)
    place = ",".join(f"{x:g}" for x in source.point_um)
    assert main(["predict", str(published), "--at", place]) == 0
    assert "distance of injections not known" in capsys.readouterr().out
    saved = tmp_path / "model.h5"
    moved = tmp_path / "elsewhere" / "voxel_model"
    moved.parent.mkdir()
    published.rename(moved)
    given = ["convert", str(moved), "--atlas", str(cache_folder.folder), "--out", str(saved)]
    assert main(given) == 0
    np.testing.assert_array_equal(load_model(saved).predict(source).vector, expected)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("weights", b"0.5,0.5\n" * 9, "rows"),
        ("weights", b"0.5,x,1,2,3\n", "numbers"),
        ("nodes", b"1,2,3\n" * 5, "numbers were expected"),
        ("nodes", b"1,-2,nan\n" * 5, "negative or not finite"),
        ("nodes", b"", "rows"),
    ],
)
def test_factors_of_another_shape_or_kind_are_refused(
    published: Path, name: str, content: bytes, words: str
) -> None:
    path = published / f"{name}.csv.gz"
    path.write_bytes(gzip.compress(content))
    with pytest.raises(DataError, match=words) as refused:
        read_model(published)
    assert str(path) in str(refused.value)


def test_truncated_files_are_refused(published: Path, factors) -> None:
    path = published / "nodes.csv.gz"
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(DataError, match="cannot be read as rows of numbers"):
        read_model(published)
    in_numpy(published, factors)
    path = published / "C57BL-6J_nodes.npy"
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(DataError, match="no readable NumPy file"):
        read_model(published)


def test_objects_in_numpy_files_are_refused(published: Path, factors) -> None:
    in_numpy(published, factors)
    np.save(published / "C57BL-6J_nodes.npy", np.array([[print]], dtype=object))
    with pytest.raises(DataError, match="no readable NumPy file"):
        read_model(published)


@pytest.mark.parametrize(
    "mask", [[], {"structure_ids": [315]}, {"structure_ids": [12345678], "hemisphere_id": 2}]
)
def test_masks_of_another_atlas_are_refused(published: Path, mask) -> None:
    (published / "source_mask_params.json").write_text(json.dumps(mask))
    with pytest.raises(DataError, match=r"source_mask_params|rows"):
        read_model(published)


def test_a_model_without_an_atlas_is_refused(published: Path, tmp_path: Path) -> None:
    lonely = tmp_path / "lonely" / "voxel_model"
    lonely.parent.mkdir()
    published.rename(lonely)
    with pytest.raises(DataError, match="without an atlas"):
        read_model(lonely)
