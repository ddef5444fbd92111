from __future__ import annotations

import gzip
from pathlib import Path

import nrrd
import numpy as np
import pytest

from napari_connectome.core.errors import DataError
from napari_connectome.data.nrrd import Room, read_header, read_volume, write_volume

SHAPE = (3, 4, 5)
RNG = np.random.default_rng(1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "volume.nrrd"


@pytest.fixture
def volume() -> np.ndarray:
    return RNG.random(SHAPE).astype(np.float32)


def cut(path: Path, n_bytes: int) -> None:
    path.write_bytes(path.read_bytes()[:-n_bytes])


@pytest.mark.parametrize("code", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"])
def test_what_is_written_is_read_here_and_by_pynrrd(path: Path, code: str) -> None:
    volume = RNG.integers(0, 100, SHAPE).astype(code)
    write_volume(path, volume, 100)
    ours = read_volume(path, SHAPE, 100)
    theirs, header = nrrd.read(str(path))
    np.testing.assert_array_equal(ours, volume)
    np.testing.assert_array_equal(theirs, volume)
    assert ours.dtype == theirs.dtype == volume.dtype
    np.testing.assert_array_equal(header["space directions"], 100 * np.eye(3))
    np.testing.assert_array_equal(header["space origin"], np.zeros(3))
    assert header["space units"] == ["microns"] * 3


def test_booleans_are_stored_as_zeros_and_ones(path: Path) -> None:
    mask = RNG.random(SHAPE) > 0.5
    write_volume(path, mask, 25)
    np.testing.assert_array_equal(read_volume(path, resolution_um=25), mask.astype(np.uint8))


@pytest.mark.parametrize("encoding", ["gzip", "raw"])
@pytest.mark.parametrize("endian", ["<", ">"])
def test_files_of_pynrrd_are_read_exactly(path: Path, encoding: str, endian: str) -> None:
    volume = RNG.random(SHAPE).astype(endian + "f4")
    nrrd.write(str(path), volume, header={"encoding": encoding})
    read = read_volume(path)
    np.testing.assert_array_equal(read, volume)
    assert read.dtype == np.float32
    assert read.dtype.isnative
    assert not read.flags.writeable


def test_flat_order_of_the_file_is_a_view(path: Path, volume: np.ndarray) -> None:
    write_volume(path, volume, 100)
    read = read_volume(path)
    flat = read.T.reshape(-1)
    assert np.shares_memory(flat, read)
    np.testing.assert_array_equal(flat, volume.ravel(order="F"))


def test_the_same_volume_gives_the_same_bytes(tmp_path: Path, volume: np.ndarray) -> None:
    first, second = tmp_path / "a.nrrd", tmp_path / "b.nrrd"
    write_volume(first, volume, 100)
    write_volume(second, np.asfortranarray(volume), 100)
    assert first.read_bytes() == second.read_bytes()


def test_header_tells_without_reading_the_volume(path: Path, volume: np.ndarray) -> None:
    write_volume(path, volume, 25)
    cut(path, 20)
    header = read_header(path)
    assert header.shape == SHAPE
    assert header.spacing_um == (25.0, 25.0, 25.0)
    assert header.n_bytes == volume.nbytes


def test_files_that_do_not_tell_their_spacing_are_accepted(path: Path, volume: np.ndarray) -> None:
    nrrd.write(str(path), volume)
    assert read_header(path).spacing_um is None
    np.testing.assert_array_equal(read_volume(path, SHAPE, 100), volume)


def test_spacings_are_checked_as_space_directions_are(path: Path, volume: np.ndarray) -> None:
    nrrd.write(str(path), volume, header={"spacings": [25.0, 25.0, 25.0]})
    with pytest.raises(DataError, match="25 × 25 × 25 µm; 100 µm were"):
        read_volume(path, resolution_um=100)


def test_missing_file(path: Path) -> None:
    with pytest.raises(DataError, match=r"volume\.nrrd is missing"):
        read_volume(path)


@pytest.mark.parametrize("n_bytes", [1, 12, 40])
def test_truncated_gzip(path: Path, volume: np.ndarray, n_bytes: int) -> None:
    write_volume(path, volume, 100)
    cut(path, n_bytes)
    with pytest.raises(DataError, match=r"volume\.nrrd is truncated or damaged"):
        read_volume(path)


def test_flipped_bit_is_noticed(path: Path, volume: np.ndarray) -> None:
    write_volume(path, volume, 100)
    content = bytearray(path.read_bytes())
    content[-30] ^= 4
    path.write_bytes(content)
    with pytest.raises(DataError, match="truncated or damaged"):
        read_volume(path)


def test_truncated_raw(path: Path, volume: np.ndarray) -> None:
    nrrd.write(str(path), volume, header={"encoding": "raw"})
    cut(path, 8)
    with pytest.raises(DataError, match="232 bytes of voxels; its header announces 240"):
        read_volume(path)


def test_gzip_of_too_few_voxels(path: Path, volume: np.ndarray) -> None:
    write_volume(path, volume, 100)
    head = path.read_bytes().split(b"\n\n")[0]
    path.write_bytes(head + b"\n\n" + gzip.compress(b"\0" * 100))
    with pytest.raises(DataError, match="100 bytes of voxels; its header announces 240"):
        read_volume(path)


def test_other_shape(path: Path, volume: np.ndarray) -> None:
    write_volume(path, volume, 100)
    with pytest.raises(DataError, match="holds 3 × 4 × 5 voxels; 5 × 4 × 3 were expected"):
        read_volume(path, (5, 4, 3))


def test_other_dimension(path: Path) -> None:
    nrrd.write(str(path), np.zeros((3, 4)))
    with pytest.raises(DataError, match="3-D volume was expected"):
        read_volume(path)


def test_unsupported_encoding(path: Path, volume: np.ndarray) -> None:
    nrrd.write(str(path), volume, header={"encoding": "bzip2"})
    with pytest.raises(DataError, match="encoding 'bzip2' came"):
        read_volume(path)


def test_data_in_another_file(tmp_path: Path, volume: np.ndarray) -> None:
    nrrd.write(str(tmp_path / "volume.nhdr"), volume)
    with pytest.raises(DataError, match="'data file' came"):
        read_volume(tmp_path / "volume.nhdr")


@pytest.mark.parametrize(
    "content", [b"", b"not a volume at all", b"NRRD0004\ntype: float\n\n", b"\xff\xfe\x00" * 9]
)
def test_no_nrrd(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"volume\.nrrd is no readable NRRD volume"):
        read_volume(path)


@pytest.mark.parametrize(
    "volume", [np.zeros((2, 2)), np.zeros(SHAPE, dtype=complex), np.zeros(SHAPE, dtype=object)]
)
def test_what_is_no_volume_is_not_written(path: Path, volume: np.ndarray) -> None:
    with pytest.raises(DataError, match="3-D volume of integers or floats"):
        write_volume(path, volume, 100)
    assert not path.exists()


def test_folder_that_is_not_there(tmp_path: Path, volume: np.ndarray) -> None:
    with pytest.raises(DataError, match="cannot be written"):
        write_volume(tmp_path / "nowhere" / "volume.nrrd", volume, 100)


def test_failed_writing_leaves_the_older_file(
    path: Path, volume: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_volume(path, volume, 100)

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(DataError, match="No space left"):
        write_volume(path, volume + 1, 100)
    assert [p.name for p in path.parent.iterdir()] == ["volume.nrrd"]
    np.testing.assert_array_equal(read_volume(path), volume)


def test_rooms_are_used_again(tmp_path: Path, volume: np.ndarray) -> None:
    room = Room()
    first, second, smaller = (tmp_path / f"{n}.nrrd" for n in range(3))
    write_volume(first, volume, 100)
    write_volume(second, volume + 1, 100)
    write_volume(smaller, volume[:2] > 0.5, 100)
    before = read_volume(first, room=room)
    np.testing.assert_array_equal(before, volume)
    after = read_volume(second, room=room)
    assert np.shares_memory(before, after)
    np.testing.assert_array_equal(after, volume + 1)
    np.testing.assert_array_equal(read_volume(smaller, room=room), volume[:2] > 0.5)
    assert not np.shares_memory(read_volume(first), after)


def test_gzip_of_too_many_voxels(path: Path, volume: np.ndarray) -> None:
    write_volume(path, volume, 100)
    head = path.read_bytes().split(b"\n\n")[0]
    path.write_bytes(head + b"\n\n" + gzip.compress(b"\0" * 300))
    with pytest.raises(DataError, match="300 bytes of voxels; its header announces 240"):
        read_volume(path)


def test_gzip_in_several_members(path: Path, volume: np.ndarray) -> None:
    write_volume(path, volume, 100)
    head = path.read_bytes().split(b"\n\n")[0]
    octets = volume.tobytes(order="F")
    path.write_bytes(head + b"\n\n" + gzip.compress(octets[:99]) + gzip.compress(octets[99:]))
    np.testing.assert_array_equal(read_volume(path), volume)
