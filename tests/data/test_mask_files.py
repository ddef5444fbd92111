"""Masks from files: an asymmetric phantom in every convention lands on the same voxels."""

from __future__ import annotations

import gzip
from itertools import permutations, product
from pathlib import Path
from typing import Any

import nibabel
import nrrd
import numpy as np
import pytest

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import DataError
from napari_connectome.data.mask_files import read_mask
from napari_connectome.data.nrrd import write_volume
from tests.core.model_data import SHAPE, small_atlas

BOX_MM = np.array(SHAPE) / 10


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return small_atlas()


def phantom(dtype: Any = np.uint8) -> np.ndarray:
    """A corner of three unlike arms, on the right."""
    volume = np.zeros(SHAPE, dtype=dtype)
    volume[2:9, 1, 6] = 1
    volume[2, 1:5, 6] = 2
    volume[2, 1, 6:8] = 3
    return volume


def nifti(
    path: Path, values: np.ndarray, affine: Any, unit: str | None = "mm", kind: Any = None
) -> Path:
    image = (kind or nibabel.Nifti1Image)(values, affine)
    if unit is not None:
        image.header.set_xyzt_units(unit)
    nibabel.save(image, path)
    return path


def affine_of(axes: Any, steps: Any, origin: Any) -> np.ndarray:
    """File axis j runs along coordinate axes[j] in steps[j]."""
    affine = np.zeros((4, 4))
    affine[list(axes), range(3)] = steps
    affine[:3, 3] = origin
    affine[3, 3] = 1
    return affine


def check(path: Path, atlas: Atlas, *words: str) -> None:
    found = read_mask(path, atlas)
    assert found.values.dtype == np.float32
    np.testing.assert_allclose(found.values, phantom() > 0, atol=1e-6)
    for word in (*words, "every number but 0 is painted"):
        assert word in found.assumed


# NumPy


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64, ">u2"])
def test_npy(atlas, tmp_path, dtype) -> None:
    np.save(tmp_path / "m.npy", phantom(dtype))
    check(tmp_path / "m.npy", atlas, "its voxels are those of the atlas, axes AP, DV, ML")


def test_floats_are_strengths(atlas, tmp_path) -> None:
    np.save(tmp_path / "m.npy", phantom(np.float64) / 4)
    found = read_mask(tmp_path / "m.npy", atlas)
    np.testing.assert_array_equal(found.values, phantom() / 4)
    assert found.assumed.endswith("its numbers are strengths")


# NRRD


def test_nrrd_as_we_write_it(atlas, tmp_path) -> None:
    write_volume(tmp_path / "m.nrrd", phantom(), 100)
    check(tmp_path / "m.nrrd", atlas, "coordinates are AP, DV, ML, in micrometres, as its header")


def test_nrrd_of_another_resolution(atlas, tmp_path) -> None:
    fine = np.kron(phantom(), np.ones((4, 4, 4), dtype=np.uint8))
    write_volume(tmp_path / "m.nrrd", fine, 25)
    check(tmp_path / "m.nrrd", atlas, "it fills the box of the atlas")
    write_volume(tmp_path / "half.nrrd", np.ones([n // 2 for n in SHAPE], np.uint8), 200)
    np.testing.assert_allclose(read_mask(tmp_path / "half.nrrd", atlas).values, 1)


def test_nrrd_as_the_allen_institute_writes_it(atlas, tmp_path) -> None:
    header = {
        "space": "left-posterior-superior",
        "space directions": np.eye(3) * 100,
        "space origin": np.zeros(3),
    }
    nrrd.write(str(tmp_path / "m.nrrd"), phantom(), header)
    check(tmp_path / "m.nrrd", atlas, "its coordinates are AP, DV, ML", "as in Allen files")


@pytest.mark.parametrize("centred", [False, True])
@pytest.mark.parametrize("space", ["left-posterior-superior", "LPS", "right-anterior-superior"])
def test_nrrd_in_anatomical_millimetres(atlas, tmp_path, space, centred) -> None:
    """Axes stored as the space names them, its origin at the front upper left corner."""
    left_first = space.lower().startswith("l")
    signs = np.array([-1, 1, -1] if left_first else [1, -1, -1])
    stored = phantom().transpose(2, 0, 1)[:: signs[0], :: signs[1], :: signs[2]]
    box = BOX_MM[[2, 0, 1]]
    origin = np.where(signs > 0, 0.0, -box) + (0.05 if centred else 0)
    header = {
        "space": space,
        "space directions": np.eye(3) * 0.1,
        "space origin": origin,
        "space units": ["mm", "mm", "mm"],
    }
    nrrd.write(str(tmp_path / "m.nrrd"), stored, header)
    side = "left, posterior" if left_first else "right, anterior"
    check(tmp_path / "m.nrrd", atlas, f"its coordinates are {side}", "in millimetres, as its")


def test_nrrd_without_geometry_is_on_the_atlas_grid(atlas, tmp_path) -> None:
    nrrd.write(str(tmp_path / "m.nrrd"), phantom())
    check(tmp_path / "m.nrrd", atlas, "its voxels are those of the atlas")
    nrrd.write(str(tmp_path / "s.nrrd"), phantom(), {"spacings": [100, 100, 100]})
    check(tmp_path / "s.nrrd", atlas, "its coordinates are AP, DV, ML")


@pytest.mark.parametrize("centred", [False, True])
def test_a_part_of_the_box_lies_where_its_header_says(atlas, tmp_path, centred) -> None:
    part = phantom()[2:9, 1:5, 6:8]
    header = {
        "space directions": np.eye(3) * 100,
        "space origin": np.array([200, 100, 600]) + (50 if centred else 0),
        "space units": ["microns"] * 3,
    }
    nrrd.write(str(tmp_path / "m.nrrd"), part, header)
    check(tmp_path / "m.nrrd", atlas, "a part of the atlas's box, from (200, 100, 600) µm")


# NIfTI


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("flips", list(product((False, True), repeat=3)))
def test_nifti_in_anatomical_millimetres(atlas, tmp_path, order, flips) -> None:
    """RAS millimetres from the front upper left corner, axes stored in any order and sense."""
    coordinate, sign = (1, 2, 0), (-1, -1, 1)
    stored = np.flip(phantom(), [i for i in range(3) if flips[i]]).transpose(order)
    origin = np.zeros(3)
    for axis in range(3):
        first = BOX_MM[axis] - 0.05 if flips[axis] else 0.05
        origin[coordinate[axis]] = sign[axis] * first
    steps = [sign[axis] * (-0.1 if flips[axis] else 0.1) for axis in order]
    affine = affine_of([coordinate[axis] for axis in order], steps, origin)
    check(
        nifti(tmp_path / "m.nii.gz", stored, affine),
        atlas,
        "right, anterior, superior, in millimetres, as its header says; it fills the box",
    )


def test_nifti_with_the_corner_as_its_origin(atlas, tmp_path) -> None:
    affine = affine_of((1, 2, 0), (-0.1, -0.1, 0.1), (0, 0, 0))
    check(nifti(tmp_path / "m.nii", phantom(), affine), atlas, "right, anterior, superior")


@pytest.mark.parametrize("kind", [nibabel.Nifti1Image, nibabel.Nifti2Image])
@pytest.mark.parametrize(("unit", "step"), [("mm", 0.1), ("micron", 100.0), (None, 0.1)])
def test_nifti_with_plain_axes(atlas, tmp_path, unit, step, kind) -> None:
    path = nifti(tmp_path / "m.nii.gz", phantom(), np.diag([step] * 3 + [1]), unit, kind)
    words = "since its header gives no unit" if unit is None else "as its header says"
    check(path, atlas, "its coordinates are AP, DV, ML, in mi", words)


def test_nifti_without_orientation(atlas, tmp_path) -> None:
    image = nibabel.Nifti1Image(phantom(), None)
    image.header.set_zooms((0.1, 0.1, 0.1))
    nibabel.save(image, tmp_path / "m.nii")
    check(tmp_path / "m.nii", atlas, "it gives no orientation", "AP, DV, ML")


def test_nifti_that_was_converted_from_an_allen_nrrd(atlas, tmp_path) -> None:
    path = nifti(tmp_path / "m.nii.gz", phantom(), np.diag([-100, -100, 100, 1]), "micron")
    check(path, atlas, "the first two negative, as converted from an Allen NRRD")


def test_nifti_with_another_origin_is_told(atlas, tmp_path) -> None:
    """Bregma or the middle of the brain as origin: the axes leave no doubt."""
    affine = affine_of((1, 2, 0), (-0.1, -0.1, 0.1), (0.55, 0.35, -0.45))
    check(nifti(tmp_path / "m.nii.gz", phantom(), affine), atlas, "was not used")


def test_nifti_of_one_volume_in_four_dimensions(atlas, tmp_path) -> None:
    affine = np.diag([0.1, 0.1, 0.1, 1])
    check(nifti(tmp_path / "m.nii", phantom()[..., None], affine), atlas)


def test_nifti_that_is_scaled_is_read_as_strengths(atlas, tmp_path) -> None:
    image = nibabel.Nifti1Image(phantom(np.int16), np.diag([0.1, 0.1, 0.1, 1]))
    image.header.set_slope_inter(0.25, 0)
    nibabel.save(image, tmp_path / "m.nii")
    found = read_mask(tmp_path / "m.nii", atlas)
    assert "strengths" in found.assumed
    np.testing.assert_array_equal(found.values, phantom() / 4)


# What does not fit


SKEW = np.diag([0.1, 0.1, 0.1, 1])
SKEW[0, 1] = 0.05


@pytest.mark.parametrize(
    ("values", "affine", "unit", "message"),
    [
        (phantom(), np.diag([100, 100, 100, 1]), "mm", "1000 times too large.*micrometres"),
        (phantom(), np.diag([100, 100, 100, 1]), None, "no unit.*1000 times too large"),
        (phantom(), np.diag([0.1, 0.1, 0.1, 1]), "micron", "1000 times too small.*millimetres"),
        (phantom(), SKEW, "mm", "turned against"),
        (
            phantom().transpose(2, 1, 0),
            np.diag([0.1, 0.1, 0.1, 1]),
            "mm",
            "does not fit.*coordinates are right.*coordinates are AP",
        ),
        (
            phantom(),
            affine_of((0, 1, 2), (0.1, 0.1, 0.1), (5, 5, 5)),
            "mm",
            r"lies elsewhere.*AP, DV, ML, from \(5000, 5000, 5000\) µm or .* first corner at 0",
        ),
        (
            phantom()[:4, :4, :4],
            affine_of((0, 1, 2), (0.1, 0.1, 0.1), (5, 5, 5)),
            "mm",
            "does not fit the box",
        ),
        (np.ones((40, 40, 40), np.uint8), np.diag([0.1, 0.1, 0.1, 1]), "mm", "does not fit"),
        (np.zeros(SHAPE, np.uint8), np.diag([0.1, 0.1, 0.1, 1]), "mm", "Nothing is drawn"),
        (-phantom(np.int16), np.diag([0.1, 0.1, 0.1, 1]), "mm", "11 voxels are negative"),
        (np.full(SHAPE, np.nan, np.float32), np.diag([0.1, 0.1, 0.1, 1]), "mm", "960 .* NaN"),
        (np.ones((*SHAPE, 2), np.uint8), np.diag([0.1, 0.1, 0.1, 1]), "mm", "single volume"),
        (np.ones(SHAPE[:2], np.uint8), np.diag([0.1, 0.1, 0.1, 1]), "mm", "single volume"),
    ],
)
def test_nifti_that_does_not_fit(atlas, tmp_path, values, affine, unit, message) -> None:
    path = nifti(tmp_path / "m.nii.gz", values, affine, unit)
    with pytest.raises(DataError, match=message) as refused:
        read_mask(path, atlas)
    assert str(refused.value).startswith(f"{path}: ")


@pytest.mark.parametrize(
    ("values", "header", "message"),
    [
        (phantom(), {"space directions": np.eye(3) * 0.1}, "1000 times too small.*millimetres"),
        (
            phantom(),
            {"space directions": np.eye(3) * 100, "space units": ["mm"] * 3},
            "1000 times too large",
        ),
        (
            phantom(),
            {"space directions": np.eye(3) * 100, "space units": ["furlong"] * 3},
            "says .*furlong",
        ),
        (
            phantom().transpose(1, 0, 2),
            {"space directions": np.eye(3) * 100},
            "sides are those of the atlas if its axes are DV, AP, ML",
        ),
        (phantom()[:, :, :9], {}, "12 × 8 × 10 were expected; 12 × 8 × 9 came"),
        (np.ones((3, 3), np.uint8), {}, "3-D volume was expected"),
    ],
)
def test_nrrd_that_does_not_fit(atlas, tmp_path, values, header, message) -> None:
    nrrd.write(str(tmp_path / "m.nrrd"), values, header)
    with pytest.raises(DataError, match=message) as refused:
        read_mask(tmp_path / "m.nrrd", atlas)
    assert str(refused.value).startswith(str(tmp_path / "m.nrrd"))


def test_npy_of_another_shape_is_refused(atlas, tmp_path) -> None:
    np.save(tmp_path / "m.npy", phantom().transpose(2, 1, 0))
    with pytest.raises(DataError, match=r"12 × 8 × 10 were expected; 10 × 8 × 12 came"):
        read_mask(tmp_path / "m.npy", atlas)


def test_objects_are_never_unpickled(atlas, tmp_path) -> None:
    np.save(tmp_path / "m.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(DataError, match="no readable NumPy array"):
        read_mask(tmp_path / "m.npy", atlas)
    with (tmp_path / "z.npy").open("wb") as file:
        np.savez(file, a=phantom())
    with pytest.raises(DataError, match="several arrays"):
        read_mask(tmp_path / "z.npy", atlas)


@pytest.mark.parametrize("name", ["m.nrrd", "m.nii", "m.nii.gz", "m.npy"])
@pytest.mark.parametrize(
    "content",
    [b"", b"no mask at all" * 50, gzip.compress(b"no mask" * 90)],
    ids=["empty", "words", "packed words"],
)
def test_damaged_files_are_refused(atlas, tmp_path, capfd, name, content) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match="readable"):
        read_mask(tmp_path / name, atlas)
    assert capfd.readouterr() == ("", "")


def test_truncated_files_are_refused(atlas, tmp_path, capfd) -> None:
    whole = nifti(tmp_path / "w.nii.gz", phantom(), np.diag([0.1, 0.1, 0.1, 1]))
    plain = gzip.decompress(whole.read_bytes())
    for name, content in (
        ("m.nii.gz", whole.read_bytes()[:-40]),
        ("m.nii", plain[:-40]),
        ("t.nii", plain[:70] + b"\xff\x7f" + plain[72:]),
        ("d.nii", plain[:40] + b"\x09" + plain[41:]),
        ("u.nii", plain[:123] + b"\x4d" + plain[124:]),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match=f"{name}: it is no readable NIfTI volume"):
            read_mask(tmp_path / name, atlas)
    assert capfd.readouterr() == ("", "")


def test_files_that_are_none(atlas, tmp_path) -> None:
    with pytest.raises(DataError, match=r"m\.nrrd is missing; a mask was expected"):
        read_mask(tmp_path / "m.nrrd", atlas)
    (tmp_path / "m.tif").write_bytes(b"II")
    with pytest.raises(DataError, match=r"\.nrrd, \.nii, \.nii\.gz, \.npy was expected"):
        read_mask(tmp_path / "m.tif", atlas)
