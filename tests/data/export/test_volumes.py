"""Volumes in the formats of other programs, read back by other readers."""

from __future__ import annotations

import json
from pathlib import Path

import nibabel as nib
import nrrd
import numpy as np
import pytest
import zarr

from napari_connectome.core.errors import DataError
from napari_connectome.data.export.volumes import export_volume

RESOLUTION_UM = 50.0
PROVENANCE = {"model": "voxel", "folder": "/data/µ", "ids": [1, 2]}


@pytest.fixture
def volume() -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.random((66, 40, 57)).astype(np.float32)


def test_every_format_puts_a_voxel_at_the_same_place(volume: np.ndarray, tmp_path: Path) -> None:
    voxel = np.array([11, 7, 30])
    _, header = nrrd.read(str(export_volume(tmp_path / "v.nrrd", volume, RESOLUTION_UM)))
    by_nrrd = header["space origin"] + voxel @ header["space directions"]
    image = nib.load(export_volume(tmp_path / "v.nii.gz", volume, RESOLUTION_UM))
    right, anterior, superior = 1000 * (image.affine @ [*voxel, 1])[:3]
    group = zarr.open_group(export_volume(tmp_path / "v.ome.zarr", volume, RESOLUTION_UM), mode="r")
    scale, shift = group.attrs["multiscales"][0]["datasets"][0]["coordinateTransformations"]
    by_zarr = voxel * scale["scale"] + shift["translation"]
    np.testing.assert_allclose(by_nrrd, voxel * RESOLUTION_UM)
    np.testing.assert_allclose([-anterior, -superior, right], by_nrrd, rtol=1e-6)
    np.testing.assert_allclose(by_zarr, by_nrrd)


@pytest.mark.parametrize("name", ["v.nrrd", "v.nii", "v.nii.gz", "v.ome.zarr"])
@pytest.mark.parametrize("dtype", ["f4", "f8", "u1", "u4", "i8", "?"])
def test_values_come_back(volume: np.ndarray, tmp_path: Path, name: str, dtype: str) -> None:
    stored = (volume * 100 > 50) if dtype == "?" else (volume * 100).astype(dtype)
    path = export_volume(tmp_path / name, stored, RESOLUTION_UM)
    if name.endswith("zarr"):
        found = zarr.open_group(path, mode="r")["0"][...]
    elif name.endswith("nrrd"):
        found, _ = nrrd.read(str(path))
    else:
        found = np.asanyarray(nib.load(path).dataobj)
    np.testing.assert_array_equal(found, stored)


def test_axes_are_named_for_any_nifti_reader(volume: np.ndarray, tmp_path: Path) -> None:
    image = nib.load(export_volume(tmp_path / "v.nii", volume, RESOLUTION_UM))
    assert nib.aff2axcodes(image.affine) == ("P", "I", "R")
    assert image.header.get_xyzt_units()[0] == "mm"
    np.testing.assert_allclose(image.header.get_zooms(), 0.05)


def test_coarser_copies_are_means_in_their_middle(tmp_path: Path) -> None:
    index = np.indices((65, 40, 20), dtype=np.float32)
    group = zarr.open_group(export_volume(tmp_path / "v.ome.zarr", index[0], 100.0), mode="r")
    levels = group.attrs["multiscales"][0]["datasets"]
    assert [group[level["path"]].shape for level in levels] == [
        (65, 40, 20),
        (33, 20, 10),
        (17, 10, 5),
    ]
    for level in levels:
        scale, shift = (t[t["type"]][0] for t in level["coordinateTransformations"])
        # The values are AP indices: what a coarse voxel shows is where it lies.
        found = group[level["path"]][:, 0, 0][:16]
        np.testing.assert_allclose(100 * found, shift + scale * np.arange(16))


def test_missing_values_count_in_no_mean(tmp_path: Path) -> None:
    volume = np.full((64, 2, 2), np.nan, dtype=np.float32)
    volume[0, 0, 0] = 3.0
    group = zarr.open_group(export_volume(tmp_path / "v.ome.zarr", volume, 100.0), mode="r")
    assert group["1"][0, 0, 0] == 3.0
    assert np.isnan(group["1"][1:]).all()


def test_provenance_is_inside(volume: np.ndarray, tmp_path: Path) -> None:
    def written(name: str) -> Path:
        return export_volume(tmp_path / name, volume, RESOLUTION_UM, provenance=PROVENANCE)

    _, header = nrrd.read(str(written("v.nrrd")))
    assert json.loads(header["provenance"]) == PROVENANCE
    extension = nib.load(written("v.nii.gz")).header.extensions[0]
    assert json.loads(extension.get_content()) == PROVENANCE
    assert zarr.open_group(written("v.ome.zarr"), mode="r").attrs["provenance"] == PROVENANCE


@pytest.mark.parametrize("name", ["v.nrrd", "v.nii.gz"])
def test_the_same_volume_gives_the_same_bytes(
    volume: np.ndarray, tmp_path: Path, name: str
) -> None:
    path = export_volume(tmp_path / name, volume, RESOLUTION_UM, provenance=PROVENANCE)
    first = path.read_bytes()
    export_volume(path, volume, RESOLUTION_UM, provenance=PROVENANCE)
    assert path.read_bytes() == first


def test_an_older_ome_zarr_is_replaced_and_nothing_else_is(
    volume: np.ndarray, tmp_path: Path
) -> None:
    path = export_volume(tmp_path / "v.ome.zarr", volume, RESOLUTION_UM)
    export_volume(path, volume[:32], RESOLUTION_UM)
    assert zarr.open_group(path, mode="r")["0"].shape == (32, 40, 57)
    assert [p.name for p in tmp_path.iterdir()] == ["v.ome.zarr"]
    strange = tmp_path / "mine.ome.zarr"
    strange.mkdir()
    (strange / "thesis.txt").write_text("years of work")
    with pytest.raises(DataError, match="is not replaced"):
        export_volume(strange, volume, RESOLUTION_UM)
    assert (strange / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize("name", ["v.nrrd", "v.nii.gz", "v.ome.zarr"])
def test_what_cannot_be_written_is_said(volume: np.ndarray, tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="nowhere"):
        export_volume(tmp_path / "nowhere" / name, volume, RESOLUTION_UM)


def test_other_names_and_other_arrays_are_refused(volume: np.ndarray, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"\.ome\.zarr"):
        export_volume(tmp_path / "v.tif", volume, RESOLUTION_UM)
    with pytest.raises(DataError, match="2 dimensions"):
        export_volume(tmp_path / "v.nii", volume[0], RESOLUTION_UM)
    with pytest.raises(DataError, match="complex"):
        export_volume(tmp_path / "v.nii", volume.astype(complex), RESOLUTION_UM)
